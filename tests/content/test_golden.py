"""The real post, whole."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicate import config, content
from syndicate.model import Author, Image, Post, PostRecord, Undescribed

ROOT = Path(__file__).parents[2]
NAME = "ai-image-generation-technology-breakthroughs"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
EXCERPT = (
    "Artificial Intelligence (AI) has been at the forefront of technological innovation, "
    "transforming various industries with its capabilities. One of the most exciting "
    "advancements in this field is AI image generation technology."
)


@pytest.fixture
def real(folder):
    folder.path = ROOT / "content"
    folder.site = config.SiteConfig(
        title="Site", url="https://example.org", timezone="Europe/Berlin"
    )
    scan = folder.scan(NOW)
    return scan, next(post for post in scan.posts if post.source == f"{NAME}.md")


def test_the_real_post_is_read_right(real):
    scan, post = real
    assert not [finding for finding in scan.findings if finding.source == post.source]
    assert post.body.startswith("Artificial Intelligence (AI) has been")
    assert post.body.endswith("the future of art and design.")
    assert post == Post(
        id=f"tag:example.org,2025-06-08:{NAME}.md",
        url=f"https://example.org/blog/{NAME}/",
        source=f"{NAME}.md",
        digest="250d6da09baff123580507c3936d840cf5fe79dfd1616e506f1d01f8cb5bb39f",
        published=datetime(2025, 6, 8, 7, tzinfo=UTC),
        updated=datetime(2025, 6, 8, 7, tzinfo=UTC),
        first_seen=NOW,
        title="AI Image Generation Technology Breakthroughs",
        summary=EXCERPT,
        body=post.body,
        body_line=11,
        authors=(Author("Fantastic AI"),),
        categories=("ai",),
        tags=(
            "AI",
            "image generation",
            "artificial intelligence",
            "generative AI",
            "technology breakthroughs",
            "digital art",
        ),
        language="en",
        image=Image(
            "https://mzcje1drftvqhdku.public.blob.vercel-storage.com/images/"
            "1749362718322-temp-image1.png"
        ),
        undescribed=Undescribed(7, "image"),
    )
    assert PostRecord(post.id, post.source, post.digest, post.url, NOW) in scan.records


def test_the_real_post_is_rendered_whole(real):
    _, post = real
    html = content.render(post)
    assert html.startswith("<p>Artificial Intelligence (AI) has been at the forefront of")
    assert html.count("<h2 id=") == 4
    assert html.count("<h3 id=") == 8
    assert html.count("<p>") == 13
    assert html.rstrip().endswith("the future of art and design.</p>")
    assert content.render(post) == html

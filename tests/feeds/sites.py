"""The golden sites: the real post, everything nasty, and nothing at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from syndicate.config import Feeds
from syndicate.feeds import Document, build, listings
from syndicate.model import Author, Enclosure, Hub, Image, MediaFacts, Post, Site

GOLDEN = Path(__file__).parents[1] / "golden" / "feeds"
NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)


def post(number: int = 1, **changes: object) -> Post:
    when = NOON - timedelta(days=number)
    plain = Post(
        id=f"tag:example.org,2025:{number}",
        url=f"https://example.org/blog/{number}/",
        source=f"{number}.md",
        digest="0" * 64,
        published=when,
        updated=when,
        first_seen=when,
        title=f"Post {number}",
        summary=f"Summary {number}.",
        body=f"<p>Body {number}.</p>",
    )
    return replace(plain, **changes)


PLAIN = Site("Example", "https://example.org", "en", "A site of examples.")


@dataclass(frozen=True)
class Example:
    """A site, its posts (whose bodies are their content already), and what is known of images."""

    site: Site = PLAIN
    posts: tuple[Post, ...] = ()
    facts: dict[str, MediaFacts] = field(default_factory=dict)

    def build(
        self, render: Callable[[Post], str] | None = None, **settings: object
    ) -> dict[str, Document]:
        return {document.path: document for document in self.documents(render, **settings)}

    def documents(
        self,
        render: Callable[[Post], str] | None = None,
        hubs: tuple[Hub, ...] = (),
        **settings: object,
    ) -> list[Document]:
        feeds = Feeds(output="/public", **settings)
        return list(
            build(
                self.site,
                feeds,
                "https://example.org",
                listings(self.site, feeds, self.posts, lambda post: post),
                render or (lambda post: post.body),
                lambda image: self.facts.get(image.url),
                hubs,
            )
        )


def one(**changes: object) -> Example:
    """A site with one post."""
    return Example(posts=(post(**changes),))


HERO = (
    "https://mzcje1drftvqhdku.public.blob.vercel-storage.com/images/1749362718322-temp-image1.png"
)

REAL = Example(
    site=Site(
        "Fantastic AI",
        "https://fantastic.example",
        "en",
        "News of what machines can do.",
        Author("Fantastic AI", url="https://fantastic.example/about"),
    ),
    posts=(
        post(
            id="tag:fantastic.example,2025-06-08:ai-image-generation-technology-breakthroughs",
            url="https://fantastic.example/blog/ai-image-generation-technology-breakthroughs/",
            source="ai-image-generation-technology-breakthroughs.md",
            published=datetime(2025, 6, 8, 9, tzinfo=UTC),
            updated=datetime(2025, 6, 8, 9, tzinfo=UTC),
            title="AI Image Generation Technology Breakthroughs",
            summary="Artificial Intelligence (AI) has been at the forefront of technological innovation, "
            "transforming various industries with its capabilities. One of the most exciting advancements "
            "in this field is AI image generation technology.",
            body=(GOLDEN / "real.html").read_text("utf-8"),
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
            image=Image(HERO, "AI Image Generation Technology Breakthroughs"),
        ),
    ),
    facts={HERO: MediaFacts("image/png", 1_482_337, 1024, 768)},
)

PHOTO = "https://cdn.example.org/é photo.webp?w=1&h=2"

NASTY = Example(
    site=Site(
        "Nasty <b>& Sons</b>\x0b",
        "https://example.org/blog",
        "pt_BR",
        "Less < more & more > less",
        Author("Zoë (Ed.)", "zoe@example.org", "https://example.org/zoë"),
    ),
    posts=(
        post(
            1,
            title="Control\x08 characters\x00, ]]> & \ufffe\ud800the <em>rest</em>",
            summary="A \x1bsummary with ]]>,\n<tags> &amp; entities\ufffe.",
            body="<p>In code: <code>if (a[b[0]]>1) {}</code> &amp; \x0c]]>]]></p>\r\n<p>End\x08.</p>\n",
            categories=("R&D", "<b>", " "),
            tags=("r&d", "]]>", "Ünïcode"),
            updated=NOON + timedelta(microseconds=7),
        ),
        post(
            2,
            title=None,
            summary="",
            body="<p>A note <!-- hm --> without a title &amp; with <b>very</b> little to say.</p>",
        ),
        post(3, title="Rocket 🚀 launch 👩‍🚀", summary="🎉", body="<p>🚀&nbsp;</p>", tags=("🚀",)),
        post(
            4,
            title="שלום עולם",
            summary="טקסט מימין לשמאל",
            body='<p dir="rtl">טקסט</p>',
            language="he",
            url="https://example.org/שלום/?q=א b",
        ),
        post(
            5,
            title="Using <InputAccessoryView> with <Suspense>x</Suspense>",
            authors=(Author("Ann"), Author("  "), Author("Bob", "no mail", "/bob")),
            external_url="https://elsewhere.example/what?a=1&b=2",
        ),
        post(
            6,
            title="An episode",
            authors=(
                Author(
                    "Eve", "eve@example.org", "https://eve.example", "https://eve.example/me.png"
                ),
            ),
            image=Image("https://cdn.example.org/cover.png", 'The "cover" <art>'),
            enclosure=Enclosure("https://cdn.example.org/6.mp3", "audio/mpeg", 1234567, 1800),
            id="https://example.org/blog/6/",
        ),
        post(
            7,
            id="bare-id-7",
            image=Image(PHOTO, None),
            body='<p><img alt="a > b" src="https://cdn.example.org/%C3%A9%20photo.webp?w=1&amp;h=2"></p>',
        ),
        post(
            8,
            id="",
            title=None,
            summary="",
            body="",
            image=Image("/relative.png"),
            updated=NOON - timedelta(days=99),
        ),
        post(
            9,
            image=Image("https://cdn.example.org/unknown"),
            body="",
            summary="",
            title="Only a picture",
        ),
    ),
    facts={"https://cdn.example.org/cover.png": MediaFacts("image/png", 2048, 600, 400)},
)

EMPTY = Example(site=Site("Empty", "https://empty.example", "en"))

SITES = {"real": REAL, "nasty": NASTY, "empty": EMPTY}

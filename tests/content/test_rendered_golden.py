"""Posts as people write them, one file for each kind of mark, and the HTML that a feed carries.

``make golden`` writes the expected files anew.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from syndicate import content
from syndicate.content.links import find
from syndicate.model import Post

PAIRS = Path(__file__).parent / "rendered"
NAMES = sorted(each.name for each in PAIRS.iterdir() if each.suffix != ".expected")
NOW = datetime(2026, 3, 1, tzinfo=UTC)
SITE = "https://example.org/site"
OTHERS = [
    ("posts/other.md", f"{SITE}/blog/other/"),
    ("posts/2019-03-01-dated.md", f"{SITE}/blog/dated/"),
    ("notes/My Note.md", f"{SITE}/notes/my-note/"),
    ("trip/index.md", f"{SITE}/trip/"),
]


def post(name: str, body: str) -> Post:
    return Post(
        id="tag:x",
        url=f"{SITE}/blog/post/",
        source=f"posts/{name}",
        digest="",
        published=NOW,
        updated=NOW,
        first_seen=NOW,
        title="A post",
        body=body,
    )


def html_of(name: str, body: str) -> str:
    return content.render(post(name, body), SITE, lambda *asked: find(lambda _: OTHERS, *asked))


@pytest.mark.parametrize("name", NAMES)
def test_a_body_becomes_the_html_beside_it(name, request):
    html = html_of(name, (PAIRS / name).read_text(encoding="utf-8"))
    expected = PAIRS / f"{name}.expected"
    if request.config.getoption("--update-golden"):
        expected.write_text(html, encoding="utf-8")
    assert html == expected.read_text(encoding="utf-8")

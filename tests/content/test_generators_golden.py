"""Small sites as their generators have them, and the posts that they become.

``make golden`` writes the expected files anew.
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fakes.looking import look
from syndicate import config, content

GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
NAMES = sorted(each.name for each in GOLDEN.iterdir() if each.is_dir())
FALLBACK = {"title": "Not said", "url": "https://not-said.example", "timezone": "Europe/Berlin"}


def told(post, root):
    """Give what a post has that is not empty, in JSON's words."""
    values = asdict(post) | {"live": post.is_live(NOW)}
    for name in ("digest", "first_seen"):
        del values[name]
    for name in ("published", "updated", "expires"):
        values[name] = values[name] and values[name].isoformat()
    if post.updated == post.published:
        del values["updated"]
    if post.image:
        values["image"]["path"] = post.image.path and str(post.image.path.relative_to(root))
        values["image"] = {key: value for key, value in values["image"].items() if value}
    for name in ("authors",):
        values[name] = [{k: v for k, v in each.items() if v} for each in values[name]]
    return {name: value for name, value in values.items() if value not in (None, "", (), [], False)}


def outcome(root):
    said = content.told(root, "auto")
    site = config.SiteConfig.model_validate({**FALLBACK, **said})
    scan = look(config.Content(dir=root), site, now=NOW)
    return {
        "told": said,
        "findings": [
            f"{each.severity}: {str(each).replace(f'{root}/', '')}".replace(str(root), ".")
            for each in scan.findings
        ],
        "posts": {
            post.source: told(post, root) for post in sorted(scan.posts, key=lambda p: p.source)
        },
    }


@pytest.mark.parametrize("name", NAMES)
def test_a_site_becomes_the_posts_that_its_generator_shows(name, request):
    root = GOLDEN / name / "site"
    expected = GOLDEN / name / "expected.json"
    found = json.dumps(outcome(root), ensure_ascii=False, indent=1) + "\n"
    if request.config.getoption("--update-golden"):
        expected.write_text(found, encoding="utf-8")
    assert found == expected.read_text(encoding="utf-8")

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from syndicate import content
from syndicate.content import reading
from syndicate.content.parse import Parsed, Rules, parse
from syndicate.model import Post, Severity

RULES = Rules("Europe/Berlin", time(9))

FULL = b"""---
title: A
date: 2025-06-08
updated: 2025-06-09
expires: 2026-01-01
authors: [{name: Ada, url: "https://a.b"}]
tags: [a, b]
category: c
lang: de
image: {src: a.png, alt: B}
audio: {url: a.mp3, duration: 61}
link: https://x.org
id: mine
permalink: /here/
---
Body.
"""


@pytest.mark.parametrize("data", [FULL, b"---\ndate: 2025-06-08\n---\n"])
def test_what_was_parsed_can_be_kept_as_json(data):
    parsed = parse("a.md", data, RULES).parsed
    assert Parsed.from_json(json.loads(json.dumps(parsed.to_json()))) == parsed


def test_a_key_that_stands_there_twice_is_warned_of_by_its_second_line():
    data = b"\n---\ntitle: A\ndate: 2025-06-08\nextra:\n  a: 1\n  a: 2\ntitle: B\n---\n"
    reading = parse("a.md", data, RULES)
    assert reading.parsed.title == "B"
    found = [(each.line, each.key, each.severity) for each in reading.findings]
    assert found == [(7, "a", Severity.WARNING), (8, "title", Severity.WARNING)]


def test_findings_are_in_the_file_s_order():
    data = b"---\ndate: 2025-06-08\nlang: '!'\ntitle: [a]\nauthor: [[]]\n---\n\x08{{ x }}\n"
    findings = parse("a.md", data, RULES).findings
    assert [finding.line for finding in findings] == [3, 4, 5, 7, 7]
    assert {finding.source for finding in findings} == {"a.md"}


def judge(source: str, data: bytes) -> None:
    """Hold one reading to the promise: a post, or a finding that says why there is none."""
    reading = parse(source, data, RULES)
    refused = [each for each in reading.findings if each.severity is Severity.ERROR]
    assert all(each.source == source and each.message for each in reading.findings)
    lines = data.count(b"\n") + data.count(b"\r") + 1
    assert all(each.line is None or 1 <= each.line <= lines for each in reading.findings)
    if reading.parsed is None:
        assert reading.findings
        return
    assert not refused
    parsed = reading.parsed
    assert parsed.published.tzinfo is UTC
    assert parsed.updated.tzinfo is UTC
    assert parsed.title is None or parsed.title == " ".join(parsed.title.split())
    json.dumps(parsed.to_json()).encode()


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
@example(b"\xff\xfe")
@example(b"\xff\xfe---\ndate: x")
@example(b"---")
@example(b"---\n---")
@example(b"{}")
def test_any_bytes_are_a_post_or_a_finding(data):
    judge("2025-06-08-a.md", data)
    judge("a.md", data)


KEYS = [
    *("title", "date", "updated", "tags", "authors", "author", "image", "cover", "slug", "id"),
    *("permalink", "lang", "draft", "published", "expires", "audio", "summary", "link", "extra"),
]
SCALARS = st.sampled_from(
    ["", "~", "no", "12:30", "2025-06-08", "&a", "*a", "!!int x", "@", "`", "%", "- a", "? b", "'", '"', "|", ">", "\t", "#",
     "[", "{", "]", "}", ",", ": ", "\x08", "\ufeff", "\x85", "\u2028", "🚀", "<<", "!foo", "0x", "9" * 400, "../" * 9]
)  # fmt: skip
VALUES = st.recursive(
    SCALARS | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(st.sampled_from(["name", "src", "alt", "url"]) | SCALARS, inner, max_size=3).map(
            lambda items: "{" + ", ".join(f"{key}: {value}" for key, value in items.items()) + "}"
        )
    ),
    max_leaves=5,
)  # fmt: skip
PAIRS = st.lists(st.tuples(st.sampled_from(KEYS), VALUES), min_size=1, max_size=5)


@settings(max_examples=600, deadline=None)
@given(PAIRS, st.sampled_from(["---", "+++", "{"]), st.booleans())
def test_any_bad_front_matter_is_a_post_or_a_finding(pairs, fence, dated):
    dates = [("date", "2025-06-08")] if dated else []
    if fence == "{":
        text = (
            "{" + ",\n".join(f'"{key}": {value or "null"}' for key, value in dates + pairs) + "}\n"
        )
    else:
        mark = ":" if fence == "---" else " ="
        text = (
            f"{fence}\n"
            + "\n".join(f"{key}{mark} {value}" for key, value in dates + pairs)
            + f"\n{fence}\n"
        )
    judge("a.md", text.encode(errors="replace"))


TYPED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None), max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), TYPED, max_size=6))
def test_any_json_value_under_any_key_is_a_post_or_a_finding(values):
    judge("2025-06-08-a.md", json.dumps(values).encode())


WHEN = datetime(2025, 6, 8, tzinfo=UTC)


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_body_renders_the_same_twice(body):
    post = Post("id", "https://example.org/a/", "a.md", "", WHEN, WHEN, WHEN, body=body)
    assert content.render(post) == content.render(post)


def test_the_folder_s_order_does_not_matter(folder):
    names = [f"{number}.md" for number in range(30)]
    for name in names:
        folder.write(name, f"---\ndate: 2025-06-{int(name[:-3]) % 3 + 1}\n---\n")
    posts = folder.scan().posts
    assert [(post.published.day, post.id) for post in posts] == sorted(
        ((post.published.day, post.id) for post in posts), key=lambda key: (-key[0], key[1])
    )
    assert folder.scan() == folder.scan()


def test_drafts_and_posts_to_come_are_there_with_their_marks(folder):
    now = datetime(2026, 3, 1, tzinfo=UTC)
    folder.write("draft.md", "---\ndate: 2025-06-08\ndraft: true\n---\n")
    folder.write("future.md", "---\ndate: 2026-03-02\n---\n")
    folder.write("over.md", "---\ndate: 2025-06-08\nexpires: 2026-02-01\n---\n")
    folder.write("live.md", "---\ndate: 2025-06-08\n---\nText.\n")
    posts = folder.scan(now).posts
    assert len(posts) == 4
    assert [post.source for post in posts if post.is_live(now)] == ["live.md"]


def test_importing_and_scanning_load_no_renderer(folder):
    folder.write("a.md", "---\ndate: 2025-06-08\nsummary: plain\n---\n*Body*")
    code = (
        "import sys; from datetime import *; from pathlib import Path\n"
        "from syndicate import config, content\n"
        "from fakes.records import Records\n"
        "site = config.SiteConfig(title='x', url='https://example.org')\n"
        f"settings = config.Content(dir=Path({str(folder.path)!r}))\n"
        "with content.open_cache(Path('nowhere'), writes=False) as cache:\n"
        "    scan = content.scan(settings, site, Records(), datetime.now(UTC), cache)\n"
        "    assert len(scan.newest(5)) == 1\n"
        "print([name for name in ('markdown_it', 'nh3', 'lxml', 'httpx') if name in sys.modules])"
    )
    out = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    assert out.stdout == "[]\n"


def test_what_nobody_thought_of_costs_that_post_alone(folder, monkeypatch):
    def fail(source, *rest):
        if source == "odd.md":
            raise RecursionError("too deep")
        return parse(source, *rest)

    parse = reading.parse
    monkeypatch.setattr(reading, "parse", fail)
    for name in ("good.md", "odd.md"):
        folder.write(name, "---\ndate: 2025-06-08\n---\nText.\n")
    scan = folder.scan()
    assert [post.source for post in scan.posts] == ["good.md"]
    [finding] = scan.findings
    assert (finding.source, finding.severity) == ("odd.md", "error")
    assert "RecursionError: too deep" in finding.message

"""`syndicate check`: every problem with its place, its kind, and what was understood instead."""

from __future__ import annotations

import re

import pytest

from syndicate.model import Kind

GOOD = "---\ntitle: Good\ndate: 2026-01-02\n{}---\nText.\n"


def write(blog, name, text):
    path = blog.folder / "content" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def findings(say, *arguments):
    return say("check", "content", "--json", *arguments).json["findings"]


CASES = [
    ("front-matter", "a.md", "---\ntitle: [oops\n---\n", "error", 2, None, None),
    ("no-date", "a.md", "---\ntitle: x\n---\n", "error", None, None, None),
    ("no-date", "a.md", "---\ndraft: true\n---\n", "warning", None, None, None),
    ("date", "a.md", "---\ndate: 06/08/2025\n---\n", "error", 2, "date", None),
    ("date", "a.md", GOOD.format("updated: soon\n"), "warning", 4, "updated", "published"),
    ("empty", "a.md", "---\ndate: 2026-01-02\n---\n \n", "warning", None, None, None),
    ("shape", "a.md", GOOD.format("authors: []\ntitle: {a: 1}\n"), "warning", 2, "title", None),
    ("language", "a.md", GOOD.format("lang: en english\n"), "warning", 4, "lang", "site.language"),
    ("draft", "a.md", GOOD.format("draft: perhaps\n"), "warning", 4, "draft", "true"),
    ("media", "a.md", GOOD.format("image: ../../x.png\n"), "warning", 4, "image", None),
    ("media-type", "a.md", GOOD.format("audio: /x\n"), "warning", 4, "audio", None),
    ("alt", "a.md", GOOD.format("image: /x.png\n"), "warning", 4, "image", None),
    ("template-code", "a.md", GOOD.format("") + "{% a %}", "warning", 6, None, None),
    ("encoding", "a.md", GOOD.format("").encode() + b"\xe9", "warning", 6, None, "Windows-1252"),
    ("encoding", "a.md", GOOD.format("").encode("utf-16"), "warning", None, None, "UTF-16"),
    ("control-characters", "a.md", GOOD.format("") + "\x08", "warning", 6, None, None),
    ("wish", "a.md", GOOD.format("syndicate: [x]\n"), "warning", 4, "syndicate.x", None),
    ("lost-link", "a.md", GOOD.format("") + "[[Nowhere]]", "warning", 6, None, None),
]


@pytest.mark.parametrize(
    "says", ["title: x", "image: /x.png", "link: https://x.example/", "draft: true"]
)
def test_a_post_that_says_anything_or_is_not_done_is_not_empty(blog, say, says):
    write(blog, "a.md", f"---\ndate: 2026-01-02\n{says}\n---\n")
    assert "empty" not in {each["kind"] for each in findings(say)}


def test_a_picture_whose_file_is_too_large_is_told_of(blog, say):
    write(blog, "a.md", GOOD.format("image: p.png\nimage_alt: A loom\n"))
    with (blog.folder / "content" / "p.png").open("wb") as file:
        file.truncate(20 * 1024 * 1024)
    assert findings(say) == []
    with (blog.folder / "content" / "p.png").open("ab") as file:
        file.write(b"x")
    [found] = findings(say)
    assert (found["source"], found["kind"], found["severity"]) == ("a.md", "media", "warning")
    assert "p.png cannot go out: it is larger than 20,971,520 bytes" in found["message"]


@pytest.mark.parametrize(("kind", "name", "text", "severity", "line", "key", "understood"), CASES)
def test_each_problem_of_a_file(blog, say, kind, name, text, severity, line, key, understood):
    write(blog, name, text)
    [found] = [each for each in findings(say) if each["kind"] == kind]
    assert found["message"]
    del found["message"]
    assert found == {
        "source": name,
        "line": line,
        "key": key,
        "severity": severity,
        "kind": kind,
        "understood": understood,
    }


def test_the_problems_of_files_among_others(blog, say):
    write(blog, "one.md", GOOD.format("permalink: /same/\n"))
    write(blog, "two.md", GOOD.format("permalink: /same/\n"))
    write(blog, "odd.md", GOOD.format("permalink: /{{ x }}/\n"))
    (blog.folder / "content" / "folder.md.md").symlink_to("/etc/hostname")
    found = {each["kind"]: each for each in findings(say)}
    assert set(found) == {"shared-address", "permalink", "unreadable-file"}
    assert found["shared-address"]["source"] == "two.md"
    assert found["permalink"]["understood"] == "https://ada.example/blog/odd/"
    assert found["unreadable-file"]["severity"] == "error"


def test_an_id_that_changes(blog, say):
    write(blog, "a.md", GOOD.format(""))
    say("run")
    write(blog, "a.md", GOOD.format("id: other\n"))
    [found] = findings(say)
    assert (found["kind"], found["key"], found["severity"]) == ("changed-id", "id", "warning")


def test_what_a_generator_says_and_what_it_takes_for_a_page(blog, say):
    (blog.folder / "_config.yml").write_text("title: [\n")
    write(blog, "_posts/about.md", "---\ntitle: About\n---\n")
    found = {each["kind"]: each["severity"] for each in findings(say)}
    assert found == {"generator": "note", "generator-settings": "warning", "page": "note"}
    assert say("check", "content").code == 0


def test_what_should_not_happen_is_told_as_such(blog, say, monkeypatch):
    write(blog, "a.md", GOOD.format(""))
    monkeypatch.setattr("syndicate.content.reading.parse", lambda *_: 1 / 0)
    [found] = findings(say)
    assert (found["kind"], found["severity"]) == ("bug", "error")


def test_two_posts_with_one_id_are_told_and_the_endpoints_are_tried_all_the_same(blog, say):
    write(blog, "one.md", GOOD.format("id: same\n"))
    write(blog, "two.md", GOOD.format("id: same\n"))
    said = say("check", "--json")
    [found] = [each for each in said.json["findings"] if each["kind"] == "shared-id"]
    assert (said.code, found["source"], found["line"], found["key"]) == (3, "two.md", 4, "id")
    assert "one.md claims the same id" in found["message"]
    assert [each["ok"] for each in said.json["endpoints"]] == [True]


def test_posts_that_are_held_back_are_tried_too(blog, say):
    write(blog, "a.md", GOOD.format("draft: true\n") + "[[Nowhere]]")
    write(blog, "b.md", GOOD.format("").replace("2026", "2199") + "[[Nowhere]]")
    assert [(each["source"], each["kind"]) for each in findings(say)] == [
        ("a.md", "lost-link"),
        ("b.md", "lost-link"),
    ]


def test_a_summary_counts_the_kinds_the_gravest_first(blog, say):
    for name in ("a", "b"):
        write(blog, f"{name}.md", GOOD.format("lang: e\n"))
    write(blog, "c.md", "---\ntitle: x\n---\n")
    write(blog, "d.md", GOOD.format("draft: [maybe]\n"))
    said = say("check", "content", "--json")
    assert said.json["summary"] == {"errors": 1, "warnings": 3, "notes": 0}
    assert [(each["kind"], each["severity"], each["count"]) for each in said.json["kinds"]] == [
        ("no-date", "error", 1),
        ("language", "warning", 2),
        ("draft", "warning", 1),
    ]
    text = say("check", "content").out
    assert re.search(r"^error c\.md: no date: .* \[no-date\]$", text, re.MULTILINE)
    assert re.search(r"^warning a\.md:4: lang: .* \[language\]$", text, re.MULTILINE)
    assert re.search(r"^2 +warning +language *$", text, re.MULTILINE)
    assert "Content: 1 errors, 3 warnings." in text


@pytest.mark.parametrize(
    ("text", "usual", "strict"),
    [
        (GOOD.format(""), 0, 0),
        (GOOD.format("draft: maybe\n"), 0, 3),
        ("---\ntitle: x\n---\n", 3, 3),
    ],
)
def test_a_strict_check_lets_warnings_fail(blog, say, text, usual, strict):
    write(blog, "a.md", text)
    assert say("check").code == usual
    said = say("check", "all", "--strict", "--json")
    assert (said.code, said.json["ok"]) == (strict, strict == 0)
    assert said.json["parts"] == ["config", "content", "endpoints"]


def test_a_strict_check_lets_notes_pass(blog, say):
    (blog.folder / "_config.yml").write_text("title: x\n")
    assert say("check", "content", "--strict").code == 0


def test_the_problems_of_the_configuration_are_findings_for_a_machine(blog, say):
    with blog.config.open("a") as file:
        file.write("[nonsense]\nx = 1\n")
    said = say("check", "config", "--json")
    assert said.code == 2
    [found] = said.json["findings"]
    assert found["source"] == str(blog.config)
    assert (found["kind"], found["key"], found["severity"]) == ("config", "nonsense", "error")
    assert found["line"]
    assert not said.json["ok"]
    assert say("check", "config").err.startswith(f"error: {blog.config}:")


def test_every_kind_is_tried_here():
    """A kind that is added has to be provoked above; ``other`` is for those without one."""
    tried = {case[0] for case in CASES} | {
        *("shared-address", "permalink", "unreadable-file", "changed-id", "generator"),
        *("generator-settings", "page", "bug", "content", "config", "shared-id"),
    }
    assert tried == set(Kind) - {Kind.OTHER}

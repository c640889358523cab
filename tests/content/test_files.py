import errno
import os

import pytest

from syndicate.content import files
from syndicate.errors import ContentError

POST = "---\ndate: 2025-06-08\n---\nText.\n"


def sources(folder):
    return sorted(post.source for post in folder.scan().posts)


def test_posts_are_markdown_files_at_any_depth(folder):
    for name in ("a.md", "b.markdown", "C.MD", "x/y/d.md", "_posts/e.md", "x/_posts/f.md"):
        folder.write(name, POST)
    for name in ("a.txt", "a.md.bak", "image.png", "md"):
        folder.write(name, POST)
    assert sources(folder) == [
        "C.MD",
        "_posts/e.md",
        "a.md",
        "b.markdown",
        "x/_posts/f.md",
        "x/y/d.md",
    ]


def test_hidden_files_partials_and_machinery_are_passed_over(folder):
    for name in (".a.md", ".git/b.md", "_index.md", "_drafts/c.md", "node_modules/x/README.md"):
        folder.write(name, POST)
    folder.write("a.md", POST)
    scan = folder.scan()
    assert [post.source for post in scan.posts] == ["a.md"]
    assert scan.findings == ()


def test_a_folder_without_posts_is_told_of(folder):
    folder.write("notes.txt", "no post")
    scan = folder.scan()
    assert scan.posts == scan.records == ()
    [found] = scan.findings
    assert (found.source, found.kind) == (str(folder.path), "content")
    assert "no post is in this folder" in found.message


@pytest.mark.parametrize(
    ("name", "what"), [("nowhere", "does not exist"), ("file", "is not a folder")]
)
def test_a_folder_that_is_none_is_said_so(folder, name, what):
    folder.write("file", "")
    folder.path /= name
    with pytest.raises(ContentError, match=f"content.dir: .*{name} {what}"):
        folder.scan()


def test_links_within_the_folder_are_followed_once(folder):
    folder.write("a/post.md", POST)
    (folder.path / "a" / "loop").symlink_to(folder.path, target_is_directory=True)
    (folder.path / "b").symlink_to("a", target_is_directory=True)
    (folder.path / "link.md").symlink_to("a/post.md")
    assert sources(folder) == ["a/post.md", "link.md"]


def test_links_that_lead_out_of_the_folder_are_refused(folder, tmp_path):
    (tmp_path / "secret.md").write_text(POST)
    (tmp_path / "other").mkdir()
    (folder.path / "2025-06-08-a.md").symlink_to("../secret.md")
    (folder.path / "b").symlink_to("../other", target_is_directory=True)
    scan = folder.scan()
    assert scan.posts == ()
    assert [finding.source for finding in scan.findings] == ["2025-06-08-a.md", "b"]
    assert all(finding.severity == "error" for finding in scan.findings)
    assert all("leads out of the content folder" in finding.message for finding in scan.findings)


def test_what_cannot_be_read_costs_that_post_alone(folder):
    folder.write("good.md", POST)
    (folder.path / "dangling.md").symlink_to("nowhere.md")
    (folder.path / "circle.md").symlink_to("circle.md")
    (folder.path / "circle").symlink_to("circle")
    (folder.path / "folder.md").mkdir()
    os.mkfifo(folder.path / "pipe.md")
    folder.write("huge.md", b"x" * (files.MAX_BYTES + 1))
    (folder.path / os.fsdecode(b"\xff.md")).write_text(POST)
    scan = folder.scan()
    assert [post.source for post in scan.posts] == ["good.md"]
    found = {finding.source: finding.message for finding in scan.findings}
    assert found == {
        "dangling.md": "cannot be read: No such file or directory",
        "pipe.md": "not a regular file",
        "huge.md": "4194305 bytes: no post is longer than 4194304",
        "circle.md": "cannot be read: Too many levels of symbolic links",
        r"'\udcff.md'": "the file's name is not UTF-8: rename it",
    }
    assert all(finding.severity == "error" for finding in scan.findings)


def test_a_folder_that_cannot_be_entered_is_reported(folder, monkeypatch):
    folder.write("good.md", POST)
    folder.write("shut/bad.md", POST)
    scandir = os.scandir

    def guarded(path):
        if str(path).endswith("shut"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    scan = folder.scan()
    assert [post.source for post in scan.posts] == ["good.md"]
    assert [str(finding) for finding in scan.findings] == [
        "shut: cannot be read: Permission denied"
    ]


@pytest.mark.parametrize(
    ("data", "title", "line", "message"),
    [
        ("title: Ä".encode(), "Ä", None, None),
        (b"\xef\xbb\xbf" + "title: Ä".encode(), "Ä", None, None),
        (b"title: \xc4\x93 \xe4", "Ä“ ä", 3, "not UTF-8, read as Windows-1252"),
        (b"title: \xc4\x81 \xe4", "Ä ä", 3, "not UTF-8, read as Latin-1"),
        (b"title: a\x08b\x0bc\x0c", "ab c", 3, "3 control character(s) left out, the first is U+0008"),
        ("title: a\ufeffb\uffff".encode(), "ab", 3, "2 control character(s)"),
        (b"a: |\n  x\x0b\ntitle: b", "b", 4, "the first is U+000B"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_any_encoding_and_line_ending_is_read(folder, data, title, line, message, end):
    text = b"---\ndate: 2025-06-08\n" + data + b"\n---\n\nOne\n\nTwo\n"
    if data.startswith(b"\xef\xbb\xbf"):
        text = b"\xef\xbb\xbf" + text.replace(b"\xef\xbb\xbf", b"")
    folder.write("post.md", text.replace(b"\n", end))
    scan = folder.scan()
    (post,) = scan.posts
    assert (post.title, post.body) == (title, "One\n\nTwo")
    if message is None:
        assert scan.findings == ()
    else:
        (finding,) = (each for each in scan.findings if message in each.message)
        assert (finding.source, finding.line) == ("post.md", line)
        assert {each.severity for each in scan.findings} == {"warning"}


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_read_and_reported(folder, encoding):
    folder.write("post.md", f"\ufeff{POST}Ä".encode(encoding))
    scan = folder.scan()
    assert scan.posts[0].body == "Text.\nÄ"
    assert "UTF-16" in scan.findings[0].message


def test_a_folder_that_is_shut_to_us_is_said_so(folder, monkeypatch):
    def shut(path):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", shut)
    with pytest.raises(
        ContentError, match=r"content\.dir: .* cannot be read \(Permission denied\)"
    ):
        folder.scan()

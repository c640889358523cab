from datetime import UTC, datetime

import pytest

from syndicate.errors import ContentError
from syndicate.model import PostRecord

LATER = datetime(2026, 4, 1, tzinfo=UTC)


def only(scan):
    (post,) = scan.posts
    return post


def test_an_id_is_minted_from_host_day_and_source(folder):
    folder.write("blog/ä b.md", "---\ndate: 2025-06-08\n---\nText.\n")
    scan = folder.scan()
    post = only(scan)
    assert post.id == "tag:example.org,2025-06-08:blog/%C3%A4%20b.md"
    assert scan.records == (
        PostRecord(post.id, post.source, post.digest, post.url, post.first_seen),
    )


def test_nothing_changed_means_no_records(folder):
    folder.post("date: 2025-06-08")
    folder.keep(folder.scan())
    again = folder.scan(LATER)
    assert again.records == ()
    assert only(again).first_seen < LATER


def test_an_edit_keeps_the_id_whatever_it_changes(folder):
    first = folder.post("date: 2025-06-08\ntitle: A")
    folder.keep(folder.scan())
    folder.write("post.md", "---\ndate: 2024-01-01\ntitle: B\nslug: other\n---\nOther.")
    scan = folder.scan(LATER)
    second = only(scan)
    assert (second.id, second.first_seen) == (first.id, first.first_seen)
    assert second.url.endswith("/other/")
    assert [(each.id, each.url) for each in scan.records] == [(first.id, second.url)]


def test_a_file_that_moved_keeps_its_id(folder):
    first = folder.post("date: 2025-06-08")
    folder.keep(folder.scan())
    (folder.path / "post.md").unlink()
    folder.write("2025/moved.md", "---\ndate: 2025-06-08\n---\n\nBody.\n")
    scan = folder.scan(LATER)
    moved = only(scan)
    assert (moved.id, moved.source) == (first.id, "2025/moved.md")
    assert [each.source for each in scan.records] == ["2025/moved.md"]


def test_a_file_that_moved_and_changed_is_known_by_its_address(folder):
    first = folder.post("date: 2025-06-08")
    folder.keep(folder.scan())
    (folder.path / "post.md").unlink()
    folder.write("2025-06-08-post.md", "Rewritten.")
    assert only(folder.scan()).id == first.id


def test_a_copy_is_another_post(folder):
    first = folder.post("date: 2025-06-08")
    folder.keep(folder.scan())
    folder.write("copy.md", (folder.path / "post.md").read_bytes())
    ids = {post.source: post.id for post in folder.scan().posts}
    assert ids["post.md"] == first.id
    assert ids["copy.md"] != first.id


def test_two_files_cannot_both_be_the_one_that_moved(folder):
    first = folder.post("date: 2025-06-08")
    folder.keep(folder.scan())
    data = (folder.path / "post.md").read_bytes()
    (folder.path / "post.md").unlink()
    folder.write("a.md", data)
    folder.write("b.md", data)
    ids = {post.source: post.id for post in folder.scan().posts}
    assert ids["a.md"] == first.id
    assert ids["b.md"] == "tag:example.org,2025-06-08:b.md"


def test_a_new_post_in_an_old_place_gets_an_id_of_its_own(folder):
    first = folder.post("date: 2025-06-08")
    folder.keep(folder.scan())
    (folder.path / "post.md").rename(folder.path / "moved.md")
    folder.keep(folder.scan())
    folder.write("post.md", "---\ndate: 2025-06-08\n---\n\nAnother.\n")
    ids = {post.source: post.id for post in folder.scan().posts}
    assert ids["moved.md"] == first.id
    assert ids["post.md"].startswith(f"{first.id}:")
    assert ids == {post.source: post.id for post in folder.scan().posts}


def test_an_id_from_front_matter_wins(folder):
    assert folder.post("date: 2025-06-08\nid: urn:x:1").id == "urn:x:1"
    assert folder.post("date: 2025-06-08\nguid: 42").id == "42"


def test_an_id_that_comes_late_is_reported(folder):
    first = folder.post("date: 2025-06-08")
    folder.keep(folder.scan())
    folder.write("post.md", "---\ndate: 2025-06-08\nid: new\n---\nText.\n")
    scan = folder.scan(LATER)
    post = only(scan)
    assert (post.id, post.first_seen) == ("new", first.first_seen)
    assert [finding.key for finding in scan.findings] == ["id"]
    assert f"the id was {first.id} before" in scan.findings[0].message
    folder.keep(scan)
    assert folder.scan(LATER).findings == ()


def test_a_given_id_follows_its_post_anywhere(folder):
    first = folder.post("date: 2025-06-08\nid: mine")
    folder.keep(folder.scan())
    (folder.path / "post.md").unlink()
    folder.write("other.md", "---\ndate: 2020-01-01\nid: mine\n---\nNew.")
    scan = folder.scan(LATER)
    assert only(scan).first_seen == first.first_seen


def test_two_posts_with_one_id_stop_everything(folder):
    folder.write("b.md", "---\ndate: 2025-06-08\nid: same\n---\n")
    folder.write("a.md", "---\ndate: 2025-06-08\ndraft: true\nguid: same\n---\n")
    folder.write("c.md", "---\ntitle: C\ndate: 2025-06-08\nid: same\n---\n")
    with pytest.raises(ContentError) as stopped:
        folder.scan()
    assert str(stopped.value).splitlines() == [
        "b.md:3: id: a.md claims the same id, same: give one of them another",
        "c.md:4: id: a.md claims the same id, same: give one of them another",
    ]


def test_a_file_that_is_gone_leaves_nothing_to_keep(folder):
    folder.post("date: 2025-06-08")
    folder.keep(folder.scan())
    (folder.path / "post.md").unlink()
    scan = folder.scan()
    assert scan.posts == scan.records == ()


def test_a_file_that_became_unreadable_gives_nobody_its_id(folder):
    post = folder.post("date: 2025-06-08")
    folder.keep(folder.scan())
    data = (folder.path / "post.md").read_bytes()
    folder.write("post.md", "---\ntitle: A: b\n---\n")
    folder.write("copy.md", data)
    scan = folder.scan()
    assert only(scan).id != post.id


def test_a_tag_uri_has_the_ascii_name_of_the_host(folder):
    folder.site = folder.site.model_copy(update={"url": "https://Müller.example:8080/blog"})
    assert folder.post("date: 2025-06-08").id == "tag:xn--mller-kva.example,2025-06-08:post.md"

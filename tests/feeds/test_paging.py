"""Which post stands where, over all that can happen to a site."""

from dataclasses import dataclass, field
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from feeds.sites import NOON
from syndicate.feeds.paging import Page, is_folder, number, paginate
from syndicate.model import Outline


def outline(number: int, day: int = 0, digest: str = "") -> Outline:
    when = NOON + timedelta(days=day)
    url = f"https://example.org/{number}/"
    return Outline(
        f"id-{number:03}", url, f"{number}.md", digest, when, when, "en", (), (), (), None, False
    )


@dataclass
class Blog:
    """Posts that are out, and the ordinals that posts have got so far."""

    size: int = 3
    least: int = 2
    posts: dict[int, Outline] = field(default_factory=dict)
    ordinals: dict[str, int] = field(default_factory=dict)
    made: int = 0

    def publish(self, *days: int) -> None:
        for day in days:
            self.posts[self.made] = outline(self.made, day)
            self.made += 1

    def edit(self, number: int) -> None:
        self.posts[number] = outline(number, 99, "edited")

    def paging(self, made_by: str = ""):
        newest_first = sorted(
            self.posts.values(), key=lambda each: (each.published, each.id), reverse=True
        )
        new = number(self.ordinals, [each.id for each in newest_first])
        assert not set(new) & set(self.ordinals)
        self.ordinals |= new
        return paginate(
            newest_first, self.ordinals, size=self.size, least=self.least, made_by=made_by
        )


def laid_out(paging):
    return {page.folder: sorted(page.ids) for page in paging.pages}


def recipes(paging):
    return {page.folder: page.recipe for page in paging.pages}


CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("publish"), st.lists(st.integers(-50, 50), min_size=1, max_size=5)),
        st.tuples(st.just("delete"), st.integers(0, 30)),
        st.tuples(st.just("edit"), st.integers(0, 30)),
    ),
    max_size=15,
)


@given(CHANGES, st.integers(1, 5), st.integers(1, 5))
def test_whatever_happens_each_post_is_in_one_place(changes, size, least):
    blog = Blog(size, least)
    for what, value in changes:
        if what == "publish":
            blog.publish(*value)
        elif value in blog.posts:
            blog.edit(value) if what == "edit" else blog.posts.pop(value)
        paging = blog.paging()
        archived = [identity for page in paging.pages for identity in page.ids]
        everywhere = [*paging.current, *archived]
        assert sorted(everywhere) == sorted(each.id for each in blog.posts.values())
        assert paging.archived == len(archived)
        assert min(least, len(blog.posts)) <= len(paging.current) < least + size
        assert all(page.ids for page in paging.pages)
        folders = [page.folder for page in paging.pages]
        assert paging.newest == next(iter(folders), None)
        assert [page.older for page in paging.pages] == [*folders[1:], None][: len(folders)]
        assert [page.newer for page in paging.pages] == [None, *folders][: len(folders)]


@given(st.lists(st.lists(st.integers(-50, 50), min_size=1, max_size=6), min_size=1, max_size=12))
def test_new_posts_of_any_date_move_no_archived_one(batches):
    blog, before = Blog(), {}
    for days in batches:
        blog.publish(*days)
        after = laid_out(blog.paging())
        assert before.items() <= after.items()
        before = after


@given(st.integers(0, 40), st.integers(1, 5), st.integers(1, 5))
def test_one_new_post_touches_the_feed_or_the_newest_page(posts, size, least):
    blog = Blog(size, least)
    blog.publish(*range(posts))
    before = recipes(blog.paging())
    blog.publish(-7)
    after = recipes(blog.paging())
    changed = [folder for folder in after if before.get(folder) != after[folder]]
    if len(before) == len(after):
        assert changed == []
    else:  # a page has become full: it is new, and the one before leads to it now
        assert changed == list(after)[:2]


def test_the_first_ordinals_go_from_the_oldest_post_to_the_newest():
    assert number({}, ["c", "b", "a"]) == {"a": 1, "b": 2, "c": 3}
    assert number({"a": 1, "gone": 2}, ["d", "a", "c"]) == {"c": 3, "d": 4}


def test_an_edit_changes_its_page_alone():
    blog = Blog()
    blog.publish(*range(12))
    before = recipes(blog.paging())
    blog.edit(4)
    after = recipes(blog.paging())
    assert [folder for folder in after if before[folder] != after[folder]] == ["archive/4-6/"]


def test_a_deleted_post_leaves_its_page_and_an_empty_page_the_chain():
    blog = Blog()
    blog.publish(*range(12))
    blog.paging()
    del blog.posts[4]
    assert laid_out(blog.paging())["archive/4-6/"] == ["id-003", "id-005"]
    del blog.posts[3], blog.posts[5]
    paging = blog.paging()
    assert list(laid_out(paging)) == ["archive/7-9/", "archive/1-3/"]
    assert paging.pages[0].older == "archive/1-3/"


def test_a_post_that_comes_back_stands_where_it_was():
    blog = Blog()
    blog.publish(*range(12))
    before = blog.paging()
    gone = blog.posts.pop(4)
    blog.paging()
    blog.posts[4] = gone
    assert recipes(blog.paging()) == recipes(before)


def test_pages_are_given_back_where_the_feed_would_have_too_few():
    blog = Blog()
    blog.publish(*range(12))
    assert list(laid_out(blog.paging())) == ["archive/7-9/", "archive/4-6/", "archive/1-3/"]
    for newest in (11, 10, 9):
        del blog.posts[newest]
    paging = blog.paging()
    assert list(laid_out(paging)) == ["archive/4-6/", "archive/1-3/"]
    assert paging.current == {"id-006", "id-007", "id-008"}


def test_other_settings_make_other_pages():
    blog = Blog()
    blog.publish(*range(12))
    before, after = recipes(blog.paging("one")), recipes(blog.paging("other"))
    assert before.keys() == after.keys()
    assert not set(before.values()) & set(after.values())


def test_folders_are_known_by_their_names():
    assert is_folder(Page(1, 20).folder.split("/")[1])
    for name in ("1-", "0-5", "a-b", "1-2-3", "-1", "2025-06-08", "1-2 "):
        assert not is_folder(name)

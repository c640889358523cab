import pytest

from feeds.sites import SITES

FORMATS = ("feed.xml", "atom.xml", "feed.json", "feed.html")


@pytest.mark.parametrize("path", FORMATS)
@pytest.mark.parametrize("name", SITES)
def test_the_same_posts_give_the_same_bytes(name, path, golden):
    golden(f"{name}.{path}", SITES[name].build()[path].data)


@pytest.mark.parametrize("path", FORMATS)
def test_a_feed_of_summaries(path, golden):
    def render(post):
        assert not post.summary, f"{post.source} need not be rendered"
        return post.body

    golden(f"summaries.{path}", SITES["nasty"].build(render, content="summary")[path].data)

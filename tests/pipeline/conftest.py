import pytest

from fakes.images import Gallery
from fakes.site import Blog
from fakes.webhook import SECRET, Receiver
from syndicate.testing.samples import picture
from syndicate.testing.server import serve


@pytest.fixture
def blog(tmp_path):
    return Blog(tmp_path)


@pytest.fixture
def receiver(blog):
    receiver = Receiver(blog.clock)
    with serve(receiver.app) as receiver.url:
        yield receiver


@pytest.fixture
def gallery():
    gallery = Gallery(hero_png=picture())
    with serve(gallery.app) as gallery.url:
        yield gallery


@pytest.fixture
def hooked(blog, receiver, monkeypatch):
    """A blog with a webhook endpoint whose first run is over."""
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    blog.hook(f"{receiver.url}/hook")
    blog.run()
    return blog

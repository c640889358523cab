"""Which of a feed and its page a client gets; the headers are those that clients really send."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.feeds import wants_page

BROWSERS = {
    "Chromium": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
    "image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",
    "Firefox": "text/html,application/xhtml+xml,application/xml;q=0.9,image/png,image/svg+xml,*/*;q=0.8",
    "Safari": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Lynx": "text/html, text/plain, text/sgml, text/css, application/xhtml+xml, */*;q=0.01",
}

READERS = {
    "no header": "",
    "curl": "*/*",
    "a reader of XML": "application/rss+xml, application/atom+xml, application/xml;q=0.9, text/xml;q=0.8",
    "a polite reader": "application/atom+xml,application/rss+xml;q=0.9,application/rdf+xml;q=0.8,"
    "application/xml;q=0.7,text/xml;q=0.6,*/*;q=0.1",
    "a reader that also takes pages": "application/rss+xml, text/html;q=0.5, */*;q=0.1",
    "a reader that takes both alike": "application/feed+json, text/html",
    "only what a feed may be called": "text/xml",
    "plain JSON": "application/json",
    "everything alike": "text/html, */*",
}


@pytest.mark.parametrize("accept", BROWSERS.values(), ids=BROWSERS)
def test_a_browser_gets_the_page(accept):
    assert wants_page(accept)


@pytest.mark.parametrize("accept", READERS.values(), ids=READERS)
def test_a_reader_gets_the_feed(accept):
    assert not wants_page(accept)


@pytest.mark.parametrize(
    ("accept", "wanted"),
    [
        # the weights decide, not the order
        ("application/rss+xml;q=0.5, text/html", True),
        ("text/html;q=0.5, application/rss+xml", False),
        ("text/html;q=0.501, application/atom+xml;q=0.5", True),
        ("text/html;q=0", False),
        ("text/html;q=0, */*;q=1", False),
        ("text/html;q=0.001", True),
        # any name of a feed counts
        ("text/html;q=0.9, application/json", False),
        ("text/html;q=0.9, application/xml", False),
        # the most specific range decides
        ("text/*;q=0.1, text/html;q=0.7, */*;q=0.5", True),
        ("text/html;q=0.3, text/*;q=0.9, */*;q=0.2", False),
        ("*/*, application/*;q=0.1, text/xml;q=0.1", True),
        ("text/*, */*;q=0.1", False),
        ("application/*", False),
        ("image/*", False),
        # case and white space
        ("TEXT/HTML ;Q=0.9 ,\tApplication/RSS+XML; q=0.8", True),
        (" , ,text/html,, ", True),
        # parameters: a page of another charset or level is none of ours; a feed is a feed
        ("text/html;charset=utf-8", True),
        ('text/html;charset="UTF-8"', True),
        ("text/html;;q=1", True),
        ("text/html;level=1", False),
        ("text/html;level=1, text/html;q=0.5, */*;q=0.1", True),
        ("application/atom+xml;type=feed, text/html;q=0.9", False),
        ('text/html;q=0.9, application/rss+xml;note="a, b; q=0";q=1', False),
        ('text/html;note="\\", application/rss+xml', False),
        # a bare star, and weights without a zero, as Java sends them
        ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", True),
        ("text/html;q=.5, *", False),
        # what is malformed is passed over
        ("text/html;q=high", False),
        ("text/html;q=", False),
        ("text/html;q=.", False),
        ("text/html;q=1.", True),
        ("text/html;q=7, application/rss+xml", False),
        ("text/html;q=-1", False),
        ("text/html;q=nan", False),
        ("*/html", False),
        ("text/", False),
        ("text/html/x", False),
        ("html", False),
        ('"', False),
        ("\udcff, text/html", True),
        # the name of the weight ends the range
        ("text/html;q=0.5;level=1", True),
    ],
)
def test_content_negotiation(accept, wanted):
    assert wants_page(accept) is wanted


@given(st.text(alphabet='texhml/*;,="\\q.01 rsxc+ap\t'))
def test_every_header_has_an_answer(accept):
    assert wants_page(accept) in {True, False}


@given(st.floats(0, 1), st.floats(0, 1))
def test_only_more_weight_gets_the_page(page, feed):
    page, feed = round(page, 3), round(feed, 3)
    accept = f"application/rss+xml;q={feed:.3f}, text/html;q={page:.3f}"
    assert wants_page(accept) is (page > feed)


@pytest.mark.parametrize("piece", ['"\\', '"', "\\", ",", ";", '"\\"', "a/b;q=", "text/html;"])
def test_a_long_header_costs_no_more_than_its_length(piece):
    """A quadratic one would take half a minute."""
    wants_page(piece * (200_000 // len(piece)))

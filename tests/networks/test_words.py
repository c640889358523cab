"""Texts of an endpoint's own, over all networks that announce in words.

What is counted and what is read back here is counted and read by other code than that which wrote
it: by the networks' own rules, as their documentation has them.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from fakes.bluesky import check_facets
from fakes.cases import CASES
from fakes.counting import graphemes, utf16
from fakes.mastodon import MENTION, length
from fakes.posts import POST
from syndicate import networks
from syndicate.config import Worded
from syndicate.errors import Rejected
from syndicate.model import Image, Limits, Picture
from syndicate.testing.case import SITE
from syndicate.testing.samples import picture


class Named(NamedTuple):
    """A case of the conformance suite, with its network's name."""

    network: str
    options: Callable[[str], Mapping[str, Any]]
    limits: Limits


HERO = Picture("https://example.org/hero.png", "image/png", 64, 32, picture())
WORDED = [
    Named(name, case.options, case.limits)
    for name, case in CASES.items()
    if issubclass(case.network.Options, Worded)
]
TEXT = "{{ title }} — {{ summary }} {{ url }} {{ tags|hashtags(4) }} #fixed"
every = pytest.mark.parametrize("case", WORDED, ids=lambda case: case.network)

PIECES = [*"ab 1.*_~`|<>[]()#$&;!-+=\\@/:{}%\n'\"é", "\u200d", "👩‍🚀", "🇩🇪", "שלום"]
SIGNS = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
WRITTEN = st.characters(exclude_categories=["Cc", "Cs"])
"""No control characters: those are taken out when a post is read."""
WORDS = st.one_of(
    SIGNS, st.text(WRITTEN, max_size=200), SIGNS.map(lambda text: (text + " x ") * 60)
)
LINES = st.sampled_from(
    [
        TEXT,
        "{{ summary }}",
        "{{ url }} {{ title }}\n{{ summary }}",
        "{{ title }}\n\n{{ summary }}\n{{ tags|join(', ') }}\n{{ url }}",
        "{% if title %}{{ title|truncate(40) }}{% endif %} ({{ url }}). {{ categories|hashtags }}",
        "{{ summary|upper }} <b>{{ title }}</b> [x](https://elsewhere.example/) {{ authors|join }}",
    ]
)


def bind(case, **own):
    kind = networks.get(case.network)
    shared = {"name": "main", "network": case.network, "allow_networks": ["127.0.0.0/8"]}
    options = {**shared, **case.options("https://server.example"), **own}
    return kind(kind.Options.model_validate(options), SITE)


def compose(case, post, hero=None, **own):
    return bind(case, **own).compose(post, "<p>Hi</p>", hero, case.limits)


# How each network counts


COUNT = {
    "mastodon": (length, 500),
    "bluesky": (graphemes, 300),
    "discord": (len, 2_000),
    "slack": (len, 3_000),
    "slackbot": (len, 3_000),
    "telegram": (utf16, 4_096),
    "mattermost": (len, 4_000),
}
BYTES = {"bluesky": 3_000, "matrix": 20_000, "teams": 8_000}


@every
@given(text=LINES, title=st.none() | WORDS, summary=WORDS, tags=st.lists(WORDS, max_size=5))
@settings(max_examples=80, deadline=None)
@example(text="{{ url }} {{ title }}", title="<b>x</b> &amp; <img src=x>", summary="", tags=[])
@example(text=TEXT, title="A title", summary="words and words " * 900, tags=["C++", "a b"])
@example(text=TEXT, title="A title", summary="👩‍🚀" * 5_000, tags=[])
def test_no_text_is_longer_than_its_network_counts(case, text, title, summary, tags):
    post = replace(POST, title=title, summary=summary, tags=tuple(tags))
    try:
        message = compose(case, post, text=text, required_hashtags=["Needed"])
    except Rejected as error:
        if "does not fit" not in error.detail:
            raise
        return
    count, most = COUNT.get(case.network, (len, None))
    assert most is None or count(message.text) <= most
    assert len(message.text.encode()) <= BYTES.get(case.network, 10**9)
    assert "#Needed" in message.text
    assert message.link == POST.url
    carried = case.network in {"bluesky", "discord", "teams"}
    assert POST.url in message.text or (carried and "url" not in text)
    if text == TEXT:
        assert "#fixed" in message.text
    assert read_back(case, message) == squeeze(message.text)


# What a reader sees of it


class Page(HTMLParser):
    """Reads HTML, and tells which elements and addresses are in it."""

    def __init__(self, text):
        super().__init__()
        self.words, self.tags, self.links = "", set(), []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.words += " " if tag in {"p", "br"} else ""
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data):
        self.words += data


def squeeze(text):
    return re.sub(r"\s+", " ", text).strip()


def commonmark(text):
    """Render Markdown as chats do, which know no HTML."""
    return Page(MarkdownIt("commonmark", {"html": False}).enable("strikethrough").render(text))


def read_back(case, message):
    """Give the words that a reader sees, and see that nothing in them is markup."""
    body = message.payload.get("body", {})
    match case.network:
        case "telegram":
            assert not re.search(r"[<>]|&(?!(amp|lt|gt);)", message.payload["html"])
            return squeeze(html.unescape(message.payload["html"]))
        case "matrix":
            page = Page(message.payload["content"]["formatted_body"])
            assert page.tags <= {"p", "br", "a"}
            assert all(link.startswith(("http://", "https://")) for link in page.links)
            assert message.payload["content"]["m.mentions"] == {}
            return squeeze(page.words)
        case "email":
            page = Page(message.payload["html"])
            assert page.tags <= {"html", "meta", "body", "h1", "a", "p", "br", "img"}
            assert set(page.links) <= {POST.url}
            assert squeeze(message.text) in squeeze(page.words)
            return squeeze(message.text)
        case "slack" | "slackbot":
            [section] = body["blocks"][0]["elements"]
            assert {each["type"] for each in section["elements"]} <= {"text", "link"}
            assert not re.search(r"[<>]", body["text"])
            return squeeze("".join(each.get("text") or each["url"] for each in section["elements"]))
        case "teams":
            blocks = body["attachments"][0]["content"]["body"]
            assert {run["type"] for block in blocks for run in block["inlines"]} == {"TextRun"}
            return squeeze(" ".join(run["text"] for block in blocks for run in block["inlines"]))
        case "discord" | "mattermost":
            assert body.get("allowed_mentions", {"parse": []}) == {"parse": []}
            marked = body.get("content") or body["attachments"][0]["text"]
            page = commonmark(marked)
            assert page.tags <= {"p", "br"}
            harmless = page.words.replace("@\u200b", "@").replace("/%40", "/@")
            assert squeeze(harmless) == squeeze(message.text.replace("@\u200b", "@"))
            return squeeze(message.text)
        case "bluesky":
            check_facets(message.text, message.payload["record"].get("facets", []))
            data = message.text.encode()
            for facet in message.facets:
                said = data[facet.start : facet.end].decode()
                assert said == (facet.value if facet.kind == "link" else f"#{facet.value}")
    return squeeze(message.text)


@every
def test_a_picture_goes_along_unless_it_is_not_wanted(case):
    post = replace(POST, image=Image(HERO.url, alt="A teal field"))
    message = compose(case, post, HERO, text=TEXT)
    assert message.image.alt == "A teal field"
    assert json.dumps(message.payload)


@pytest.mark.parametrize("network", ["mastodon", "telegram"])
@given(title=SIGNS, summary=SIGNS)
@settings(max_examples=80, deadline=None)
@example(title="me @", summary="ada")
def test_nobody_is_called_by_what_an_author_wrote(network, title, summary):
    [case] = [each for each in WORDED if each.network == network]
    post = replace(POST, title=title, summary=summary)
    message = compose(case, post, text="{{ title }}{{ summary }} {{ tags|join }} {{ url }}")
    assert MENTION.findall(message.text.replace(POST.url, "")) == []


def test_a_card_stands_below_the_words_on_discord():
    [case] = [each for each in WORDED if each.network == "discord"]
    post = replace(POST, summary="words and *words* " * 200)
    body = compose(case, post, text="New: {{ title }}").payload["body"]
    [card] = body["embeds"]
    assert body["content"] == "New: Hello"
    assert (card["title"], card["url"]) == ("Hello", POST.url)
    assert 100 < len(card["description"]) <= 300
    body = compose(case, post, text="New: {{ title }}", style="text").payload["body"]
    assert body["content"] == f"New: Hello\n\n{POST.url}"
    assert "embeds" not in body


def test_an_address_leads_somewhere_where_words_alone_would_not():
    [case] = [each for each in WORDED if each.network == "slack"]
    body = compose(case, POST, text="See {{ url }}, or https://b.example.").payload["body"]
    assert body["blocks"][0]["elements"][0]["elements"] == [
        {"type": "text", "text": "See "},
        {"type": "link", "url": POST.url},
        {"type": "text", "text": ", or "},
        {"type": "link", "url": "https://b.example"},
        {"type": "text", "text": "."},
    ]
    [case] = [each for each in WORDED if each.network == "matrix"]
    content = compose(case, POST, text="A & B\n{{ url }}.\n\nC").payload["content"]
    link = f'<a href="{POST.url}">{POST.url}</a>'
    assert content["formatted_body"] == f"<p>A &amp; B<br>{link}.</p><p>C</p>"


def test_words_that_cannot_fit_cost_the_post_and_say_why():
    [case] = [each for each in WORDED if each.network == "bluesky"]
    post = replace(POST, title="A long title " * 40)
    with pytest.raises(Rejected, match=r"without its summary and its hashtags it has still 5\d\d"):
        compose(case, post, text="{{ title }} {{ summary }}")
    assert compose(case, post, text="{{ title|truncate(60) }} {{ summary }}")


LANGUAGE = {
    "mastodon": lambda payload: payload["language"] == "he",
    "bluesky": lambda payload: payload["record"]["langs"] == ["he"],
    "teams": lambda payload: payload["body"]["attachments"][0]["content"]["rtl"] is True,
    "email": lambda payload: '<html lang="he" dir="rtl">' in payload["html"],
}
"""Where a network can be told of the language; chats and the folder cannot."""


@every
def test_the_language_is_told_wherever_that_can_be_done(case):
    message = compose(case, replace(POST, language="he"), text=TEXT)
    assert message.language == "he"
    assert LANGUAGE.get(case.network, bool)(message.payload)


def test_without_limits_there_is_nothing_to_cut():
    [case] = [each for each in WORDED if each.network == "folder"]
    assert case.limits == Limits(text=None)
    post = replace(POST, summary="words and words " * 2_000)
    assert compose(case, post, text="{{ summary }}").text.startswith(post.summary.strip())

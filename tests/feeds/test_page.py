"""The page for people: what is on it, and what may not get onto it."""

import hashlib
import re
from base64 import b64encode
from dataclasses import replace

import pytest
from lxml import etree

from feeds.sites import EMPTY, NASTY, NOON, REAL, Example, one, post
from syndicate.feeds.page import READERS, direction
from syndicate.model import Image, Site


def parse(site: Example, **settings: object):
    data = site.build(**settings)["feed.html"].data
    return etree.fromstring(data, etree.HTMLParser(encoding="utf-8"))


def article(**changes: object):
    [found] = parse(one(**changes)).iter("article")
    return found


def words(element) -> str:
    return " ".join("".join(element.itertext()).split())


def links(element) -> list[str]:
    return element.xpath(".//a/@href")


def test_a_post_is_shown_with_its_day_title_and_summary():
    shown = article(published=NOON, title="A title", summary="What it is about.")
    assert words(shown) == "1 March 2025 A title What it is about."
    assert shown.findtext(".//h3/a") == "A title"
    assert links(shown) == ["https://example.org/blog/1/"]
    assert shown.find(".//time").get("datetime") == "2025-03-01T12:00:00+00:00"


def test_the_day_is_the_sites_own():
    late = NOON.replace(hour=23)
    site = replace(one(published=late).site, timezone="Pacific/Auckland")
    page = parse(Example(site=site, posts=one(published=late).posts))
    assert page.findtext(".//time") == "2 March 2025"
    assert page.find(".//time").get("datetime") == "2025-03-01T23:00:00+00:00"


def test_a_note_has_no_heading_and_its_day_leads_to_it():
    shown = article(title=None, summary="Just this.")
    assert shown.find(".//h3") is None
    assert shown.findtext(".//p/a/time") == "28 February 2025"
    assert words(shown) == "28 February 2025 Just this."


@pytest.mark.parametrize("title", [None, "Only this"])
def test_what_stands_in_for_a_summary_is_not_said_twice(title):
    shown = article(title=title, summary="", body="")
    assert words(shown) == " ".join(["28 February 2025", *filter(None, [title])])


def test_a_long_summary_is_cut_at_a_word():
    said = words(article(summary="word " * 100))
    assert len(said) < 320
    assert said.endswith("word…")


def test_a_link_post_names_the_host_that_it_leads_to():
    shown = article(external_url="https://elsewhere.example/what?a=1&b=2")
    assert shown.findtext(".//a/bdi") == "elsewhere.example"
    assert "https://elsewhere.example/what?a=1&b=2" in links(shown)


def test_nothing_published_yet():
    page = parse(EMPTY)
    assert not list(page.iter("article"))
    assert "Nothing has been published yet." in words(page)


def test_the_newest_posts_are_shown_and_not_thousands():
    many = Example(posts=tuple(post(number) for number in range(1, 40)))
    document = many.build(limit=30)["feed.html"]
    assert document.entries == 20
    shown = etree.HTML(document.data).findall(".//h3/a")
    assert [each.text for each in shown] == [f"Post {number}" for number in range(1, 21)]


# --- the feed's address


def test_the_page_gives_the_feeds_address_and_leads_to_every_format():
    page = parse(REAL)
    assert page.findtext(".//code") == "https://example.org/feed.xml"
    found = {
        each.get("type"): each.get("href") for each in page.xpath("//head/link[@rel='alternate']")
    }
    assert found == {
        "application/rss+xml": "https://example.org/feed.xml",
        "application/atom+xml": "https://example.org/atom.xml",
        "application/feed+json": "https://example.org/feed.json",
    }
    assert found == {each.get("type"): each.get("href") for each in page.xpath("//a[@type]")}
    assert page.xpath("string(//link[@rel='canonical']/@href)") == "https://example.org/feed.html"
    assert "https://fantastic.example/" in links(page.find(".//footer"))


def test_the_first_format_is_what_readers_are_given():
    page = parse(REAL, formats=["json"])
    assert page.findtext(".//code") == "https://example.org/feed.json"
    assert "in its one format: JSON Feed." in words(page)
    address = "https%3A%2F%2Fexample.org%2Ffeed.json"
    offered = links(page.xpath("//ul")[0])
    assert offered == [
        *(link + address for link in READERS.values()),
        "feed:https://example.org/feed.json",
    ]


def test_without_a_script_nothing_is_offered_that_would_not_work():
    button = parse(REAL).find(".//button")
    assert button.get("hidden") is not None


# --- languages


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "ltr"),
        ("he", "rtl"),
        ("AR-eg", "rtl"),
        ("fa-IR", "rtl"),
        ("ar-Latn", "ltr"),
        ("az-Arab-IR", "rtl"),
        ("ku", "ltr"),
        ("sr-Cyrl", "ltr"),
        ("de-1996", "ltr"),
        (None, "ltr"),
    ],
)
def test_languages_run_their_way(language, expected):
    assert direction(language) == expected


def test_the_page_is_in_the_sites_language_and_its_own_words_are_in_english():
    site = Site("אתר", "https://example.org", "he", "תיאור")
    page = parse(Example(site=site, posts=(post(1, language="he"), post(2, language="fr"))))
    assert (page.get("lang"), page.get("dir")) == ("he", "rtl")
    for heading in page.iter("h2"):
        assert (heading.get("lang"), heading.get("dir")) == ("en", "ltr")
    theirs, french = page.iter("article")
    assert theirs.get("lang") is None
    assert (french.get("lang"), french.get("dir")) == ("fr", "ltr")


def test_an_english_page_says_so_once():
    page = parse(one())
    assert page.get("lang") == "en"
    assert not page.xpath("//main/*[@lang] | //h2[@lang]")


def test_a_site_without_a_language_gets_an_english_page():
    assert parse(Example(site=Site("S", "https://example.org", "?"))).get("lang") == "en"


def test_every_text_of_a_post_keeps_its_direction_to_itself():
    page = parse(one(title="left \u202egnirts", summary="\u2067x"))
    assert [each.get("dir") for each in page.xpath("//h1 | //h3 | //article//p[@class='summary']")]
    for each in page.xpath("//h1 | //h3 | //p[@class='about'] | //p[@class='summary']"):
        assert each.get("dir") == "auto"


# --- pictures


def hero(url: str):
    return article(image=Image(url, 'The "alt" & <more>')).find(".//img")


@pytest.mark.parametrize(
    ("url", "source"),
    [
        ("https://example.org/a/b.png", "/a/b.png"),
        ("https://EXAMPLE.org/b.png?w=1&h=2", "/b.png?w=1&h=2"),
        ("https://example.org", "/"),
    ],
)
def test_a_picture_on_the_pages_own_host_is_shown(url, source):
    picture = hero(url)
    assert picture.get("src") == source
    assert picture.get("alt") == 'The "alt" & <more>'


@pytest.mark.parametrize(
    "url",
    [
        "https://cdn.example.org/b.png",
        "http://example.org/b.png",
        "https://example.org:8443/b.png",
        "https://example.org@elsewhere.example/b.png",
        "https://example.org//elsewhere.example/b.png",
    ],
)
def test_a_picture_on_another_host_is_left_out(url):
    assert hero(url) is None


# --- what may not get in


def test_what_looks_like_html_is_text():
    evil = "</h3><script>alert(1)</script><img src=x onerror=alert(1)>"
    site = replace(
        one().site, title=f"T{evil}", description=evil, url="https://example.org/?<script>"
    )
    page = parse(
        Example(
            site=site,
            posts=(
                post(
                    1,
                    title=f"A{evil}",
                    summary=evil,
                    language="en",
                    url='https://example.org/"><script>',
                    image=Image('https://example.org/"onerror="x', f'"{evil}'),
                    external_url='https://elsewhere.example/"><script>',
                ),
                post(2, title="{{ feed.title }}{% raw %}", summary="{# x #}"),
            ),
        )
    )
    assert len(page.findall(".//script")) == 1
    assert len(page.findall(".//img")) == 1
    assert not page.xpath("//@*[starts-with(name(), 'on')]")
    assert "{{ feed.title }}{% raw %}" in words(page)
    assert "{# x #}" in words(page)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,x", "vbscript:x"]
)
def test_nothing_that_a_browser_would_run_is_linked_to(url):
    shown = article(url=url, external_url=url)
    assert links(shown) == []
    assert shown.findtext(".//h3") == "Post 1"


@pytest.mark.parametrize("site", [REAL, NASTY, EMPTY], ids=["real", "nasty", "empty"])
def test_the_policy_names_the_style_and_the_script_and_lets_nothing_else_in(site):
    page = parse(site)
    policy = dict(
        rule.strip().split(" ", 1)
        for rule in page.xpath("string(//meta[@http-equiv]/@content)").split(";")
    )
    for kind in ("style", "script"):
        [source] = page.findall(f".//{kind}")
        digest = b64encode(hashlib.sha256(source.text.encode()).digest()).decode()
        assert policy.pop(f"{kind}-src") == f"'sha256-{digest}'"
    assert policy == {
        "default-src": "'none'",
        "img-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_the_page_loads_nothing_from_elsewhere():
    page = parse(NASTY)
    assert not page.xpath("//@src[not(starts-with(., '/'))] | //@srcset | //iframe | //object")
    assert set(page.xpath("//link/@rel")) == {"canonical", "alternate"}
    assert not re.search(r"url\(|@import", page.findtext(".//style"))


def test_a_release_changes_no_page(monkeypatch):
    before = REAL.build()["feed.html"].data
    monkeypatch.setattr("syndicate.feeds.generator.__version__", "99")
    assert REAL.build()["feed.html"].data == before

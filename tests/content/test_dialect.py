"""Keys and shapes, through the front door: what front matter says → what the post has."""

import pytest

from syndicate import content
from syndicate.model import Author, Enclosure


@pytest.mark.parametrize(
    "matter",
    [
        *("date: 2025-06-08", "Date: 2025-06-08", "DATE: '2025-06-08'", "published: 2025-06-08"),
        *("pubDate: 2025-06-08", "pub_date: 2025-06-08", "publishDate: 2025-06-08"),
        *("published_at: 2025-06-08", "datePublished: 2025-06-08", "created: 2025-06-08"),
        *("pubDatetime: 2025-06-08", "posted: 2025-06-08", "date_created: 2025-06-08"),
        "published: true\ndate: 2025-06-08",
        "publishDate: 2025-06-08\ndate: 2025-06-01",
        "extra: {date: 2025-06-08}",
    ],
)
def test_the_date_has_many_keys(folder, matter):
    post = folder.post(matter)
    assert post.published.isoformat() == "2025-06-08T09:00:00+00:00"
    assert post.updated == post.published
    assert not post.draft


@pytest.mark.parametrize("key", ["updated", "lastmod", "modified", "updatedDate", "last_modified"])
def test_the_date_of_the_edit(folder, key):
    assert folder.post(f"date: 2025-06-08\n{key}: 2025-06-09T10:00:00Z").updated.day == 9


@pytest.mark.parametrize(
    ("matter", "title"),
    [
        ("title: 12:30", "12:30"),
        ("title: no", "no"),
        ("title: 2024", "2024"),
        ("Title: '  A   B '", "A B"),
        ("title: |\n  A\n  B", "A B"),
        ("title: Using <InputAccessoryView> 🚀", "Using <InputAccessoryView> 🚀"),
        ('title: "a\\bb\\fc"', "ab c"),
        ("title:", None),
        ("title: ''", None),
        ("other: x", None),
    ],
)
def test_the_title_is_what_was_written(folder, matter, title):
    assert folder.post(f"date: 2025-06-08\n{matter}").title == title


@pytest.mark.parametrize(
    ("matter", "tags"),
    [
        ("tags: [a, b c, A]", ("a", "b c")),
        ("tags: a, b c ,", ("a", "b c")),
        ("tags:\n- '#a'\n- name: b\n- [c]\n- 5", ("a", "b", "5")),
        ("Keywords: [a]", ("a",)),
        ("keywords: [a]\ntags: [b]", ("b",)),
        ("keywords: [a]\ntags: []", ("a",)),
        ("tags: null", ()),
        ("tags: {name: a}", ("a",)),
        ("taxonomies: {tags: [a]}", ("a",)),
    ],
)
def test_tags_are_a_list_or_a_text_with_commas(folder, matter, tags):
    assert folder.post(f"date: 2025-06-08\n{matter}").tags == tags


@pytest.mark.parametrize(
    ("matter", "categories"),
    [
        ("category: AI", ("AI",)),
        ("categories: [a, b]", ("a", "b")),
        ("Categories: a, b", ("a", "b")),
    ],
)
def test_categories(folder, matter, categories):
    assert folder.post(f"date: 2025-06-08\n{matter}").categories == categories


@pytest.mark.parametrize(
    ("matter", "authors"),
    [
        ("author: Ada", (Author("Ada"),)),
        ("by: Ada", (Author("Ada"),)),
        ("author: Lovelace, Ada", (Author("Lovelace, Ada"),)),
        ("authors: Ada, Bob", (Author("Ada"), Author("Bob"))),
        ("authors: [Ada, Bob, Ada]", (Author("Ada"), Author("Bob"))),
        ("author: [Ada, Bob]", (Author("Ada"), Author("Bob"))),
        ("author: Ada <ada@example.org>", (Author("Ada", "ada@example.org"),)),
        ("author: <ada@example.org>", (Author("ada@example.org", "ada@example.org"),)),
        (
            "author: {name: Ada, email: a@b.c, url: https://a.b, avatar: https://a.b/c.png}",
            (Author("Ada", "a@b.c", "https://a.b", "https://a.b/c.png"),),
        ),
        ("authors: [{Name: Ada, website: https://a.b}]", (Author("Ada", url="https://a.b"),)),
        ("author:", ()),
    ],
)
def test_authors_are_names_mappings_or_lists(folder, matter, authors):
    assert folder.post(f"date: 2025-06-08\n{matter}").authors == authors


@pytest.mark.parametrize("key", ["summary", "excerpt", "description", "Description"])
def test_the_summary_is_plain_text(folder, key):
    post = folder.post(f"date: 2025-06-08\n{key}: 'A *fine* [link](x) &amp; <b>more</b>'")
    assert post.summary == "A fine link & more"


@pytest.mark.parametrize(
    ("matter", "url", "alt"),
    [
        ("image: https://cdn.example/a.png", "https://cdn.example/a.png", None),
        ("image: //cdn.example/a.png", "https://cdn.example/a.png", None),
        ("hero: /a b.png", "https://example.org/a%20b.png", None),
        ("Thumbnail: a.png\nimage_alt: An A", "https://example.org/blog/post/a.png", "An A"),
        ("cover: {image: /a.png, alt: An A}", "https://example.org/a.png", "An A"),
        ("featured_image: {src: /a.png}\nalt: A", "https://example.org/a.png", "A"),
        ("banner: {url: /a.png}", "https://example.org/a.png", None),
        ("images: [/a.png, /b.png]", "https://example.org/a.png", None),
        ("heroImage: /ä.png", "https://example.org/%C3%A4.png", None),
        ("image: 'https://münchen.example/100%/ü?q=1&r#x'",
         "https://xn--mnchen-3ya.example/100%25/%C3%BC?q=1&r#x", None),
    ],
)  # fmt: skip
def test_the_hero_image_has_many_keys_and_shapes(folder, matter, url, alt):
    image = folder.post(f"date: 2025-06-08\n{matter}").image
    assert (image.url, image.alt, image.path) == (url, alt, None)


@pytest.mark.parametrize(
    ("matter", "language"),
    [("lang: de", "de"), ("language: pt_BR", "pt-BR"), ("lang:", "en"), ("x: y", "en")],
)
def test_the_language(folder, matter, language):
    assert folder.post(f"date: 2025-06-08\n{matter}").language == language


@pytest.mark.parametrize(
    ("matter", "draft"),
    [
        ("draft: true", True),
        ("draft: yes", True),
        ("draft: false", False),
        ("published: false", True),
        ("published: no", True),
        ("published: true", False),
        ("publish: false", True),
        ("isDraft: true", True),
        ("unlisted: true", True),
        ("eleventyExcludeFromCollections: true", True),
        ("_build: {list: never}", True),
        ("build: {render: false}", True),
        ("build: {list: local}", False),
        ("status: hidden", True),
        ("visibility: private", True),
        ("status: [draft]", False),
        ("status: Draft", True),
        ("status: published", False),
        ("draft: perhaps", True),
        ("draft: [no]", True),
    ],
)
def test_drafts_are_held_back(folder, matter, draft):
    assert folder.post(f"date: 2025-06-08\n{matter}").draft is draft


@pytest.mark.parametrize("key", ["expiryDate", "expires", "expiry_date", "Expiry"])
def test_the_expiry(folder, key):
    post = folder.post(f"date: 2025-06-08\n{key}: 2025-07-01")
    assert post.expires.isoformat() == "2025-07-01T09:00:00+00:00"


@pytest.mark.parametrize(
    ("matter", "link"),
    [
        ("link: https://other.example/a", "https://other.example/a"),
        ("external_url: https://other.example/a", "https://other.example/a"),
        ("link: https://example.org/a", None),
        ("link: /a", None),
        ("link: javascript:alert(1)", None),
    ],
)
def test_a_link_post_names_another_site(folder, matter, link):
    assert folder.post(f"date: 2025-06-08\n{matter}").external_url == link


@pytest.mark.parametrize(
    ("matter", "enclosure"),
    [
        ("audio: /a.mp3", Enclosure("https://example.org/a.mp3", "audio/mpeg")),
        ("audio: /a.M4A\nduration: '1:02:03'\naudio_length: 12",
         Enclosure("https://example.org/a.M4A", "audio/mp4", 12, 3723)),
        ("enclosure: {url: https://x.example/a, type: audio/ogg, length: 5, duration: 61}",
         Enclosure("https://x.example/a", "audio/ogg", 5, 61)),
        ("enclosure: |\n  https://x.example/a.mp3\n  123\n  audio/mp3",
         Enclosure("https://x.example/a.mp3", "audio/mp3", 123)),
        ("enclosure: https://x.example/a.mp3 123",
         Enclosure("https://x.example/a.mp3", "audio/mpeg", 123)),
        ("audio: {mp3: /a.mp3, ogg: /a.ogg, filesize: 4}",
         Enclosure("https://example.org/a.mp3", "audio/mpeg", 4)),
        ("podcast: /a\naudio_type: audio/ogg", Enclosure("https://example.org/a", "audio/ogg")),
        ("audio: false", None),
        ("audio: {src: /a.mp3, length: many, duration: long}",
         Enclosure("https://example.org/a.mp3", "audio/mpeg")),
    ],
)  # fmt: skip
def test_a_recording_is_the_enclosure(folder, matter, enclosure):
    assert folder.post(f"date: 2025-06-08\n{matter}").enclosure == enclosure


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [
        *(("754", 754), ("754.9", 754), ("12:34", 754), ("1:02:03", 3723), ("00:12:34.5", 754)),
        *(("PT12M34S", 754), ("PT1H", 3600), ("T90S", 90), ("1h2m3s", 3723), ("1 h 2 min", 3720)),
        *(("12 min", 720), ("12 minutes", 720), ("1.5 m", 90), ("90s", 90), ("2 hours", 7200)),
        *(("long", None), ("PT", None), ("-5", None), ("1:2:3:4", None), ("12 parsecs", None)),
    ],
)
def test_a_duration_has_many_spellings(folder, duration, seconds):
    post = folder.post(f"date: 2025-06-08\naudio: /a.mp3\nduration: '{duration}'")
    assert post.enclosure.duration == seconds


@pytest.mark.parametrize(
    ("length", "size"),
    [
        *(("12345", 12345), ("12,345,678", 12345678), ("12345 bytes", 12345), ("1.5 MB", 1500000)),
        *(("1,5 MB", 1500000), ("3k", 3000), ("2 GiB", 2000000000)),
        *(("1.2.3", 0), ("many", 0), ("-1", 0), ("9" * 16, 0)),
    ],
)
def test_a_length_has_many_spellings(folder, length, size):
    post = folder.post(f"date: 2025-06-08\naudio: {{url: /a.mp3, length: '{length}'}}")
    assert post.enclosure.length == size


@pytest.mark.parametrize(
    ("matter", "url", "alt"),
    [
        ("header: {teaser: /t.png, image: /a.png, image_description: A}", "/a.png", "A"),
        ("header: {overlay_image: '#333'}\nseo: {image: /b.png}\nimage_alt: B", "/b.png", "B"),
        ("image: true\nheader: {image: /a.png}", "/a.png", None),
        ("cover: {image: {src: /a.png, alt: A}}", "/a.png", "A"),
        ("cover: '![[a b.png|300]]'", "/blog/post/a%20b.png", None),
        ("cover: '![x](/a.png)'", "/a.png", None),
        ("cover: '{static}/a.png'", "/a.png", None),
        ("hero: {file: a.png}", "/blog/post/a.png", None),
        ("Extra: {cover_image: /a.png}", "/a.png", None),
    ],
)
def test_the_hero_image_in_the_tables_of_themes(folder, matter, url, alt):
    image = folder.post(f"date: 2025-06-08\n{matter}").image
    assert (image.url, image.alt) == (f"https://example.org{url}", alt)


@pytest.mark.parametrize("matter", ["image: no", "header: x", "header: {overlay_image: '#333'}"])
def test_what_only_says_that_there_is_no_image(folder, matter):
    assert folder.post(f"date: 2025-06-08\n{matter}").image is None


@pytest.mark.parametrize(
    ("text", "title", "tags"),
    [
        ("Title: A: b\nDate: 2025-06-08\nTags: a, b\n\nBody.", "A: b", ("a", "b")),
        ("date: 2025-06-08\ntitle:\n    In the next line\n\nBody.", "In the next line", ()),
        ("Title: A\nTags: a\nTags: b\nDate: 2025-06-08\nBody.", "A", ("a", "b")),
        ("Title: A\nTags: a; b, c\nDate: 2025-06-08\n\nBody.", "A", ("a", "b, c")),
    ],
)
def test_headers_need_no_fences(folder, text, title, tags):
    folder.write("post.md", text)
    (post,) = folder.scan().posts
    assert (post.title, post.tags, post.body) == (title, tags, "Body.")
    assert post.published.isoformat() == "2025-06-08T09:00:00+00:00"


@pytest.mark.parametrize(
    "text", ["Note: this is a thought.\n\nMore.", "Once: x\nUpon: y\n", "title:no header\n"]
)
def test_prose_with_a_colon_is_no_header(folder, text):
    folder.write("2025-06-08-a.md", text)
    assert folder.scan().posts[0].body == text.strip()


def test_html_is_rendered_as_it_is(folder):
    body = "<div>\n\n    <p>*One* <b>two</b></p>\n</div>"
    post = folder.post("date: 2025-06-08", body, "a.HTML")
    assert content.render(post) == body


def test_html_is_a_post_where_it_has_front_matter(folder):
    folder.write("a.html", "---\ndate: 2025-06-08\n---\n<h1>A</h1> x <p>One<br><b>two</b> <i>3</i>"
                 "<div>no</div></p> y <p>Second.</p>")  # fmt: skip
    folder.write("b.html", "---\ndate: 2025-06-08\n---\n<p>One.</p><p>Two.</p><!--more--><p>3")
    folder.write("c.htm", "---\ndate: 2025-06-08\n---\n<div>None</div>")
    folder.write("d.html", b"<p>2025-06-08 \xff</p>")
    scan = folder.scan()
    assert scan.findings == ()
    assert {post.source: post.summary for post in scan.posts} == {
        "a.html": "One two 3",
        "b.html": "One. Two.",
        "c.htm": "",
    }


@pytest.mark.parametrize(
    ("matter", "key", "message"),
    [
        ("title: [a]", "title", "a list, where text is expected"),
        ("Title: {a: b}", "Title", "a mapping, where text is expected"),
        ("tags: {a: b}", "tags", "a mapping, where a list is expected"),
        ("author: {email: a@b.c}", "author", "a mapping, where a name is expected"),
        ("authors: [[], {}]", "authors", "a list, where a name is expected"),
        ("image: {alt: A}", "image", "a mapping, where an address"),
        ("hero: {file: name}", "hero", "a mapping, where an address"),
        ("image: [[a]]", "image", "a list, where an address"),
        ("image: data:image/png;base64,AAAA", "image", "leads nowhere"),
        ("image: https://[bad/a.png", "image", "leads nowhere"),
        ("image: ../../etc/passwd", "image", "leads nowhere"),
        ("audio: {length: 5}", "audio", "a mapping, where an address"),
        ("audio: /a.xyz", "audio", '"/a.xyz" needs its media type'),
        ("lang: klingon!", "lang", '"klingon!" is not a language tag'),
        ("updated: yesterday", "updated", '"yesterday" is not a date'),
        ("updated: {a: b}", "updated", "a date such as"),
        ("draft: perhaps", "draft", "neither true nor false"),
    ],
)
def test_a_value_that_cannot_be_read_is_reported_and_left_out(folder, matter, key, message):
    folder.write("post.md", f"---\ndate: 2025-06-08\n{matter}\n---\n\nBody\n")
    scan = folder.scan()
    (finding,) = scan.findings
    assert (finding.source, finding.line, finding.key) == ("post.md", 3, key)
    assert finding.severity == "warning"
    assert message in finding.message
    (post,) = scan.posts
    assert (post.title, post.tags, post.authors, post.image) == (None, (), (), None)


@pytest.mark.parametrize(
    ("matter", "line", "key", "message"),
    [
        ("title: a\ndate: {a: b}", 3, "date", "a date such as 2025-06-08 is expected"),
        ("title: a\nDate: yesterday", 3, "Date", '"yesterday" is not a date: write it as'),
        ("title: a\npubDate: 0025-06-08", 3, "pubDate", "the year 25 cannot be meant"),
        ("date: 2025-06-08\nexpiryDate: soon", 3, "expiryDate", '"soon" is not a date'),
        ("title: a", None, None, 'no date: write "date: 2025-06-08"'),
        ("title: A: b", 2, None, "quote the value"),
    ],
)
def test_a_post_that_cannot_be_published_is_refused_alone(folder, matter, line, key, message):
    folder.write("bad.md", f"---\n{matter}\n---\n\nBody\n")
    folder.write("good.md", "---\ndate: 2025-06-08\n---\nText.\n")
    scan = folder.scan()
    assert [post.source for post in scan.posts] == ["good.md"]
    (finding,) = scan.findings
    assert (finding.source, finding.line, finding.key) == ("bad.md", line, key)
    assert finding.severity == "error"
    assert message in finding.message


def test_a_draft_needs_no_date_yet(folder):
    folder.write("draft.md", "---\ndraft: true\n---\n")
    scan = folder.scan()
    assert scan.posts == ()
    assert [finding.severity for finding in scan.findings] == ["warning"]


def test_toml_and_json_speak_alike(folder):
    folder.write(
        "a.md", '+++\ndate = 2025-06-08T10:00:00Z\ntitle = "A"\ntags = ["x"]\ndraft = true\n+++\n'
    )
    folder.write(
        "b.md", '{"date": "2025-06-08T10:00:00Z", "title": "A", "tags": ["x"], "draft": true}\n'
    )
    a, b = folder.scan().posts
    assert (a.title, a.tags, a.published, a.draft) == (b.title, b.tags, b.published, b.draft)
    assert a.draft

import pytest

from syndicate.content import urls


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("a-post.md", "a-post"),
        ("2025-06-08-a-post.md", "a-post"),
        ("2025-06-08.md", "2025-06-08"),
        ("a-post/index.md", "a-post"),
        ("2025-06-08-a-post/index.md", "a-post"),
        ("x/2025-06-08-a-post.md", "a-post"),
        ("index.md", "index"),
        ("A Post_1.2 (final)!.md", "a-post_1.2-final"),
        ("Grüße.md", "gr%C3%BC%C3%9Fe"),
        ("u\u0308.md", "%C3%BC"),
        ("日本語.md", "%E6%97%A5%E6%9C%AC%E8%AA%9E"),
        ("100%.md", "100"),
    ],
)
def test_the_slug_comes_from_the_file_s_name(folder, name, slug):
    assert folder.post("date: 2025-06-08", name=name).url == f"https://example.org/blog/{slug}/"


@pytest.mark.parametrize(
    ("matter", "path"),
    [
        ("slug: Mine", "/blog/Mine/"),
        ("slug: 'two words'", "/blog/two-words/"),
        ("slug: /a/b/", "/blog/a/b/"),
        ("slug: ../../x", "/blog/x/"),
        ("slug: 2024", "/blog/2024/"),
        ("slug: [a]", "/blog/post/"),
        ("permalink: /mine/", "/mine/"),
        ("url: /mine.html", "/mine.html"),
        ("Url: post/mine", "/post/mine"),
        ("path: /mine", "/mine"),
        ("permalink: /grüße ü/100%", "/gr%C3%BC%C3%9Fe%20%C3%BC/100%25"),
        ("permalink: /%C3%BC", "/%C3%BC"),
        ("permalink: /a\npath: /b", "/a"),
        # these are no addresses
        ("path: some/file", "/blog/post/"),
        ("permalink: pretty", "/blog/post/"),
        ("permalink: false", "/blog/post/"),
        ("permalink: /:year/:title/", "/blog/post/"),
        ("permalink: '/{{ page.slug }}/'", "/blog/post/"),
        ("permalink: /../x", "/blog/post/"),
        ("permalink: javascript:alert(1)//", "/blog/post/"),
    ],
)
def test_front_matter_says_where_the_post_is(folder, matter, path):
    assert folder.post(f"date: 2025-06-08\n{matter}").url == f"https://example.org{path}"


def test_an_absolute_permalink_is_taken_as_it_is(folder):
    assert (
        folder.post("date: 2025-06-08\nurl: http://other.example/x").url == "http://other.example/x"
    )


@pytest.mark.parametrize(
    ("pattern", "url"),
    [
        ("/{slug}", "/a-post"),
        ("/{year}/{month}/{day}/{slug}.html", "/2025/06/09/a-post.html"),
        ("/{category}/{slug}/", "/machine-learning/a-post/"),
        ("/{path}/", "/notes/2025-06-09-a-post/"),
        ("/fixed/", "/fixed/"),
    ],
)
def test_the_pattern_is_filled_in(folder, pattern, url):
    folder.permalink = pattern
    folder.site = folder.site.model_copy(
        update={"timezone": "Pacific/Auckland", "url": "https://example.org/site"}
    )
    matter = "date: 2025-06-08T20:00:00Z\ncategory: Machine Learning"
    post = folder.post(matter, name="notes/2025-06-09-a-post.md")
    assert post.url == f"https://example.org/site{url}"


def test_a_part_that_is_empty_takes_its_slash_along(folder):
    folder.permalink = "/{category}/{slug}/"
    assert folder.post("date: 2025-06-08").url == "https://example.org/post/"


def test_posts_that_share_an_address_are_reported(folder):
    for name in ("a/post.md", "b/post.md", "c/post.md"):
        folder.write(name, "---\ndate: 2025-06-08\n---\nText.\n")
    scan = folder.scan()
    assert len(scan.posts) == 3
    assert [str(finding) for finding in scan.findings] == [
        f"{name}: has the same address as a/post.md: https://example.org/blog/post/"
        for name in ("b/post.md", "c/post.md")
    ]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("b", "https://x.org/a/b"),
        ("/b", "https://x.org/b"),
        ("../../b", "https://x.org/b"),
        ("#b", "https://x.org/a/#b"),
        ("?b", "https://x.org/a/?b"),
        ("//y.org/b", "https://y.org/b"),
        ("https:b", "https://x.org/a/b"),
        ("\\\\evil\\b", "https://x.org/a/%5C%5Cevil%5Cb"),
        ("mailto:a@b.c", "mailto:a@b.c"),
        ("tel:+1 2", "tel:+1%202"),
        ("java\nscript:alert(1)", None),
        ("\x01javascript:alert(1)", None),
        ("data:text/html,x", None),
        ("vbscript:x", None),
        ("file:///etc/passwd", None),
        ("http:/b", None),
        ("http://", None),
        ("https://[bad", None),
        ("https://a b/", None),
        ("https://{x}/", None),
        ("//a|b", None),
        ("https://" + "ü" * 80 + "/", None),
        ("", None),
        ("  ", None),
        ("http://ü.org/ü?ü#ü", "http://xn--tda.org/%C3%BC?%C3%BC#%C3%BC"),
    ],
)
def test_addresses_become_absolute_or_go(url, expected):
    assert urls.absolute("https://x.org/a/", url) == expected

"""Each generator's addresses, by tables: what its documentation promises for a file."""

import json
import pickle
from datetime import UTC, datetime, time
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fakes.looking import look
from syndicate import config, content
from syndicate.content import generators
from syndicate.content.generators import words
from syndicate.content.generators.base import fill
from syndicate.content.parse import Rules, parse
from syndicate.content.report import Report

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
JEKYLL = "url: https://x.example\n"
HUGO = 'baseURL = "https://x.example/"\n'
ZOLA = 'base_url = "https://x.example"\n'
PELICAN = 'SITEURL = "https://x.example"\n'


class Site:
    """A site's folder; content.dir is ``dir`` within it."""

    def __init__(self, root: Path) -> None:
        self.root = root / "site"
        self.root.mkdir()
        self.dir = "."
        self.dialect = "auto"
        self.permalink = None

    def write(self, name, text=""):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    def scan(self, zone="UTC"):
        site = config.SiteConfig(title="T", url="https://x.example", timezone=zone)
        options = config.Content(
            dir=self.root / self.dir, dialect=self.dialect, permalink=self.permalink
        )
        return look(options, site)

    def paths(self, zone="UTC"):
        return {
            post.source: post.url.removeprefix("https://x.example")
            for post in self.scan(zone).posts
        }

    def path(self, zone="UTC"):
        (path,) = self.paths(zone).values()
        return path


@pytest.fixture
def site(tmp_path):
    (tmp_path / ".git").mkdir()
    return Site(tmp_path)


def post(matter="", date="2025-06-08"):
    return f"---\ndate: {date}\n{matter}\n---\nBody.\n"


@pytest.mark.parametrize(
    ("files", "name", "title"),
    [
        ({"hugo.toml": ""}, "hugo", "Hugo"),
        ({"hugo.yaml": "title: x"}, "hugo", "Hugo"),
        ({"hugo.json": '{"baseURL": "https://x"}'}, "hugo", "Hugo"),
        ({"config.toml": HUGO}, "hugo", "Hugo"),
        ({"config.yaml": "BaseUrl: https://x"}, "hugo", "Hugo"),
        ({"config/_default/hugo.toml": ""}, "hugo", "Hugo"),
        ({"config/_default/params.yaml": "a: b"}, "hugo", "Hugo"),
        ({"config.toml": ZOLA}, "zola", "Zola"),
        ({"zola.toml": ZOLA}, "zola", "Zola"),
        ({"_config.yml": JEKYLL}, "jekyll", "Jekyll"),
        ({"_config.toml": ""}, "jekyll", "Jekyll"),
        ({"pelicanconf.py": ""}, "pelican", "Pelican"),
        ({".eleventy.js": ""}, "eleventy", "Eleventy"),
        ({"eleventy.config.mjs": ""}, "eleventy", "Eleventy"),
        ({"astro.config.ts": ""}, "astro", "Astro"),
        ({"next.config.js": ""}, "nextjs", "Next.js"),
        ({".obsidian/app.json": ""}, "obsidian", "Obsidian"),
        # these are something else
        ({"config.toml": 'title = "x"'}, "plain", None),
        ({"config.json": "{}"}, "plain", None),
        ({"hugo.json": "{}"}, "plain", None),
        ({"config/syndicate.toml": ""}, "plain", None),
        ({"_config.yml": "new_post_name: x\nurl: https://hexo.example"}, "plain", None),
        ({"publishconf.py": ""}, "plain", None),
        ({}, "plain", None),
    ],
)  # fmt: skip
def test_a_generator_is_recognised_by_what_is_at_its_root(site, files, name, title):
    for each, text in files.items():
        site.write(each, text)
    folder = site.root / "a" / "b"
    folder.mkdir(parents=True)
    found = generators.find(folder)
    assert found.name == name
    site.dir = "a/b"
    notes = [each for each in site.scan().findings if each.severity == "note"]
    assert [title in str(note) for note in notes] == ([True] if title else [])


def test_the_nearest_root_counts_and_a_repository_ends_the_search(site):
    site.write("hugo.toml")
    site.write("a/.git/config")
    assert generators.find(site.root / "a").name == "plain"
    (site.root / "a/.git/config").unlink()
    (site.root / "a/.git").rmdir()
    assert generators.find(site.root / "a").name == "hugo"
    site.write("a/.obsidian/x")
    assert generators.find(site.root / "a").name == "obsidian"


def test_neither_the_home_folder_nor_a_distant_one_is_a_site(site, monkeypatch):
    site.write("hugo.toml")
    (site.root / "1/2/3/4/5/6").mkdir(parents=True)
    assert generators.find(site.root / "1/2/3/4/5").name == "hugo"
    assert generators.find(site.root / "1/2/3/4/5/6").name == "plain"
    monkeypatch.setenv("HOME", str(site.root))
    assert generators.find(site.root / "1").name == "plain"


def test_a_folder_that_does_not_exist_has_no_generator(tmp_path):
    (tmp_path / ".git").mkdir()
    assert generators.find(tmp_path / "nowhere").name == "plain"
    assert generators.find(tmp_path / "nowhere", "hugo").told().title == ""


def test_a_dialect_may_be_named_and_plain_asks_nobody(site):
    site.write("_config.yml", JEKYLL + "permalink: /:title")
    site.write("_posts/2019-03-01-a.md", post())
    assert site.path() == "/a"
    site.dialect = "plain"
    assert site.path() == "/blog/a/"
    assert site.scan().findings == ()
    site.dialect = "hugo"
    assert site.paths() == {"_posts/2019-03-01-a.md": "/_posts/2019-03-01-a/"}


def test_our_own_pattern_wins_over_the_generator_s_and_a_post_s_own_over_both(site):
    site.write("hugo.toml", HUGO + '[permalinks]\nposts = "/:title/"')
    site.write("content/posts/a.md", post("title: T"))
    site.write("content/posts/b.md", post("title: T\nurl: /mine/"))
    site.permalink = "/x/{slug}"
    assert site.paths() == {"content/posts/a.md": "/x/a", "content/posts/b.md": "/mine/"}


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("date", "/2025/06/08/My.Post.html"),
        ("pretty", "/2025/06/08/My.Post/"),
        ("ordinal", "/2025/159/My.Post.html"),
        ("weekdate", "/2025/W23/SUN/My.Post.html"),
        ("none", "/My.Post.html"),
        ("/:slug", "/my-post"),
        ("/:name/", "/2025-06-08-my-post/"),
        ("blog/:short_year/:i_month/:i_day/:title/", "/blog/25/6/8/My.Post/"),
        ("/:long_month-:short_month-:long_day-:w_day/:title", "/June-JUN-Sunday-7/My.Post"),
        ("/:w_year:week/:hour:minute:second/:title", "/202523/090000/My.Post"),
        ("/:collection/:path", "/posts/_posts/2025-06-08-My.Post"),
        ("/:unknown/:title", "/:unknown/My.Post"),
        ("/:title_x/", "/My.Post_x/"),
    ],
)
def test_jekyll_s_patterns(site, pattern, path):
    site.write("_config.yml", f'{JEKYLL}permalink: "{pattern}"\n')
    site.write("_posts/2025-06-08-My.Post.md", "---\ntitle: x\n---\n")
    assert site.path() == path


def test_jekyll_s_pattern_may_stand_in_the_collection_or_the_defaults(site):
    site.write("_posts/2025-06-08-a.md", "---\n---\n")
    rules = 'defaults: [{scope: {path: "", type: posts}, values: {permalink: "/d/:title"}}]\n'
    site.write("_config.yml", JEKYLL + "permalink: none\n" + rules)
    assert site.path() == "/d/a"
    site.write("_config.yml", JEKYLL + rules + "collections: {posts: {permalink: /c/:title}}")
    assert site.path() == "/c/a"
    elsewhere = 'defaults: [{scope: {path: x}, values: {permalink: "/d/:title"}}, 1]\n'
    site.write("_config.yml", JEKYLL + elsewhere)
    assert site.path() == "/2025/06/08/a.html"


def test_jekyll_s_dates_are_in_the_site_s_zone(site):
    site.write("_config.yml", JEKYLL)
    site.write("_posts/2025-06-08-a.md", post(date="2025-06-08T23:30:00Z"))
    assert site.path("Europe/Berlin") == "/2025/06/09/a.html"


def test_jekyll_s_folders_count_from_its_source_wherever_content_dir_is(site):
    site.write("_config.yml", JEKYLL + "source: src\ncollections_dir: all\npermalink: none")
    site.write("src/all/en/news/_posts/2025-06-08-a.md", post("category: B"))
    site.write("src/other.md", post())
    assert site.path() == "/en/news/b/a.html"
    site.dir = "src/all/en"
    assert site.path() == "/en/news/b/a.html"
    assert site.scan().posts[0].categories == ("en", "news", "B")
    site.dir = "src/all/en/news/_posts"
    assert site.path() == "/en/news/b/a.html"


@pytest.mark.parametrize(
    ("extra", "path"),
    [
        ("", "/posts/my-pöst/"),
        ("uglyURLs = true", "/posts/my-pöst.html"),
        ("[uglyURLs]\nposts = true", "/posts/my-pöst.html"),
        ("[uglyURLs]\nnotes = true", "/posts/my-pöst/"),
        ("disablePathToLower = true", "/posts/My-Pöst/"),
        ("removePathAccents = true", "/posts/my-post/"),
        ('[permalinks]\nposts = "/:section/:title/"', "/posts/a-title/"),
        ('[permalinks]\nposts = "/:year/:month/:day/:slug"', "/2025/06/09/a-title/"),
        ('[permalinks]\nposts = "/:filename-:weekday"', "/my-pöst-1/"),
        ('[permalinks]\nposts = "/:monthname/:weekdayname/:slugorfilename"', "/june/monday/my-pöst/"),
        ('[permalinks]\nposts = "/a\\\\:b/:contentbasename"', "/a:b/my-pöst/"),
        ('[permalinks.page]\nposts = "/p/:slugorcontentbasename/"', "/p/my-pöst/"),
        ('[permalinks.section]\nposts = "/p/:slug/"', "/posts/my-pöst/"),
        ('[permalinks]\nnotes = "/:title/"', "/posts/my-pöst/"),
        ('[permalinks]\n"/" = "/:title/"', "/posts/my-pöst/"),
        ('uglyURLs = true\n[permalinks]\nposts = "/:title/"', "/a-title.html"),
        ('[[permalinks]]\npattern = "/r/:title"\n[permalinks.target]\npath = "{/posts,/posts/**}"',
         "/r/a-title/"),
        ('[[permalinks]]\npattern = "/r/:title"\ntarget = {kind = "section"}', "/posts/my-pöst/"),
        ("defaultContentLanguageInSubdir = true\n[languages.en]\n[languages.de]", "/posts/my-pöst/"),
    ],
)  # fmt: skip
def test_hugo_s_addresses(site, extra, path):
    site.write("hugo.toml", HUGO + extra)
    site.write("content/posts/My Pöst.md", post("title: A 'Title'!", "2025-06-09T01:00:00+03:00"))
    assert site.path() == path.replace("ö", "%C3%B6")


@pytest.mark.parametrize(
    ("cut", "path"),
    [
        ("", "/a/c/x/"),
        ("[1:]", "/c/x/"),
        ("[0]", "/a/x/"),
        ("[last]", "/c/x/"),
        ("[:last]", "/a/x/"),
        ("[9]", "/x/"),
        ("[a:b]", "/x/"),
    ],
)
def test_hugo_s_sections_are_folders_with_an_index(site, cut, path):
    site.write("hugo.toml", f'{HUGO}[permalinks]\na = "/:sections{cut}/:contentbasename/"')
    site.write("content/a/b/c/_index.md", "---\n---\n")
    site.write("content/a/b/c/x.md", post())
    assert site.path() == path


def test_hugo_takes_dates_and_slugs_from_names_where_it_is_told_to(site):
    site.write("content/posts/2025-06-08-a.md", "---\ntitle: x\n---\n")
    site.write("hugo.toml", HUGO)
    assert site.path() == "/posts/2025-06-08-a/"
    site.write("hugo.toml", HUGO + '[frontmatter]\ndate = [":filename", ":default"]')
    assert site.path() == "/posts/a/"


def test_hugo_s_bundles_are_one_post_and_their_resources_none(site):
    site.write("hugo.toml", HUGO)
    for name in ("a/index.md", "a/b.md", "a/c/d.md", "a/c/index.md", "ab.md", "e/index.de.md"):
        site.write(f"content/posts/{name}", post())
    site.write("content/index.md", post())
    site.write("archetypes/default.md", post())
    assert site.paths() == {
        "content/index.md": "/index/",
        "content/posts/a/index.md": "/posts/a/",
        "content/posts/ab.md": "/posts/ab/",
        "content/posts/e/index.de.md": "/posts/e/index.de/",
    }


def test_hugo_s_languages_are_in_names_or_in_folders(site):
    site.write("hugo.toml", HUGO + '[languages.en]\ncontentDir = "content/en"\n'
               '[languages.fr]\ncontentDir = "content/fr"\n')  # fmt: skip
    site.write("content/fr/posts/a.md", post())
    site.dir = "content/fr/posts"
    assert site.path() == "/fr/posts/a/"
    assert site.scan().posts[0].language == "fr"
    site.write("hugo.toml", HUGO + "defaultContentLanguageInSubdir = true\n"
               "[languages.en]\n[languages.de]\n")  # fmt: skip
    site.dir = "content"
    (site.root / "content/fr/posts/a.md").unlink()
    site.write("content/a/index.de.md", post())
    site.write("content/a/index.en.md", post("lang: en-GB"))
    assert site.paths() == {"a/index.de.md": "/de/a/", "a/index.en.md": "/en/a/"}
    assert {each.language for each in site.scan().posts} == {"de", "en-GB"}


@pytest.mark.parametrize(
    ("extra", "name", "matter", "path"),
    [
        ("", "blog/Grüße 2.md", "", "/blog/grusse-2/"),
        ("", "blog/2024-05-06_x.md", "", "/blog/x/"),
        ("", "blog/2024-05-06T10:00:00Z-x.md", "", "/blog/x/"),
        ("", "blog/2024-05-06.md", "", "/blog/2024-05-06/"),
        ("", "Big Blog/2024-05-06-x/index.md", "", "/Big%20Blog/x/"),
        ("", "x.md", 'slug: "A B"', "/a-b/"),
        ("", "x.md", "path: a/b", "/a/b/"),
        ("", "x.fr.md", "", "/x-fr/"),
        ("[languages.fr]", "x.fr.md", "", "/fr/x/"),
        ("[languages.en]", "x.en.md", "", "/x/"),
        ("[slugify]\npaths_keep_dates = true", "2024-05-06_x.md", "", "/2024-05-06-x/"),
        ('[slugify]\npaths = "safe"', "Grüße: 2?.md", "", "/Gr%C3%BC%C3%9Fe%202/"),
        ('[slugify]\npaths = "off"', "Grüße #2.md", "", "/Gr%C3%BC%C3%9Fe%20%232/"),
    ],
)
def test_zola_s_addresses(site, extra, name, matter, path):
    site.write("config.toml", ZOLA + extra)
    site.write(f"content/{name}", post(matter))
    assert site.path() == path


@pytest.mark.parametrize(
    ("extra", "name", "matter", "path"),
    [
        ("", "a.md", "title: Straße & Café", "/strasse-cafe.html"),
        ("", "a.md", "title: C++\nslug: Mine", "/Mine.html"),
        ("", "Näme.md", "x: y", "/n%C3%A4me.html"),
        ("", "a.md", "title: T\nlang: de", "/t-de.html"),
        ("DEFAULT_LANG = 'de'", "a.md", "title: T\nlang: de", "/t.html"),
        ("ARTICLE_LANG_URL = '{lang}/{slug}'", "a.md", "title: T\nlang: de", "/de/t"),
        ("ARTICLE_URL = '{category}/{slug}'", "Big Cat/a.md", "title: T", "/big-cat/t"),
        ("ARTICLE_URL = '{category}/{slug}'", "a.md", "title: T", "/misc/t"),
        ("ARTICLE_URL = '{category}/{slug}'\nDEFAULT_CATEGORY = 'X'", "a.md", "title: T", "/x/t"),
        ("ARTICLE_URL = '{category}/{slug}'\nUSE_FOLDER_AS_CATEGORY = False", "b/a.md", "title: T",
         "/misc/t"),
        ("ARTICLE_URL = '{author}/{date:%Y-%j}/{slug}'", "a.md", "title: T\nauthor: Ada B",
         "/ada-b/2025-159/t"),
        ("AUTHOR = 'Bob'\nARTICLE_URL = '{author}/{date}/{slug}/{nobody}'", "a.md", "title: T",
         "/bob/2025-06-08/t/"),
        ("ARTICLE_URL = '{path}{'", "a.md", "title: T", "/%7Bpath%7D%7B"),
        ("SLUGIFY_SOURCE = 'basename'", "A_b.md", "title: T", "/a_b.html"),
        ("FILENAME_METADATA = r'(?P<date>\\d{4})-(?P<slug>.*)'", "2025-x.md", "title: T", "/x.html"),
        ("FILENAME_METADATA = '('", "a.md", "title: T", "/t.html"),
        ("SLUGIFY_USE_UNICODE = True\nSLUGIFY_PRESERVE_CASE = True", "a.md", "title: Über uns",
         "/%C3%9Cber-uns.html"),
        ("SLUG_REGEX_SUBSTITUTIONS = [(r'C\\+\\+', 'cpp'), ('(', ''), 1]", "a.md", "title: C++",
         "/cpp.html"),
        ("", "a.md", "title: T\nSave_as: x/{slug}.html", "/x/t.html"),
    ],
)  # fmt: skip
def test_pelican_s_addresses(site, extra, name, matter, path):
    site.write("pelicanconf.py", f"{PELICAN}PATH = 'content'\n{extra}\n")
    site.write(f"content/{name}", post(matter))
    assert site.path() == path


def test_pelican_s_pages_are_no_posts(site):
    site.write("pelicanconf.py", "PATH: str = 'in'\nARTICLE_PATHS = ['blog']\nPAGE_PATHS = ['p']\n")
    for name in ("in/blog/a.md", "in/p/b.md", "in/other/c.md", "out/d.md"):
        site.write(name, post("title: " + name[-4]))
    assert list(site.paths()) == ["in/blog/a.md"]


@pytest.mark.parametrize(
    ("dir_", "name", "matter", "path"),
    [
        (".", "posts/a.md", "", "/posts/a/"),
        ("posts", "posts/a.md", "", "/posts/a/"),
        ("src/posts", "src/posts/a.md", "", "/posts/a/"),
        ("content", "content/index.md", "", "/"),
        ("content", "content/b/index.md", "", "/b/"),
        ("content", "content/2025-01-01-b/index.md", "permalink: '/{{ page.fileSlug }}/'", "/b/"),
        ("content", "content/b/2025-01-01-a.md", "permalink: '{{ page.filePathStem }}.html'",
         "/b/a.html"),
        ("content", "content/a.md", "title: A b\npermalink: '/{{title|slug}}/index.html'", "/a-b/"),
        ("content", "content/a.md", "permalink: /{{ title }}/x/", "/a/"),
        ("content", "content/a.md", "permalink: /{{ slug | nunjucks }}/x/", "/a/"),
        ("content", "content/a.md", "permalink: /{% if a %}/", "/a/"),
        ("content", "content/a.md", "permalink: plain.html", "/plain.html"),
    ],
)  # fmt: skip
def test_eleventy_s_addresses(site, dir_, name, matter, path):
    site.dir = dir_
    site.write(".eleventy.js")
    site.write(name, post(matter))
    assert site.path() == path


def test_eleventy_s_data_files_may_say_the_permalink(site):
    site.write(".eleventy.js")
    site.write("a/b/c.md", post())
    site.write("a/a.json", '{"permalink": "/x/{{ page.fileSlug }}/"}')
    assert site.path() == "/x/c/"
    site.write("a/b/b.11tydata.json", '{"permalink": "/y/"}')
    assert site.path() == "/y/"
    site.write("a/b/b.11tydata.json", "[]")
    site.write("a/b/b.json", "{")
    assert site.path() == "/x/c/"


@pytest.mark.parametrize(
    ("name", "matter", "path"),
    [
        ("src/content/blog/A Post, 1.md", "", "/blog/a-post-1/"),
        ("src/content/notes/b/index.mdx", "", "/notes/b/"),
        ("src/content/blog/x.md", "slug: y/z", "/blog/y/z/"),
        ("src/data/talks/x.md", "", "/talks/x/"),
        ("src/pages/a/B.md", "", "/a/B/"),
        ("src/pages/a/index.md", "", "/a/"),
        ("x.md", "", "/blog/x/"),
        ("src/content/x.md", "permalink: /own/", "/own/"),
    ],
)
def test_astro_s_addresses(site, name, matter, path):
    site.write("astro.config.mjs")
    site.write(name, post(matter))
    assert site.path() == path


@pytest.mark.parametrize(
    ("name", "matter", "path"),
    [
        ("_posts/2025-01-01-a.md", "", "/posts/a"),
        ("src/content/notes/a.mdx", "slug: b", "/notes/b"),
        ("content/a.mdx", "", "/blog/a"),
        ("src/app/(x)/b/page.mdx", "", "/b"),
        ("app/page.mdx", "", "/"),
        ("pages/b/index.md", "", "/b"),
        ("pages/b/c.md", "url: /own", "/own"),
    ],
)
def test_next_js_s_addresses(site, name, matter, path):
    site.write("next.config.ts")
    site.write(name, post(matter))
    assert site.path() == path


@pytest.mark.parametrize(
    ("text", "mode", "spelled"),
    [
        ("Ein süßer Tag!", "default", "ein-süßer-tag"),
        (" A_b.c ", "default", "a-b-c"),
        ("A_b.c d", "pretty", "a_b.c-d"),
        ("A_b.c d", "raw", "a_b.c-d"),
        ("Ein süßer Tag", "ascii", "ein-s-er-tag"),
        ("Ein süßer Tag", "latin", "ein-susser-tag"),
        ("A b", "none", "a b"),
    ],
)
def test_jekyll_s_modes_of_slugify(text, mode, spelled):
    assert words.jekyll(text, mode) == spelled


def test_the_spellings_of_the_other_generators():
    assert words.hugo("  A  - b & ç%20% / d?") == "a-b-ç%20-/-d"
    assert words.hugo("Ünï — Näme", accents=False, lower=False) == "Uni-Name"
    assert words.github("Hello, Wörld_1.2!") == "hello-wörld_12"
    assert words.zola("Ça & 日本") == "ca-riben"


@settings(deadline=None)
@given(st.text(max_size=60))
@example("%")
@example("--")
def test_what_is_spelled_once_is_spelled_the_same_twice(text):
    for spell in (words.hugo, words.jekyll, words.zola, words.github):
        once = spell(text)
        assert "?" not in once
        assert spell(once) == once or spell is words.hugo


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_pattern_is_filled_in(pattern):
    assert isinstance(fill(pattern, {"title": lambda: "x"}), str)


NAMES = st.text(st.sampled_from("aB1-_. ü:#%/[]{}"), min_size=1, max_size=12)


@pytest.mark.parametrize("name", sorted(generators.KINDS))
@settings(deadline=None)
@given(stem=NAMES, slug=NAMES, address=NAMES)
def test_any_name_and_any_address_leads_under_the_site(name, stem, slug, address):
    root = Path("/srv/site/content")
    generator = generators.KINDS[name](root, root, generators.find(root, "plain").settings)
    text = json.dumps({"date": "2025-06-08", "slug": slug, "permalink": address, "url": address})
    parsed = parse(f"a/{stem}.md", text.encode(), Rules("UTC", time(9), name)).parsed
    site = config.SiteConfig(title="T", url="https://x.example/sub")
    options = config.Content(dir=root, dialect=name)
    locate = pickle.loads(pickle.dumps(content.locate.Locator.of(options, site, generator)))
    assert repr(locate) == repr(content.locate.Locator.of(options, site, generator))
    _, url = locate(parsed, Report(parsed.source))
    assert url.startswith(("https://x.example/sub/", "https://", "http://"))
    assert not set(' "<>{}ü') & set(url)

"""What a generator's own configuration tells: read, never run, and never a reason to fail."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import settings as how
from hypothesis import strategies as st

from fakes.looking import look
from syndicate import config, content, networks
from syndicate.content import generators
from syndicate.content.generators import settings
from syndicate.errors import ConfigError

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ADA = {"name": "Ada", "email": "a@ada.example"}


@pytest.fixture
def root(tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / "content").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("hugo.toml", ('baseURL = "https://x.example/sub/"\ntitle = "T"\nlocale = "de-AT"\n'
         'timeZone = "Europe/Vienna"\n[params.author]\nname = "Ada"\nemail = "a@ada.example"'),
         {"title": "T", "url": "https://x.example/sub", "language": "de-AT",
          "timezone": "Europe/Vienna", "author": ADA}),
        ("hugo.yaml", "title: 12:30\nbaseurl: /\nparams: {subtitle: S, author: Ada}",
         {"title": "12:30", "language": "en", "description": "S", "author": {"name": "Ada"}}),
        ("hugo.toml", ('timeZone = "Mars"\ndefaultContentLanguage = "fr"\n'
         '[languages.fr]\ntitle = "Titre"'), {"title": "Titre", "language": "fr"}),
        ("config.toml", ('base_url = "https://x.example"\ntitle = "T"\ndefault_language = "fr"\n'
         'author = "a@ada.example (Ada)"'),
         {"title": "T", "url": "https://x.example", "language": "fr", "author": ADA}),
        ("_config.yml", ("title: T\nurl: https://x.example\nbaseurl: /b/\nlocale: pt_BR\n"
         "author: {name: Ada, email: a@ada.example, uri: https://ada.example}"),
         {"title": "T", "url": "https://x.example/b", "language": "pt-BR",
          "author": ADA | {"url": "https://ada.example"}}),
        ("_config.yml", "name: T\ntagline: D\nauthor: Ada <a@ada.example>",
         {"title": "T", "description": "D", "author": ADA}),
        ("pelicanconf.py", ("SITENAME = NAME = 'T'\nSITEURL = 'https://x.example'\n"
         "raise SystemExit(1)\nAUTHOR = NAME\nTIMEZONE = f'{1}'\nDEFAULT_LANG = len('x')"),
         {"title": "T", "url": "https://x.example", "author": {"name": "T"}}),
        ("astro.config.mjs", "export default { site: 'https://x.example' }", {}),
        ("next.config.js", "process.exit(1)", {}),
        (".obsidian", "", {}),
        ("eleventy.config.js", "", {}),
    ],
)  # fmt: skip
def test_each_generator_tells_what_it_knows(root, name, text, expected):
    (root / name).write_text(text)
    assert content.told(root / "content", "auto") == expected


def test_hugo_s_configuration_may_be_a_folder_of_files(root):
    folder = root / "config" / "_default"
    folder.mkdir(parents=True)
    (folder / "hugo.toml").write_text('title = "T"\n')
    (folder / "params.yaml").write_text("description: D\n")
    (folder / "permalinks.json").write_text('{"posts": "/:title/"}')
    (folder / "notes.txt").write_text("no")
    (root / "config.toml").write_text('baseURL = "https://x.example"\ntitle = "Old"\n')
    assert content.told(root / "content", "auto") == {
        "title": "T", "url": "https://x.example", "language": "en", "description": "D",
    }  # fmt: skip
    assert generators.find(root / "content").pattern() == "posts: /:title/"


def test_pelican_s_second_file_wins(root):
    (root / "pelicanconf.py").write_text("SITEURL = ''\nSITENAME = 'T'\n")
    (root / "publishconf.py").write_text("from pelicanconf import *\nSITEURL = 'https://x.example'")
    assert content.told(root, "auto") == {"title": "T", "url": "https://x.example"}


@pytest.mark.parametrize(
    ("cname", "url"), [("x.example\n", "https://x.example"), ("", None), ("a b", None)]
)
def test_github_s_cname_gives_jekyll_s_host(root, cname, url):
    (root / "_config.yml").write_text("title: T")
    (root / "CNAME").write_text(cname)
    assert content.told(root, "auto").get("url") == url


def test_eleventy_s_data_files_tell_what_its_program_does_not(root):
    (root / ".eleventy.js").write_text("")
    (root / "src/_data").mkdir(parents=True)
    (root / "src/_data/site.json").write_text(json.dumps({"name": "T", "url": "https://x.example"}))
    assert content.told(root / "content", "auto") == {"title": "T", "url": "https://x.example"}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("hugo.toml", "title = ", "cannot be understood: Invalid value"),
        ("hugo.toml", "title = " + "[" * 9000, "cannot be understood: "),
        ("hugo.yaml", "a: [", "cannot be understood: "),
        ("hugo.yaml", "- a", "cannot be understood: it has no keys"),
        ("_config.yml", "a: b: c", "cannot be understood: quote the value"),
        ("_config.yml", "\xff", "cannot be understood: "),
        ("pelicanconf.py", "SITENAME = (", "cannot be understood: "),
        ("pelicanconf.py", "#" * (settings.MAX_BYTES + 1), "longer than 1048576 bytes"),
    ],
)
def test_a_configuration_that_cannot_be_read_is_reported_and_says_nothing(
    root, name, text, message
):
    path = root / name
    path.write_bytes(text.encode("latin-1"))
    (root / "content" / "a.md").write_text("---\ndate: 2025-06-08\n---\nText.\n")
    site = config.SiteConfig(title="T", url="https://x.example")
    scan = look(config.Content(dir=root / "content"), site)
    (finding,) = [each for each in scan.findings if each.severity == "warning"]
    assert finding.source == str(path)
    assert finding.message.startswith(message)
    assert finding.message.endswith("what it says is not known")


def test_a_configuration_that_may_not_be_read_is_reported(root):
    (root / "hugo.toml").mkdir()
    assert "cannot be read" in generators.find(root).settings.findings[0].message


@how(deadline=None)
@given(st.binary(max_size=120) | st.text(max_size=120).map(str.encode))
@example(b"x = 1\n" * 9 + b"x.y = 2")
@example(b"SITENAME = '\x00'")
@example(b"a: &a [*a]")
def test_any_bytes_are_a_configuration_or_a_finding(tmp_path_factory, data):
    folder = tmp_path_factory.getbasetemp() / "any"
    (folder / ".git").mkdir(parents=True, exist_ok=True)
    for name in ("hugo.toml", "_config.yml", "pelicanconf.py"):
        path = folder / name
        path.write_bytes(data)
        content.told(folder, "auto")
        generators.find(folder).pattern()
        path.unlink()


def load(root, text):
    path = root / "syndicate.toml"
    path.write_text(text)
    return config.load(path, networks.options(), told=content.told)


def test_what_our_configuration_leaves_out_the_generator_says(root):
    (root / "hugo.toml").write_text(
        'baseURL = "https://x.example"\ntitle = "T"\nlanguageCode = "de"\ntimeZone = "Europe/Berlin"'
    )
    loaded = load(root, '[content]\ndir = "content"\n')
    assert (loaded.site.title, loaded.site.url) == ("T", "https://x.example")
    assert (loaded.site.language, loaded.site.timezone) == ("de", "Europe/Berlin")
    loaded = load(root, '[site]\ntitle = "Mine"\nlanguage = "fr"\n[content]\ndir = "content"\n')
    assert (loaded.site.title, loaded.site.url) == ("Mine", "https://x.example")
    assert (loaded.site.language, loaded.site.timezone) == ("fr", "Europe/Berlin")


@pytest.mark.parametrize(
    ("hugo", "text", "problems"),
    [
        (None, '[content]\ndir = "content"\n', [("site", "missing; it has to be set")]),
        ("", '[content]\ndir = "content"\n',
         [("site.title", "missing; it has to be set"), ("site.url", "missing; it has to be set")]),
        ('title = "T"', '[content]\ndir = "content"\ndialect = "plain"\n',
         [("site", "missing; it has to be set")]),
        ('title = "T"', '[content]\ndir = "content"\ndialect = "tumblr"\n',
         [("site", "missing; it has to be set"),
          ("content.dialect", ("expected 'auto', 'hugo', 'jekyll', 'eleventy', 'astro', "
           "'nextjs', 'zola', 'pelican', 'obsidian' or 'plain'"))]),
        ('title = "T"', 'site = 1\n[content]\ndir = "content"\n', [("site", "expected a table")]),
        ('title = "T"', "content = 1\n",
         [("site", "missing; it has to be set"), ("content", "expected a table")]),
    ],
)  # fmt: skip
def test_errors_stay_clear_where_nobody_says_it(root, hugo, text, problems):
    if hugo is not None:
        (root / "hugo.toml").write_text(hugo)
    with pytest.raises(ConfigError) as caught:
        load(root, text)
    assert sorted((each.key, each.message) for each in caught.value.problems) == sorted(problems)

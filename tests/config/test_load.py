"""What a configuration file may say, and what is told when it says something else."""

from __future__ import annotations

import contextlib
import json
import re
import tomllib
from datetime import time, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import BaseModel, ValidationError

from syndicate import networks
from syndicate.config import Config, Worded, load
from syndicate.config.document import json_schema
from syndicate.config.schema import RETRIES, Endpoint
from syndicate.errors import ConfigError

NAME = (
    "expected letters of English, digits, hyphens, dots and underscores, 64 at the most, the first "
    'a letter or a digit, such as "a-b"'
)
NAMES = ", ".join(networks.options())
FULL = (Path(__file__).parent / "full.toml").read_text("utf-8")
SITE = '[site]\ntitle = "Ada"\nurl = "https://ada.example"\n'
TOKEN, PASSWORD, HOOK = "tok-hunter2", "pass-hunter2", "whsec_" + "aHVudGVy" * 4
UNTIL_NOW = "whsec_" + "aHVudGVy" * 5
CHANNEL = "https://chat.example/hooks/hunter2-hunter2-hunter2"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the secrets that the full file names."""
    monkeypatch.setenv("TOOTS", TOKEN)
    monkeypatch.setenv("HOOK", f" {HOOK}\n")
    monkeypatch.setenv("CHANNEL", CHANNEL)
    monkeypatch.setenv("BOT", TOKEN)
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "skies").write_text(f"{PASSWORD}\n")
    (tmp_path / "secrets" / "hook-until-now").write_text(f"{UNTIL_NOW}\n")
    return tmp_path


def read(folder, text, *, secrets=True):
    path = folder / "site.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(path, networks.options(), secrets=secrets)


def problems(folder, text, **options):
    """The problems of a bad file, as (line, key, message)."""
    with pytest.raises(ConfigError) as caught:
        read(folder, text, **options)
    return [(each.line, each.key, each.message) for each in caught.value.problems]


def problem(folder, text, **options):
    [found] = problems(folder, text, **options)
    return found


def endpoint(rest, network="mastodon"):
    """A file with one endpoint; its own keys begin in line 7."""
    needs = {"mastodon": 'server = "https://x.example"\ntoken = "env:TOOTS"\n'}.get(network, "")
    return f'{SITE}[[endpoints]]\nname = "main"\nnetwork = "{network}"\n{rest}\n{needs}'


def test_a_file_with_every_key(folder):
    config = read(folder, FULL)
    toots, skies, hook, files, *chats = config.endpoints
    assert config.site.title == "Ada's Lab"
    assert config.site.url == "https://ada.example"
    assert config.alerts == ("hook",)
    assert config.site.to_site().author.name == "Ada Brandt"
    assert config.content.dir == folder / "posts"
    assert config.content.default_time == time(7, 30)
    assert config.feeds.output == Path("/srv/www")
    assert config.feeds.formats == ["rss", "json"]
    assert config.feeds.page == "index.html"
    assert (config.cards.enabled, config.cards.template) == ("auto", "poster")
    assert (config.cards.background, config.cards.accent) == ("#ffffff", "#7a1f3d")
    assert config.cards.files == [folder / "fonts" / "Ada.ttf", folder / "logo.png"]
    assert config.feeds_url == "https://feeds.ada.example"
    assert config.ledger.url == "sqlite:///ledger.db"
    assert config.media.cache == folder.parent / "cache"
    assert config.media.retry == timedelta(minutes=90)
    assert config.media.allow_networks == ["10.1.2.3/32"]
    assert config.schedule.every == timedelta(days=1)
    assert config.server.port == 0
    assert toots.max_age == timedelta(weeks=2)
    assert toots.retries == [timedelta(seconds=1), timedelta(minutes=2)]
    assert toots.allow_networks == ["127.0.0.0/8", "::1/128"]
    assert toots.token.get_secret_value() == TOKEN
    assert skies.password.get_secret_value() == PASSWORD
    assert hook.url == "https://hook.example/in?key=1"
    assert hook.secret.get_secret_value() == HOOK
    assert hook.previous_secret.get_secret_value() == UNTIL_NOW
    assert files.dir == folder / "out"
    assert chats[0].url.get_secret_value() == CHANNEL


def test_the_file_with_every_key_has_every_key():
    data = tomllib.loads(FULL)
    tables = {name: set(data[name]) for name in data if isinstance(data[name], dict)}
    models = {name: Config.model_fields[name].annotation for name in tables}
    assert set(data) == set(Config.model_fields)
    assert tables == {name: set(model.model_fields) for name, model in models.items()}
    common = set(Endpoint.model_fields) | (set(Worded.model_fields) - {"hashtags"})
    assert common <= set(data["endpoints"][0])
    for each in data["endpoints"]:
        known = set(networks.options()[each["network"]].model_fields)
        assert known - common == set(each) - common


def test_only_the_site_has_to_be_said(folder):
    config = read(folder, SITE)
    assert config.site.language == "en"
    assert config.site.timezone == "UTC"
    assert config.site.to_site().author is None
    assert config.content.dir == folder.parent / "content"
    assert config.content.dialect == "auto"
    assert config.content.permalink is None
    assert config.content.default_time == time(9)
    assert config.feeds.output == folder.parent / "public"
    assert config.feeds.limit == 20
    assert config.feeds.formats == ["rss", "atom", "json"]
    assert config.feeds.page == "feed.html"
    assert config.feeds_url == "https://ada.example"
    assert config.ledger.url == "sqlite:///../state/syndicate.db"
    assert config.media.cache == folder.parent / "state" / "media"
    assert config.schedule.every == timedelta(minutes=5)
    assert (config.server.host, config.server.port) == ("127.0.0.1", 8000)
    assert config.endpoints == ()


def test_an_endpoint_has_its_defaults(folder):
    [found] = read(folder, endpoint("")).endpoints
    assert found.retries == [
        timedelta(**{{"s": "seconds", "m": "minutes", "h": "hours"}[wait[-1]]: int(wait[:-1])})
        for wait in RETRIES
    ]
    assert (found.max_age, found.backfill) == (timedelta(days=7), 0)
    assert found.allow_networks == []


def test_relative_paths_start_at_the_files_folder_wherever_we_are(folder, tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "site.toml").write_text(SITE + '[content]\ndir = "posts/../texts"\n')
    monkeypatch.chdir(tmp_path / "elsewhere")
    config = load(Path("../site.toml"), networks.options())
    assert config.content.dir == tmp_path / "texts"


def test_everything_that_is_wrong_is_told_at_once_with_its_line(folder):
    text = """\
[site]
titel = "Ada"
url = "ada.example"
timezone = "Mars/Olympus"
[feeds]
limit = 0
[[endpoints]]
name = "a b"
network = "folder"
dirr = "x"
[[endpoints]]
name = "b"
network = "mastdon"
[shedule]
"""
    with pytest.raises(ConfigError) as caught:
        read(folder, text)
    path = folder / "site.toml"
    assert str(caught.value).splitlines() == [
        f"{path}:1: site.title: missing; it has to be set",
        f"{path}:2: site.titel: unknown key; did you mean 'title'?",
        f"{path}:3: site.url: expected a URL such as https://example.org",
        f'{path}:4: site.timezone: expected a time zone such as "Europe/Berlin" or "UTC"',
        f"{path}:6: feeds.limit: expected 1 or more",
        f"{path}:7: endpoints[0].dir: missing; it has to be set",
        f"{path}:8: endpoints[0].name: {NAME}",
        f"{path}:10: endpoints[0].dirr: unknown key; did you mean 'dir'?",
        f"{path}:13: endpoints[1].network: expected one of {NAMES}; did you mean 'mastodon'?",
        f"{path}:14: shedule: unknown key; did you mean 'schedule'?",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[site]\n!", "this is not TOML: Invalid statement, at column 1$"),
        (SITE + 'title = "again"\n', "this is not TOML: Cannot overwrite a value"),
        ("a = " + "[" * 20_000, "this is not TOML"),
        ("a = " + "9" * 5_000, "this is not TOML"),
        (b"\xff[site]", r"not UTF-8 \(byte 0\)"),
        (SITE.encode("utf-16"), "not UTF-8"),
        (SITE.replace("Ada", "Ad\xe4").encode("latin-1"), r"not UTF-8 \(byte 18\)"),
    ],
)
def test_what_is_no_toml_is_one_error(folder, text, told):
    with pytest.raises(ConfigError, match=rf"^{folder / 'site.toml'}(:\d+)?: {told}"):
        read(folder, text)


@pytest.mark.parametrize("text", [b"\xef\xbb\xbf" + SITE.encode(), SITE.replace("\n", "\r\n")])
def test_the_signs_of_windows_are_no_trouble(folder, text):
    assert read(folder, text).site.title == "Ada"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("missing.toml", "there is no such file; name one with --config PATH"),
        ("missing/site.toml", "there is no such file"),
        (".", "cannot be read: Is a directory"),
        ("a\0b", "cannot be read: "),
    ],
)
def test_a_file_that_cannot_be_read_is_one_error(tmp_path, name, told):
    with pytest.raises(ConfigError, match=told):
        load(tmp_path / name, networks.options())


BAD = [
    ("site", "timezone", '"Berlin"', "site.timezone", "expected a time zone"),
    ("content", "default_time", '"9 am"', "content.default_time", "expected a time of day"),
    ("schedule", "every", '"5"', "schedule.every", "expected a length of time"),
    ("media", "timeout", '"36501d"', "media.timeout", "a hundred years are the most"),
    ("site", "author", '"Ada"', "site.author", "expected a table"),
    ("site", "author", "{}", "site.author.name", "missing; it has to be set"),
    (
        "site",
        "author",
        '{ name = "Ada", mail = "a@x" }',
        "site.author.mail",
        "unknown key; did you mean 'email'?",
    ),
    ("site", "language", '"English, mostly"', "site.language", "expected a language tag"),
    ("content", "permalink", '"blog"', "content.permalink", "begins with a slash"),
    ("content", "permalink", '"/{slug"', "content.permalink", "not a pattern"),
    ("content", "permalink", '"/{title}/"', "content.permalink", "{title} is unknown; there are"),
    ("content", "permalink", '"/{}/"', "content.permalink", "{} is unknown; there are"),
    ("content", "permalink", '"/{slug:>99}/"', "content.permalink", "nothing after its name"),
    ("content", "permalink", '"/{slug!r}/"', "content.permalink", "nothing after its name"),
    ("media", "timeout", '"0s"', "media.timeout", "more than no time at all"),
    ("content", "dir", '""', "content.dir", "expected a path"),
    ("feeds", "page", '"../feed.html"', "feeds.page", "expected the name of an HTML file"),
    ("feeds", "page", '".html"', "feeds.page", 'such as "feed.html"'),
    ("feeds", "page", '"feed.xml"', "feeds.page", "expected the name of an HTML file"),
    ("feeds", "page", "false", "feeds.page", "expected a text, in quotes"),
    ("feeds", "formats", "[]", "feeds.formats", "expected 1 of them, or more"),
    ("feeds", "formats", '["rss", "atm"]', "feeds.formats[1]", "expected 'rss', 'atom' or 'json'"),
    ("feeds", "url", '"//x.example"', "feeds.url", "expected a URL"),
    ("media", "allow_networks", '["10.0.0.0/33"]', "media.allow_networks[0]", "an IP network"),
    ("media", "allow_networks", "[10]", "media.allow_networks[0]", "expected a text, in quotes"),
    ("schedule", "every", '"0s"', "schedule.every", "expected a second or more"),
    ("schedule", "cron", '"* * *"', "schedule.cron", "not a cron expression: expected five"),
    ("schedule", "cron", '"0 9 31 2 *"', "schedule.cron", "no date is ever like this"),
    ("schedule", "cron", '"61 * * * *"', "schedule.cron", "not a cron expression"),
    ("schedule", "cron", '"* * * * mondays"', "schedule.cron", "not a cron expression"),
    ("server", "port", "65536", "server.port", "expected 65535 or less"),
]


@pytest.mark.parametrize(("table", "name", "value", "key", "told"), BAD)
def test_a_bad_value_is_told_with_its_key(folder, table, name, value, key, told):
    head = SITE if table == "site" else f"{SITE}[{table}]\n"
    line, found, message = problem(folder, f"{head}{name} = {value}\n")
    assert (found, line) == (key, 4 if key == table else head.count("\n") + 1)
    assert told in message


def test_a_machine_whose_own_zone_is_unknown_does_not_matter_to_cron(folder, monkeypatch):
    def fail():
        raise KeyError("Nowhere/Else")

    monkeypatch.setattr("apscheduler.triggers.cron.get_localzone", fail)
    assert read(folder, f'{SITE}[schedule]\ncron = "0 9 * * 1"\n').schedule.cron == "0 9 * * 1"


class TestEndpoints:
    @pytest.mark.parametrize(
        "text",
        ["endpoints = 1\n", "endpoints = [1]\n", 'endpoints = ["a", {}]\n', "[endpoints]\n"],
    )
    def test_they_are_tables(self, folder, text):
        text = SITE + text if text.startswith("[") else text + SITE
        told = problem(folder, text)
        assert told[1:] == ("endpoints", "expected tables: begin each endpoint with [[endpoints]]")
        assert text.splitlines()[told[0] - 1].strip("[").startswith("endpoints")

    def test_inline_tables_are_tables(self, folder):
        text = 'endpoints = [{ name = "f", network = "folder", dir = "out" }]\n' + SITE
        assert read(folder, text).endpoints[0].dir == folder / "out"

    @pytest.mark.parametrize(
        ("network", "hint"),
        [
            ('"mastodn"', "; did you mean 'mastodon'?"),
            ('"Folder"', "; did you mean 'folder'?"),
            ('"fax"', ""),
            ("1", ""),
            ("[]", ""),
        ],
    )
    def test_a_network_that_is_none_is_told_with_those_that_are(self, folder, network, hint):
        text = f'{SITE}[[endpoints]]\nname = "x"\nnetwork = {network}\n'
        told = f"expected one of {NAMES}{hint}"
        assert problem(folder, text) == (6, "endpoints[0].network", told)

    def test_a_network_has_to_be_named(self, folder):
        line, key, told = problem(folder, f'{SITE}[[endpoints]]\nname = "x"\n')
        assert (line, key) == (4, "endpoints[0].network")
        assert told.startswith("expected one of")

    def test_a_name_is_there_once(self, folder):
        one = '[[endpoints]]\nname = "main"\nnetwork = "folder"\ndir = "x"\n'
        other = one.replace("main", "other")
        told = "'main' is the name of endpoints[0] already"
        assert problem(folder, SITE + one + other + one) == (13, "endpoints[2].name", told)

    def test_no_name_is_made_of_an_address_which_may_be_a_secret(self, folder):
        name = "https://hooks.example/SECRET"
        text = f'alerts = ["{name}/x"]\n{SITE}[[endpoints]]\nname = "{name}"\nnetwork = "folder"\n'
        found = problems(folder, f'{text}dir = "x"\n')
        assert {key for _, key, _ in found} == {"alerts", "endpoints[0].name"}
        assert "secret" not in str(found).lower()

    def test_plain_http_is_seen_wherever_a_network_has_its_fields(self):
        class Server(BaseModel):
            server: str

        class Options(Endpoint, Server):  # what comes second here is first in the model
            pass

        with pytest.raises(ValidationError, match="plain http://"):
            Options(name="x", network="x", server="http://x.example")
        Options(name="x", network="x", server="http://x.example", allow_networks=["127.0.0.1"])

    @pytest.mark.parametrize("name", ["", "-a", "a/b", "a b", "ä", "a" * 65, "a\\n"])
    def test_a_name_can_be_typed_at_a_prompt(self, folder, name):
        text = f'{SITE}[[endpoints]]\nname = "{name}"\nnetwork = "folder"\ndir = "x"\n'
        line, key, told = problem(folder, text)
        assert (line, key) == (5, "endpoints[0].name")
        assert told.startswith("expected letters of English, digits, hyphens, dots and underscores")

    def test_another_networks_key_is_unknown(self, folder):
        told = problem(folder, endpoint('handle = "x"'))
        assert told == (7, "endpoints[0].handle", "unknown key")

    def test_plain_http_needs_a_named_network(self, folder):
        text = endpoint("").replace("https://x", "http://x")
        line, key, told = problem(folder, text)
        assert (line, key) == (8, "endpoints[0].server")
        assert told.startswith("plain http:// would send secrets in the clear")
        allowed = text.replace("\n\n", '\nallow_networks = ["127.0.0.1"]\n')
        assert read(folder, allowed).endpoints[0].server == "http://x.example"

    @pytest.mark.parametrize(
        "key", ["backfill = -1", 'timeout = "0s"', "hashtags = 21", 'visibility = "all"']
    )
    def test_bounds_are_kept(self, folder, key):
        assert problem(folder, endpoint(key))[:2] == (7, f"endpoints[0].{key.split()[0]}")

    def test_a_value_in_a_list_is_named_by_its_place(self, folder):
        found = problem(folder, endpoint('retries = [\n"5s",\n"soon",\n]'))
        assert found[:2] == (7, "endpoints[0].retries[1]")


class TestSecrets:
    def ask(self, reference):
        return endpoint("").replace('"env:TOOTS"', json.dumps(reference))

    @pytest.mark.parametrize(
        ("reference", "told"),
        [
            ("env:NOT_SET", "the environment variable NOT_SET is not set"),
            ("env:EMPTY", "the environment variable EMPTY is not set"),
            ("env:BLANK", "the environment variable BLANK is not set"),
            ("hunter2", 'a secret is named, never written here: "env:NAME" or "file:PATH"'),
            ("file:none", "the file {}/none cannot be read (No such file or directory)"),
            ("file:blank", "the file {}/blank is empty"),
        ],
    )
    def test_a_secret_that_is_not_there(self, folder, monkeypatch, reference, told):
        monkeypatch.setenv("EMPTY", "")
        monkeypatch.setenv("BLANK", " \n")
        (folder / "blank").write_text(" \n")
        found = problem(folder, self.ask(reference))
        assert found == (9, "endpoints[0].token", told.format(folder))

    @pytest.mark.parametrize("token", ["two words", "l\u00f6ng", "two\nlines", "\x00"])
    def test_a_token_that_no_header_can_carry(self, folder, token):
        (folder / "token").write_text(token)
        line, key, told = problem(folder, self.ask("file:token"))
        assert (line, key) == (9, "endpoints[0].token")
        assert "was more copied than the token?" in told
        assert token not in told

    def test_a_secret_file_is_beside_the_config_file_or_anywhere(self, folder, tmp_path):
        elsewhere = tmp_path / "run" / "token"
        elsewhere.parent.mkdir()
        elsewhere.write_text("other\r\n")
        for reference, secret in [("secrets/skies", PASSWORD), (str(elsewhere), "other")]:
            [found] = read(folder, self.ask(f"file:{reference}")).endpoints
            assert found.token.get_secret_value() == secret

    def test_what_only_reads_posts_runs_without_them(self, folder, monkeypatch):
        monkeypatch.delenv("TOOTS")
        monkeypatch.delenv("HOOK")
        (folder / "secrets" / "skies").unlink()
        toots, skies, hook, *_ = read(folder, FULL, secrets=False).endpoints
        for secret in (toots.token, skies.password, hook.secret):
            assert secret.get_secret_value() == ""

    def test_one_that_is_written_down_is_refused_even_then(self, folder):
        assert problem(folder, self.ask("hunter2"), secrets=False)[1] == "endpoints[0].token"

    def test_they_never_show(self, folder):
        config = read(folder, FULL)
        for shown in (repr(config), str(config), repr(config.endpoints), config.model_dump_json()):
            every = (TOKEN, PASSWORD, HOOK, UNTIL_NOW, "hunter2")
            assert not [each for each in every if each in shown]

    def test_an_error_does_not_repeat_one(self, folder):
        text = FULL.replace('"env:TOOTS"', '"tok-hunter2"').replace("env:HOOK", "whsec_hunter2")
        text = text.replace('"file:secrets/skies"', '{ value = "hunter2" }')
        with pytest.raises(ConfigError) as caught:
            read(folder, text)
        assert len(caught.value.problems) == 3
        assert "hunter2" not in str(caught.value)
        assert caught.value.__context__ is None, "a traceback would show it"

    def test_a_secret_address_is_one_that_keeps_secrets(self, folder, monkeypatch):
        monkeypatch.setenv("CHANNEL", CHANNEL.replace("https", "http"))
        for _, key, told in problems(folder, FULL):
            assert re.fullmatch(r"endpoints\[\d+\]\.url", key)
            assert told.startswith("plain http:// would send secrets in the clear")
            assert "hunter2" not in told

    def test_a_signing_secret_is_checked_and_not_repeated(self, folder, monkeypatch):
        monkeypatch.setenv("HOOK", "whsec_hunter2")
        line, key, told = problem(folder, FULL)
        assert (line, key) == (
            FULL.split("\n").index('secret = "env:HOOK"') + 1,
            "endpoints[2].secret",
        )
        assert "hunter2" not in told


VALIDATOR = Draft202012Validator(json_schema(networks.options()))


class TestSchema:
    @pytest.mark.parametrize("text", [FULL, SITE, endpoint("")])
    def test_it_takes_what_the_loader_takes(self, text):
        assert list(VALIDATOR.iter_errors(tomllib.loads(text))) == []

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("[site]", "[site]\nmotto = 1"),
            ("[server]", "[sever]"),
            ("dir = ", "dri = "),
            ('"folder"', '"fax"'),
            ('"folder"', '"webhook"'),
            ("limit = 7", 'limit = "many"'),
            ('every = "1d"', 'every = "daily"'),
            ('"env:TOOTS"', '"hunter2"'),
            ('title = "Ada\'s Lab"', "title = 1"),
            ('dialect = "plain"', 'dialect = "tumblr"'),
            ('name = "toots"', 'name = "t t"'),
        ],
    )
    def test_it_refuses_what_the_loader_refuses(self, folder, before, after):
        text = FULL.replace(before, after)
        assert list(VALIDATOR.iter_errors(tomllib.loads(text)))
        assert problems(folder, text)


LINES = FULL.split("\n")
ODD = ["true", "0", "-1", "1e400", "nan", "[]", "{}", "[[]]", "[{}]", '""', '"\\u0000"', '"env:"']
ODD += ["2026-01-01", "07:00:00", "9" * 400, '"9999999w"', '"file:\\u0000"', '"http://["', '"*/0"']
ODD += ['"* * * * *"', '"1-9999 * * * *"', '"0 0 31 2 fri/2"', '"../"', '"a.b"', "'''\n[site]'''"]
TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
VALUES = st.sampled_from(ODD) | TEXT.map(json.dumps)


@st.composite
def damaged(draw):
    """The full file after some accidents."""
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        key, is_key, _ = lines[at].partition(" = ")
        kind = draw(st.sampled_from(["value", "drop", "swap", "rename", "insert", "cut"]))
        if kind == "value" and is_key:
            lines[at] = f"{key} = {draw(VALUES)}"
        elif kind == "drop":
            lines[at] = ""
        elif kind == "swap":
            other = draw(st.integers(0, len(lines) - 1))
            lines[at], lines[other] = lines[other], lines[at]
        elif kind == "rename":
            lines[at] = draw(st.sampled_from(["x", "[x]", "[[x]]", "endpoints"])) + lines[at][2:]
        elif kind == "insert":
            lines.insert(at, draw(st.text(max_size=20)))
        else:
            lines[at] = lines[at][: draw(st.integers(0, 20))]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    return tmp_path_factory.mktemp("bad")


@settings(max_examples=500, deadline=None)
@given(text=damaged() | st.text(max_size=80))
@example(text='endpoints = [{network = "folder", retries = {}, name = []}]')
def test_whatever_is_wrong_is_a_config_error_that_names_the_file(scratch, text):
    path = scratch / "site.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with contextlib.suppress(ConfigError):
        assert isinstance(load(path, networks.options()), Config)
        return
    with pytest.raises(ConfigError, match=f"^{path}:") as caught:
        load(path, networks.options())
    last = text.count("\n") + text.count("\r") + 1
    lines = {each.line for each in caught.value.problems}
    assert lines
    assert lines - {None} <= set(range(1, last + 1))


@pytest.mark.parametrize(
    ("line", "key", "expected"),
    [
        ('text = "{{ titel }}"', "text", "line 1, column 4: there is no `titel`; did you mean"),
        ('text = """\n{{ title }}\n  {{ url | shout }}"""', "text", "line 2, column 12: there is"),
        ('text = "{{ title"', "text", "line 1, column 1: "),
        (
            'utm = { campaign = "{{ title }}" }',
            "utm.campaign",
            "there is no `title`; there are end",
        ),
        ('utm = { source = "a", colour = "b" }', "utm.colour", "unknown key"),
        ('required_hashtags = ["1"]', "required_hashtags[0]", "'1' makes no hashtag"),
        ('hashtag_map = { "C" = "+" }', "hashtag_map.C", "'+' makes no hashtag"),
        ('hashtag_map = { "AT" = "#at t" }', "hashtag_map.AT", "a space ends it; write AtT"),
    ],
)
def test_a_text_that_cannot_be_used_is_told_with_its_place(folder, line, key, expected):
    at, where, told = problem(folder, endpoint(line))
    assert (at, where) == (7, f"endpoints[0].{key}")
    assert expected in told


@pytest.mark.parametrize(
    ("line", "most"), [("", 1), ("thread = true", 10), ("thread = false", 1), ("thread = 3", 3)]
)
def test_a_thread_has_as_many_parts_as_are_asked_for(folder, line, most):
    assert read(folder, endpoint(line)).endpoints[0].thread == most


def test_a_thread_has_ten_parts_at_most(folder):
    assert "expected 10 or less" in problem(folder, endpoint("thread = 11"))[2]


def test_the_line_of_a_mistake_in_toml_is_told(folder):
    with pytest.raises(ConfigError) as wrong:
        read(folder, SITE + "\nx = {\n")
    [problem] = wrong.value.problems
    assert problem.line == SITE.count("\n") + 2


@pytest.mark.parametrize("line", ['on_edit = "update"', 'on_delete = "delete"'])
def test_a_thread_is_not_followed(folder, line):
    _, _, said = problem(folder, endpoint(f"thread = true\n{line}"))
    assert "a thread is not changed or deleted later" in said
    assert read(folder, endpoint(f"thread = false\n{line}")).endpoints[0].thread == 1


# The ledger's address


def ledger_of(tmp_path, *lines):
    path = tmp_path / "syndicate.toml"
    site = ["[site]", 'title = "x"', 'url = "https://x.example"', "[ledger]"]
    path.write_text("\n".join([*site, *lines]))
    return path, load(path, {}, secrets=False, ledger=True).ledger


@pytest.mark.parametrize("remote", ["origin", "git@host.example:a/b.git", "https://x@h.example/b"])
def test_a_remote_is_what_git_takes_for_one(tmp_path, remote):
    assert ledger_of(tmp_path, f'remote = "{remote}"')[1].remote == remote


def test_a_remote_has_no_password_in_it(tmp_path):
    with pytest.raises(ConfigError) as caught:
        ledger_of(tmp_path, 'remote = "https://x-access-token:hush@h.example/b.git"')
    assert "let git's credential helper have the password" in str(caught.value)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    ["postgresql://ada:hidden-word@db/blog", "postgres://ada@db/blog?password=hidden-word"],
)
def test_a_password_is_not_written_into_the_ledgers_address(tmp_path, url):
    with pytest.raises(ConfigError, match="a password is named, never written here") as caught:
        ledger_of(tmp_path, f'url = "{url}"')
    assert caught.value.problems[0].line == 5
    assert "hidden-word" not in str(caught.value)


def test_the_ledgers_address_is_looked_up_where_it_is_said_to_be(tmp_path, monkeypatch):
    monkeypatch.setenv("LEDGER_URL", "postgresql://ada:hidden-word@db/blog")
    path, ledger = ledger_of(tmp_path, 'url = "env:LEDGER_URL"')
    assert ledger.address(path.parent) == "postgresql://ada:hidden-word@db/blog"
    assert "hidden-word" not in repr(ledger)
    (tmp_path / "url").write_text("sqlite:///x.db\n")
    path, ledger = ledger_of(tmp_path, 'url = "file:url"')
    assert ledger.address(path.parent) == "sqlite:///x.db"


def test_an_address_that_is_nowhere_is_told_with_its_line(tmp_path, monkeypatch):
    monkeypatch.delenv("LEDGER_URL", raising=False)
    with pytest.raises(ConfigError, match=r":5: ledger\.url: the environment variable LEDGER_URL"):
        ledger_of(tmp_path, 'url = "env:LEDGER_URL"')


def test_a_server_needs_no_branch(tmp_path):
    with pytest.raises(ConfigError, match=r"take ledger\.branch out"):
        ledger_of(tmp_path, 'url = "postgresql://db/blog"', 'branch = "state"')

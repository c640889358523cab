"""Mails to a server that holds to RFC 5321, read again by the standard library's parser."""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html
from pydantic import SecretStr, ValidationError

from fakes.posts import KEY, POST
from fakes.smtp import PASSWORD, USER, Smtp, read
from networks.golden import compare, posts
from syndicate.errors import DeliveryError, InDoubt, Rejected, Unauthorized, Unreachable
from syndicate.model import Image, Level, Picture, Site
from syndicate.networks import smtp
from syndicate.networks.mail import LIMITS, Mail, MailOptions
from syndicate.testing.bench import Bench
from syndicate.testing.clock import NOON
from syndicate.testing.samples import picture

SITE = Site("Ada's notes", "https://example.org", "en")
HERO = Picture("https://example.org/hero.png", "image/png", 64, 32, picture())
ILLUSTRATED = replace(POST, image=Image(HERO.url, alt='A "teal" field'))
CA = trustme.CA()


def certificate(name="localhost"):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CA.issue_cert(name).configure_cert(context)
    return context


def trust():
    context = ssl.create_default_context()
    CA.configure_trust(context)
    return context


def options(**own):
    plain = {
        "name": "letters",
        "network": "email",
        "host": "localhost",
        "security": "none",
        "sender": "news@example.org",
        "to": ["list@example.org"],
        "allow_networks": ["127.0.0.0/8", "::1"],
    }
    return MailOptions.model_validate(plain | own)


class Letters(Bench):
    """A sender of mails, and its server."""

    def __init__(self, server, **own):
        super().__init__()
        self.server = server
        self.network = Mail(options(port=server.port, **own), SITE)
        self.network.trust = trust

    def compose(self, post=POST, hero=None):
        return self.network.compose(post, "<p>Hi</p>", hero, LIMITS)

    def deliver(self, message, key=KEY):
        return self.work(lambda wire: self.network.deliver(message, key, wire))

    def post(self, post=POST, hero=None):
        return self.deliver(self.compose(post, hero))

    def check(self):
        return self.work(self.network.check)


@contextmanager
def letters(server=None, **own):
    with (server or Smtp()).running() as running:
        yield Letters(running, **own)


def mail(server):
    [(_, _, raw)] = server.mails
    return read(raw)


def test_golden_mails(request):
    with letters(hashtags=3) as ada:
        for post, hero in posts().values():
            ada.post(post, hero)
    sent = {
        name: raw.decode("ascii").split("\r\n")
        for name, (_, _, raw) in zip(posts(), ada.server.mails, strict=True)
    }
    compare("email", sent, request.config.getoption("--update-golden"))


def test_a_mail_has_its_headers():
    with letters(sender_name="Ada, Countess") as ada:
        receipt = ada.post(replace(POST, title="שלום \N{ROCKET}", language="he"))
    found = mail(ada.server)
    assert ada.server.mails[0][:2] == ("news@example.org", ["list@example.org"])
    assert found["From"].addresses[0].display_name == "Ada, Countess"
    assert found["To"] == "list@example.org"
    assert found["Subject"] == "שלום \N{ROCKET}"
    assert found["Date"].datetime == KEY.minted
    assert found["Message-ID"] == receipt.id
    assert receipt.id.endswith("@example.org>")
    assert found["Auto-Submitted"] == "auto-generated"
    assert found["Content-Language"] == "he"


def test_a_mail_is_text_and_html_with_the_picture_within():
    with letters() as ada:
        ada.post(ILLUSTRATED, HERO)
    found = mail(ada.server)
    kinds = [part.get_content_type() for part in found.walk()]
    assert kinds == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]
    text, page, image = (part for part in found.walk() if not part.is_multipart())
    assert text.get_content().split("\r\n\r\n") == ["Hello", "A first post.", f"{POST.url}\r\n"]
    assert image.get_content() == HERO.data
    assert image.get_content_disposition() == "inline"
    [shown] = html.fromstring(page.get_content()).iter("img")
    assert f"<{shown.get('src').removeprefix('cid:')}>" == image["Content-ID"]
    assert shown.get("alt") == 'A "teal" field'


def test_the_html_says_the_same_and_fetches_nothing():
    with letters(hashtags=1) as ada:
        ada.post(replace(POST, title="<script>x</script> & co", language="ar-EG"))
    page = html.document_fromstring(mail(ada.server).get_body(("html",)).get_content())
    assert (page.get("lang"), page.get("dir")) == ("ar-EG", "rtl")
    assert [link.get("href") for link in page.iter("a")] == [POST.url, POST.url]
    assert page.find(".//h1").text_content() == "<script>x</script> & co"
    assert not list(page.iter("script", "img", "link", "style"))
    assert "#greeting" in page.text_content()


def test_a_post_without_a_title_has_its_words_as_the_subject():
    with letters() as ada:
        ada.post(replace(POST, title=None, summary="A note.\nOf two lines. " + "x " * 500))
    subject = mail(ada.server)["Subject"]
    assert subject.startswith("A note. Of two lines. x")
    assert 190 < len(subject) <= 200


def test_readers_are_not_told_of_each_other():
    with letters(to=["ada@example.org", "bob@example.org"]) as ada:
        ada.post()
    [(_, recipients, raw)] = ada.server.mails
    assert recipients == ["ada@example.org", "bob@example.org"]
    assert read(raw)["To"].addresses == ()
    assert b"bob@" not in raw


def test_one_reader_who_is_refused_does_not_cost_the_others(caplog):
    server = Smtp()
    server.refuses = {"bob@example.org"}
    with letters(server, to=["ada@example.org", "bob@example.org"]) as ada:
        ada.post()
    assert server.mails[0][1] == ["ada@example.org"]
    assert "bob@example.org gets no mail: 550 5.1.1 nobody of that name" in caplog.text


def test_a_repeated_mail_is_the_same_to_the_byte():
    with letters() as ada:
        message = ada.compose(ILLUSTRATED, HERO)
        receipts = [ada.deliver(message), ada.deliver(message)]
        ada.deliver(message, replace(KEY, value="msg_2"))
    first, second, other = (raw for _, _, raw in ada.server.mails)
    assert first == second != other
    assert receipts[0] == receipts[1]


# Security


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_the_connection_is_encrypted_before_anybody_logs_in(security):
    server = Smtp(certificate(), implicit=security == "tls", log_in=True)
    with letters(server, security=security, user=USER, password=SecretStr(PASSWORD)) as ada:
        ada.post()
        health = ada.check()
    assert len(server.mails) == 1
    assert (health.ok, health.detail) == (True, f"localhost lets {USER} in")
    told = {each.name: each.value for each in health.facts}
    assert (told["login"], told["size"]) == ("PLAIN", "mails to 1,000,000 bytes")
    assert told["certificate"] == "localhost: until 3000-01-01"
    if security == "starttls":
        assert server.said.index("STARTTLS") < server.said.index("AUTH")


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_for_another_name_is_refused(security):
    server = Smtp(certificate("other.example"), implicit=security == "tls", log_in=True)
    login = {"user": USER, "password": SecretStr(PASSWORD)}
    refused = pytest.raises(Unreachable, match=r"(?i)certificate")
    with letters(server, security=security, **login) as ada, refused:
        ada.post()
    assert "AUTH" not in server.said


def test_a_certificate_that_ends_soon_is_told(monkeypatch):
    monkeypatch.setattr(smtp, "ends", lambda tls: NOON + timedelta(days=13, hours=1))
    with letters(Smtp(certificate(), implicit=True), security="tls") as ada:
        health = ada.check()
    [fact] = [each for each in health.facts if each.name == "certificate"]
    assert fact.level is health.level is Level.WARNING
    assert fact.value == (
        "localhost: until 2026-03-14, 13 days from now: whoever runs the server has to renew it"
    )


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (b"250-mail.example\r\n250-SIZE\r\n250 HELP", {"login": "the server offers none"}),
        (b"250-mail.example\r\n250-SIZE 0\r\n250 AUTH LOGIN", {"login": "LOGIN"}),
    ],
)
def test_what_a_server_does_not_say_is_not_told(said, told):
    server = Smtp()
    server.answers["EHLO"] = said
    with letters(server) as ada:
        health = ada.check()
    bare = {"certificate": "none: nothing is encrypted on the way"}
    assert {each.name: each.value for each in health.facts} == told | bare


def test_a_server_that_cannot_encrypt_is_a_matter_for_a_person():
    refused = pytest.raises(Unauthorized, match="cannot do what `security`")
    with letters(security="starttls") as ada, refused:
        ada.post()


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({"allow_networks": []}, "mail without encryption to localhost"),
        ({"allow_networks": [], "security": "tls"}, "^localhost"),
        ({"host": "127.1"}, "write the address in full"),
    ],
)
def test_a_server_that_the_guard_does_not_know_is_refused(own, told):
    with letters(**own) as ada, pytest.raises(Rejected, match=told):
        ada.post()
    assert ada.server.said == []


def test_a_wrong_password_is_told_and_not_repeated(caplog):
    server = Smtp(certificate(), implicit=True, log_in=True)
    login = {"user": USER, "password": SecretStr("hunter2-hunter2")}
    refused = pytest.raises(Unauthorized, match=r"535 5\.7\.8 no; check `user`")
    with letters(server, security="tls", **login) as ada, refused as caught:
        ada.check()
    assert "hunter2" not in caught.value.detail + repr(ada.network._server()) + caplog.text


def test_a_password_that_cannot_be_sent_is_not_repeated():
    server = Smtp(certificate(), implicit=True, log_in=True)
    login = {"user": USER, "password": SecretStr("hünter2")}
    refused = pytest.raises(DeliveryError)
    with letters(server, security="tls", **login) as ada, refused as caught:
        ada.check()
    assert "nter2" not in caught.value.detail


@pytest.mark.parametrize(
    "own",
    [
        {"user": "ada"},
        {"password": SecretStr("x")},
        {"sender": "Ada <ada@example.org>"},
        {"to": []},
        {"to": ["ada@example.org\nBcc: bob@example.org"]},
        {"host": "mail.example/x"},
    ],
)
def test_options_that_make_no_mail_are_refused(own):
    with pytest.raises(ValidationError):
        options(**own)


def test_each_kind_of_security_has_its_port():
    ports = {
        kind: Mail(options(security=kind), SITE)._server().port
        for kind in ("tls", "starttls", "none")
    }
    assert ports == {"tls": 465, "starttls": 587, "none": 25}


# What became of it


@pytest.mark.parametrize(
    ("verb", "answer", "expected", "told"),
    [
        ("greeting", b"554 go away", Unreachable, "554"),
        ("MAIL", b"553 5.7.1 not yours", Unauthorized, "check `sender`"),
        ("MAIL", b"451 later", Unreachable, "451 later"),
        ("RCPT", b"550 nobody", Unauthorized, "check `to`"),
        ("RCPT", b"450 greylisted", Unreachable, "450 greylisted"),
        ("RCPT", b"421 closing", Unreachable, "421 closing"),
        ("DATA", b"451 later", Unreachable, "451 later"),
        ("mail", b"552 too large", Rejected, "552 too large"),
        ("mail", b"451 later", Unreachable, "451 later"),
    ],
)
def test_what_the_server_says_is_understood(verb, answer, expected, told):
    server = Smtp()
    server.answers[verb] = answer
    with letters(server) as ada, pytest.raises(expected, match=told) as caught:
        ada.post()
    assert type(caught.value) is expected
    assert server.mails == []


@pytest.mark.parametrize("verb", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_a_connection_that_breaks_before_the_mail_leaves_no_doubt(verb):
    server = Smtp()
    server.drops = verb
    with letters(server) as ada, pytest.raises(Unreachable, match="no mail could be handed"):
        ada.post()


def test_an_answer_that_is_lost_after_the_mail_is_a_doubt():
    server = Smtp()
    server.loses = True
    with letters(server) as ada, pytest.raises(InDoubt, match="was lost"):
        ada.post()
    assert len(server.mails) == 1


def test_a_goodbye_that_goes_wrong_does_not_matter():
    server = Smtp()
    server.drops = "QUIT"
    with letters(server) as ada:
        assert ada.post().id
    assert len(server.mails) == 1


def test_nobody_there_leaves_no_doubt():
    with letters() as ada:
        pass
    with pytest.raises(Unreachable, match="no mail could be handed to localhost"):
        ada.post()


def test_a_server_that_never_ends_is_left(monkeypatch):
    monkeypatch.setattr("syndicate.networks.smtp._WHOLE", 0.1)
    server = Smtp()
    server.drips = 500
    with letters(server, timeout="2s") as ada, pytest.raises(Unreachable):
        ada.post()
    assert server.mails == []


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=600)


@given(title=st.none() | TEXT, summary=TEXT, length=st.integers(1, 20), alt=TEXT)
@settings(max_examples=60, deadline=None)
def test_any_words_make_a_mail_that_reads_the_same(title, summary, length, alt):
    post = replace(
        POST, title=title and title * length, summary=summary, image=Image(HERO.url, alt)
    )
    network = Mail(options(), SITE)
    message = network.compose(post, "", HERO, LIMITS)
    found = read(network.write(message, KEY).as_bytes())
    text = found.get_body(("plain",)).get_content()
    assert "".join(text.split()) == "".join(message.text.split())
    assert len(str(found["Subject"])) <= 200

"""The real post as a mail, by real runs, as MailDev reads it."""

from __future__ import annotations

import base64
import io
import json

import pytest
from lxml import html
from PIL import Image

from real.announcing import ALT, LOCAL, REAL, TITLE, URL, add_post, forget
from real.inbox import HOST, PASSWORD, USER


@pytest.fixture
def inbox(mail_server, monkeypatch):
    """The inbox, empty, and its servers' certificate one that is trusted."""
    mail_server.empty()
    monkeypatch.setenv("SSL_CERT_FILE", str(mail_server.trusted))
    monkeypatch.setenv("LETTERS", PASSWORD)
    return mail_server


@pytest.fixture
def letters(blog, inbox):
    """Make the endpoint, by the server with the security that is asked for."""

    def make(security="none", **own):
        login = {} if security == "none" else {"user": USER, "password": "env:LETTERS"}
        plain = {"host": HOST, "port": inbox.ports[security], "security": security}
        who = {"sender": "news@ada.example", "to": ["list@ada.example"]}
        blog.endpoint("letters", "email", **plain, **who, **login, **own, **LOCAL)

    return make


def states(report):
    return [str(each.resting.state) for each in report.outcomes]


def test_a_mail_has_text_and_html_with_the_picture_within(blog, inbox, letters):
    letters(hashtags=3)
    report = blog.run()
    assert states(report) == ["delivered"], report.outcomes
    assert blog.run().outcomes == ()
    [mail] = inbox.mails()
    assert mail["subject"] == TITLE
    assert mail["from"] == [{"address": "news@ada.example", "name": "Ada's notes"}]
    assert mail["headers"]["message-id"] == report.outcomes[0].resting.receipt.id
    assert mail["headers"]["auto-submitted"] == "auto-generated"
    assert mail["text"].startswith(f"{TITLE}\n\n")
    assert mail["text"].rstrip().endswith("#AI #ImageGeneration #ArtificialIntelligence")
    page = html.document_fromstring(mail["html"])
    assert page.xpath("//h1/a/@href") == [URL]
    [shown], [part] = page.xpath("//img"), mail["attachments"]
    data = inbox.attachment(mail, part)
    within = f"data:{part['contentType']};base64,{base64.b64encode(data).decode()}"
    assert shown.get("src") == within, "MailDev has found the picture that the cid: names"
    assert (shown.get("alt"), part["contentDisposition"]) == (ALT, "inline")
    with Image.open(io.BytesIO(data)) as image:
        assert image.width == int(shown.get("width"))
        assert Image.MIME[image.format] == part["contentType"]


def test_letters_of_all_the_world_arrive_as_they_were_written(blog, inbox, letters):
    (blog.folder / "content" / REAL.name).unlink()
    title = "שלום עולם \N{ROCKET} " + "ארוכה " * 20
    add_post(blog, "hebrew", title, language="he", image=False, excerpt="Größe, 日本語, é")
    letters(sender_name="Ada Größe, Gräfin \N{CROWN}")
    assert states(blog.run()) == ["delivered"]
    [mail] = inbox.mails()
    assert mail["subject"] == title.strip()
    assert mail["from"][0]["name"] == "Ada Größe, Gräfin \N{CROWN}"
    assert "Größe, 日本語, é" in mail["text"]
    page = html.document_fromstring(mail["html"])
    assert (page.get("dir"), page.get("lang")) == ("rtl", "he")
    assert page.findtext(".//h1/a") == title.strip()
    assert mail["headers"]["content-language"] == "he"
    assert inbox.source(mail).isascii()


def test_a_mail_that_is_sent_again_is_the_same_mail(blog, inbox, letters):
    letters()
    blog.run()
    forget(blog)
    assert states(blog.run()) == ["in_doubt"], "nobody can ask a mail server what it has"
    [doubtful] = blog.deliveries()
    done = blog.command("resolve", str(doubtful.id), "--again")
    assert done.returncode == 0, done.stderr
    assert states(blog.run()) == ["delivered"]
    first, second = (inbox.source(mail) for mail in inbox.mails())
    assert first == second, "its number and its bytes"


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_who_logs_in_over_tls_may_send(blog, inbox, letters, security):
    letters(security)
    assert states(blog.run()) == ["delivered"]
    [mail] = inbox.mails()
    assert mail["subject"] == TITLE


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_password_that_is_wrong_pauses_the_endpoint(blog, inbox, letters, monkeypatch, security):
    monkeypatch.setenv("LETTERS", "not-this-one")
    letters(security)
    [endpoint] = blog.run().endpoints
    assert str(endpoint.gate) == "paused"
    assert blog.states() == {"letters": "pending"}
    assert inbox.mails() == []


def test_a_certificate_that_nobody_trusts_gets_no_password(blog, inbox, letters, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    letters("starttls")
    report = blog.run()
    assert "CERTIFICATE_VERIFY_FAILED" in str(report.outcomes[0])
    assert inbox.mails() == []


@pytest.mark.parametrize("security", ["none", "tls", "starttls"])
def test_an_endpoint_is_checked_without_sending(blog, inbox, letters, security):
    letters(security)
    done = blog.command("check", "endpoints", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    [found] = json.loads(done.stdout)["endpoints"]
    facts = {each["fact"]: each["value"] for each in found["facts"]}
    if security == "none":
        assert facts["certificate"].startswith("none")
    else:
        assert "PLAIN" in facts["login"]
        assert not facts["certificate"].startswith("none")
    assert inbox.mails() == []

"""The status page: who sees it, what is on it, and that nothing on it can be abused."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import threading
from datetime import timedelta

import httpx
import pytest
from bs4 import BeautifulSoup
from starlette.requests import Request
from starlette.responses import Response

from fakes.scene import Site
from fakes.webhook import SECRET, Receiver
from syndicate import pages
from syndicate.app import open_app
from syndicate.daemon import Daemon
from syndicate.errors import LedgerError
from syndicate.model import Delivery
from syndicate.testing.server import serve
from syndicate.web import Application, StatusPage, status

PASSWORD = "correct horse: battery"
NASTY = '<script>alert("1")</script> & more'


@pytest.fixture
def site(tmp_path, monkeypatch):
    monkeypatch.setenv("HOOK_SECRET", SECRET)
    return Site(tmp_path)


@pytest.fixture
def receiver(site):
    receiver = Receiver(site.clock)
    with serve(receiver.app) as url:
        receiver.url = f"{url}/hook"
        yield receiver


@pytest.fixture
def blog(site, receiver):
    site.post("old")
    site.endpoint("out", "folder", dir="out")
    site.hook(receiver.url)
    site.run()
    return site


@pytest.fixture
def daemon(blog):
    with open_app(blog.config, clock=blog.clock) as app:
        daemon = Daemon(app)
        daemon.began = blog.clock.now()
        yield daemon


@pytest.fixture
def url(daemon):
    status = StatusPage(PASSWORD, daemon.status)
    with serve(Application(daemon.shelf, daemon.trouble, status=status)) as url:
        yield f"{url}/status"


def shown(daemon):
    """The page's words, table by table."""
    answer = asyncio.run(StatusPage(PASSWORD, daemon.status)(request()))
    assert answer.status_code == 200
    page = BeautifulSoup(answer.body, "lxml")
    rows = [
        [" ".join(cell.stripped_strings) for cell in row.find_all(["td", "th"])]
        for row in page.select("tbody tr")
    ]
    return page, rows


def request(field=None):
    field = field or "Basic " + base64.b64encode(f"ada:{PASSWORD}".encode()).decode()
    headers = [(b"authorization", field.encode())]
    return Request({"type": "http", "method": "GET", "headers": headers})


def test_all_is_well(daemon):
    page, rows = shown(daemon)
    assert page.title.text == "All well – Ada's notes"
    assert "Nothing needs you." in page.text
    assert rows == [
        ["out", "folder", "idempotent, in doubt: ask", "open", "0"],
        ["hook", "webhook", "idempotent, in doubt: ask", "open", "0"],
    ]


def test_what_needs_somebody_is_told_with_what_to_type(blog, receiver, daemon):
    receiver.answer = lambda: Response("no", 422)
    blog.post("new", title=json.dumps(NASTY))
    blog.run()
    page, rows = shown(daemon)
    assert page.title.text.startswith("Needs you")
    [line] = page.select(".needs li")
    number = line.code.text.removeprefix("syndicate retry ")
    assert f"“{NASTY}”" in line.text
    assert "is a dead letter: HTTP 422" in line.text
    assert page.find("script") is None
    dead = next(row for row in rows if row[3] == "dead")
    assert dead[0] == number
    assert dead[2] == "hook"
    assert "HTTP 422" in dead[6]


def test_what_waits_and_for_what(blog, receiver, daemon):
    receiver.answer = lambda: Response("slow", 429, {"retry-after": "600"})
    blog.post("new")
    blog.post("second", title="Second")
    blog.run(wait=timedelta())
    _, rows = shown(daemon)
    hook = next(row for row in rows if row[0] == "hook")
    assert hook[3].startswith("waits until 2026-03-01 12:1")
    assert hook[4] == "2"
    pending = [row for row in rows if row[3] == "pending"]
    assert len(pending) == 2
    assert all(row[5].startswith("2026-03-01 12:1") for row in pending), "not before it may go"


def test_a_paused_endpoint_says_why(blog, receiver, daemon):
    receiver.answer = lambda: Response("no", 401)
    blog.post("new")
    blog.run()
    page, rows = shown(daemon)
    hook = next(row for row in rows if row[0] == "hook")
    assert hook[3].startswith("paused HTTP 401")
    assert "syndicate retry --endpoint hook" in page.select_one(".needs").text


def test_links_lead_to_the_web_alone(blog, receiver, daemon):
    blog.post("new")
    blog.run()
    for receipt in ("https://a.example/1", "javascript:alert(1)"):
        with daemon.app.ledger._engine.begin() as connection:
            connection.exec_driver_sql(
                "UPDATE deliveries SET receipt_url = ? WHERE endpoint = 'hook'", (receipt,)
            )
        page, _ = shown(daemon)
        links = [link["href"] for link in page.find_all("a")]
        assert links == ([receipt] if receipt.startswith("https") else [])


def test_no_row_is_compared_with_all_others(blog, daemon, monkeypatch):
    """A page of ten thousand rows takes no minutes then."""
    for number in range(3):
        blog.post(f"new-{number}")
    blog.run()
    with daemon.app.ledger._engine.begin() as connection:
        connection.exec_driver_sql("UPDATE deliveries SET state = 'pending' WHERE id > 3")

    def compared(*_):
        raise AssertionError("rows are parted by their state")

    monkeypatch.setattr(Delivery, "__eq__", compared)
    assert len(shown(daemon)[1]) > 3


def test_the_page_is_made_beside_the_loop_that_serves_feeds(daemon, monkeypatch):
    where = []
    real = status.page
    monkeypatch.setattr(
        status, "page", lambda told: where.append(threading.current_thread()) or real(told)
    )
    shown(daemon)
    assert len(where) == 1
    assert threading.main_thread() not in where


def test_of_very_many_the_newest_are_shown(blog, daemon, monkeypatch):
    for number in range(4):
        blog.post(f"new-{number}")
    blog.run()
    monkeypatch.setattr("syndicate.daemon.NEWEST", 3)
    page, rows = shown(daemon)
    numbers = [int(row[0]) for row in rows if row[0].isdigit()]
    assert numbers == sorted(numbers, reverse=True)
    assert len(numbers) == 3
    assert "5 more are not shown: syndicate status --limit 5" in page.text


@pytest.mark.parametrize(
    "field",
    [
        None,
        "Basic",
        "Basic !!!",
        "Bearer " + base64.b64encode(f"ada:{PASSWORD}".encode()).decode(),
        "Basic " + base64.b64encode(PASSWORD.encode()).decode(),
        "Basic " + base64.b64encode(b"ada:").decode(),
        "Basic " + base64.b64encode(f"ada:{PASSWORD}x".encode()).decode(),
    ],
)
def test_who_does_not_know_the_password_sees_nothing(url, field):
    answer = httpx.get(url, headers={"authorization": field} if field else {})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Basic realm="syndicate", charset="UTF-8"'
    assert "hook" not in answer.text


@pytest.mark.parametrize("user", ["", "ada"])
def test_who_knows_it_sees_the_page_under_any_name(url, user):
    answer = httpx.get(url, auth=(user, PASSWORD))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    policy = answer.headers["content-security-policy"]
    [style] = re.findall("<style>(.*)</style>", answer.text, re.DOTALL)
    assert pages.digest(style) in policy
    assert "script-src" not in policy
    assert "default-src 'none'" in policy


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_it_can_be_read_and_nothing_else(url, method):
    assert httpx.request(method, url, auth=("", PASSWORD)).status_code == 405


def test_without_a_password_there_is_none(daemon):
    answer = asyncio.run(StatusPage("", daemon.status)(request("Basic Og==")))
    assert answer.status_code == 404
    assert b"status_password" in answer.body


def test_a_ledger_that_cannot_be_asked_is_told(daemon, monkeypatch):
    def broken(**_):
        raise LedgerError("disk full")

    monkeypatch.setattr(daemon.app.ledger, "deliveries", broken)
    answer = asyncio.run(StatusPage(PASSWORD, daemon.status)(request()))
    assert (answer.status_code, answer.body) == (503, b"disk full\n")

"""Sites whose pages a browser is shown, and the server and the judge that this takes."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from pathlib import Path

from PIL import Image as Pillow

from syndicate.config import Feeds
from syndicate.delivery import Hold
from syndicate.feeds import build, listings, publish
from syndicate.model import (
    Author,
    Delivery,
    EndpointState,
    Gate,
    Guarantee,
    Image,
    Post,
    Receipt,
    Replay,
    Site,
    State,
    Trouble,
    TroubleKind,
)
from syndicate.standing import Standing
from syndicate.web import Account, Status
from syndicate.web.status import page as render

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ELSEWHERE = "https://pictures.example/far.png"


def post(number: int, title: str | None, summary: str, **more: object) -> Post:
    when = NOON.replace(day=28 - number, month=2)
    plain = Post(
        id=f"tag:example.org,2026:{number}",
        url=f"https://example.org/{number}/",
        source=f"{number}.md",
        digest="0" * 64,
        published=when,
        updated=when,
        first_seen=when,
        title=title,
        summary=summary,
    )
    return replace(plain, **more)


def english(base: str) -> tuple[Site, list[Post]]:
    """Everything that a page can have on it, and what somebody might want to smuggle in."""
    site = Site(
        "Field Notes from the Tidal Flats",
        "https://example.org",
        "en",
        "Birds, mud and weather between two high waters.",
        Author("Ada Brandt"),
    )
    return site, [
        post(
            1,
            "The knots are back, forty thousand of them",
            "At six in the morning the flats were grey and empty. At seven the sky folded, and what "
            "came down was the first great flock of the spring.",
            image=Image(f"{base}/picture.png", "A flock of birds above wet sand at dawn"),
        ),
        post(
            2,
            None,
            "Low water at 11:40, wind from the north-east, and not one boot without a hole in it.",
        ),
        post(
            3,
            "How we count birds that will not hold still",
            "A grid, a clicker and a good deal of humility. " * 9,
            image=Image(ELSEWHERE, "On somebody else's server"),
        ),
        post(4, "ספינות על הבוץ", "רשימה קצרה על אוניות ישנות.", language="he"),
        post(
            5,
            "Worth reading: a history of the tide table",
            "Nine centuries of people who needed to know when the water would come.",
            external_url="https://elsewhere.example/tides",
        ),
        post(
            6,
            '<img src=x onerror="document.title=1"> & \u202egnitirw drawkcab',
            "</p><script>document.title = 'run'</script> {{ 7 * 7 }}",
            url="javascript:document.title='run'",
            image=Image(f"{base}/picture.png", '"><script>document.title = 1</script>'),
        ),
        post(7, "A_very_long_word_" * 12, "Nothing may stick out at the side of a telephone."),
    ]


def hebrew(base: str) -> tuple[Site, list[Post]]:
    site = Site("רשימות מן החוף", "https://example.org", "he", "ציפורים, בוץ ומזג אוויר.")
    return site, [
        post(
            1,
            "הציפורים חזרו",
            "בשש בבוקר היה החוף ריק. בשבע התקפלו השמיים, ומה שירד היה הלהקה הראשונה של האביב.",
            language="he",
            image=Image(f"{base}/picture.png", "להקת ציפורים"),
        ),
        post(2, None, "שפל ב-11:40, רוח צפונית-מזרחית.", language="he"),
        post(3, "An English guest among them", "With a summary of its own."),
    ]


def empty(base: str) -> tuple[Site, list[Post]]:
    return Site("Nothing yet", "https://example.org", "de"), []


SITES: dict[str, Callable[[str], tuple[Site, list[Post]]]] = {
    "english": english,
    "hebrew": hebrew,
    "empty": empty,
}


@contextmanager
def published(name: str, folder: Path) -> Iterator[str]:
    """Publish a site's feeds and serve them; gives the page's address."""
    picture = BytesIO()
    Pillow.linear_gradient("L").resize((640, 480)).save(picture, "PNG")
    with serving(folder) as base:
        folder.joinpath("picture.png").write_bytes(picture.getvalue())
        site, posts = SITES[name](base)
        settings = Feeds.model_validate({"output": str(folder)}, context={"base": folder})
        every = listings(site, settings, posts, lambda post: post)
        feeds = build(site, settings, base, every, lambda post: "", lambda image: None)
        publish(list(feeds), folder)
        yield f"{base}/feed.html"


@contextmanager
def status(folder: Path) -> Iterator[str]:
    """Serve a status page with something of everything on it; gives its address."""
    states = [*State, State.PENDING]
    rows = [
        Delivery(number, f"tag:{number}", "toots", state, NOON, 2, 1, reason=f"HTTP 500: {state}")
        for number, state in enumerate(states, 1)
    ]
    rows[1] = replace(rows[1], state=State.DELIVERED, receipt=Receipt("7", "https://s.example/7"))
    told = Trouble(TroubleKind.DEAD, "toots", "HTTP 422: <b>", 5, "ספינות על הבוץ")
    hold = Hold(NOON, "its last answer: HTTP 429: slow")
    stand = Standing(
        tuple(rows),
        older=3,
        sources={"tag:1": "a_very_long_name_" * 9 + ".md"},
        endpoints=(
            EndpointState("toots", NOON),
            EndpointState("out", NOON, Gate.PAUSED, None, "no"),
        ),
        holds={"toots": hold},
    )
    accounts = [
        Account("toots", "mastodon", Guarantee(Replay.NONE)),
        Account("out", "folder", Guarantee(Replay.IDEMPOTENT)),
        Account("new", "folder", Guarantee(Replay.IDEMPOTENT)),
    ]
    trouble = ["2 deliveries are overdue"]
    page = render(Status("Field Notes", NOON, trouble, [told], accounts, stand))
    folder.joinpath("status.html").write_bytes(page)
    with serving(folder) as base:
        yield f"{base}/status.html"


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Say nothing."""

    handler = partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()

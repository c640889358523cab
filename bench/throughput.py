"""How fast announcements go out durably: signed webhooks beside a bare loop without a ledger.

    .venv/bin/python bench/throughput.py [--deliveries 5000] [--endpoints 20] [--rounds 3]

Servers in a process of their own answer at once. The runner works off an outbox in a SQLite file
(`synchronous=FULL`): claim, compose, intent, request, result, each delivery for itself. The bare
loop signs and posts the same bodies with plain httpx, with one client and one connection for each
endpoint as well, and writes nothing down. They take turns. Then another endpoint is there that is
dead: it refuses connections, or takes them and never answers. What counts is the others.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

import httpx
from pydantic import SecretStr

from syndicate.app import App, open_app
from syndicate.delivery import Runner
from syndicate.ledger import NewDelivery
from syndicate.model import Limits, Post, State
from syndicate.networks.webhook_keys import signed_headers, signing_key

TARGET, SLOWER = 0.6, 1.05
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
BODY = "<p>" + "It weaves algebraic patterns as the loom weaves flowers. " * 20 + "</p>"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
CONFIG = """
[site]
title = "Bench"
url = "https://bench.example"

[ledger]
url = "sqlite:///ledger.db"

[media]
cache = "media"
"""
ENDPOINT = """
[[endpoints]]
name = "hook-{number}"
network = "webhook"
url = "{url}"
secret = "env:HOOK_SECRET"
allow_networks = ["127.0.0.0/8"]
timeout = "3s"
"""


class Time(NamedTuple):
    """Seconds, and this process's seconds of processor time, which mind other work less."""

    seconds: float
    processor: float

    def __sub__(self, other: Time) -> Time:
        return Time(self.seconds - other.seconds, self.processor - other.processor)


def spent() -> Time:
    return Time(time.perf_counter(), time.process_time())


class Receiver(asyncio.Protocol):
    """Answers each request when its last byte is there."""

    def connection_made(self, transport: Any) -> None:
        self.transport, self.left = transport, b""

    def data_received(self, data: bytes) -> None:
        self.left += data
        while b"\r\n\r\n" in self.left:
            head, _, rest = self.left.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
            if len(rest) < length:
                return
            self.left = rest[length:]
            self.transport.write(ANSWER)


def receive(count: int, tell: Connection) -> None:
    """Serve so many endpoints until the process is ended; tell their ports."""

    async def main() -> None:
        loop = asyncio.get_running_loop()
        servers = [await loop.create_server(Receiver, "127.0.0.1", 0) for _ in range(count)]
        tell.send([server.sockets[0].getsockname()[1] for server in servers])
        await asyncio.Event().wait()

    asyncio.run(main())


@contextmanager
def receivers(count: int) -> Iterator[list[str]]:
    """Serve in another process; give the addresses."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=receive, args=(count, theirs))
    process.start()
    try:
        yield [f"http://127.0.0.1:{port}/" for port in ours.recv()]
    finally:
        process.kill()
        process.join()


@contextmanager
def dead(answers: bool) -> Iterator[str]:
    """Give an address where nobody listens, or somebody who ``answers`` calls and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        if not answers:
            listener.close()
        yield url


def post(number: int) -> Post:
    when = LONG_AGO + timedelta(minutes=number)
    return Post(
        id=f"post-{number}",
        url=f"https://bench.example/{number}/",
        source=f"{number}.md",
        digest="0" * 64,
        published=when,
        updated=when,
        first_seen=when,
        title=f"Post {number}",
        summary="It was written for a bench.",
    )


async def work_off(app: App, posts: Sequence[Post], those: set[str]) -> Time:
    """Deliver all posts to all endpoints; give the seconds until ``those`` have them."""
    for endpoint in app.config.endpoints:
        new = (NewDelivery(each.id, endpoint.name, State.PENDING, LONG_AGO) for each in posts)
        app.ledger.add(endpoint.name, new, LONG_AGO)
    known, stop = {each.id: each for each in posts}, asyncio.Event()
    async with app.connect() as connected:
        runner = Runner(
            app.ledger,
            app.clock,
            connected.media,
            known,
            lambda _: BODY,
            app.redact,
            connected.pages,
        )
        began, wanted = spent(), len(posts) * len(those)
        running = asyncio.create_task(runner.run(connected.lines, app.clock.now(), stop))
        while not running.done():
            await asyncio.sleep(0.01)
            if len(runner.outcomes) >= wanted:
                done = sum(each.delivery.endpoint in those for each in runner.outcomes)
                if done == wanted:
                    break
        seconds = spent() - began
        stop.set()
        await running
    delivered = [each for each in runner.outcomes if each.resting.state is State.DELIVERED]
    assert len(delivered) == wanted, f"{len(delivered)} of {wanted} were delivered"
    return seconds


def ours(urls: Sequence[str], posts: Sequence[Post], others: Sequence[str] = ()) -> Time:
    """Deliver durably, with a ledger that is new; give the seconds."""
    os.environ["HOOK_SECRET"] = SECRET
    with tempfile.TemporaryDirectory(prefix="syndicate-throughput-") as name:
        config = Path(name) / "syndicate.toml"
        tables = [ENDPOINT.format(number=at, url=url) for at, url in enumerate([*urls, *others])]
        config.write_text(CONFIG + "".join(tables))
        (Path(name) / "content").mkdir()
        with open_app(config) as app:
            those = {f"hook-{number}" for number in range(len(urls))}
            return asyncio.run(work_off(app, posts, those))


def alone(urls: Sequence[str], bodies: Sequence[bytes]) -> Time:
    """Run the bare loop in a process that has loaded nothing of ours but what signs."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(bare, (urls, bodies))


def bare(urls: Sequence[str], bodies: Sequence[bytes]) -> Time:
    """Post the same without writing anything down; give the seconds."""
    keys = [signing_key(SECRET)]

    async def pump(url: str) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            for number, body in enumerate(bodies):
                headers = signed_headers(keys, f"msg_{number:032}", datetime.now(UTC), body)
                headers["content-type"] = "application/json"
                reply = await client.post(url, content=body, headers=headers)
                assert reply.status_code == 200

    async def main() -> Time:
        began = spent()
        await asyncio.gather(*map(pump, urls))
        return spent() - began

    return asyncio.run(main())


def compose(posts: Sequence[Post]) -> list[bytes]:
    """Give the bodies that the posts make."""
    from syndicate.model import Site  # noqa: PLC0415
    from syndicate.networks.webhook import Webhook, WebhookOptions  # noqa: PLC0415

    options = WebhookOptions(
        name="x", network="webhook", url="https://x.example/", secret=SecretStr(SECRET)
    )
    network = Webhook(options, Site(title="Bench", url="https://bench.example", language="en"))
    limits = Limits(text=None)
    return [network.compose(each, BODY, None, limits).payload["body"].encode() for each in posts]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--deliveries", type=int, default=5_000)
    parser.add_argument("--endpoints", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    posts = [post(number) for number in range(asked.deliveries // asked.endpoints)]
    bodies = compose(posts)
    times: dict[str, list[Time]] = {}
    with (
        receivers(asked.endpoints) as urls,
        dead(answers=False) as refusing,
        dead(answers=True) as silent,
    ):
        for number in range(asked.rounds):
            round_ = {
                "bare": alone(urls, bodies),
                "durable": ours(urls, posts),
                "durable, beside one that refuses": ours(urls, posts, [refusing]),
                "durable, beside one that is silent": ours(urls, posts, [silent]),
            }
            for name, seconds in round_.items():
                times.setdefault(name, []).append(seconds)
            print(f"round {number + 1} of {asked.rounds}", file=sys.stderr)
    sys.exit(0 if report(times, asked.deliveries) else "the targets are not met")


def report(times: dict[str, list[Time]], count: int) -> bool:
    """Print the table; tell whether the targets are met."""
    print("| | seconds | deliveries a second | ratio | by processor time | wanted |")
    print("|---|---|---|---|---|---|")
    first, durable, *others = times
    rows = [(first, first, ""), (durable, durable, f"at least {TARGET}")]
    rows += [(each, durable, f"less than {SLOWER}") for each in others]
    met = True
    for name, beside, wanted in rows:
        seconds = median(each.seconds for each in times[name])
        one, other = (first, name) if name == durable else (name, beside)
        ratio, by_processor = share(times[one], times[other])
        met = met and (name == first or (ratio >= TARGET if name == durable else ratio < SLOWER))
        told = "| | " if name == first else f"| **{ratio:.2f}** | {by_processor:.2f} "
        print(f"| {name} | {seconds:.2f} | {count / seconds:,.0f} {told}| {wanted} |")
    return met


def share(one: Sequence[Time], other: Sequence[Time]) -> tuple[float, float]:
    """Give the medians of the rounds' ratios: of the seconds, and of the processor's."""
    pairs = list(zip(one, other, strict=True))
    return (
        median(a.seconds / b.seconds for a, b in pairs),
        median(a.processor / b.processor for a, b in pairs),
    )


if __name__ == "__main__":
    main()

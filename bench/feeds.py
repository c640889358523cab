"""How fast feeds are served: `syndicate serve` against nginx and Starlette's StaticFiles.

    .venv/bin/python bench/feeds.py [--rounds 5] [--seconds 2]

Needs `nginx` and `wrk` (Debian packages of these names). All three serve the same file, a feed of
about 200 KB that `syndicate run` has written, on 127.0.0.1, one process each. They are asked in
turns, round by round, so that what else the machine does hits all of them; medians are printed,
and of the ratios the median of the rounds'. The processor's time for one answer is printed, too:
it says the same and minds other work on the machine less.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import httpx

TARGETS = {"304": 8.0, "200": 10.0}
"""How many times as many answers as StaticFiles gives."""
POSTS = 20
BODY = 9_300
"""Bytes of a post: twenty of them make a feed of 200 KB."""

CONFIG = """
[site]
title = "Bench"
url = "https://bench.example"

[content]
dir = "content"

[feeds]
output = "public"

[ledger]
url = "sqlite:///state/ledger.db"

[media]
cache = "state/media"

[server]
port = {port}
"""

NGINX = """
daemon off;
worker_processes 1;
error_log stderr crit;
pid {folder}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    open_file_cache max=100;
    types {{ application/rss+xml xml; }}
    client_body_temp_path {folder}/nginx-body;
    proxy_temp_path {folder}/nginx-proxy;
    fastcgi_temp_path {folder}/nginx-fastcgi;
    uwsgi_temp_path {folder}/nginx-uwsgi;
    scgi_temp_path {folder}/nginx-scgi;
    server {{
        listen 127.0.0.1:{port};
        root {folder}/public;
    }}
}}
"""

STATIC = """
import sys
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

app = Starlette(routes=[Mount("/", StaticFiles(directory=sys.argv[1]))])
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[2]), http="httptools", log_config=None,
            access_log=False, lifespan="off")
"""

SENTENCE = (
    "The engine weaves algebraic patterns, as the loom weaves flowers and leaves; number {}. "
)


def write_blog(folder: Path, port: int) -> Path:
    """Write a configuration and posts; give the configuration's path."""
    (folder / "content").mkdir()
    for number in range(POSTS):
        text, at = "", 0
        while len(text) < BODY:
            text += SENTENCE.format(number * 1000 + at) + ("\n\n" if at % 8 == 7 else "")
            at += 1
        day = f"2026-01-{number + 1:02d} 09:00"
        head = f"---\ntitle: Post {number}\ndate: {day}\nexcerpt: A post.\n---\n\n"
        (folder / "content" / f"post-{number}.md").write_text(head + text)
    config = folder / "syndicate.toml"
    config.write_text(CONFIG.format(port=port))
    return config


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@dataclass
class Server:
    """A server that runs, and what was measured of it: for each kind of request, by the round."""

    url: str
    process: subprocess.Popen[bytes]
    rates: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in TARGETS})
    times: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in TARGETS})

    def cpu(self) -> float:
        """Give the seconds of processor time that it has taken, its workers' included."""
        own = self.process.pid
        children = Path(f"/proc/{own}/task/{own}/children").read_text().split()
        ticks = 0
        for pid in (str(own), *children):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    def ask(self, kind: str, seconds: int) -> None:
        """Ask with 32 connections for some seconds, and note how it went."""
        headers = {"Accept-Encoding": "identity"}
        if kind == "304":
            headers["If-None-Match"] = httpx.get(self.url, headers=headers).headers["etag"]
        assert httpx.get(self.url, headers=headers).status_code == int(kind)
        options = [part for name in headers for part in ("-H", f"{name}: {headers[name]}")]
        command = ["wrk", "-t1", "-c32", f"-d{seconds}s", *options, self.url]
        before = self.cpu()
        output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        assert not re.search("Socket errors|Non-2xx", output), output
        answers = int(re.search(r"(\d+) requests in", output)[1])
        self.times[kind].append((self.cpu() - before) / answers)
        self.rates[kind].append(float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1]))


@contextmanager
def running(command: list[str], url: str) -> Iterator[Server]:
    """Run a server until the block ends; it answers when the block begins."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        limit = time.monotonic() + 30
        while not answers(url):
            if process.poll() is not None or time.monotonic() > limit:
                process.kill()
                sys.exit(f"{command[0]} does not serve {url}: {process.communicate()[1].decode()}")
            time.sleep(0.05)
        yield Server(url, process)
    finally:
        process.terminate()
        process.communicate(timeout=30)


def answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code == 200
    except httpx.TransportError:
        return False


def report(ours: Server, static: Server, nginx: Server, size: int) -> bool:
    """Print the table; tell whether the targets are met."""
    print(f"\nA feed of {size / 1000:.0f} KB: answers per second (processor's time for one)\n")
    print("| | `syndicate serve` | StaticFiles | nginx | to StaticFiles | target | to nginx |")
    print("|---|---|---|---|---|---|---|")
    met = True
    for kind, target in TARGETS.items():
        cells = [
            f"{median(each.rates[kind]):,.0f} ({median(each.times[kind]) * 1e6:,.0f} µs)"
            for each in (ours, static, nginx)
        ]
        times = ratio(ours, static, kind)
        met = met and times >= target
        print(
            f"| {kind} | {' | '.join(cells)} | **{times:.1f}** | {target:.0f} "
            f"| {ratio(ours, nginx, kind):.2f} |"
        )
    return met


def ratio(one: Server, other: Server, kind: str) -> float:
    return median([a / b for a, b in zip(one.rates[kind], other.rates[kind], strict=True)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="how long each one is asked")
    options = parser.parse_args()
    for tool in ("nginx", "wrk"):
        if shutil.which(tool) is None:
            sys.exit(f"{tool} is missing: apt-get install {tool}")
    with tempfile.TemporaryDirectory(prefix="syndicate-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        ports = {each: free_port() for each in ("syndicate", "static", "nginx")}
        config = write_blog(folder, ports["syndicate"])
        folder.chmod(0o755)  # nginx's workers are another user
        syndicate = [sys.executable, "-m", "syndicate"]
        subprocess.run([*syndicate, "run", "--feeds-only", "--config", str(config)], check=True)
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=ports["nginx"]))
        commands = {
            "syndicate": [*syndicate, "serve", "--config", str(config)],
            "static": [sys.executable, "-c", STATIC, str(folder / "public"), str(ports["static"])],
            "nginx": ["nginx", "-c", str(folder / "nginx.conf"), "-e", "stderr"],
        }
        servers = {
            each: stack.enter_context(running(command, f"http://127.0.0.1:{ports[each]}/feed.xml"))
            for each, command in commands.items()
        }
        for number in range(options.rounds):
            for kind in TARGETS:
                for server in servers.values():
                    server.ask(kind, options.seconds)
            print(f"round {number + 1} of {options.rounds}", file=sys.stderr)
        size = (folder / "public" / "feed.xml").stat().st_size
        met = report(servers["syndicate"], servers["static"], servers["nginx"], size)
    sys.exit(0 if met else "the targets are not met")


if __name__ == "__main__":
    main()

"""How fast feeds are served: `syndicate serve` against nginx and Starlette's StaticFiles.

    .venv/bin/python bench/feeds.py [--rounds 5] [--seconds 2]

Needs `nginx` and `wrk` (Debian packages of these names). All three serve the same file, a feed of
about 200 KB that `syndicate run` has written, on 127.0.0.1, one process each. They are asked in
turns, round by round, so that what else the machine does hits all of them; medians are printed.
"""

from __future__ import annotations

import argparse
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

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


@contextmanager
def running(command: list[str], url: str) -> Iterator[str]:
    """Run a server until the block ends; it answers when the block begins."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        limit = time.monotonic() + 30
        while True:
            try:
                if httpx.get(url).status_code == 200:
                    break
            except httpx.TransportError:
                pass
            if process.poll() is not None or time.monotonic() > limit:
                process.kill()
                sys.exit(f"{command[0]} does not serve {url}: {process.communicate()[1].decode()}")
            time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.communicate(timeout=30)


def rate(url: str, seconds: int, headers: dict[str, str], status: int) -> float:
    """Ask with 32 connections for some seconds; give the answers per second."""
    assert httpx.get(url, headers=headers).status_code == status
    options = [part for name in headers for part in ("-H", f"{name}: {headers[name]}")]
    command = ["wrk", "-t1", "-c32", f"-d{seconds}s", *options, url]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Socket errors" not in output, output
    assert ("Non-2xx" in output) == (status not in range(200, 400)), output
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])


def measure(urls: dict[str, str], rounds: int, seconds: int) -> dict[str, dict[str, float]]:
    """Give the median rate of each server for each kind of request."""
    rates: dict[str, dict[str, list[float]]] = {
        kind: {name: [] for name in urls} for kind in TARGETS
    }
    plain = {"Accept-Encoding": "identity"}
    for number in range(rounds):
        for kind in TARGETS:
            for name, url in urls.items():
                headers = dict(plain)
                if kind == "304":
                    headers["If-None-Match"] = httpx.get(url, headers=plain).headers["etag"]
                rates[kind][name].append(rate(url, seconds, headers, int(kind)))
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
    return {
        kind: {name: statistics.median(each) for name, each in found.items()}
        for kind, found in rates.items()
    }


def report(rates: dict[str, dict[str, float]], size: int) -> bool:
    """Print the table; tell whether the targets are met."""
    print(f"\nA feed of {size / 1000:.0f} KB, answers per second\n")
    print(
        "| | `syndicate serve` | StaticFiles | nginx | ours / StaticFiles | target | ours / nginx |"
    )
    print("|---|---|---|---|---|---|---|")
    met = True
    for kind, found in rates.items():
        ours, static, nginx = found["syndicate"], found["static"], found["nginx"]
        times = ours / static
        met = met and times >= TARGETS[kind]
        print(
            f"| {kind} | {ours:,.0f} | {static:,.0f} | {nginx:,.0f} "
            f"| **{times:.1f}** | {TARGETS[kind]:.0f} | {ours / nginx:.2f} |"
        )
    return met


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
        urls = {
            each: stack.enter_context(running(command, f"http://127.0.0.1:{ports[each]}/feed.xml"))
            for each, command in commands.items()
        }
        size = (folder / "public" / "feed.xml").stat().st_size
        met = report(measure(urls, options.rounds, options.seconds), size)
    sys.exit(0 if met else "the targets are not met")


if __name__ == "__main__":
    main()

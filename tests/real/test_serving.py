"""The printed header files, in real servers of other people."""

from __future__ import annotations

import gzip
import os
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager

import httpx
import pytest

from fakes.site import Blog
from real.servers import NotSetUpError

TYPES = {
    "feed.xml": "application/rss+xml; charset=utf-8",
    "atom.xml": "application/atom+xml; charset=utf-8",
    "feed.json": "application/feed+json; charset=utf-8",
}
FIELDS = {
    "cache-control": "public, max-age=300, stale-if-error=86400",
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "ETag, Link",
    "x-content-type-options": "nosniff",
}
NGINX = """
daemon off;
{user}
pid {folder}/nginx.pid;
error_log stderr;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2;
    fastcgi_temp_path {folder}/t3; uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
    server {{
        listen 127.0.0.1:{port};
        root {folder}/public;
        add_header X-Of-The-Site yes;
        include {folder}/feeds.nginx;
    }}
}}
"""
CADDY = """
{{
    admin off
    auto_https off
}}
http://127.0.0.1:{port} {{
    root * {folder}/public
    import {folder}/feeds.caddy
    file_server
}}
"""
SERVERS = {
    "nginx": (NGINX, ["nginx", "-e", "stderr", "-c"]),
    "caddy": (CADDY, ["caddy", "run", "--adapter", "caddyfile", "--config"]),
}


@contextmanager
def running(command, folder, url):
    """Run a server until the block ends; it answers when the block begins."""
    path = os.environ["PATH"] + ":/usr/sbin"
    program = shutil.which(command[0], path=path)
    if program is None:
        raise NotSetUpError(f"{command[0]} is missing: run tests/real/setup.sh")
    homes = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(
            [program, *command[1:]], stdout=log, stderr=log, env={**os.environ, **homes}
        )
    try:
        limit = time.monotonic() + 30
        while True:
            try:
                httpx.get(url)
                break
            except httpx.TransportError:
                ended = process.poll() is not None or time.monotonic() > limit
                assert not ended, (folder / "server.log").read_text()
                time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="module", params=SERVERS)
def served(request, tmp_path_factory):
    """Feeds that a real server serves by our header file; atom.xml has its .gz beside it."""
    folder = tmp_path_factory.mktemp(request.param)
    blog = Blog(folder)
    for number in range(5):
        blog.post(f"post-{number}", excerpt="A post. " * 50)
    blog.run(feeds_only=True)
    atom = (folder / "public" / "atom.xml").read_bytes()
    (folder / "public" / "atom.xml.gz").write_bytes(gzip.compress(atom, 1, mtime=1))
    (folder / "public" / "other.html").write_text("<p>of the site</p>")
    text, command = SERVERS[request.param]
    (folder / f"feeds.{request.param}").write_text(blog.command("headers", request.param).stdout)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    config = folder / "server.conf"
    # pytest's folders are its user's alone, and nginx's workers would be somebody else.
    user = "user root;" if os.geteuid() == 0 else ""
    config.write_text(text.format(folder=folder, port=port, user=user))
    url = f"http://127.0.0.1:{port}"
    with running([*command, str(config)], folder, url), httpx.Client(base_url=url) as client:
        client.folder = folder / "public"
        yield client


PLAIN = {"accept-encoding": "identity"}


@pytest.mark.parametrize("path", TYPES)
def test_a_feed_has_its_type_and_every_field(served, path):
    answer = served.get(f"/{path}", headers=PLAIN)
    assert (answer.status_code, answer.content) == (200, (served.folder / path).read_bytes())
    assert answer.headers.get_list("content-type") == [TYPES[path]]
    assert answer.headers["link"] == f'<https://ada.example/{path}>; rel="self"'
    assert {name: answer.headers.get_list(name) for name in FIELDS} == {
        name: [value] for name, value in FIELDS.items()
    }
    assert answer.headers["etag"]
    assert answer.headers["last-modified"]


@pytest.mark.parametrize("path", TYPES)
def test_a_reader_that_has_the_feed_gets_304_with_the_fields_that_count(served, path):
    had = served.get(f"/{path}", headers=PLAIN).headers
    for condition in (
        {"if-none-match": had["etag"]},
        {"if-modified-since": had["last-modified"]},
    ):
        answer = served.get(f"/{path}", headers=PLAIN | condition)
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["cache-control"] == FIELDS["cache-control"]
        assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", TYPES)
def test_a_feed_is_compressed_and_keeps_its_type(served, path):
    answer = served.get(f"/{path}", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert "accept-encoding" in answer.headers["vary"].lower()
    assert answer.headers["content-type"] == TYPES[path]
    assert answer.content == (served.folder / path).read_bytes()


def test_what_is_compressed_already_is_sent_as_it_lies_there(served):
    request = served.build_request("GET", "/atom.xml", headers={"accept-encoding": "gzip"})
    answer = served.send(request, stream=True)
    sent = b"".join(answer.iter_raw())
    assert sent == (served.folder / "atom.xml.gz").read_bytes()


def test_what_is_no_feed_keeps_the_sites_own_fields(served):
    answer = served.get("/other.html")
    assert answer.status_code == 200
    assert "link" not in answer.headers
    assert "stale-if-error" not in answer.headers.get("cache-control", "")

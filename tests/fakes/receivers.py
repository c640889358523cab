"""The receivers in the docs, as processes of their own."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx

PATIENCE = 30.0
_PLAIN = httpx.create_ssl_context(verify=False)
"""No address here is one of TLS, and what httpx makes for one anew each time costs the most."""


class Running(NamedTuple):
    """A receiver that runs; what it prints goes into a file."""

    url: str
    output: Path

    def post(self, headers: Mapping[str, str], body: bytes) -> int:
        answer = httpx.post(self.url, headers=headers, content=body, verify=_PLAIN, trust_env=False)
        return answer.status_code


@contextmanager
def receiver(
    command: Sequence[str | Path], folder: Path, secret: str, **environment: str
) -> Iterator[Running]:
    """Start a receiver, hand it out when it answers, and end it."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    output = folder / "output"
    own = {"PORT": str(port), "WEBHOOK_SECRET": secret, **environment}
    with (
        output.open("wb") as file,
        subprocess.Popen(command, env=os.environ | own, stdout=file, stderr=file) as process,
    ):
        try:
            _wait(process, port, output)
            yield Running(f"http://127.0.0.1:{port}/hook", output)
        finally:
            process.kill()


def _wait(process: subprocess.Popen[bytes], port: int, output: Path) -> None:
    limit = time.monotonic() + PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            assert process.poll() is None, output.read_text()
            assert time.monotonic() < limit, "it does not listen"
            time.sleep(0.02)
        else:
            return


def assert_receives(
    running: Running, told: Sequence[tuple[dict[str, str], bytes]], address: str
) -> None:
    """It takes genuine events, each once, and nothing else."""
    for headers, body in told:
        assert running.post(headers, body + b" ") == 400, "changed"
        assert running.post({**headers, "webhook-timestamp": "1614265330"}, body) == 400, "old"
        lacking = {name: value for name, value in headers.items() if name != "webhook-id"}
        assert running.post(lacking, body) == 400, "lacks a field"
        for _ in range(2):
            assert running.post(headers, body) == 204
    lines = running.output.read_text().splitlines()
    types = ("post.published", "post.updated", "post.deleted")
    assert [line for line in lines if address in line] == [f"{each} {address}" for each in types]

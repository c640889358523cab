"""Serves Matrix's Synapse on a free port of 127.0.0.1, for the tests. Run by .real/synapse's Python.

Prints one line of JSON when it answers. It ends on SIGTERM, or when stdin closes, so that it cannot
outlive the test run that started it.
"""

import json
import os
import secrets
import socket
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import synapse.app.homeserver
from signedjson.key import generate_signing_key
from twisted.internet import reactor
from unpaddedbase64 import encode_base64

NAME = "matrix.test"
AMPLE = {"per_second": 1_000, "burst_count": 1_000}
SLOW = {"per_second": 0.1, "burst_count": 1}
"""An event in ten seconds, for who has no limit of their own: a second one at once is too much."""
START_LIMIT = 50.0


def free_port() -> int:
    """Synapse wants to know its port before it opens it."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def configuration(folder: Path, port: int, secret: str) -> dict[str, Any]:
    """A server that knows no other, and asks nobody on the internet for anything."""
    key = generate_signing_key("a_test")
    listener = {
        "port": port,
        "type": "http",
        "bind_addresses": ["127.0.0.1"],
        "resources": [{"names": ["client"]}],
    }
    return {
        "server_name": NAME,
        "public_baseurl": f"http://127.0.0.1:{port}/",
        "listeners": [listener],
        "database": {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}},
        "media_store_path": str(folder / "media"),
        "max_upload_size": "1M",
        "signing_key": f"{key.alg} {key.version} {encode_base64(key.encode())}",
        "macaroon_secret_key": secret,
        "registration_shared_secret": secret,
        "trusted_key_servers": [],
        "federation_domain_whitelist": [],
        "report_stats": False,
        "enable_metrics": False,
        "rc_message": SLOW,
        "rc_login": {"address": AMPLE, "account": AMPLE, "failed_attempts": AMPLE},
        "log_config": str(folder / "log.yaml"),
    }


def say_when_it_answers(port: int, secret: str) -> None:
    """Print the address once somebody answers there; whoever reads the line can go ahead."""
    url, limit = f"http://127.0.0.1:{port}", time.monotonic() + START_LIMIT
    while time.monotonic() < limit:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5):
                break
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    else:
        return
    os.write(1, json.dumps({"url": url, "name": NAME, "secret": secret}).encode() + b"\n")


def stop_with_stdin() -> None:
    while os.read(0, 1024):
        pass
    reactor.callFromThread(reactor.stop)


def main() -> None:
    """The configuration is JSON, which every reader of YAML takes."""
    secret, port = secrets.token_hex(16), free_port()
    with tempfile.TemporaryDirectory(prefix="syndicate-synapse-") as name:
        folder = Path(name)
        log = {"version": 1, "handlers": {"err": {"class": "logging.StreamHandler"}}}
        log["root"] = {"level": "WARNING", "handlers": ["err"]}
        (folder / "log.yaml").write_text(json.dumps(log))
        settings = {**configuration(folder, port, secret), "no_redirect_stdio": True}
        (folder / "homeserver.yaml").write_text(json.dumps(settings))
        for work in (lambda: say_when_it_answers(port, secret), stop_with_stdin):
            threading.Thread(target=work, daemon=True).start()
        sys.argv[1:] = ["--config-path", str(folder / "homeserver.yaml")]
        synapse.app.homeserver.main()


if __name__ == "__main__":
    main()

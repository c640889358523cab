"""A real PostgreSQL, in a folder of its own on a free port; it ends with the tests."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import Any

import psycopg

PASSWORD = "ä:p@ss/w%rd"
QUOTED = "%C3%A4%3Ap%40ss%2Fw%25rd"
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",  # no test pulls the plug of this machine
    "synchronous_commit": "off",  # as a careless owner has it; we turn it on where it counts
    "default_transaction_isolation": "serializable",  # likewise
    "max_connections": "40",
    "log_min_messages": "panic",
}


class Postgres:
    """The server. Its texts are in an order of letters that is no computer's.

    Args:
        name: of the user whom it is to run as where we are root, whom it refuses.
    """

    def __init__(self, name: str = "postgres") -> None:
        self._bin = _binaries()
        self._user = _somebody(name) if os.geteuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="syndicate-pg-"))
        if self._user:
            os.chown(self._folder, self._user, -1)
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._names = count(1)
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._make()
            self.start()
        except BaseException:
            self.clear()
            raise

    def _make(self) -> None:
        secret = self._folder / "password"
        secret.write_text(PASSWORD)
        if self._user:
            os.chown(secret, self._user, -1)
        options = ["--username=owner", "--auth=scram-sha-256", f"--pwfile={secret}"]
        locale = ["--encoding=UTF8", "--no-locale", "--locale-provider=icu", "--icu-locale=en"]
        done = subprocess.run(
            [self._bin / "initdb", "-D", self._folder / "data", "--no-sync", *options, *locale],
            capture_output=True,
            text=True,
            check=False,
            **self._as_somebody,
        )
        assert done.returncode == 0, done.stderr

    @property
    def _as_somebody(self) -> dict[str, Any]:
        own = {"user": self._user, "group": pwd.getpwuid(self._user).pw_gid, "extra_groups": []}
        return {"cwd": self._folder, **(own if self._user else {})}

    def start(self) -> None:
        """Start, and wait until it takes part."""
        settings = [f"--{name}={value}" for name, value in _SETTINGS.items()]
        self._process = subprocess.Popen(
            [self._bin / "postgres", "-D", self._folder / "data", f"--port={self.port}", *settings],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **self._as_somebody,
        )
        end = time.monotonic() + 60
        while True:
            try:
                self.ask("SELECT 1")
            except psycopg.OperationalError:
                assert self._process.poll() is None, "PostgreSQL does not start"
                assert time.monotonic() < end, "PostgreSQL does not take part"
                time.sleep(0.02)
            else:
                return

    def stop(self, how: int = signal.SIGINT) -> None:
        """End all connections; SIGQUIT does not even say goodbye."""
        if self._process:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None

    def restart(self, how: int = signal.SIGINT) -> None:
        self.stop(how)
        self.start()

    def clear(self) -> None:
        """Leave nothing behind."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self._folder)

    def ask(self, statement: str, database: str = "postgres", *values: Any) -> list[Any]:
        """Do as the server's owner does."""
        with psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="owner",
            password=PASSWORD,
            dbname=database,
            autocommit=True,
        ) as connection:
            found = connection.execute(statement, values or None)
            return found.fetchall() if found.description else []

    def url(self, database: str, user: str = "owner", password: str = QUOTED) -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def database(self, options: str = "") -> str:
        """Make a database; give its name."""
        name = f"ledger_{next(self._names)}"
        self.ask(f"CREATE DATABASE {name} {options}")
        return name

    def backends(self, database: str) -> list[int]:
        """Give the server's processes that work for a database."""
        query = "SELECT pid FROM pg_stat_activity WHERE datname = %s"
        return [pid for (pid,) in self.ask(query, "postgres", database)]

    def cut(self, database: str, *, but: str = "") -> int:
        """End the connections to a database; tell how many there were.

        Args:
            database: its name.
            but: all but those whose last statement has these words in it.
        """
        query = (
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s"
            " AND (%s = '' OR position(%s IN query) = 0)"
        )
        return len(self.ask(query, "postgres", database, but, but))


def _binaries() -> Path:
    """Find the newest PostgreSQL of Debian's, or the one that is in the path."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda each: float(each.parent.name)
    )
    if found:
        return found[-1]
    there = shutil.which("initdb")
    assert there, "there is no PostgreSQL here; tests/real/setup.sh installs it"
    return Path(there).resolve().parent


def _somebody(name: str) -> int:
    try:
        return pwd.getpwnam(name).pw_uid
    except KeyError:
        return pwd.getpwnam("nobody").pw_uid

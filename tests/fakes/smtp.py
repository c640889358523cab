"""A mail server that holds to RFC 5321 as far as a client can go wrong, and fails where it is told.

It takes one conversation after another in a thread of this process.
"""

from __future__ import annotations

import base64
import email.policy
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.parser import BytesParser
from typing import Any

USER, PASSWORD = "herald", "aXv3-Qm9_zYt7Lk2PbR5"


class Smtp:
    """What was taken is in ``mails``, as (sender, recipients, raw bytes).

    Args:
        tls: the settings for TLS, from the first byte or after STARTTLS.
        implicit: whether it is from the first byte.
        log_in: whether somebody has to log in.
    """

    def __init__(
        self, tls: ssl.SSLContext | None = None, *, implicit: bool = False, log_in: bool = False
    ) -> None:
        self.tls, self.implicit, self.log_in = tls, implicit, log_in
        self.mails: list[tuple[str, list[str], bytes]] = []
        self.said: list[str] = []
        self.answers: dict[str, bytes] = {}
        self.refuses: set[str] = set()
        self.drops = ""
        self.loses = False
        self.drips = 0
        self.port = 0

    @contextmanager
    def running(self) -> Iterator[Smtp]:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
            thread = threading.Thread(target=self._listen, args=[listener])
            thread.start()
            try:
                yield self
            finally:
                with suppress(OSError):
                    listener.shutdown(socket.SHUT_RDWR)
                thread.join(5)

    def _listen(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                connection.settimeout(5)
                with suppress(OSError, EOFError), connection:
                    _Conversation(self, connection).hold()


class _Conversation:
    def __init__(self, server: Smtp, connection: socket.socket) -> None:
        self.server, self.encrypted, self.known = server, False, not server.log_in
        self.sender, self.recipients = "", []
        self.connection, self.file = connection, connection.makefile("rb")
        if server.implicit:
            self.encrypt()

    def encrypt(self) -> None:
        self.file.close()
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.file, self.encrypted = self.connection.makefile("rb"), True

    def hold(self) -> None:
        try:
            self.say("greeting", b"220 mail.example ESMTP")
            while line := self.line():
                verb, _, rest = line.partition(" ")
                self.server.said.append(verb.upper())
                if verb.upper() == self.server.drops:
                    return
                if verb.upper() == "QUIT":
                    self.say("QUIT", b"221 bye")
                    return
                getattr(self, f"on_{verb.lower()}", self.unknown)(rest)
        finally:
            self.file.close()
            self.connection.close()

    def line(self) -> str:
        raw = self.file.readline(1_000)
        assert not raw or raw.endswith(b"\r\n"), raw
        return raw.decode("ascii").rstrip("\r\n")

    def say(self, verb: str, usual: bytes) -> bool:
        """Answer; tell whether it was as usual."""
        told = self.server.answers.get(verb, usual)
        self.connection.sendall(told + b"\r\n")
        return told == usual

    def unknown(self, rest: str) -> None:
        self.say("?", b"500 unknown command")

    def on_ehlo(self, rest: str) -> None:
        for _ in range(self.server.drips):
            self.say("?", b"250-and")
            time.sleep(0.01)
        lines = [f"250-mail.example greets {rest}", "250-SIZE 1000000"]
        if self.server.tls and not self.encrypted:
            lines.append("250-STARTTLS")
        if self.server.log_in:
            lines.append("250-AUTH PLAIN")
        self.say("EHLO", "\r\n".join([*lines, "250 HELP"]).encode())

    def on_starttls(self, rest: str) -> None:
        if self.say("STARTTLS", b"220 go ahead"):
            self.encrypt()

    def on_auth(self, rest: str) -> None:
        kind, _, token = rest.partition(" ")
        wanted = f"\0{USER}\0{PASSWORD}".encode()
        if kind == "PLAIN" and base64.b64decode(token) == wanted:
            self.known = self.say("AUTH", b"235 welcome")
        else:
            self.say("AUTH", b"535 5.7.8 no")

    def on_noop(self, rest: str) -> None:
        self.say("NOOP", b"250 ok")

    def on_rset(self, rest: str) -> None:
        self.say("RSET", b"250 ok")

    def on_mail(self, rest: str) -> None:
        match = re.fullmatch(r"FROM:<([^<>\s]+)>(?: size=\d+)?", rest)
        if not self.known:
            self.say("?", b"530 log in first")
        elif match and self.say("MAIL", b"250 ok"):
            self.sender, self.recipients = match[1], []

    def on_rcpt(self, rest: str) -> None:
        match = re.fullmatch(r"TO:<([^<>\s]+)>", rest)
        if match[1] in self.server.refuses:
            self.say("?", b"550 5.1.1 nobody of that name")
        elif self.say("RCPT", b"250 ok"):
            self.recipients.append(match[1])

    def on_data(self, rest: str) -> None:
        if not self.recipients or not self.say("DATA", b"354 go ahead"):
            return
        lines: list[bytes] = []
        while (line := self.file.readline(2_000)) != b".\r\n":
            if not line:
                raise EOFError
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        if self.server.answers.get("mail", b"2").startswith(b"2"):
            self.server.mails.append((self.sender, self.recipients, b"".join(lines)))
        if not self.server.loses:
            self.say("mail", b"250 queued")
        else:
            raise EOFError


def read(raw: bytes) -> Any:
    """Read a mail, and refuse what another program would stumble over."""
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    raw.decode("ascii")
    mail = BytesParser(policy=email.policy.default).parsebytes(raw)
    faults = [defect for part in mail.walk() for defect in part.defects]
    faults += [each for value in mail.values() for each in value.defects]
    assert not faults, faults
    return mail

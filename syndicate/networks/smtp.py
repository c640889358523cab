"""One mail over SMTP, which tells what never left from what may have arrived. Blocking.

https://www.rfc-editor.org/rfc/rfc5321, section 4.2.5 for who is answerable for a mail when.
"""

from __future__ import annotations

import contextlib
import ipaddress
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from syndicate.errors import DeliveryError, InDoubt, Rejected, Unauthorized, Unreachable
from syndicate.http import ends
from syndicate.http.addresses import Address, Network, is_allowed, is_odd_spelling, is_public
from syndicate.redaction import Redactor, brief

_WHOLE = 3
"""How many times the time for one step the whole conversation may take."""
_READY = 220
_TEMPORARY = range(400, 500)
"""Of SMTP's own answers (RFC 5321, 4.2.1), which are no HTTP statuses."""


@dataclass(frozen=True, slots=True)
class Server:
    """How a mail server is reached.

    Args:
        host: its name.
        port: its port.
        security: ``tls`` from the first byte, ``starttls``, or ``none``.
        user: who logs in; nobody where it is empty.
        password: the password.
        name: what we call ourselves.
        seconds: how long one step may take.
        allowed: networks beside the public internet; without encryption these alone.
        trust: gives the TLS settings.
    """

    host: str
    port: int
    security: str
    user: str
    password: str = field(repr=False)
    name: str
    seconds: float
    allowed: Sequence[Network]
    trust: Callable[[], ssl.SSLContext]


def send(server: Server, sender: str, recipients: Sequence[str], mail: bytes) -> dict[str, str]:
    """Hand over a mail; give the recipients whom the server refused, with its reasons.

    Raises:
        DeliveryError: by how far the conversation had come.
    """
    with _conversation(server) as client:
        refused = client.sendmail(sender, recipients, mail)
    return {address: _say(code, said, server) for address, (code, said) in refused.items()}


@dataclass(frozen=True, slots=True)
class Greeting:
    """What a server says of itself (RFC 5321, 4.1.1.1)."""

    size: int | None
    """The largest mail in bytes (RFC 1870); None where it does not say."""
    logins: str
    """The ways to log in; empty where it offers none."""
    ends: datetime | None
    """Until when its certificate is good; None where nothing is encrypted."""


def log_in(server: Server) -> Greeting:
    """Open a conversation, log in, and close it again.

    Raises:
        DeliveryError: as :func:`send` would.
    """
    with _conversation(server) as client:
        client.ehlo_or_helo_if_needed()
        told = client.esmtp_features
        size, tls = told.get("size", ""), client.sock
        greeting = Greeting(
            int(size) if size.isdecimal() and int(size) else None,
            " ".join(told.get("auth", "").split()),
            ends(tls) if isinstance(tls, ssl.SSLSocket) else None,
        )
        client.noop()
    return greeting


@contextmanager
def _conversation(server: Server) -> Iterator[_Client]:
    """Connect, encrypt and log in; what goes wrong is told by how far it had come."""
    client = _Client(server)
    # A server that drips byte by byte would hold us for ever: each byte begins the time anew.
    limit = threading.Timer(server.seconds * _WHOLE, client.abort)
    limit.start()
    try:
        code, said = client.connect(server.host, server.port)
        if code != _READY:
            raise smtplib.SMTPConnectError(code, said)
        if server.security == "starttls":
            client.starttls(context=server.trust())
        if server.user:
            client.login(server.user, server.password)
        yield client
        client.leave()
    except DeliveryError:
        raise
    except (smtplib.SMTPException, OSError, ValueError) as error:
        raise _translate(error, server, client.handed_over) from error
    finally:
        limit.cancel()
        client.close()


class _Client(smtplib.SMTP):
    """Connects to the very address that was judged, and notes when the mail itself goes out."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.handed_over = False
        super().__init__(timeout=server.seconds, local_hostname=server.name)
        self._host = server.host  # the name that STARTTLS verifies

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """Open the connection through the guard; smtplib's own classes extend it here, too."""
        failure: Exception = OSError(f"{host} has no address")
        for address in _permitted(self._server, host, port):
            try:
                return self._encrypted(socket.create_connection((str(address), port), timeout))
            except OSError as error:
                failure = error
        raise failure

    def _encrypted(self, opened: socket.socket) -> socket.socket:
        if self._server.security != "tls":
            return opened
        try:
            return self._server.trust().wrap_socket(opened, server_hostname=self._server.host)
        except OSError:
            opened.close()
            raise

    def send(self, s: Any) -> None:
        """Send; commands are text here, and the mail is bytes."""
        self.handed_over = self.handed_over or isinstance(s, bytes)
        super().send(s)

    def leave(self) -> None:
        """Say goodbye: the mail is taken by now, whatever the server answers."""
        try:
            self.quit()
        except (smtplib.SMTPException, OSError):
            self.close()

    def abort(self) -> None:
        """End the connection from another thread."""
        if self.sock:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def _permitted(server: Server, host: str, port: int) -> list[Address]:
    """Give the addresses of a host that may be connected to.

    Raises:
        Rejected: there is none among them, or the host is a number in disguise.
        OSError: the name does not resolve.
    """
    if is_odd_spelling(host):
        raise Rejected(f"the host {host} is refused: write the address in full")
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]
    secure = server.security != "none"
    permitted = [
        each
        for each in addresses
        if is_allowed(each, server.allowed) or (secure and is_public(each))
    ]
    if not permitted:
        kind = "" if secure else "mail without encryption to "
        raise Rejected(
            f"{kind}{host} ({addresses[0]}) is refused: it is in no network that "
            "allow_networks names"
        )
    return permitted


def _translate(error: Exception, server: Server, handed_over: bool) -> DeliveryError:
    """Tell what became of the mail."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return _refused(code, f"no recipient is taken: {_say(code, said, server)}; check `to`")
    if isinstance(error, smtplib.SMTPResponseException):
        return _answered(error, server)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Unauthorized(f"{server.host} cannot do what `security` or `user` asks for: {error}")
    if handed_over:
        return InDoubt(f"the answer of {server.host} was lost: {_name(error)}")
    return Unreachable(f"no mail could be handed to {server.host}: {_name(error)}")


def _answered(error: smtplib.SMTPResponseException, server: Server) -> DeliveryError:
    """Translate an answer that says no: whatever it is, the mail was not taken."""
    code, told = error.smtp_code, _say(error.smtp_code, error.smtp_error, server)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return _refused(code, f"the login is refused: {told}; check `user` and `password`")
    if isinstance(error, smtplib.SMTPSenderRefused):
        return _refused(code, f"the sender is refused: {told}; check `sender`")
    if code not in _TEMPORARY and isinstance(error, smtplib.SMTPDataError):
        return Rejected(f"the mail is refused: {told}", status=code)
    return Unreachable(f"{server.host} does not take mail now: {told}", status=code)


def _refused(code: int, told: str) -> DeliveryError:
    """Build the error for what is the endpoint's fault, unless the server says to come again."""
    kind = Unreachable if code in _TEMPORARY else Unauthorized
    return kind(told, status=code)


def _say(code: int, said: bytes | str, server: Server) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return brief(Redactor([server.password])(f"{code} {text}"))


def _name(error: Exception) -> str:
    if isinstance(error, UnicodeError):  # it may quote the password that could not be sent
        return type(error).__name__
    return f"{type(error).__name__}: {error}".removesuffix(": ")

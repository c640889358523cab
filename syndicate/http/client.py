"""One endpoint's HTTP client, which tells what never left from what may have arrived."""

from __future__ import annotations

import asyncio
import ipaddress
import logging
import ssl
from collections.abc import Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from syndicate import __version__
from syndicate.errors import DeliveryError, InDoubt, Rejected, Unreachable
from syndicate.http.progress import Progress, under_way
from syndicate.http.reply import Reply
from syndicate.http.sights import Sight, sight
from syndicate.redaction import Redactor

if TYPE_CHECKING:
    import httpx  # a run that sends nothing does without

    from syndicate.http.guard import GuardedTransport

REPLY_CAP = 64 * 1024
HEADERS = {
    "accept": "*/*",
    "accept-encoding": "identity",  # an answer that is not compressed cannot be a bomb
    "user-agent": f"syndicate/{__version__}",
}
_MISMATCHES = {62, 64}
"""OpenSSL's X509_V_ERR_HOSTNAME_MISMATCH and …_IP_ADDRESS_…: waiting does not mend a wrong name."""


@dataclass(frozen=True, slots=True)
class FilePart:
    """A file of a multipart form."""

    name: str
    type: str
    data: bytes = field(repr=False)


class Http:
    """A guarded client: no redirects, no proxies from the environment, capped answers.

    Args:
        allow_networks: loopback or private networks that may be connected to; plain ``http://``
            is for these only.
        timeout: for one request from its first byte to the answer's last.
        clock: gives the time that ``Retry-After`` is counted from.
        context: TLS settings; the system's usual ones where it is left out.
        redact: takes secrets out of what is told of an answer, before it is cut short.
    """

    def __init__(
        self,
        allow_networks: Sequence[str] = (),
        timeout: timedelta = timedelta(seconds=20),
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        context: ssl.SSLContext | None = None,
        redact: Redactor | None = None,
    ) -> None:
        self._allowed = [ipaddress.ip_network(network) for network in allow_networks]
        self._seconds = timeout.total_seconds()
        # The whole request has this limit; a connection has to open well within it.
        steps = dict.fromkeys(("read", "write", "pool"), self._seconds)
        self._timeouts = {**steps, "connect": min(10.0, self._seconds / 2)}
        self._clock = clock
        self._context = context
        self._sights: dict[str, Sight] | None = None
        self._redact = redact or Redactor()

    @cached_property
    def _transports(self) -> Mapping[str, GuardedTransport]:
        """The connections by scheme, made when there is something to send.

        httpx's client is left out: it would add cookies, redirects and authentication, which are
        not wanted here, and take a tenth of a request's time for it.
        """
        from syndicate.http.guard import GuardedBackend, GuardedTransport  # noqa: PLC0415

        allowed, context = self._allowed, self._context or _usual_trust()
        return {
            "https": GuardedTransport(GuardedBackend(allowed, public=True), context),
            "http": GuardedTransport(GuardedBackend(allowed, public=False), context),
        }

    def watch(self) -> Mapping[str, Sight]:
        """Begin to note what the answers tell beside themselves, and give it, by host."""
        self._sights = {} if self._sights is None else self._sights
        return self._sights

    async def aclose(self) -> None:
        """Close all connections."""
        if "_transports" in self.__dict__:
            for transport in self._transports.values():
                await transport.aclose()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
        json: Any = None,
        form: Mapping[str, str | list[str]] | None = None,
        files: Mapping[str, FilePart] | None = None,
        content: bytes | None = None,
        creates: bool = False,
        cap: int = REPLY_CAP,
        whole: bool = True,
        hide: Sequence[str] = (),
    ) -> Reply:
        """Send one request and read its whole answer, whatever its status.

        Args:
            method: GET, POST …
            url: absolute; https, or http within the allowed networks.
            headers: beside the client's own.
            params: the query.
            json: a JSON body.
            form: a form; with ``files`` it goes out as multipart.
            files: the files of a multipart form, by field.
            content: a body as it is.
            creates: the request makes something public: a lost answer leaves a doubt.
            cap: the most bytes of the answer; more is an error on success, else cut off.
            whole: False takes the beginning of an answer that is longer than ``cap``.
            hide: secrets that the answer may repeat: no error tells them, whoever it reaches.

        Raises:
            Unreachable: it never left, or nothing that counts did.
            InDoubt: ``creates``, and the answer was lost.
            Rejected: the guard or TLS refuses the address, or the request is none that HTTP knows.
        """
        import httpx  # noqa: PLC0415

        progress, redact = Progress(), self._redact.besides(hide)
        before = under_way.set(progress)
        try:
            host = _host(url)
            request = httpx.Request(
                method,
                url,
                headers={**HEADERS, **(headers or {})},
                params=params,
                json=json,
                data=form,
                files=_multipart(files),
                content=content,
                extensions={"timeout": self._timeouts},
            )
            # Those time-outs restart with each byte; a server that drips would hold us for ever.
            async with asyncio.timeout(self._seconds):
                response = await self._transport(request.url).handle_async_request(request)
                async with aclosing(response):
                    self._note(host, response)
                    return await self._read(response, creates, cap, whole, redact)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, httpx.LocalProtocolError, ValueError):
            # These errors quote the address or the header, which may be a secret: not ours.
            raise Rejected(
                "this request cannot be sent: its address or a header is not valid"
            ) from None
        except (httpx.HTTPError, OSError) as error:
            raise _translate(error, host, creates, progress.sending) from error
        finally:
            under_way.reset(before)

    def _transport(self, url: httpx.URL) -> GuardedTransport:
        if url.scheme not in self._transports or not url.host:
            raise ValueError("an address begins with https:// or http://, and a host")
        return self._transports[url.scheme]

    def _note(self, host: str, response: httpx.Response) -> None:
        """Note what an answer tells beside itself, where somebody watches."""
        if self._sights is not None:
            connection = response.extensions.get("network_stream")
            self._sights[host] = sight(response.headers, connection, self._clock())

    async def _read(
        self, response: httpx.Response, creates: bool, cap: int, whole: bool, redact: Redactor
    ) -> Reply:
        body = bytearray()
        if response.headers.get("content-encoding", "").lower() in {"", "identity"}:
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > cap:
                    break
        headers = {name.lower(): value for name, value in response.headers.items()}
        reply = Reply(
            response.status_code, headers, bytes(body[:cap]), creates, self._clock(), redact
        )
        if whole and response.is_success and len(body) > cap:
            raise reply.garbled(f"is longer than {cap} bytes")
        return reply


@cache
def _usual_trust() -> ssl.SSLContext:
    """Load the authorities once for all clients: it takes longer than many a request."""
    import httpx  # noqa: PLC0415

    return httpx.create_ssl_context(trust_env=False)


def _is_others(record: logging.LogRecord) -> bool:  # noqa: ARG001 - a filter's interface
    """Keep our requests out of the log: their addresses, and where they lead, may be secrets."""
    return under_way.get() is None


logging.getLogger("httpcore.http11").addFilter(_is_others)


def _multipart(files: Mapping[str, FilePart] | None) -> dict[str, tuple[str, bytes, str]] | None:
    """Give files as httpx takes them; None where there are none, and the body is no multipart."""
    parts = {name: (part.name, part.data, part.type) for name, part in (files or {}).items()}
    return parts or None


def _host(url: str) -> str:
    """Give an address's host.

    Raises:
        Rejected: it carries a user name or password; such addresses end up in logs.
        ValueError: it is no address.
    """
    parts = urlsplit(url)
    if "@" in parts.netloc:
        raise Rejected(f"an address with a user name or password is refused: {parts.hostname}")
    return parts.hostname or ""


def _translate(error: Exception, host: str, creates: bool, sending: bool) -> DeliveryError:
    """Tell by how far the request has come whether it can have arrived. No URL: a secret, maybe."""
    if not sending:
        if _is_wrong_name(error):
            return Rejected(f"the certificate of {host} is for another name")
        return Unreachable(f"no connection to {host}: {_say(error)}")
    kind = InDoubt if creates else Unreachable
    return kind(f"the answer of {host} was lost: {_say(error)}")


def _say(error: Exception) -> str:
    text = str(error).strip()
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _is_wrong_name(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_code in _MISMATCHES
        error = error.__cause__ or error.__context__
    return False

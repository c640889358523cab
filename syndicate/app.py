"""The composition root: the one place where the rooms are put together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from syndicate import config, content, feeds, networks
from syndicate.cards import Rack
from syndicate.clock import Clock, SystemClock
from syndicate.delivery import Line, Pages
from syndicate.delivery.live import TIMEOUT
from syndicate.http import Http
from syndicate.ledger import Ledger, open_ledger
from syndicate.ledger.git import Branch
from syndicate.media import Cache, MediaStore
from syndicate.model import Site
from syndicate.networks.base import TOKENS, Wire
from syndicate.pipeline import App, Connected
from syndicate.redaction import Redactor

__all__ = ["App", "Connected", "open_app"]

CACHE = "content.db"
"""What is known of the content; it stands beside the cache of pictures, and is as disposable."""


@dataclass(frozen=True, slots=True)
class LedgerSession:
    """An endpoint's session, kept in the ledger; its tokens are secrets as well."""

    ledger: Ledger
    endpoint: str
    redact: Redactor

    def load(self) -> dict[str, Any]:
        """Give what was saved last; empty at first."""
        data = self.ledger.load_session(self.endpoint)
        self._hide(data)
        return data

    def save(self, data: Mapping[str, Any]) -> None:
        """Keep ``data`` durably."""
        self._hide(data)
        self.ledger.save_session(self.endpoint, data)

    def _hide(self, data: Mapping[str, Any]) -> None:
        tokens = (data.get(name) for name in TOKENS)
        self.redact.learn(token for token in tokens if isinstance(token, str))


@contextmanager
def open_app(
    path: Path,
    *,
    clock: Clock | None = None,
    secrets: bool = True,
    redact: Redactor | None = None,
    creates: bool = True,
) -> Iterator[App]:
    """Load a configuration and open its ledger, for the length of the block.

    Args:
        path: the configuration file.
        clock: the time; the machine's where it is left out.
        secrets: whether secrets are resolved; nothing can be sent without them.
        redact: learns them.
        creates: False leaves no ledger where there is none yet; an empty one stands in.

    Raises:
        ConfigError: the configuration cannot be used.
        LedgerError: the ledger cannot be opened.
    """
    clock = clock or SystemClock()
    settings = config.load(
        path, networks.options(), secrets=secrets, ledger=True, told=content.told
    )
    site = settings.site.to_site()
    redact = redact or Redactor()
    redact.learn(secrets_of(settings))
    base, kept = path.absolute().parent, settings.ledger
    address = kept.address(base)
    redact.learn([address] if config.is_server(address) else [])
    branch = Branch(base, kept.remote, kept.branch) if kept.branch else None
    ledger = open_ledger(address, base, creates=creates, branch=branch, now=clock.now)
    try:
        yield App(
            path=path,
            config=settings,
            site=site,
            ledger=ledger,
            clock=clock,
            hubs=networks.hubs(settings.endpoints, site),
            redact=redact,
            cache=settings.media.cache.parent / CACHE,
            connect=partial(connect, settings, site, ledger, clock, redact),
        )
    finally:
        ledger.close()


@asynccontextmanager
async def connect(
    settings: config.Config, site: Site, ledger: Ledger, clock: Clock, redact: Redactor
) -> AsyncIterator[Connected]:
    """Give the endpoints and the media store, connected; closed at the end of the block."""
    async with AsyncExitStack() as stack:

        def client(allow_networks: Sequence[str], timeout: timedelta) -> Http:
            http = Http(allow_networks, timeout, clock=clock.now, redact=redact)
            stack.push_async_callback(http.aclose)
            return http

        media = settings.media
        cache = Cache(media.cache)
        stack.callback(cache.sweep)
        rack = Rack(settings, site, cache, feeds.put)
        store = MediaStore(
            cache,
            client(media.allow_networks, media.timeout),
            clock=clock.now,
            timeout=media.timeout,
            retry=media.retry,
            cards=rack if rack.draws else None,
        )
        lines = [
            Line(
                endpoint,
                networks.get(endpoint.network)(endpoint, site),
                bind=partial(networks.get(endpoint.network), site=site),
                wire=Wire(
                    client(endpoint.allow_networks, endpoint.timeout),
                    LedgerSession(ledger, endpoint.name, redact),
                    clock.now,
                ),
                zone=settings.site.timezone,
            )
            for endpoint in settings.endpoints
        ]
        pages = Pages(client(media.allow_networks, TIMEOUT), clock.now)
        yield Connected(store, tuple(lines), pages, rack)


def secrets_of(model: BaseModel) -> Iterator[str]:
    """Give every secret value that a configuration holds."""
    for value in (getattr(model, name) for name in type(model).model_fields):
        if isinstance(value, SecretStr):
            yield value.get_secret_value()
        elif isinstance(value, BaseModel):
            yield from secrets_of(value)
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, BaseModel):
                    yield from secrets_of(item)

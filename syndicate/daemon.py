"""The daemon: the scheduler (``rhythm``) and the web server around ``pipeline.run``.

There is one job, the tick, which asks what is due; so a missed tick heals itself, and a second
tick costs nothing. Between the scheduled ticks the daemon wakes for the next retry that is due.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import signal
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import uvicorn

from syndicate import delivery, feeds, gallery, pipeline, standing
from syndicate.errors import LedgerBusy, LedgerError, SyndicateError
from syndicate.model import Severity
from syndicate.pipeline import App
from syndicate.proofs import Proofs
from syndicate.rhythm import keep_ticking
from syndicate.web import Application, Rules, Shelf, Status, StatusPage, protocol
from syndicate.web.status import NEWEST

log = logging.getLogger(__name__)

_NOT_LISTENING = {
    errno.EADDRINUSE: "something listens there already; is another daemon running?",
    errno.EADDRNOTAVAIL: "this machine has no such address; 0.0.0.0 are all it has",
    errno.EACCES: "only root may; name a port from 1024 on",
}

LATE = timedelta(minutes=15)
"""How overdue a delivery may be before the daemon calls itself not ready."""


@dataclass(slots=True)
class Daemon:
    """The tick, and how the last one went."""

    app: App
    shelf: Shelf = field(init=False)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    began: datetime | None = None
    error: str = ""

    def __post_init__(self) -> None:
        """Serve what was published before: readers need not wait for the first run."""
        settings = self.app.config
        self.shelf = Shelf(settings.feeds.output, Rules.of(settings, self.app.hubs))
        known = feeds.folders(settings.feeds.output)
        self.shelf.put(
            [
                *feeds.addresses(settings.feeds, settings.feeds_url, known),
                *feeds.archived(settings.feeds, settings.feeds_url),
                *gallery.published(settings),
                *Proofs(settings, self.app.site, self.app.ledger).addresses(),
            ]
        )

    async def tick(self) -> bool:
        """Do what is due, and tell whether it could be done.

        A failure is told and remembered; the next tick tries again.
        """
        try:
            report = await pipeline.run(self.app, stop=self.stop, published=self._show)
        except LedgerBusy as error:
            log.info("standing by: %s", error)
            return False
        except SyndicateError as error:
            self.error = self.app.redact(str(error))
            log.error("the run failed: %s", error)  # noqa: TRY400 - it says all there is to say
            return False
        except Exception as error:
            self.error = self.app.redact(f"{type(error).__name__}: {error}")
            log.exception("the run failed unexpectedly")
            return False
        else:
            self.error = ""
            for finding in report.findings:
                level = logging.INFO if finding.severity is Severity.NOTE else logging.WARNING
                log.log(level, "%s", finding)
            for warning in report.warnings:
                log.warning("%s", warning)
            for each in report.outcomes:
                resting = each.resting
                became = " ".join(dict.fromkeys((str(resting.state), resting.reason)))
                level = logging.WARNING if delivery.needs_somebody(resting) else logging.INFO
                log.log(
                    level, "%s to %s: %s", each.delivery.subject, each.delivery.endpoint, became
                )
            return True
        finally:
            self.began = self.began or self.app.clock.now()

    def _show(self, published: Sequence[feeds.Published]) -> None:
        """Serve what was published, before anybody is told of it."""
        self.shelf.put(each.document.address for each in published if not each.foreign)

    def status(self) -> Status:
        """Look what there is to tell on the status page.

        Raises:
            LedgerError: the ledger cannot be asked.
        """
        app, now = self.app, self.app.clock.now()
        stand = standing.look(app.config, app.ledger, now, NEWEST)
        names = {each.name for each in app.config.endpoints}
        needs = delivery.troubles(
            (each for each in stand.deliveries if each.endpoint in names),
            standing.known(app.config, app.ledger),
            lambda _: None,
        )
        return Status(app.site.title, now, self.trouble(), list(needs), stand.accounts, stand)

    def trouble(self) -> list[str]:
        """List what keeps the daemon from its work."""
        if self.began is None:
            return ["starting: the first run has not ended"]
        found = [f"the last run failed: {self.error}"] if self.error else []
        try:
            overdue = self._overdue()
        except LedgerError as error:
            return [*found, str(error)]
        verb = "delivery is" if overdue == 1 else "deliveries are"
        return found + ([f"{overdue} {verb} overdue"] if overdue else [])

    def _overdue(self) -> int:
        """Count what should have been tried long ago, and what nothing has held."""
        app, now = self.app, self.app.clock.now()
        known = {each.name for each in app.ledger.endpoints()}
        taking = [each for each in app.config.endpoints if each.name in known]
        zone = app.site.timezone
        return sum(len(delivery.overdue(app.ledger, each, zone, now, LATE)) for each in taking)


async def serve(app: App, host: str | None = None, port: int | None = None) -> None:
    """Run until SIGTERM or SIGINT; then bring what is under way to its end, within 25 seconds.

    A second signal ends it at once: what was in flight is settled by the next start.

    Args:
        app: what to run.
        host: where to listen; as the configuration says where it is None.
        port: likewise.

    Raises:
        SyndicateError: the address cannot be listened on.
    """
    daemon = Daemon(app)
    server = app.config.server
    now = asyncio.Event()
    with _signals(daemon.stop, now):
        place = (host or server.host, server.port if port is None else port)
        async with _web(daemon, *place), keep_ticking(daemon, now):
            await daemon.stop.wait()
            log.info("ending: what is under way is brought to its end")


@contextlib.contextmanager
def _signals(stop: asyncio.Event, now: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()

    def end() -> None:
        if stop.is_set():
            now.set()
        stop.set()

    numbers = (signal.SIGTERM, signal.SIGINT)
    for number in numbers:
        loop.add_signal_handler(number, end)
    try:
        yield
    finally:
        for number in numbers:
            loop.remove_signal_handler(number)


class _Server(uvicorn.Server):
    """uvicorn, without its signal handlers: ours drain first."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def _web(daemon: Daemon, host: str, port: int) -> AsyncIterator[None]:
    secret = daemon.app.config.server.status_password
    status = StatusPage(secret.get_secret_value() if secret else "", daemon.status)
    application = Application(daemon.shelf, daemon.trouble, feeds.wants_page, status)
    server = _Server(
        uvicorn.Config(
            application,
            host=host,
            port=port,
            http=protocol(application),
            proxy_headers=False,  # nobody here asks where a request came from
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=2,
        )
    )
    task = asyncio.create_task(_listen(server, f"{host}:{port}"))
    try:
        # uvicorn sets a flag when it listens; it has no event to wait for.
        while not server.started and not task.done():  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        if task.done():
            await task
        for each in server.servers[0].sockets:
            log.info("serving the feeds on %s:%d", *each.getsockname()[:2])
        yield
    finally:
        server.should_exit = True
        await task


async def _listen(server: uvicorn.Server, address: str) -> None:
    log_of_server = logging.getLogger("uvicorn.error")
    log_of_server.addFilter(_is_ours_to_tell)
    try:
        await server.serve()
    except SystemExit as error:  # uvicorn's answer to what the system refuses
        why = error.__context__
        code = why.errno if isinstance(why, OSError) else None
        advice = (code and _NOT_LISTENING.get(code)) or str(why)
        raise SyndicateError(
            f"cannot listen on {address}, which server.host and server.port name, or --host and "
            f"--port: {advice}"
        ) from None
    finally:
        log_of_server.removeFilter(_is_ours_to_tell)


def _is_ours_to_tell(record: logging.LogRecord) -> bool:
    """Let pass what uvicorn logs, but for what the system refuses: our own error tells that."""
    return not isinstance(record.msg, OSError)

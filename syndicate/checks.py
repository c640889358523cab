"""Trying things out without changing any: content, endpoints, the daemon."""

from __future__ import annotations

import http.client
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from http import HTTPStatus

from syndicate import content as posts
from syndicate import wishes
from syndicate.errors import ConfigError, ContentError, SyndicateError
from syndicate.media import oversize
from syndicate.model import Finding, Health, Kind, Level, Post, Severity
from syndicate.pipeline import App

PARTS = ("config", "content", "endpoints")
ALL = "all"

_PATIENCE = 5.0


def config(error: ConfigError) -> list[Finding]:
    """Give the problems of a configuration as findings."""
    return [
        Finding(error.path, each.line, each.key or None, each.message, Severity.ERROR, Kind.CONFIG)
        for each in error.problems
    ]


def content(app: App, step: posts.Step) -> list[Finding]:
    """Read and render every post, held back or not, and give what is to be said about them.

    Args:
        app: what to work with.
        step: is told how many posts of how many have been rendered.
    """
    settings = app.config.content
    with posts.open_cache(app.cache, writes=False) as cache:
        try:
            now = app.clock.now()
            scan = posts.scan(settings, app.config.site, app.ledger, now, cache, only_looks=True)
        except ContentError as error:
            message = str(error)
            return [Finding(str(settings.dir), None, None, message, Severity.ERROR, Kind.CONTENT)]
        render = posts.Renderer(cache, app.site.url, scan.find)
        large: list[Finding] = []
        for done, outline in enumerate(scan.outlines(held=True), 1):
            post = scan.load(outline)
            if post is not None:
                render(post)
                large += _oversize(post)
            step(done, scan.live + scan.held)
        wished = wishes.found(scan, app.config.endpoints, app.ledger, looks=True)
        return sorted((*scan.findings, *render.findings, *wished, *large), key=Finding.place)


def _oversize(post: Post) -> Iterator[Finding]:
    """Warn of a hero image whose file is larger than any that is sent."""
    path = post.image and post.image.path
    try:
        reason = oversize(path) if path else ""
    except OSError:  # it has gone meanwhile
        return
    if path and reason:
        message = f"the picture {path.name} cannot go out: {reason}"
        yield Finding(post.source, None, None, message, Severity.WARNING, Kind.MEDIA)


def kinds(findings: Collection[Finding]) -> list[tuple[Severity, Kind, int]]:
    """Count findings by their kinds, the gravest and then the most frequent first."""
    gravity = list(Severity)
    counted = Counter((each.severity, each.kind) for each in findings)
    rows = [(severity, kind, count) for (severity, kind), count in counted.items()]
    return sorted(rows, key=lambda row: (gravity.index(row[0]), -row[2], row[1]))


def summary(
    parts: Collection[str], findings: Sequence[Finding], health: Sequence[tuple[str, Health]]
) -> str:
    """Sum a check up in one line."""
    wrong = sum(each.kind is Kind.CONFIG for each in findings)
    said = [f"The configuration has {wrong} errors." if wrong else "The configuration is valid."]
    if "content" in parts:
        count = Counter(each.severity for each in findings if each.kind is not Kind.CONFIG)
        errors, warnings = count[Severity.ERROR], count[Severity.WARNING]
        said.append(f"Content: {errors} errors, {warnings} warnings.")
    if "endpoints" in parts:
        well = sum(each.level is not Level.ERROR for _, each in health)
        odd = sum(fact.level is Level.WARNING for _, each in health for fact in each.facts)
        warned = f", {odd} warnings" if odd else ""
        said.append(f"Endpoints: {well} of {len(health)} are well{warned}.")
    return " ".join(said)


def ask_daemon(host: str, port: int) -> str:
    """Ask a daemon on this machine whether it is ready.

    Raises:
        SyndicateError: it does not answer, or says that it is not.
    """
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - the way back in
    connection = http.client.HTTPConnection(host, port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/readyz")
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace").strip()
    except (OSError, http.client.HTTPException) as error:
        raise SyndicateError(f"no daemon answers on {host}:{port}: {error}") from None
    finally:
        connection.close()
    if answer.status != HTTPStatus.OK:
        raise SyndicateError(text)
    return text

"""The two campaigns: kills at random times, and a kill before every line of the delivery's path."""

from __future__ import annotations

import random
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from signal import SIGKILL
from typing import Any

from campaign import child
from campaign.remotes import ADDRESSED, SECRETS, Remote, crowd, served
from campaign.tally import Tally, tally
from fakes import third_party
from fakes.site import Blog
from syndicate.exits import Exit
from syndicate.ledger import open_ledger
from syndicate.model import State

LAG = 0.06
"""Seconds that a server takes at most before it has taken a message, and again before it answers."""
ENDPOINT = {
    "max_age": "9999d",
    "quiet": "1s",  # more than a server takes to finish what it has begun
    "allow_networks": ["127.0.0.0/8"],
}
LEDGER = "sqlite:///state/ledger.db"
_PATIENCE = 60
"""Seconds that a run may take."""


@dataclass
class Result:
    """What a campaign did."""

    kills: int
    runs: int
    seconds: float
    tallies: list[Tally]

    @property
    def holds(self) -> bool:
        """Whether all deliveries are where they ought to be."""
        return all(each.holds for each in self.tallies)


class Field:
    """A site with its endpoints, and the runs over it.

    Args:
        folder: an empty one.
        mutant: the mistake that all its runs make.
        database: the URL of the ledger's.
    """

    def __init__(self, folder: Path, mutant: str = "", database: str = LEDGER) -> None:
        self.blog = Blog(folder, database)
        self._plain = self.blog.config.read_text().replace(
            'output = "public"', 'output = "public"\nlimit = 1\nformats = ["json"]\npage = ""'
        )
        self._mutant = mutant
        self._environment = {
            "PYTHONPATH": str(third_party.install(folder)),
            "LEDGER_URL": database,
        }
        self.kills = self.runs = 0

    def post(self, slug: str) -> None:
        """Write a post that bears its slug as its title, and as its tag."""
        self.blog.post(slug, title=slug, tags=f"[{slug}]")

    def configure(self, endpoints: Iterable[dict[str, Any]]) -> None:
        """Write the configuration anew, with these endpoints."""
        self.blog.config.write_text(self._plain)
        for each in endpoints:
            self.blog.endpoint(**(ENDPOINT | each | self._hidden(each)))

    def _hidden(self, options: dict[str, Any]) -> dict[str, str]:
        """Put an endpoint's secrets into the runs' environment; give what names them."""
        secret = SECRETS | ({"url"} if options["network"] in ADDRESSED else set())
        values = {
            f"{options['network']}_{key}".upper(): options[key] for key in secret & set(options)
        }
        self._environment |= values
        return {name.rpartition("_")[2].lower(): f"env:{name}" for name in values}

    def start(self, at: int = 0) -> child.BaseProcess:
        """Start a run."""
        self.runs += 1
        return child.start(self.blog.config, self._environment, self._mutant, at)

    def end(self, process: child.BaseProcess) -> int:
        """Wait for a run's end, count it if it was killed, and give its exit code."""
        process.join(_PATIENCE)
        code = process.exitcode
        assert code is not None, f"a run has not ended within {_PATIENCE} seconds"
        said = self.blog.folder / child.LOG
        assert code in {Exit.OK, Exit.ATTENTION, Exit.LATER, -SIGKILL}, (code, said.read_text())
        self.kills += code == -SIGKILL
        process.close()
        return code

    def finish(self) -> None:
        """Run until nothing waits any more."""
        while self.end(self.start()) == Exit.LATER:
            pass

    def has_in_hand(self, endpoint: str) -> bool:
        """Tell whether an endpoint's delivery is being sent, for all that is known of it."""
        ledger = open_ledger(self.blog.database, self.blog.folder)
        try:
            return bool(ledger.deliveries(endpoint=endpoint, states=[State.SENDING]))
        finally:
            ledger.close()

    def result(
        self, began: float, remotes: list[Remote], owed: list[tuple[str, str]], by: dict[str, str]
    ) -> Result:
        """Count what became of it all."""
        ledger = open_ledger(self.blog.database, self.blog.folder)
        try:
            tallies = tally(ledger, remotes, owed, by)
        finally:
            ledger.close()
        return Result(self.kills, self.runs, time.monotonic() - began, tallies)


def at_random(
    folder: Path,
    kills: int,
    posts: int,
    *,
    seed: int = 1,
    mutant: str = "",
    database: str = LEDGER,
) -> Result:
    """Announce posts to all remotes, and kill the runs at random times with requests in flight.

    Args:
        folder: an empty one.
        kills: how many; then a run is left in peace.
        posts: how many; each makes a delivery for each remote.
        seed: of the servers' lags and the times of the kills.
        mutant: a mistake that the runs make.
        database: the URL of the ledger's.
    """
    began, chance = time.monotonic(), random.Random(seed)
    remotes, field = crowd(), Field(folder, mutant, database)
    slugs = [f"p-{number:03}" for number in range(posts)]
    for slug in slugs:
        field.post(slug)
    arrivals: SimpleQueue[None] = SimpleQueue()
    with served(remotes, LAG, chance, lambda: arrivals.put(None)) as options:
        names = list(options)
        own = {"backfill": posts, "retries": ["0s"] * (kills + 1)}  # each kill uses one up
        field.configure({"name": name} | own | options[name] for name in names)
        while field.kills < kills:
            while not arrivals.empty():
                arrivals.get()
            process = field.start()
            if _heard(process, arrivals, chance.randint(1, 3)):
                time.sleep(chance.uniform(0, 2 * LAG))
                process.kill()
            if field.end(process) in {Exit.OK, Exit.ATTENTION}:
                break
        field.finish()
    owed = [(slug, name) for slug in slugs for name in names]
    return field.result(began, remotes, owed, {name: name for name in names})


def _heard(process: child.BaseProcess, arrivals: SimpleQueue[None], count: int) -> bool:
    """Wait until so many requests have arrived; tell whether they have before the process ended."""
    while count:
        try:
            arrivals.get(timeout=0.05)
            count -= 1
        except Empty:
            if not process.is_alive():
                return False
    return True


def at_every_line(
    folder: Path,
    remote: Remote,
    *,
    first: int = 1,
    step: int = 1,
    mutant: str = "",
    database: str = LEDGER,
) -> Result:
    """Announce a post, and kill the run before its n-th line; for every n that there is.

    Where that leaves something in hand, the run that finds it is killed as well, one line later
    each time. Each n has a post and an endpoint of its own; at the end one run settles them all.

    Args:
        folder: an empty one.
        remote: who is told.
        first: the first n.
        step: every how many lines.
        mutant: a mistake that the runs make.
        database: the URL of the ledger's.
    """
    began, field = time.monotonic(), Field(folder, mutant, database)
    with served([remote], 0, random.Random(1), lambda: None) as options:
        cases: list[dict[str, Any]] = []
        at, after, killed = first, first, True
        while killed:
            slug = f"n-{at:04}"
            field.post(slug)
            own = {"name": slug, "tags": [slug], "backfill": 1, "retries": ["0s"] * 3}
            cases.append(options[remote.name] | own | {"quiet": "0s"})
            field.configure(cases[-1:])
            killed = field.end(field.start(at)) == -SIGKILL
            if killed and field.has_in_hand(slug):
                field.end(field.start(after))
                after += step
            at += step
        field.configure(cases)
        field.finish()
    names = [str(each["name"]) for each in cases]
    by = dict.fromkeys(names, remote.name)
    return field.result(began, [remote], [(name, name) for name in names], by)

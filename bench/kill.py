"""What becomes of announcements when the process is killed over and over.

    .venv/bin/python bench/kill.py [--kills 200] [--posts 30] [--seed 1] [--mutant no-intent]
        [--ledger postgresql]

Ten endpoints of all kinds of guarantee are told of thirty posts each. Their servers are the tests'
fakes behind real sockets in this process, each with a lag of its own; `syndicate run` is a process
of its own (forked from one that has loaded the modules, so that it begins at once), which is killed
(`kill -9`) at random times with requests in flight, and started again. Then one endpoint of each
kind is told of a post for each line of the delivery's path, and the run is killed before that line.

It fails if anything is lost, or doubled, or unknown and not *in doubt*. With `--mutant` all runs
make a mistake, and it has to fail. With `--ledger postgresql` the ledger is on a server, which is
started for it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

TESTS = Path(__file__).parent.parent / "tests"
sys.path.insert(0, str(TESTS))
os.environ["PYTHONPATH"] = str(TESTS)  # for the process that the runs are forked from

from campaign.child import MUTANTS  # noqa: E402 - only now it can be found
from campaign.remotes import crowd  # noqa: E402
from campaign.tally import Tally  # noqa: E402
from campaign.work import LEDGER, Result, at_every_line, at_random  # noqa: E402
from fakes.postgres import Postgres  # noqa: E402

LINED = ("hook", "toots", "bot", "slack")
"""One of each kind, for the kills before every line."""


def told(title: str, result: Result) -> bool:
    """Print what a campaign has found; tell whether all is as it ought to be."""
    print(f"\n{title}: {result.kills} kills in {result.runs} runs, {result.seconds:.0f} s\n")
    print("| endpoint | guarantee | deliveries | hit in flight | lost | doubled | in doubt |")
    print("|---|---|---|---|---|---|---|")
    for each in [*result.tallies, total(result.tallies)]:
        doubt = f"{each.in_doubt}, of which {each.arrived} are there" if each.in_doubt else "0"
        doubt += f" ({each.other} are nowhere)" if each.other else ""
        print(
            f"| {each.endpoint} | {each.kind} | {each.deliveries} | {each.hit} "
            f"| {each.lost} | {each.doubled} | {doubt} |"
        )
    return result.holds


def total(tallies: Sequence[Tally]) -> Tally:
    names = ("deliveries", "hit", "lost", "doubled", "in_doubt", "arrived", "other")
    sums = {name: sum(getattr(each, name) for each in tallies) for name in names}
    return Tally("**all**", "", **sums)


@contextmanager
def databases(kind: str) -> Iterator[Callable[[], str]]:
    """Give what gives the URL of a new ledger."""
    if kind == "sqlite":
        yield lambda: LEDGER
        return
    server = Postgres()
    try:
        yield lambda: server.url(server.database())
    finally:
        server.clear()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--posts", type=int, default=30, help="of which each endpoint is told")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--step", type=int, default=1, help="kill before every how many lines")
    parser.add_argument("--only", choices=["random", "lines"])
    parser.add_argument("--mutant", choices=MUTANTS, default="", help="deliver in a wrong way")
    parser.add_argument("--ledger", choices=["sqlite", "postgresql"], default="sqlite")
    asked = parser.parse_args()
    holds = []
    with (
        tempfile.TemporaryDirectory(prefix="syndicate-kill-") as name,
        databases(asked.ledger) as database,
    ):
        if asked.only != "lines":
            folder = Path(name) / "random"
            folder.mkdir()
            result = at_random(
                folder,
                asked.kills,
                asked.posts,
                seed=asked.seed,
                mutant=asked.mutant,
                database=database(),
            )
            holds.append(told("At random times", result))
            if result.kills < asked.kills:
                sys.exit(f"all was delivered before the {asked.kills} kills: give it more --posts")
        for remote in () if asked.only == "random" else crowd():
            if remote.name in LINED:
                folder = Path(name) / remote.name
                folder.mkdir()
                result = at_every_line(
                    folder, remote, step=asked.step, mutant=asked.mutant, database=database()
                )
                holds.append(told(f"Before each line ({remote.name})", result))
    sys.exit(0 if all(holds) else "something is lost, doubled or not accounted for")


if __name__ == "__main__":
    main()

"""Nothing changed and nothing is due: the answer without doing the work.

After each run a note is left beside the ledger: what the files were like that it saw and wrote,
what the ledger was like, when the time alone will change something, and what the next run will say
if all of this still holds. The next run looks, and says it. The note decides nothing: where
anything at all is another, or cannot be told, the work is done. Deleting the note costs one run's
time; the ledger alone knows what was announced.

This module is on every run's way, so it imports nothing but the standard library.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import time
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from syndicate import defaults, program
from syndicate.ledger.glance import file_of, glance

LONGEST = timedelta(days=1)
"""After this long the work is done in any case."""
RACY = 2_000_000_000
"""Nanoseconds in which a file can change without looking different; FAT counts in two seconds."""


_PASSED_OVER = frozenset({".git", "node_modules"})


@dataclass(frozen=True, slots=True)
class Told:
    """What a run says that found nothing to do."""

    code: int
    """Its exit code."""
    text: str
    styled: str
    """The text with a terminal's colours."""
    json: str


@dataclass(frozen=True, slots=True)
class Before:
    """What a run was going to work on, as it was before the run began."""

    inputs: str
    """Another word whenever a file is another; empty where that cannot be told."""


def mode(*, feeds_only: bool) -> str:
    """Name what is asked for."""
    return "feeds" if feeds_only else "all"


def look(paths: Iterable[Path]) -> Before:
    """Look at the files and folders that a run depends on, before it does."""
    now = time.time_ns()
    try:
        state, newest = _state(paths)
    except OSError:  # the run will say what is wrong
        return Before("")
    return Before("" if newest > now - RACY else state)


def keep(
    config: Path,
    before: Before,
    inputs: Sequence[Path],
    outputs: Mapping[Path, bytes | None],
    *,
    mode: str,
    now: datetime,
    until: datetime | None,
    told: Told,
) -> None:
    """Leave a note for the next run, unless there is a doubt.

    Args:
        config: the configuration file.
        before: what :func:`look` gave for ``inputs`` before the run.
        inputs: the files and folders that the run depended on.
        outputs: the files that it keeps, and what is in them; None for what was left as it was.
        mode: what was asked for; another question gets no answer from this note.
        now: the time of the run.
        until: when the time alone changes something.
        told: what the next run will say.
    """
    ledger = _ledger(config.read_bytes(), config)
    seen = glance(ledger) if ledger else None
    written = _state(outputs)[0]
    if not (ledger and seen and before.inputs) or any(
        data is not None and path.read_bytes() != data for path, data in outputs.items()
    ):
        return
    note = {
        "program": program.fingerprint(),
        "mode": mode,
        "config": _digest(config),
        "since": now.isoformat(),
        "until": min(now + LONGEST, until or now + LONGEST).isoformat(),
        "inputs": [str(path) for path in inputs],
        "before": before.inputs,
        "outputs": [str(path) for path in outputs],
        "after": written,
        "ledger": seen.state,
        "told": asdict(told),
    }
    path = _note(ledger)
    fresh = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    fresh.write_text(json.dumps(note), encoding="utf-8")
    fresh.replace(path)


def answer(config: Path, *, mode: str, now: datetime, wait: timedelta) -> Told | None:
    """Give what a run would say, if it would do nothing; None where it has to be run.

    Args:
        config: the configuration file.
        mode: what is asked for.
        now: the time.
        wait: how long the run would go on with what becomes due.
    """
    try:
        data = config.read_bytes()
        ledger = _ledger(data, config)
        note = json.loads(_note(ledger).read_text(encoding="utf-8")) if ledger else {}
        if ledger and _holds(note, data, config, mode, now) and _rests(ledger, note, now + wait):
            return Told(**note["told"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # no note, or one that another version wrote: the run will tell what is wrong
    return None


def _holds(note: dict[str, Any], data: bytes, config: Path, mode: str, now: datetime) -> bool:
    """Tell whether all files are as they were, and the time has changed nothing."""
    return (
        note["mode"] == mode
        and note["config"] == _digest(config)
        and datetime.fromisoformat(note["since"]) <= now < datetime.fromisoformat(note["until"])
        and all(_is_there(name, config) for name in _secrets(tomllib.loads(data.decode())))
        and note["program"] == program.fingerprint()
        and note["after"] == _state(map(Path, note["outputs"]))[0]
        and note["before"] == _state(map(Path, note["inputs"]))[0]
    )


def _rests(ledger: Path, note: dict[str, Any], until: datetime) -> bool:
    """Tell whether the ledger is as it was, and nothing in it is due."""
    seen = glance(ledger)
    return (
        seen is not None and seen.state == note["ledger"] and not (seen.due and seen.due <= until)
    )


def _ledger(data: bytes, config: Path) -> Path | None:
    """Find the ledger's file in a configuration; None where it is none, or not all there is."""
    table = tomllib.loads(data.decode("utf-8-sig")).get("ledger", {})
    if table.get("branch"):
        return None
    return file_of(table.get("url", defaults.LEDGER), config.absolute().parent)


def _note(ledger: Path) -> Path:
    return ledger.with_name(f"{ledger.name}.quiet.json")


def _digest(config: Path) -> str:
    return hashlib.sha256(bytes(config.absolute()) + b"\n" + config.read_bytes()).hexdigest()


def _secrets(value: Any) -> Iterator[str]:
    """Give the secrets that a configuration names."""
    if isinstance(value, str):
        if value.startswith(("env:", "file:")):
            yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _secrets(each)


def _is_there(secret: str, config: Path) -> bool:
    """Tell whether a secret is there; without it a run would have to complain."""
    kind, _, name = secret.partition(":")
    if kind == "env":
        return bool(os.environ.get(name, "").strip())
    return bool((config.absolute().parent / name).read_text(encoding="utf-8").strip())


def _state(paths: Iterable[Path]) -> tuple[str, int]:
    """Give a word for the state of files and folders, and the time of the newest change."""
    state = hashlib.sha256()
    newest = 0
    for path in paths:
        for name, status in _walk(str(path), set()):
            newest = max(newest, status.st_ctime_ns)
            told = (name, status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
            state.update(repr(told).encode())
    return state.hexdigest(), newest


def _walk(path: str, entered: set[tuple[int, int]]) -> Iterator[tuple[str, os.stat_result]]:
    """Give a file, or all files below a folder, in order; links are followed, not in circles."""
    status = os.stat(path)  # noqa: PTH116 - on every run
    if not stat.S_ISDIR(status.st_mode):
        yield path, status
        return
    if (status.st_dev, status.st_ino) in entered:
        return
    entered.add((status.st_dev, status.st_ino))
    with os.scandir(path) as entries:
        ordered = sorted(entries, key=lambda entry: entry.name)
    for entry in ordered:
        if entry.is_dir():
            if entry.name not in _PASSED_OVER:
                yield from _walk(entry.path, entered)
        else:
            yield entry.path, _status(entry)


def _status(entry: os.DirEntry[str]) -> os.stat_result:
    try:
        return entry.stat()
    except OSError:  # a link that leads nowhere
        return entry.stat(follow_symlinks=False)

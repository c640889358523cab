"""The same posts give the same bytes, wherever they are built; and importing costs little."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PRINT = """
import contextlib, hashlib, locale, time
with contextlib.suppress(locale.Error):
    locale.setlocale(locale.LC_ALL, "")
time.tzset()
from feeds.sites import SITES
for name, site in SITES.items():
    for path, document in site.build().items():
        print(name, path, hashlib.sha256(document.data).hexdigest())
"""

LOOK = """
import sys, syndicate.feeds
print(*sorted({name.split(".")[0] for name in sys.modules} & {"feedgen", "jinja2", "lxml", "pydantic", "dateutil", "httpx"}))
"""

TESTS = str(Path(__file__).parents[1])


def run(script: str, **variables: str) -> str:
    environment = {**os.environ, "PYTHONPATH": TESTS, **variables}
    return subprocess.run(
        [sys.executable, "-c", script], env=environment, text=True, capture_output=True, check=True
    ).stdout


@pytest.fixture(scope="module")
def here() -> str:
    return run(PRINT, TZ="UTC", LC_ALL="C.UTF-8", PYTHONHASHSEED="0")


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"TZ": "Asia/Kathmandu", "PYTHONHASHSEED": "1"},
        {"TZ": "America/St_Johns", "LC_ALL": "POSIX", "PYTHONHASHSEED": "2"},
        {"LC_ALL": "de_DE.UTF-8", "PYTHONHASHSEED": "3", "PYTHONUTF8": "0"},
    ],
)
def test_bytes_do_not_depend_on_the_machine(elsewhere, here):
    assert run(PRINT, **elsewhere) == here
    assert len(here.splitlines()) == 12


def test_importing_the_room_imports_nothing_heavy():
    assert run(LOOK).split() == []

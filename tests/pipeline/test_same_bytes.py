"""The same folder gives the same bytes: whenever, wherever and in whatever order it is read."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]

PUBLISH = """
import contextlib, hashlib, locale, os, sys, time
from datetime import timedelta
from pathlib import Path
from fakes.site import Blog

with contextlib.suppress(locale.Error):
    locale.setlocale(locale.LC_ALL, "")
time.tzset()

order = int(os.environ["ORDER"])
scandir, listdir, walk = os.scandir, os.listdir, os.walk

class Listed:
    # What os.scandir gives, in the order that was asked for.
    def __init__(self, path):
        with scandir(path) as entries:
            self.entries = iter(sorted(entries, key=lambda entry: entry.name)[::order])
    def __iter__(self):
        return self
    def __next__(self):
        return next(self.entries)
    def __enter__(self):
        return self
    def __exit__(self, *error):
        pass
    def close(self):
        pass

os.scandir = lambda path=".": Listed(path)
os.listdir = lambda path=".": sorted(listdir(path))[::order]

blog = Blog(Path(sys.argv[1]))
blog.clock.tick(days=int(os.environ["DAYS"]))
feeds = '[feeds]\\nlimit = 3\\narchive = true\\nby = ["tag", "author"]'
blog.config.write_text(blog.config.read_text().replace("[feeds]", feeds))
for number in range(1, 12)[::order]:
    # Two have one date: which stands first must not be an accident.
    date = f"2026-01-{number // 2 + 1:02} 08:00"
    folder = blog.folder / "content" / f"part-{number % 3}"
    folder.mkdir(exist_ok=True)
    path = blog.post(f"post-{number:02}", f"Unicode {number}", date, tags=f"[a{number % 4}, Zoe]")
    data = path.read_bytes().replace(b"Zoe", b"Zo\\xc3\\xab").replace(b"Uni", b"\\xc3\\x9cni")
    path.unlink()
    (folder / path.name).write_bytes(data)
blog.run(feeds_only=True)
for path in sorted((blog.folder / "public").rglob("*")):
    if path.is_file():
        print(ascii(path.relative_to(blog.folder)), hashlib.sha256(path.read_bytes()).hexdigest())
"""


def publish(folder, **variables):
    environment = {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0"}
    environment |= {"ORDER": "1", "DAYS": "0", "PYTHONPATH": str(TESTS)} | variables
    done = subprocess.run(
        [sys.executable, "-c", PUBLISH, str(folder)],
        env=os.environ | environment,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    return publish(tmp_path_factory.mktemp("here"))


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "1"},
        {"TZ": "America/St_Johns", "LC_ALL": "POSIX", "PYTHONHASHSEED": "2"},
        {"LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "3"},
        {"ORDER": "-1"},
        {"DAYS": "400"},
    ],
    ids=["east", "posix", "turkish", "backwards", "a-year-later"],
)
def test_the_bytes_do_not_depend_on_the_machine_or_the_day(elsewhere, here, tmp_path):
    assert publish(tmp_path, **elsewhere) == here
    assert here.count("archive/") == 3 * 2
    assert here.count("tags/") > 12

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fakes.site import Blog

EXAMPLE = Path(__file__).parents[1] / "examples" / "syndicate-ntfy"


def call(*arguments: object, **environment: str) -> str:
    """Run a module of this Python, as a person would; give what it says."""
    done = subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The example, installed beside us as a third party's package is."""
    folder = tmp_path_factory.mktemp("installed")
    pip = ("pip", "install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation")
    call(*pip, "--target", folder, EXAMPLE)
    return str(folder)


def test_the_example_is_a_network_like_ours(installed, tmp_path):
    blog = Blog(tmp_path)
    blog.endpoint("phones", "ntfy", topic="adas-notes")
    said = call("syndicate", "plan", "--config", blog.config, PYTHONPATH=installed)
    assert "Nothing to send." in said
    assert '"ntfy"' in call("syndicate", "schema", PYTHONPATH=installed)


def test_the_example_keeps_the_rules(installed):
    said = call("pytest", "-q", "-p", "no:cacheprovider", EXAMPLE, PYTHONPATH=installed)
    assert re.search(r"^\d\d passed", said, re.MULTILINE)

from __future__ import annotations

import json

import pytest

from fakes.site import Blog
from syndicate import cli


@pytest.fixture
def blog(tmp_path):
    blog = Blog(tmp_path)
    blog.endpoint("out", "folder", dir="out", backfill=9, max_age="9999d")
    return blog


class Said:
    """What a command said, and its exit code."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def say(blog, capsys):
    """Runs a command line in this process."""

    def run(*arguments, config=True):
        extra = ["--config", str(blog.config)] if config else []
        with pytest.raises(SystemExit) as end:
            cli.main([*arguments, *extra])
        captured = capsys.readouterr()
        return Said(end.value.code, captured.out, captured.err)

    return run

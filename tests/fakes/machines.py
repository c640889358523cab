"""Machines that share nothing but a git repository: each has a clone, and a disk of its own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from fakes.scene import Site

BRANCH = "syndicate-state"
_ALONE = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C"}
_ME = ["-c", "user.name=Ada", "-c", "user.email=ada@ada.example", "-c", "init.defaultBranch=main"]


def git(folder: Path, *arguments: str) -> str:
    """Run git as a person does; give what it says."""
    done = subprocess.run(
        ["git", "-C", str(folder), *_ME, *arguments],
        capture_output=True,
        text=True,
        env=os.environ | _ALONE,
        check=True,
    )
    return done.stdout.strip()


class Origin:
    """The repository that all machines can reach."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "origin.git"
        self.folder.mkdir()
        git(self.folder, "init", "--quiet", "--bare")
        self._hooks: dict[str, Any] = {}

    @property
    def tip(self) -> str:
        """The newest commit of the ledger's branch; empty without any."""
        listed = git(self.folder, "for-each-ref", "--format=%(objectname)", f"refs/heads/{BRANCH}")
        return listed.strip()

    def file(self, name: str) -> str:
        return git(self.folder, "show", f"{BRANCH}:{name}")

    def files(self) -> list[str]:
        return git(self.folder, "ls-tree", "--name-only", BRANCH).splitlines()

    def everything(self) -> str:
        """All that was ever pushed to the branch."""
        return git(self.folder, "log", "-p", BRANCH)

    def put(self, name: str, text: str) -> None:
        """Change a file of the branch, as a person with a work tree does."""
        work = self.folder.parent / "work"
        git(self.folder.parent, "clone", "--quiet", "-b", BRANCH, str(self.folder), str(work))
        (work / name).write_text(text)
        git(work, "commit", "--quiet", "-am", "by hand")
        git(work, "push", "--quiet", "origin", BRANCH)

    def refuse(self) -> None:
        """Protect the branch."""
        hook = self.folder / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text("#!/bin/sh\necho 'GH006: this branch is protected'\nexit 1\n")
        hook.chmod(0o755)

    def allow(self) -> None:
        (self.folder / "hooks" / "pre-receive").unlink()


class Machine(Site):
    """A blog in a clone of its own, whose ledger is on the branch."""

    def __init__(self, folder: Path, origin: Origin, clock: Any = None) -> None:
        folder.mkdir()
        super().__init__(folder)
        self.clock = clock or self.clock
        git(folder, "init", "--quiet")
        git(folder, "remote", "add", "origin", str(origin.folder))
        text = self.config.read_text()
        self.config.write_text(text.replace("[ledger]", f'[ledger]\nbranch = "{BRANCH}"'))

"""A branch of a git repository that holds files of ours, beside the work tree and its history.

Only git's plumbing is used: neither the work tree nor the index is touched. A push that would
overwrite what somebody else has pushed is refused by git, and that is what makes it safe.
"""

from __future__ import annotations

import os
import re
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from syndicate.errors import LedgerError

SECONDS = 60
_PAUSES = (1.0, 3.0)
"""The waits before a push that got no answer is made once more; it can be repeated safely."""
_OVERTAKEN = (
    "fetch first",
    "non-fast-forward",
    "cannot lock ref",
    "incorrect old value",
    "failed to update ref",
)
"""How git says that somebody else was faster."""
_ELSEWHERE = {
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
    "GIT_NAMESPACE",
}
"""What git tells its hooks; a run that one of them starts is about the site's repository alone."""
_WHO = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "syndicate"), ("EMAIL", "syndicate@localhost"))
}


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch at a remote.

    Args:
        folder: in the repository.
        remote: the remote's name, or its URL.
        name: the branch's name.
    """

    folder: Path
    remote: str
    name: str

    def __str__(self) -> str:
        return f"branch {self.name} of {_unnamed(self.remote)}"

    def fetch(self) -> str | None:
        """Give the branch's newest commit, which is here then; None where there is no branch.

        Raises:
            LedgerError: the folder is in no repository, or the remote cannot be read.
        """
        is_shallow = self._git("rev-parse", "--is-shallow-repository", doing="read") == b"true"
        listed = self._git("ls-remote", self.remote, self._there, doing="read")
        if not listed:
            return None
        tip = listed.split()[0].decode("ascii")
        if self._try("cat-file", "-e", f"{tip}^{{commit}}").returncode == 0:
            return tip
        depth = ["--depth=1"] if is_shallow else []
        refs = f"+{self._there}:{self._here}"
        self._git("fetch", "--no-tags", "--quiet", *depth, self.remote, refs, doing="read")
        return self._git("rev-parse", self._here).decode("ascii")

    def read(self, commit: str) -> dict[str, bytes]:
        """Give a commit's files by name."""
        listed = self._git("ls-tree", "--full-tree", "--name-only", commit).decode("utf-8")
        names = listed.splitlines()
        return {name: self._raw("cat-file", "blob", f"{commit}:{name}") for name in names}

    def commit(self, files: Mapping[str, bytes], parent: str | None, told: str) -> str:
        """Store files as a commit, and give its name.

        Args:
            files: by name.
            parent: the commit that it follows; None for a branch that begins.
            told: the commit's message.
        """
        blobs = {
            name: self._git("hash-object", "-w", "--stdin", given=data).decode("ascii")
            for name, data in files.items()
        }
        listing = "".join(f"100644 blob {blobs[name]}\t{name}\n" for name in sorted(blobs))
        tree = self._git("mktree", given=listing.encode()).decode("ascii")
        after = ["-p", parent] if parent else []
        return self._git("commit-tree", tree, *after, "-m", told).decode("ascii")

    def push(self, commit: str) -> bool:
        """Make a commit the branch's newest; False where somebody else has pushed in between.

        Raises:
            LedgerError: it was refused for another reason, or the remote cannot be reached.
        """
        for pause in (*_PAUSES, None):
            refs = f"{commit}:{self._there}"
            done = self._try("push", "--porcelain", "--no-verify", self.remote, refs)
            if done.returncode == 0:
                self._git("update-ref", self._here, commit)
                return True
            said = (done.stdout + done.stderr).decode("utf-8", "replace")
            if any(word in said for word in _OVERTAKEN):
                return False
            if pause is None or "\n!" in f"\n{said}":
                raise self._trouble("write to", said)
            time.sleep(pause)
        raise AssertionError("the last pause is None")

    @property
    def _there(self) -> str:
        return f"refs/heads/{self.name}"

    @property
    def _here(self) -> str:
        return f"refs/syndicate/{self.name}"

    def _git(self, *arguments: str, given: bytes | None = None, doing: str = "") -> bytes:
        return self._raw(*arguments, given=given, doing=doing).strip()

    def _raw(self, *arguments: str, given: bytes | None = None, doing: str = "") -> bytes:
        done = self._try(*arguments, given=given)
        if done.returncode:
            raise self._trouble(doing or "use", done.stderr.decode("utf-8", "replace"))
        return done.stdout

    def _try(
        self, *arguments: str, given: bytes | None = None
    ) -> subprocess.CompletedProcess[bytes]:
        kept = {name: value for name, value in os.environ.items() if name not in _ELSEWHERE}
        environment = kept | _WHO | {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        command = ["git", "-C", str(self.folder), "-c", "core.hooksPath=/dev/null", *arguments]
        try:
            return subprocess.run(  # noqa: S603 - no shell, and the arguments are ours
                command,
                input=given,
                stdin=None if given is not None else subprocess.DEVNULL,
                capture_output=True,
                env=environment,
                timeout=SECONDS,
                check=False,
            )
        except FileNotFoundError:
            raise LedgerError("ledger.branch: git is not installed here; install it") from None
        except subprocess.TimeoutExpired:
            said = f"git {arguments[0]} had no answer within {SECONDS} seconds"
            return subprocess.CompletedProcess(command, 124, b"", said.encode())

    def _trouble(self, doing: str, said: str) -> LedgerError:
        """Build the error of a git command, with what to do about it."""
        lines = [line for line in _unnamed(said).splitlines() if line.strip()]
        told = next(
            (each for each in lines if each.startswith(("!", "fatal:", "error:", "remote: error"))),
            lines[0] if lines else "git says nothing",
        )
        told = " ".join(told.removeprefix("fatal: ").removeprefix("!").split())
        if "not a git repository" in said:
            advice = "[ledger] branch needs the configuration to be in the site's repository"
        elif "does not appear to be a git repository" in said:
            advice = "[ledger] remote is the name of a remote of the site's repository, or a URL"
        elif "remote rejected" in said:
            advice = "whoever runs this has to be allowed to push to it: is it a protected branch?"
        else:
            advice = "nothing has left that it does not know of; run again when that is mended"
        return LedgerError(f"cannot {doing} the ledger's {self}: {told}; {advice}")


def _unnamed(text: str) -> str:
    """Take user names and tokens out of the addresses in a text."""
    return re.sub(r"(://)[^@/\s]+@", r"\1", text)

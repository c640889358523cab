"""Asks the judges: programs of other people that read what we would send."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from real import servers

LIMIT = 60.0


def judge(**asked: Any) -> Any:
    """Ask TDLib's parser and Slack's own models, in Python."""
    command = [servers.JUDGES, servers.HERE / "judge.py"]
    return _ask(command, {"telegram": [], "slack": [], **asked})


def judge_posts(**asked: Any) -> Any:
    """Ask Adaptive Cards' and the AT Protocol's own packages, in Node."""
    command = [servers.NODE, servers.HERE / "judge_posts.mjs", servers.REAL]
    return _ask(command, {"cards": [], "texts": [], **asked})


def _ask(command: list[Path], asked: Any) -> Any:
    servers.require_setup()
    done = subprocess.run(
        command, input=json.dumps(asked), capture_output=True, text=True, check=True, timeout=LIMIT
    )
    return json.loads(done.stdout)


def type_check(folder: Path, kind: str, values: Any) -> str:
    """Let TypeScript hold values against a type of Slack's own; give its complaints.

    Args:
        folder: where the program is written.
        kind: the type, by its name in ``@slack/types``.
        values: what is said to be of that type.
    """
    servers.require_setup()
    modules = servers.REAL / "node_modules"
    program = f"import type {{ {kind} }} from '@slack/types'\n"
    program += f"export const values: {kind}[] = {json.dumps(values)}\n"
    (folder / "values.ts").write_text(program)
    options = {
        "strict": True,
        "noEmit": True,
        "module": "nodenext",
        "types": [],
        "paths": {"@slack/types": [str(modules / "@slack/types")]},
    }
    settings = {"compilerOptions": options, "files": ["values.ts"]}
    (folder / "tsconfig.json").write_text(json.dumps(settings))
    command = [servers.NODE, modules / "typescript" / "bin" / "tsc", "--project", folder]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LIMIT)
    assert bool(done.returncode) == bool(done.stdout), done.stderr
    return done.stdout

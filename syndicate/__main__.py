"""The command, and ``python -m syndicate``.

The commonest run has nothing to do. It is answered here, before the command line's library is
loaded, which takes longer than the answer; whatever is not plainly such a run goes to ``cli``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from syndicate import defaults, quiet


def main() -> NoReturn:
    """Run the command line, and end the process with the command's exit code."""
    code = answer(sys.argv[1:])
    if code is not None:
        sys.exit(code)
    from syndicate import cli  # noqa: PLC0415 - what this module is there to spare

    cli.main()


def answer(arguments: Sequence[str]) -> int | None:
    """Print what a run says that finds nothing to do, and give its code; None leaves it to do."""
    if arguments[:1] != ["run"]:
        return None
    config = os.environ.get("SYNDICATE_CONFIG") or defaults.CONFIG
    as_json = feeds_only = False
    rest = iter(arguments[1:])
    for each in rest:
        if each in {"--config", "-c"}:
            config = next(rest, "")
        elif each == "--json":
            as_json = True
        elif each == "--feeds-only":
            feeds_only = True
        else:
            return None
    mode = quiet.mode(feeds_only=feeds_only)
    told = quiet.answer(Path(config), mode=mode, now=datetime.now(UTC), wait=defaults.WAIT)
    if told is None:
        return None
    is_styled = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    print(told.json if as_json else told.styled if is_styled else told.text)  # noqa: T201
    return told.code


if __name__ == "__main__":
    main()

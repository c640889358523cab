"""A third party's network that goes wrong from within: it is a webhook, and does what it is told.

What it does, and where, is said by the environment: ``BRITTLE=kill:intended`` ends the process
after the intent is committed and before a byte leaves.
"""

from __future__ import annotations

from pathlib import Path

from fakes import third_party

MODULE = '''
import os
import signal
import time

from syndicate.model import Guarantee, Replay
from syndicate.networks.webhook import Webhook

POINTS = ("composing", "intended", "answered")


def reach(point):
    deed, _, where = os.environ.get("BRITTLE", "").partition(":")
    if where != point:
        return
    if deed == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if deed == "block":
        time.sleep(0.6)  # and not asyncio.sleep: the whole loop stands still
    if deed == "raise":
        raise RuntimeError("it broke, and tells all: " + os.environ["TELLS"])


class Brittle(Webhook):
    """Takes a repetition as such."""

    def compose(self, *given):
        reach("composing")
        return super().compose(*given)

    async def deliver(self, *given):
        reach("intended")
        receipt = await super().deliver(*given)
        reach("answered")
        return receipt


class Forgetful(Brittle):
    """Does not."""

    guarantee = Guarantee(Replay.NONE)
'''


def install(folder: Path) -> Path:
    """Write the package and its metadata, as an installer does; for ``sys.path``."""
    return third_party.install(
        folder, "brittle", MODULE, {"brittle": "Brittle", "forgetful": "Forgetful"}
    )

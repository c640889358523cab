"""Waiting for the ledger while another run holds it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from time import monotonic

from syndicate.errors import LedgerBusy
from syndicate.ledger.port import Ledger

POLL, SELDOM = 0.2, 5.0
"""Seconds between two tries to hold a ledger that another run holds; the longer one where each try
asks another machine."""


async def hold_when_free(
    ledger: Ledger, wait: timedelta, stop: asyncio.Event, stack: AsyncExitStack
) -> None:
    """Hold the ledger for this run, alone; who asks us to end is heard while we wait."""
    end = monotonic() + wait.total_seconds()
    while True:
        try:
            if ledger.is_shared:
                await asyncio.to_thread(stack.enter_context, ledger.lock(timedelta()))
            else:
                stack.enter_context(ledger.lock(timedelta()))
        except LedgerBusy:
            if stop.is_set() or monotonic() >= end:
                raise
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), SELDOM if ledger.is_shared else POLL)
        else:
            return

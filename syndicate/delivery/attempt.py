"""One attempt: short trouble is tried again at once, everything else is an outcome."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from syndicate.clock import Clock
from syndicate.delivery.acts import Act
from syndicate.errors import DeliveryError, InDoubt, Unreachable
from syndicate.model import Key, Message, Receipt
from syndicate.networks.base import LooksUp, Wire

if TYPE_CHECKING:
    from tenacity import RetryCallState

log = logging.getLogger(__name__)

TRIES = 3
SECONDS = 20


async def attempt(
    network: Act,
    message: Message,
    key: Key,
    wire: Wire,
    clock: Clock,
    *,
    doubt: bool,
    stop: asyncio.Event,
) -> Receipt | DeliveryError:
    """Try to deliver a message, and tell what came of it; it never raises.

    What provably was not sent is tried up to three times within some twenty seconds. A message
    that may have arrived earlier is looked for first, where the network can look.

    Args:
        network: the network, bound to its endpoint, or what it does about an announcement.
        message: what was frozen.
        key: the delivery's idempotency key.
        wire: the endpoint's connection.
        clock: for the waits between the tries.
        doubt: whether an earlier attempt may have reached the remote.
        stop: no other try is made when it is set: who is to end has no time for them.
    """

    async def once() -> Receipt:
        if doubt and isinstance(network, LooksUp):
            found = await network.look_up(message, key, wire)
            if found is not None:
                return found
        return await network.deliver(message, key, wire)

    try:
        return await _retrying(clock, stop)(once)
    except DeliveryError as error:
        return error
    except asyncio.CancelledError:
        raise
    except Exception as error:
        # Nobody knows how far an adapter had come when something unforeseen happened in it.
        log.exception("the network's code failed unexpectedly")
        return InDoubt(f"unexpected {type(error).__name__}: {error}")


def _retrying(
    clock: Clock, stop: asyncio.Event
) -> Callable[[Callable[[], Awaitable[Receipt]]], Awaitable[Receipt]]:
    from tenacity import AsyncRetrying  # noqa: PLC0415 - a run that sends nothing does without

    failures: list[BaseException] = []

    def remember(state: RetryCallState) -> None:
        error = state.outcome and state.outcome.exception()
        failures.extend([error] if error else [])
        log.debug("try %d of %d: %s", state.attempt_number, TRIES, error)

    async def sleep(seconds: float) -> None:
        await first_of(clock.sleep_until(clock.now() + timedelta(seconds=seconds)), stop.wait())
        if stop.is_set():
            raise failures[-1]

    return AsyncRetrying(sleep=sleep, before_sleep=remember, reraise=True, **_rules(TRIES, SECONDS))


@cache
def _rules(tries: int, seconds: float) -> dict[str, Any]:
    """Tell when is tried again, and after which wait; put together once for all attempts."""
    from tenacity import (  # noqa: PLC0415
        retry_if_exception,
        stop_after_attempt,
        stop_after_delay,
        wait_random_exponential,
    )

    return {
        "retry": retry_if_exception(_is_short_trouble),
        "stop": stop_after_attempt(tries) | stop_after_delay(seconds),
        "wait": wait_random_exponential(multiplier=0.5, max=5),
    }


def _is_short_trouble(error: BaseException) -> bool:
    """Tell whether it may pass at once; whoever has answered was reached, and is not hurried."""
    return isinstance(error, Unreachable) and error.until is None and error.status is None


async def first_of(*waits: object) -> None:
    """Return when the first of the awaitables is done; the others are cancelled."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]  # type: ignore[call-overload]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

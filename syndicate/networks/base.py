"""What a network is: one class, its options, and what it is handed to work with.

A network's options are a pydantic model on top of :class:`syndicate.config.Endpoint`: that is its
part of the configuration schema and of the documentation. Everything but ``compose`` talks to the
remote through the :class:`Wire` that it is handed; no network imports a ledger or another network.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Protocol, runtime_checkable

from syndicate.config import Endpoint
from syndicate.http import Http
from syndicate.model import (
    Alert,
    Guarantee,
    Health,
    Hub,
    Key,
    Limits,
    Message,
    Picture,
    Post,
    Receipt,
    Site,
)

TOKENS = ("access", "refresh", "token")
"""What a session keeps under these names is never shown."""


class Session(Protocol):
    """What an endpoint has to remember between runs (tokens, live limits); kept in the ledger."""

    def load(self) -> dict[str, Any]:
        """Give what was saved last; empty at first."""

    def save(self, data: Mapping[str, Any]) -> None:
        """Keep ``data`` (JSON) durably, in place of what was there."""


@dataclass(frozen=True, slots=True)
class Wire:
    """How a network reaches its remote: the endpoint's HTTP client, its session, the time."""

    http: Http
    session: Session
    clock: Callable[[], datetime]


class Sender(Protocol):
    """Code that speaks one protocol, bound to one endpoint's options."""

    Options: ClassVar[type[Endpoint]]
    """The endpoint's options, a pydantic model."""
    guarantee: Guarantee
    """What the protocol makes possible after a lost answer."""

    def __init__(self, options: Any, site: Site) -> None:
        """Bind the network to an endpoint; no I/O happens here."""

    async def deliver(self, message: Message, key: Key, wire: Wire) -> Receipt:
        """Post the message.

        Raises:
            DeliveryError: by what is known of the message's fate (see ``syndicate.errors``).
        """

    async def check(self, wire: Wire) -> Health:
        """Try the credentials without posting anything.

        Raises:
            DeliveryError: as :meth:`deliver` would.
        """


class Network(Sender, Protocol):
    """One that announces posts."""

    async def limits(self, wire: Wire) -> Limits:
        """Give what the remote accepts, read from it where it tells.

        Raises:
            DeliveryError: the remote could not be asked.
        """

    def compose(self, post: Post, html: str, picture: Picture | None, limits: Limits) -> Message:
        """Compose the message for a post: pure, the same input gives the same message.

        Args:
            post: what is announced.
            html: its rendered content.
            picture: the hero image where it could be had; it is fitted to ``limits`` here.
            limits: as :meth:`limits` gave them.
        """


@runtime_checkable
class RaisesAlerts(Protocol):
    """A network whose alerts are more than a post's words."""

    def alert(self, alert: Alert) -> Message:
        """Compose the message of an alert: pure, as :meth:`Network.compose`."""


@runtime_checkable
class FeedNetwork(Sender, Protocol):
    """One that is told of changed feeds, and of no posts."""

    @property
    def hub(self) -> Hub | None:
        """What feeds name, so that subscribers find it."""

    def notice(self, feed: str) -> Message:
        """Give the message that the feed at this address has changed."""


@runtime_checkable
class Proves(Protocol):
    """A network whose account the site is to name in a file, so that others believe that it is its.

    What is told here is pure: it takes what the session knows.
    """

    @property
    def proof_path(self) -> str | None:
        """The file's path from the root of the site's host; None where none is wanted."""

    def proof(self, session: Mapping[str, Any]) -> str | None:
        """Give what it has to say; None while that is not known."""


@runtime_checkable
class HasPlace(Protocol):
    """A network that can tell where people see what it announces."""

    @staticmethod
    def place(options: Any) -> str | None:
        """Give the address of the account or channel, and no secret; None where that is unknown.

        Args:
            options: the endpoint's; its secrets may be missing.
        """


@runtime_checkable
class LooksUp(Protocol):
    """A network that can find out whether a message had arrived."""

    async def look_up(self, message: Message, key: Key, wire: Wire) -> Receipt | None:
        """Give the receipt of a message that is there already, None where it surely is not.

        Raises:
            DeliveryError: the remote could not be asked; nothing is known then.
        """


@runtime_checkable
class Edits(Protocol):
    """A network that can change what it has announced; its options say ``edits``."""

    async def update(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> None:
        """Let what was announced read like this message; doing it twice does no harm.

        Args:
            receipt: of what was announced.
            message: composed as if it were to be announced now.
            key: of this edit, and of no other.
            wire: the endpoint's connection.

        Raises:
            Rejected: it is not there any more, or cannot be changed any more.
            DeliveryError: as with :meth:`Sender.deliver`; ``creates`` is said by a request that
                leaves something public behind when it is repeated.
        """


@runtime_checkable
class Deletes(Protocol):
    """A network that can take back what it has announced; its options say ``deletes``."""

    async def delete(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> None:
        """Delete what was announced; that it is not there is a success.

        Args:
            receipt: of what was announced.
            message: what it says.
            key: of this deletion.
            wire: the endpoint's connection.

        Raises:
            Rejected: it cannot be deleted any more.
            DeliveryError: as with :meth:`Sender.deliver`.
        """


@runtime_checkable
class Replies(Protocol):
    """A network that can reply to what it has announced; its options say ``edits`` with it.

    A reply is posted like an announcement, under the network's guarantee. Where that is a look-up,
    the network is a :class:`LooksUpReplies`, too.
    """

    async def reply(self, receipt: Receipt, message: Message, key: Key, wire: Wire) -> Receipt:
        """Post a message as a reply to what was announced.

        Raises:
            DeliveryError: as with :meth:`Sender.deliver`.
        """


@runtime_checkable
class LooksUpReplies(Replies, Protocol):
    """A network that can find out whether a reply had arrived."""

    async def look_up_reply(
        self, receipt: Receipt, message: Message, key: Key, wire: Wire
    ) -> Receipt | None:
        """Give the receipt of a reply that is there already; see :meth:`LooksUp.look_up`."""

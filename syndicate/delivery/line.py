"""An endpoint, ready to be used, and what is composed for it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from syndicate.config import Endpoint
from syndicate.delivery.layers import layers
from syndicate.delivery.policy import Policy
from syndicate.errors import DeliveryError, Rejected
from syndicate.media import MediaStore
from syndicate.model import Message, Post
from syndicate.networks.base import FeedNetwork, Network, Wire

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """An endpoint, ready to be used: its options, its network, its connection."""

    options: Endpoint
    network: Network | FeedNetwork
    wire: Wire
    zone: str = "UTC"
    """Whose days and hours the endpoint keeps."""
    bind: Callable[[Endpoint], Network | FeedNetwork] | None = None
    """Gives the network for other options, where a post has some of its own."""

    @property
    def policy(self) -> Policy:
        """How the endpoint is retried."""
        return Policy(self.options.retries, self.options.quiet, self.options.in_doubt)


async def compose(
    line: Line,
    post: Post,
    render: Callable[[Post], str],
    media: MediaStore,
    by_hand: Mapping[str, Any] | None = None,
) -> Message | None:
    """Compose the message of a post for an endpoint, as it would be sent now.

    None where the endpoint is told of feeds only.

    Args:
        line: the endpoint.
        post: what is announced.
        render: gives its content as HTML.
        media: where its hero image comes from.
        by_hand: options that a person has given for this message alone.

    Raises:
        DeliveryError: the limits could not be read, or the message not be composed.
    """
    network = line.network
    if isinstance(network, FeedNetwork):
        return None
    try:
        own = layers(post, line.options, by_hand)
        if line.bind and own.options != line.options:
            network = line.bind(own.options)
            assert not isinstance(network, FeedNetwork)
        said, html = own.apply(post), render(post)
        limits = await network.limits(line.wire)
        picture = None
        if limits.images and getattr(own.options, "image", True):
            # A card is the post's, whatever is said of it here: its address has no tracking.
            shown, picture = await media.hero(own.pictured(post))
            said = replace(said, image=shown.image)
        return _keepable(network.compose(said, html, picture, limits))
    except DeliveryError:
        raise
    except Exception as error:
        log.exception("the message for %s could not be composed", post.source)
        raise Rejected(f"could not be composed: {type(error).__name__}: {error}") from error


def _keepable(message: Message) -> Message:
    """Give a message back that the ledger can keep; one that it cannot must not cost the others.

    Raises:
        TypeError: something in its payload is not for JSON.
    """
    json.dumps(message.to_json())
    return message

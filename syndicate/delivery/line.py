"""An endpoint, ready to be used, and what is composed for it."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from syndicate.config import Endpoint
from syndicate.delivery.layers import Layers, layers
from syndicate.delivery.policy import Policy
from syndicate.errors import DeliveryError, Rejected
from syndicate.media import MediaStore
from syndicate.model import Limits, Message, Post
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
        if limits.images and getattr(own.options, "image", True):
            message = await _pictured(network, own, (post, said, html), limits, media)
        else:
            message = network.compose(said, html, None, limits)
        return _keepable(message)
    except DeliveryError:
        raise
    except Exception as error:
        log.exception("the message for %s could not be composed", post.source)
        raise Rejected(f"could not be composed: {type(error).__name__}: {error}") from error


async def _pictured(
    network: Network,
    own: Layers,
    words: tuple[Post, Post, str],
    limits: Limits,
    media: MediaStore,
) -> Message:
    """Compose with the post's picture; with its card where that does not fit, and tell where none.

    Args:
        network: it fits pictures, which takes seconds at times: others are not to wait for that.
        own: what holds for the post there.
        words: the post, the post as the endpoint announces it, and its content.
        limits: what pictures have to fit to.
        media: where they come from.
    """
    post, said, html = words
    # A card is the post's, whatever is said of it here: its address has no tracking.
    shown, picture = await media.hero(own.pictured(post))
    said = replace(said, image=shown.image)
    if picture is None:
        return network.compose(said, html, None, limits)
    message = await media.compose(picture, lambda hero: network.compose(said, html, hero, limits))
    if message.image or shown.image is None:
        return message
    card, drawn = await media.card(post)
    if drawn and drawn != picture:
        said = replace(said, image=card.image)
        other = await media.compose(drawn, lambda hero: network.compose(said, html, hero, limits))
        if other.image:
            return other
    media.misfit(shown.image, picture, own.options.name)
    return message


def _keepable(message: Message) -> Message:
    """Give a message back that the ledger can keep; one that it cannot must not cost the others.

    Raises:
        TypeError: something in its payload is not for JSON.
    """
    json.dumps(message.to_json())
    return message

"""The networks: one class each, found by name; third parties add theirs by entry point.

Nothing is imported before a configuration names it: most use two or three.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from syndicate.config import Endpoint
from syndicate.errors import SyndicateError
from syndicate.model import Guarantee, Hub, Site
from syndicate.networks.base import FeedNetwork, Network

log = logging.getLogger(__name__)

GROUP = "syndicate.networks"

_METHODS = {
    Network: ("limits", "compose", "deliver", "check"),
    FeedNetwork: ("notice", "deliver", "check"),
}

_BUILT_IN = {
    "bluesky": "syndicate.networks.bluesky:Bluesky",
    "discord": "syndicate.networks.discord:Discord",
    "email": "syndicate.networks.mail:Mail",
    "folder": "syndicate.networks.folder:Folder",
    "indexnow": "syndicate.networks.indexnow:IndexNow",
    "mastodon": "syndicate.networks.mastodon:Mastodon",
    "matrix": "syndicate.networks.matrix:Matrix",
    "mattermost": "syndicate.networks.mattermost:Mattermost",
    "rsscloud": "syndicate.networks.rsscloud:RssCloud",
    "slack": "syndicate.networks.slack:Slack",
    "slackbot": "syndicate.networks.slackbot:Slackbot",
    "teams": "syndicate.networks.teams:Teams",
    "telegram": "syndicate.networks.telegram:Telegram",
    "webhook": "syndicate.networks.webhook:Webhook",
    "websub": "syndicate.networks.websub:WebSub",
}


def get(name: str) -> type[Network | FeedNetwork]:
    """Give the network of a name.

    Raises:
        KeyError: there is none.
        SyndicateError: a third party's package has no network there, or two claim the name.
    """
    others = _third_party()
    if name in _BUILT_IN:
        module, _, attribute = _BUILT_IN[name].partition(":")
        return getattr(importlib.import_module(module), attribute)  # type: ignore[no-any-return]
    return _load(name, others[name])


def options() -> Mapping[str, type[Endpoint]]:
    """Give the options model of each network by name; importing it only when it is asked for."""
    return _Options()


def hubs(endpoints: Iterable[Endpoint], site: Site) -> tuple[Hub, ...]:
    """Give the hubs that the feeds of a site are to name."""
    kinds = ((endpoint, get(endpoint.network)) for endpoint in endpoints)
    told = (kind(endpoint, site) for endpoint, kind in kinds if hasattr(kind, "notice"))
    return tuple(each.hub for each in told if isinstance(each, FeedNetwork) and each.hub)


class _Options(Mapping[str, type[Endpoint]]):
    def __getitem__(self, name: str) -> type[Endpoint]:
        return get(name).Options

    def __contains__(self, name: object) -> bool:
        return name in _BUILT_IN or name in _third_party()

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*_BUILT_IN, *_third_party()}))

    def __len__(self) -> int:
        return len({*_BUILT_IN, *_third_party()})


@cache
def _third_party() -> Mapping[str, tuple[EntryPoint, ...]]:
    """Find what is installed beside us. Who takes a built-in's name is told, and gets nothing."""
    found: dict[str, tuple[EntryPoint, ...]] = {}
    for entry in entry_points(group=GROUP):
        if entry.name in _BUILT_IN:
            text = "the network %r of %s is left alone: a built-in one has that name"
            log.warning(text, entry.name, _origin(entry))
        else:
            found[entry.name] = (*found.get(entry.name, ()), entry)
    return found


def _load(name: str, claims: tuple[EntryPoint, ...]) -> type[Network | FeedNetwork]:
    origins = ", ".join(sorted(map(_origin, claims)))
    if len(claims) > 1:
        raise SyndicateError(f"the network {name!r} is offered twice ({origins}); uninstall one")
    try:
        network = claims[0].load()
    except Exception as error:
        raise SyndicateError(
            f"the network {name!r} of {origins} cannot be imported: {type(error).__name__}: {error}"
        ) from error
    if fault := _fault(network):
        raise SyndicateError(f"the network {name!r} of {origins} {fault}")
    return network  # type: ignore[no-any-return]


def _fault(network: Any) -> str:
    """Tell what a class lacks of a network; nothing where it is one."""
    options = getattr(network, "Options", None)
    if not (isinstance(options, type) and issubclass(options, Endpoint)):
        return "has no Options on top of syndicate.config.Endpoint"
    guarantee = getattr(network, "guarantee", None)
    if not isinstance(guarantee, Guarantee):
        return "has no guarantee: say what may be done after a lost answer"
    kind = FeedNetwork if hasattr(network, "notice") else Network
    missing = sorted(name for name in _METHODS[kind] if not callable(getattr(network, name, None)))
    if missing:
        return f"has no {', '.join(missing)}"
    if guarantee.looks_up != hasattr(network, "look_up"):
        # Somebody would be asked who cannot answer, or would not be asked who can.
        return "has to have a look_up where its guarantee says looks_up=True, and only there"
    return _unkept(network, options, guarantee)


def _unkept(network: Any, options: type[Endpoint], guarantee: Guarantee) -> str:
    """Tell which method does not fit to what the options say of edits and deletions."""
    replies = "reply" in options.edits
    said = {
        "update": "update" in options.edits,
        "reply": replies,
        "look_up_reply": replies and guarantee.looks_up,
        "delete": options.deletes,
    }
    wrong = [name for name, is_said in said.items() if is_said != hasattr(network, name)]
    if not wrong:
        return ""
    return f"has to have {', '.join(wrong)} where its options' edits and deletes say so, only there"


def _origin(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else "an unknown package"

"""The post of ``content/``, composed for each network by the network's own code."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from syndicate import config, content, networks
from syndicate.http import Reply
from syndicate.ledger import open_ledger
from syndicate.model import Key, Limits, Message, Picture, Post, Site
from syndicate.networks.base import FeedNetwork, Wire

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs" / "networks"
HERO = Path(__file__).with_name("hero.jpg")
WIDTH, HEIGHT = 1200, 630
ALT = "Hills in violet layers under a low, pale sun."
NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
KEY = Key("msg_7d1c93f0a4be5268", NOW)
SECRET = SecretStr("whsec_cGljdHVyZXMgb2YgdGhlIGRvY3MsIG5vIHNlY3JldCE=")


@dataclass
class Recorder:
    """Stands where an HTTP client stands: keeps what is asked, and says yes to all of it."""

    requests: list[dict[str, Any]] = field(default_factory=list)

    async def request(self, method: str, url: str, **request: Any) -> Reply:
        """Keep a request; the answer tells nothing, so that a network's own limits hold."""
        self.requests.append({"method": method, "url": url, **request})
        return Reply(200, {}, b"{}", creates=False, received=NOW)


class Forgetful:
    """A session that begins anew each time."""

    def load(self) -> dict[str, Any]:
        """Give nothing."""
        return {}

    def save(self, data: Any) -> None:
        """Keep nothing."""


@dataclass(frozen=True)
class Composed:
    """What one network makes of the post."""

    name: str
    options: Any
    site: Site
    message: Message
    limits: Limits | None = None
    """What the network takes; None where it is told of feeds."""
    requests: tuple[dict[str, Any], ...] = ()
    """What goes out, where that is all there is to see."""
    mail: Any = None

    @property
    def title(self) -> str:
        """What the network's page is called."""
        return page(self.name).partition("\n")[0].removeprefix("# ")


def page(name: str) -> str:
    """Give the text of a network's page."""
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def composed() -> Iterator[Composed]:
    """Compose the post for each network, as the first example on its page configures it."""
    for name in sorted(networks._BUILT_IN):  # noqa: SLF001 - third parties have docs of their own
        yield compose(name)


def compose(name: str) -> Composed:
    """Compose the post for one network."""
    options, (site, post, html) = _endpoint(name), _post()
    network: Any = networks.get(name)(options, site)
    recorder = Recorder()
    wire = Wire(recorder, Forgetful(), lambda: NOW)  # type: ignore[arg-type]
    if isinstance(network, FeedNetwork):
        made = Composed(name, options, site, network.notice(f"{site.url}/feed.xml"))
    else:
        limits = asyncio.run(network.limits(wire))
        message = network.compose(post, html, _hero(post), limits)
        made = Composed(name, options, site, message, limits)
    if name == "email":
        return replace(made, mail=network.write(made.message, KEY))
    if name in {"webhook", "websub", "rsscloud", "indexnow"}:
        recorder.requests.clear()
        asyncio.run(network.deliver(made.message, KEY, wire))
        return replace(made, requests=tuple(recorder.requests))
    return made


def example(name: str) -> str:
    """Give the first configuration on a network's page."""
    found = re.search(r"## Configuration\n\n```toml\n(.*?)```", page(name), re.DOTALL)
    if found is None:
        raise ValueError(f"docs/networks/{name}.md has no configuration")
    return found[1]


def _endpoint(name: str) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "syndicate.toml"
        path.write_text('[site]\ntitle = "x"\nurl = "https://x.example"\n' + example(name))
        [options] = config.load(path, networks.options(), secrets=False).endpoints
    return options.model_copy(update={"secret": SECRET}) if name == "webhook" else options


@cache
def _post() -> tuple[Site, Post, str]:
    """Read the post as the program reads it, with the site that ``make run`` gives it.

    Its hero image lies elsewhere on the web: a drawing of ours stands in, with words for it.
    """
    settings = config.load(ROOT / "config" / "syndicate.toml", networks.options(), secrets=False)
    ledger = open_ledger("sqlite:///nowhere.db", ROOT, creates=False)
    try:
        with content.open_cache(Path("nowhere"), writes=False) as cached:
            scan = content.scan(settings.content, settings.site, ledger, NOW, cached)
            [post] = scan.newest(1)
            html = content.Renderer(cached, settings.site.url, scan.find)(post)
    finally:
        ledger.close()
    if post.image is None:
        raise ValueError(f"{post.source} has no hero image")
    image = replace(post.image, alt=post.image.alt or ALT)
    return settings.site.to_site(), replace(post, image=image), html


def _hero(post: Post) -> Picture:
    return Picture(
        post.image.url if post.image else "", "image/jpeg", WIDTH, HEIGHT, HERO.read_bytes()
    )

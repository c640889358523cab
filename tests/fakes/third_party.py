"""A third party's networks, installed as a package of their own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

MODULE = '''
from datetime import timedelta

from syndicate.config import Endpoint, WebUrl
from syndicate.model import Guarantee, Health, Limits, Message, Receipt, Replay


class ShoutOptions(Endpoint):
    url: WebUrl


class Shout:
    """Posts capitals to a server that knows no idempotency."""

    Options = ShoutOptions
    guarantee = Guarantee(Replay.NONE)

    def __init__(self, options, site):
        self.url = options.url

    async def limits(self, wire):
        return Limits(text=None)

    def compose(self, post, html, picture, limits):
        text = (post.title or "").upper()
        return Message(
            text=text,
            link=post.url,
            title=text,
            summary="",
            language=post.language,
            length=len(text),
            limit=None,
        )

    async def deliver(self, message, key, wire):
        reply = await wire.http.request(
            "POST",
            self.url,
            headers=self.headers(key),
            json={"text": message.text},
            creates=True,
        )
        return Receipt(str(reply.check().json()["id"]))

    def headers(self, key):
        return {}

    async def check(self, wire):
        return Health(ok=True, detail="loud and clear")


class Whisper(Shout):
    """Does so to one that knows a key for an hour, and shows nothing of what it has."""

    guarantee = Guarantee(Replay.IDEMPOTENT_FOR, timedelta(hours=1))

    def headers(self, key):
        return {"idempotency-key": key.value}
'''


def install(
    folder: Path,
    name: str = "shout",
    module: str = MODULE,
    networks: Mapping[str, str] = MappingProxyType({"shout": "Shout", "whisper": "Whisper"}),
) -> Path:
    """Write a package and its metadata, as an installer does; for ``sys.path``."""
    site = folder / "site-packages"
    metadata = site / f"syndicate_{name}-1.0.dist-info"
    metadata.mkdir(parents=True)
    (site / f"syndicate_{name}.py").write_text(module)
    (metadata / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: syndicate-{name}\nVersion: 1.0\n"
    )
    entries = [f"{each} = syndicate_{name}:{kind}" for each, kind in networks.items()]
    (metadata / "entry_points.txt").write_text("\n".join(["[syndicate.networks]", *entries, ""]))
    return site

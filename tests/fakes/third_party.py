"""A third party's network, installed as a package of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

MODULE = '''
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
            "POST", self.url, json={"text": message.text}, creates=True
        )
        return Receipt(str(reply.check().json()["id"]))

    async def check(self, wire):
        return Health(ok=True, detail="loud and clear")
'''


def install(
    folder: Path,
    name: str = "shout",
    module: str = MODULE,
    networks: Mapping[str, str] = MappingProxyType({"shout": "Shout"}),
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

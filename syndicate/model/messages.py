"""What is sent: a message, and the limits that it has to keep."""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from syndicate.model.posts import Post


class FacetKind(enum.StrEnum):
    """What a stretch of text stands for."""

    LINK = "link"
    TAG = "tag"


@dataclass(frozen=True, slots=True)
class Facet:
    """A stretch of a message's text with a meaning, as UTF-8 byte offsets, end exclusive."""

    start: int
    end: int
    kind: FacetKind
    value: str
    """The link's URL, or the tag without its ``#``."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """The hero image as one message carries it: fitted to the network's limits, with its alt."""

    url: str
    """Where the original is."""
    alt: str
    type: str
    width: int
    height: int
    length: int
    digest: str
    """SHA-256 of the bytes, hexadecimal; the bytes themselves are kept apart from the message."""
    data: bytes = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Message:
    """A post composed for one endpoint. It is frozen in the ledger before a byte leaves."""

    text: str
    """What a person reads, exactly as it is sent."""
    link: str
    title: str
    summary: str
    language: str
    length: int
    """The text's length as the network counts it."""
    limit: int | None
    """The most that the network takes, in the same unit; None where there is no limit."""
    facets: tuple[Facet, ...] = ()
    image: Attachment | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    """What else the network sends, as JSON: its options, a webhook's event."""
    more: tuple[str, ...] = ()
    """The further texts of a thread; each answers the one before it."""
    beside: Mapping[str, Any] = field(default_factory=dict)
    """What is written along with it and followers do not read: other records, as JSON."""

    @classmethod
    def of(
        cls,
        post: Post,
        text: str,
        *,
        length: int,
        limit: int | None,
        facets: tuple[Facet, ...] = (),
        image: Attachment | None = None,
        payload: Mapping[str, Any] | None = None,
        more: tuple[str, ...] = (),
        beside: Mapping[str, Any] | None = None,
    ) -> Message:
        """Give the message that tells of a post.

        Args:
            post: gives link, title, summary and language; all else is as the fields say.
            text: what a person reads.
            length: the text's, as the network counts it.
            limit: the most that the network takes, in the same unit.
            facets: the stretches of the text that have a meaning.
            image: the hero image.
            payload: what else the network sends.
            more: the further texts of a thread.
            beside: what is written along with it.
        """
        return cls(
            text=text,
            link=post.url,
            title=post.title or "",
            summary=post.summary,
            language=post.language,
            length=length,
            limit=limit,
            facets=facets,
            image=image,
            payload=payload or {},
            more=more,
            beside=beside or {},
        )

    def to_json(self) -> dict[str, Any]:
        """Give the message as JSON, all but the image's bytes: those are named by their digest."""
        data = {each.name: getattr(self, each.name) for each in fields(self)}
        data["facets"] = [asdict(facet) for facet in self.facets]
        data["payload"] = dict(self.payload)
        data["more"] = list(self.more)
        data["beside"] = dict(self.beside)
        for name in ("more", "beside"):
            if not data[name]:
                del data[name]
        if self.image:
            data["image"] = {
                each.name: getattr(self.image, each.name)
                for each in fields(self.image)
                if each.name != "data"
            }
        return data

    def imprint(self) -> str:
        """Give a word for what a reader is shown: the words, a full stop, the picture.

        Where something is written beside it, that follows after another full stop. What only
        describes the message leaves no trace, nor do a picture's bytes: fitted by another version
        of a library they are others, and nothing was edited.
        """
        image = self.image and [self.image.url, self.image.alt]
        words = _digest([self.text, self.link, dict(self.payload), *self.more])
        beside = [_digest(dict(self.beside))[:12]] if self.beside else []  # a ledger has 80 signs
        return ".".join([words, _digest(image), *beside])

    @classmethod
    def from_json(cls, data: Mapping[str, Any], image_bytes: bytes = b"") -> Message:
        """Rebuild what :meth:`to_json` gave; ``image_bytes`` are those that its digest names."""
        image = data["image"] and Attachment(**data["image"], data=image_bytes)
        facets = tuple(
            Facet(facet["start"], facet["end"], FacetKind(facet["kind"]), facet["value"])
            for facet in data["facets"]
        )
        more = tuple(data.get("more", ()))
        return cls(**{**data, "facets": facets, "image": image, "more": more})


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class Unit(enum.StrEnum):
    """What a network counts when it counts a text."""

    GRAPHEMES = "graphemes"
    CODE_POINTS = "code points"
    UTF_16 = "UTF-16 units"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a network accepts, live where its server tells; None stands for no limit."""

    text: int | None
    """The longest text, counted as the network counts (see ``compose.measure``)."""
    text_bytes: int | None = None
    url_cost: int | None = None
    """What a URL counts for, whatever its length; None: its own length."""
    images: int = 1
    image_bytes: int | None = None
    image_pixels: int | None = None
    """Width times height."""
    image_side: int | None = None
    """The longest side that is worth sending, in pixels."""
    image_types: frozenset[str] = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
    alt: int | None = None
    """The longest alternative text, in characters."""
    unit: Unit = Unit.GRAPHEMES
    """What ``text`` is a number of."""

"""What was made of one picture to fit, so that endpoints with the same limits share it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from syndicate.media.cache import Cache
from syndicate.model import Picture


@dataclass(frozen=True, slots=True)
class Shelf:
    """The renditions of a picture, kept between runs. One thread at a time asks it for them."""

    cache: Cache
    picture: Picture
    digest: str
    """SHA-256 of the picture's bytes."""
    program: str
    """What makes renditions; what another version has made is not used."""
    hopeless: set[str]
    """What could not be made in this run; the next one tries again."""

    def rendition(self, recipe: str, make: Callable[[], Picture | None]) -> Picture | None:
        """Give what was made by a recipe; see :class:`syndicate.model.Renditions`."""
        subject = f"rendition:{self.digest}:{self.program}:{recipe}"
        if subject in self.hopeless:
            return None
        found = self._kept(subject)
        if found is None:
            found = make()
            if found is None:
                self.hopeless.add(subject)
            else:
                self._keep(subject, found)
        return found

    def _kept(self, subject: str) -> Picture | None:
        known = self.cache.facts(subject)
        data = self.cache.load(str(known.get("digest", "")))
        if data is None:
            return None
        try:
            kind, width, height = str(known["type"]), int(known["width"]), int(known["height"])
        except (KeyError, TypeError, ValueError):
            return None
        return replace(self.picture, type=kind, width=width, height=height, data=data)

    def _keep(self, subject: str, made: Picture) -> None:
        size = {"width": made.width, "height": made.height}
        self.cache.note(subject, {"digest": self.cache.keep(made.data), "type": made.type, **size})

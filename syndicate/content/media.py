"""The hero image and the enclosure of a post: addresses, and files beside the post."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from syndicate.content import files, pictured, urls
from syndicate.content.dialect import Picture, Recording
from syndicate.content.links import Links
from syndicate.content.parse import Parsed
from syndicate.content.report import Report
from syndicate.model import Enclosure, Image, Kind

_TYPES = {
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".aac": "audio/aac",
    ".ogg": "audio/ogg",
    ".oga": "audio/ogg",
    ".opus": "audio/ogg",
    ".flac": "audio/flac",
    ".wav": "audio/wav",
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".webm": "video/webm",
}
"""The suffixes that podcasts use; the machine's own table would differ from host to host."""


_BUNDLED = re.compile(
    r"(cover|feature|hero|banner|thumbnail)\w*([._-]image)?\.(jpe?g|png|webp|avif|gif)",
    re.IGNORECASE,
)
"""What themes call the picture that lies beside the post, in a folder that is the post's alone."""


class Finder:
    """Finds what the posts of one content folder point at.

    Args:
        root: the content folder.
        site: the site's address.
        from_body: whether a post's first picture is its hero image, where it has no other.
    """

    def __init__(self, root: Path, site: str, *, from_body: bool = False) -> None:
        self._root, self._site, self._from_body = root, site, from_body

    def image(self, parsed: Parsed, page: str, report: Report) -> Image | None:
        """Find the hero image: what front matter names, a bundle's own, or the body's first."""
        if parsed.picture:
            found = self._resolve(parsed.picture, parsed.source, page, report)
            return Image(found.url, parsed.picture.alt, found.path) if found else None
        return self._bundled(parsed, page) or (
            self._shown(parsed, page) if self._from_body else None
        )

    def _bundled(self, parsed: Parsed, page: str) -> Image | None:
        """Find the picture of a page bundle by its name."""
        path = PurePosixPath(parsed.source)
        if path.stem.lower() not in {"index", "_index"} or len(path.parts) == 1:
            return None
        names = filter(_BUNDLED.fullmatch, files.names(self._root / path.parent))
        name = min(names, key=str.lower, default=None)
        found = name and self._find(quote(name), parsed.source, page)
        return Image(found.url, None, found.path) if found else None

    def _shown(self, parsed: Parsed, page: str) -> Image | None:
        """Find the first picture that a body shows."""
        shown = pictured.first(parsed.body, Links(page, self._site, parsed.source))
        found = shown and self._find(shown.src, parsed.source, page)
        return Image(found.url, shown.alt, found.path) if shown and found else None

    def enclosure(self, parsed: Parsed, page: str, report: Report) -> Enclosure | None:
        """Resolve the audio or video file."""
        recording = parsed.recording
        found = recording and self._resolve(recording, parsed.source, page, report)
        if not recording or not found:
            return None
        type_ = recording.type or _TYPES.get(PurePosixPath(urlsplit(found.url).path).suffix.lower())
        if type_ is None:
            message = (
                f'"{recording.src}" needs its media type: write {{url: …, type: audio/mpeg}}; '
                "it is left out"
            )
            report.warn(message, Kind.MEDIA_TYPE, key=recording.key, line=recording.line)
            return None
        length = files.size(found.path) if found.path else recording.length
        return Enclosure(found.url, type_, length, recording.duration)

    def _resolve(
        self, named: Picture | Recording, source: str, page: str, report: Report
    ) -> _Found | None:
        """Find what front matter names, or say that it is nowhere."""
        found = self._find(named.src, source, page)
        if found is None:
            message = f'"{named.src[:80]}" leads nowhere that could be published: left out'
            report.warn(message, Kind.MEDIA, key=named.key, line=named.line)
        elif found.path is None and _is_file_name(named.src):
            message = (
                f'"{named.src[:80]}" is no file beside the post or in the content folder; '
                "it is taken for one that the site has"
            )
            at, key, line = found.url, named.key, named.line
            report.warn(message, Kind.MEDIA, key=key, line=line, understood=at)
        return found

    def _find(self, src: str, source: str, page: str) -> _Found | None:
        """Look beside the post, then in the content folder; never outside of it."""
        at_page, at_site = urls.web(page, src), urls.under(self._site, src)
        if ":" in src.partition("/")[0] or src.startswith("//"):
            return _Found(at_page) if at_page else None
        plain = unquote(src.partition("?")[0].partition("#")[0])
        below = self._root / plain.lstrip("/")
        beside = None if plain.startswith("/") else (self._root / source).parent / plain
        if "\0" in plain or not files.inside(self._root, beside or below):
            return None
        if beside and at_page and files.is_file(beside):
            return _Found(at_page, beside)
        if files.inside(self._root, below) and files.is_file(below):
            return _Found(at_site, below)
        url = at_page if beside else at_site
        return _Found(url) if url else None


def _is_file_name(src: str) -> bool:
    """Tell a path that begins at the post from one that begins at the site, or at a scheme."""
    return not src.startswith("/") and ":" not in src.partition("/")[0]


@dataclass(frozen=True, slots=True)
class _Found:
    url: str
    path: Path | None = None

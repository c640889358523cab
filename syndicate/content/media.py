"""The hero image and the enclosure of a post: addresses, and files beside the post."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit

from syndicate.content import files, urls
from syndicate.content.parse import Parsed
from syndicate.content.report import Report
from syndicate.model import Enclosure, Image

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


class Finder:
    """Finds what posts of one content folder point at."""

    def __init__(self, root: Path, site: str) -> None:
        self._root, self._site = root, site

    def image(self, parsed: Parsed, page: str, report: Report) -> Image | None:
        """Resolve the hero image."""
        if parsed.picture is None:
            return None
        url, path = self._resolve(parsed.picture.src, parsed.source, page, report, "image")
        return Image(url, parsed.picture.alt, path) if url else None

    def enclosure(self, parsed: Parsed, page: str, report: Report) -> Enclosure | None:
        """Resolve the audio or video file."""
        recording = parsed.recording
        if recording is None:
            return None
        url, path = self._resolve(recording.src, parsed.source, page, report, "enclosure")
        suffix = PurePosixPath(urlsplit(url).path).suffix.lower() if url else ""
        type_ = recording.type or _TYPES.get(suffix)
        if url and not type_:
            report.warn(f"{recording.src}: say which type it has", key="enclosure")
        if not url or not type_:
            return None
        length = path.stat().st_size if path else recording.length
        return Enclosure(url, type_, length, recording.duration)

    def _resolve(
        self, src: str, source: str, page: str, report: Report, key: str
    ) -> tuple[str | None, Path | None]:
        """Give the address of what front matter names, and its file where we have it."""
        if ":" in src.partition("/")[0] or src.startswith("//"):
            url, path = urls.web(page, src), None
        else:
            url, path = self._local(src, source, page)
        if url is None:
            report.warn(f'"{src}" leads nowhere that could be published: left out', key=key)
        return url, path

    def _local(self, src: str, source: str, page: str) -> tuple[str | None, Path | None]:
        """Look beside the post, then in the content folder; never outside of it."""
        plain = unquote(src.partition("?")[0].partition("#")[0])
        beside = None if plain.startswith("/") else PurePosixPath(source).parent / plain
        below = PurePosixPath(plain.lstrip("/"))
        if "\0" in plain or not files.inside(self._root, self._root / (beside or below)):
            return None, None
        for place in (beside, below):
            if place is not None and (path := self._root / place).is_file():
                if not files.inside(self._root, path):
                    return None, None
                url = urls.web(page, src) if place == beside else urls.under(self._site, src)
                return url, path
        return (urls.under(self._site, src) if beside is None else urls.web(page, src)), None

"""Links that name a file or a post, not an address → addresses.

Generators let posts link to each other's files: ``other.md``, ``@/blog/other.md`` (Zola),
``{filename}other.md`` (Pelican), ``[[Other]]`` (Obsidian), ``ref`` (Hugo), ``post_url`` (Jekyll).
Which post is meant, a :data:`Find` tells; without one nothing is found, and what cannot be found is
noted for whoever renders to tell.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from syndicate.content import files, slugs, urls

Find = Callable[[str, str], str | None]
"""What a link names, and the source that it stands in → the permalink of the post."""
Named = Callable[[str], Iterable[tuple[str, str]]]
"""The last word of a path → the posts that may be meant: their sources and permalinks."""

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".svg", ".bmp", ".apng")
_POSTS = tuple(files.SUFFIXES - files.MARKUP)
_SPECIAL = re.compile(
    r"^@/|^(?:\{|%7B|\||%7C)[a-z]+(?:\}|%7D|\||%7C)|\.(?:md|mdx|markdown|mdown|mkdn?|mkdown)(?:[#?]|$)",
    re.IGNORECASE,
)
_PELICAN = re.compile(r"(?:\{|%7B|\||%7C)([a-z]+)(?:\}|%7D|\||%7C)(.*)", re.IGNORECASE | re.DOTALL)
_DATED = re.compile(r"\d{4}-\d{1,2}-\d{1,2}-")


def is_picture(path: str) -> bool:
    """Tell a picture by its suffix."""
    return path.partition("?")[0].partition("#")[0].lower().endswith(_PICTURES)


@dataclass(frozen=True, slots=True)
class Links:
    """What links in one post mean.

    Args:
        page: the post's permalink.
        site: the site's address, without a slash at its end.
        source: the post's file within the content folder.
        find: finds other posts.
        title: the post's title, for templates that print it.
    """

    page: str = ""
    site: str = ""
    source: str = ""
    find: Find | None = None
    title: str = ""
    lost: list[str] = field(default_factory=list)
    """What was linked to by name and not found, as the author wrote it."""
    asked: list[str] = field(default_factory=list)
    """What other posts were asked for by."""

    @property
    def is_known(self) -> bool:
        """Whether other posts can be asked for; while a file is read they cannot."""
        return self.find is not None

    @property
    def base(self) -> str:
        """The path that the site lies below, without a slash at its end; most have none."""
        return urlsplit(self.site).path.rstrip("/")

    def post(self, name: str, said: str) -> str | None:
        """Find the post that a link names; ``said`` is how the author wrote it."""
        path, mark, anchor = name.partition("#")
        if not path:
            return f"#{anchor}"
        self.asked.append(path)
        found = self.find(unquote(path), self.source) if self.find else None
        if found is None:
            self.lost.append(said)
            return None
        return f"{found}{mark}{anchor}"

    def address(self, href: str) -> str | None:
        """Resolve an address that only a generator understands; all others stay as they are."""
        if not _SPECIAL.search(href) or "://" in href:
            return href
        pelican = _PELICAN.match(href)
        if pelican:
            return self._pelican(pelican[1].lower(), unquote(pelican[2]), href)
        if self.find is None:
            return href
        found = self.post(href.removeprefix("@"), href)
        return found if found or href.startswith("@/") else href

    def under(self, path: str) -> str:
        """Give the address of a file of the site."""
        return urls.under(self.site, path)

    def _pelican(self, kind: str, path: str, said: str) -> str | None:
        if kind == "filename":
            found = (
                self.post(path, unquote(said)) if path.partition("#")[0].endswith(_POSTS) else ""
            )
            if found != "":
                return found
        if kind in {"filename", "static", "attach"}:
            folder = "" if path.startswith("/") else posixpath.dirname(self.source)
            # Pelican copies such files to where they lie in its content.
            return path if kind == "attach" else self.under(_joined(folder, path))
        if kind == "index":
            return f"{self.site}/"
        self.lost.append(unquote(said))
        return None


def find(named: Named, name: str, source: str) -> str | None:
    """Find the post that a link names.

    The file beside the post that links wins, then the one at that path of the folder, then one
    whose path ends alike; a name alone may leave out the suffix, the date, or be the slug.

    Args:
        named: gives the posts whose file or address ends with a word.
        name: a path or a name, with or without a suffix.
        source: the file that the link stands in.
    """
    wanted = _bare(name.strip())
    if not wanted:
        return None
    posts = {
        _stem(each): url for each, url in sorted(named(wanted.rpartition("/")[2]), reverse=True)
    }
    folder = "" if name.startswith("/") else posixpath.dirname(source)
    for path in (_joined(folder, wanted), _joined("", wanted)):
        if path.casefold() in posts:
            return posts[path.casefold()]
    steps = [each for each in wanted.casefold().split("/") if each not in {"..", "."}]
    return next(_alike(steps, posts), None)


def _alike(steps: list[str], posts: dict[str, str]) -> Iterator[str]:
    """Give the posts whose path ends like the one that is wanted, the best first."""
    for stem, url in sorted(posts.items()):
        own = stem.split("/")
        shared = min(len(own), len(steps))
        if own[-shared:] == steps[-shared:]:
            yield url
    if len(steps) > 1:
        return
    slug = slugs.slugify(steps[0])
    for stem, url in sorted(posts.items()):
        last = urlsplit(url).path.rstrip("/").rpartition("/")[2].removesuffix(".html")
        if _DATED.sub("", stem.rpartition("/")[2], count=1) == steps[0] or (slug and slug == last):
            yield url


def _joined(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, path.lstrip("/"))).lstrip("/")


def _bare(path: str) -> str:
    """Take a post's suffix from a path, and ``index``, which stands for its folder."""
    for suffix in _POSTS:
        if path.lower().endswith(suffix):
            path = path[: -len(suffix)]
            break
    path = path.strip("/")
    return path.removesuffix("/index").removesuffix("/_index")


def _stem(source: str) -> str:
    return _bare(source).casefold()

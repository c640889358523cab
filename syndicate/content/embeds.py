"""What a page embeds from elsewhere → the address at which people see it.

A feed carries no frames and no scripts: a video, a gist or somebody's post becomes a link to it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlsplit

_FRAMES = (
    (r"(?:www\.)?youtube(?:-nocookie)?\.com/embed/(?!videoseries)([\w-]+)", "youtube"),
    (r"player\.vimeo\.com/video/(\d+)", "vimeo"),
    (r"(?:www\.)?dailymotion\.com/embed/video/(\w+)", "dailymotion"),
    (r"open\.spotify\.com/embed/(\w+/\w+)", "spotify"),
    (r"codepen\.io/([\w-]+)/embed/(?:preview/)?([\w-]+)", "codepen"),
)
_FRAMED = [(re.compile(rf"https?://{pattern}"), name) for pattern, name in _FRAMES]
_PAGES = {
    "youtube": "https://www.youtube.com/watch?v={0}",
    "vimeo": "https://vimeo.com/{0}",
    "dailymotion": "https://www.dailymotion.com/video/{0}",
    "bilibili": "https://www.bilibili.com/video/{0}",
    "asciinema": "https://asciinema.org/a/{0}",
    "instagram": "https://www.instagram.com/p/{0}/",
    "spotify": "https://open.spotify.com/{0}",
    "codepen": "https://codepen.io/{0}/pen/{1}",
    "gist": "https://gist.github.com/{0}/{1}",
    "tweet": "https://x.com/{0}/status/{1}",
}
"""Where each shows what it is asked for by ids; a post on X by its author and its number."""
_NAMES = {
    "youtubelite": "youtube",
    "liteyoutube": "youtube",
    "youtubeembed": "youtube",
    "yt": "youtube",
    "vimeosimple": "vimeo",
    "vimeoembed": "vimeo",
    "twitter": "tweet",
    "twittersimple": "tweet",
    "xsimple": "tweet",
    "x": "tweet",
    "instagramsimple": "instagram",
    "ghgist": "gist",
}
_IDS = (("user", "username", "owner", "slughash"), ("id", "videoid", "video", "videos"))
_ANYBODY = {"tweet": "https://x.com/i/status/{0}", "gist": "https://gist.github.com/{0}"}
"""Where what is usually named with its author is found without."""
_ALONE = re.compile(r"\d{5,}|[0-9a-f]{20,}")


def page_of(address: str) -> str:
    """Give the page that shows what a frame's address embeds; most frames are one themselves."""
    for pattern, name in _FRAMED:
        found = pattern.match(f"https:{address}" if address.startswith("//") else address)
        if found:
            return _PAGES[name].format(*found.groups())
    return address


def find(name: str, words: Sequence[str], named: Mapping[str, str]) -> str | None:
    """Give the page that a template's tag or a component embeds; None where it is of no such kind.

    Args:
        name: of the tag; case, ``-`` and ``_`` do not matter.
        words: what it is given by place.
        named: what it is given by name, in lower case.
    """
    name = re.sub("[-_]", "", name.lower())
    kind = _NAMES.get(name, name)
    if kind not in _PAGES:
        return None
    given = [next((named[key] for key in keys if named.get(key)), "") for keys in _IDS]
    ids = [each for each in given if each] or list(words)
    if not ids:
        return None
    if "://" in ids[0]:
        return page_of(ids[0])
    if kind in _ANYBODY and "/" in ids[0]:
        ids = ids[0].split("/")
    ids = [quote(each, safe="/:") for each in ids]
    pattern = _PAGES[kind]
    if pattern.count("{") > len(ids):
        return (
            _ANYBODY[kind].format(*ids) if kind in _ANYBODY and _ALONE.fullmatch(ids[0]) else None
        )
    return pattern.format(*ids)


def label(address: str, title: str = "") -> str:
    """Say what a link leads to: its title, or else the host's name."""
    return title or urlsplit(address).hostname or address

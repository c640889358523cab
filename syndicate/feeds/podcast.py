"""A feed of episodes: what podcast apps want to know beside RSS.

https://podcasters.apple.com/support/823-podcast-requirements, https://podcasting2.org/podcast-namespace
"""

from __future__ import annotations

import uuid

from lxml import etree

from syndicate.feeds.markup import Element, add
from syndicate.feeds.shape import Entry, Feed, Podcast

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
NAMESPACES = {"itunes": ITUNES, "podcast": PODCAST}


_SHOWS = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The namespace of ``podcast:guid``, as its specification gives it."""


def guid(url: str) -> str:
    """Give a show's identifier: of its feed's address without the scheme and the last slashes."""
    return str(uuid.uuid5(_SHOWS, url.partition("://")[2].rstrip("/")))


def finish_channel(channel: Element, feed: Feed, podcast: Podcast, url: str) -> None:
    """Say of the whole show, whose feed is at ``url``, what apps list it by."""
    add(channel, f"{{{ITUNES}}}author", ", ".join(author.name for author in feed.authors))
    add(channel, f"{{{ITUNES}}}explicit", _flag(podcast.explicit))
    add(channel, f"{{{ITUNES}}}type", podcast.type)
    if podcast.image:
        add(channel, f"{{{ITUNES}}}image", href=podcast.image)
    for category in podcast.categories:
        parent = channel
        for name in category:  # a subcategory stands inside its category
            parent = etree.SubElement(parent, f"{{{ITUNES}}}category", {"text": name})
    if podcast.owner:
        owner = add(channel, f"{{{ITUNES}}}owner")
        add(owner, f"{{{ITUNES}}}name", podcast.owner.name)
        if podcast.owner.email:
            add(owner, f"{{{ITUNES}}}email", podcast.owner.email)
    add(channel, f"{{{PODCAST}}}guid", podcast.guid or guid(url))


def finish_item(item: Element, entry: Entry, podcast: Podcast) -> None:
    """Say of an episode what its enclosure does not."""
    episode = entry.attachment
    if episode is None:
        return
    explicit = podcast.explicit if episode.explicit is None else episode.explicit
    add(item, f"{{{ITUNES}}}explicit", _flag(explicit))
    if episode.duration:
        add(item, f"{{{ITUNES}}}duration", str(episode.duration))
    if entry.hero:
        add(item, f"{{{ITUNES}}}image", href=entry.hero.url)
    for tag, number in (("season", episode.season), ("episode", episode.episode)):
        if number is not None:
            add(item, f"{{{ITUNES}}}{tag}", str(number))
            add(item, f"{{{PODCAST}}}{tag}", str(number))
    if episode.transcript:
        text = episode.transcript
        add(item, f"{{{PODCAST}}}transcript", url=text.url, type=text.type)
    if episode.chapters:
        add(item, f"{{{PODCAST}}}chapters", url=episode.chapters, type="application/json+chapters")


def _flag(explicit: bool) -> str:
    """Spell it as Apple wants it today; *yes* and *clean* are of another age."""
    return "true" if explicit else "false"

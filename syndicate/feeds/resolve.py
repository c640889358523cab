"""Posts → the neutral feed: every value is settled here, once for all formats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from syndicate.feeds import media, text
from syndicate.feeds.sets import Listing
from syndicate.feeds.shape import Entry, Feed, Podcast
from syndicate.model import Author, Hub, Image, MediaFacts, Post, Site

if TYPE_CHECKING:
    from syndicate import config  # pydantic costs more than this whole room

Facts = Callable[[Image], MediaFacts | None]
Render = Callable[[Post], str]


def resolve(  # noqa: PLR0917 - what a feed is made of
    site: Site,
    settings: config.Feeds,
    listing: Listing,
    hubs: Sequence[Hub],
    render: Render,
    facts: Facts,
) -> Feed:
    """Settle one feed.

    Its id is the home page's address (RFC 4287, 4.2.6) and the feed's folder, not the feed's own,
    and an archived page has the id of its feed:
    files move between hosts more often than a site changes its domain, and a tag URI would need a
    date that is written down somewhere to stay the same.
    """
    url = text.address(site.url) or site.url
    home = url if urlsplit(url).path else f"{url}/"
    part = listing.folder if listing.archive_of is None else listing.archive_of
    folder = text.address(f"{home.rstrip('/')}/{part}") if part else home
    feed = Feed(
        id=folder or home,
        title=text.title(listing.title) or home,
        description=text.line(listing.description),
        home=home,
        language=text.language(site.language),
        authors=_authors([site.author] if site.author else [])
        or (Author(text.title(site.title) or home, url=home),),
        entries=(),
        rights=text.line(site.copyright),
        icon=text.address(site.icon),
        logo=text.address(site.logo),
        hubs=tuple(hubs),
        zone=ZoneInfo(site.timezone),
    )
    entries = tuple(_entry(feed, post, listing.full, render, facts) for post in listing.posts)
    show = None
    if any(entry.attachment for entry in entries):
        show = _podcast(site, settings)
    return replace(feed, entries=entries, podcast=show)


def _podcast(site: Site, settings: config.Feeds) -> Podcast:
    """Settle what is said of a show; what is not configured is as with the site."""
    own = settings.podcast
    return Podcast(
        guid=own.guid,
        explicit=own.explicit,
        type=own.type,
        categories=tuple(
            tuple(text.line(name) for name in category.split("/")) for category in own.categories
        ),
        image=text.address(own.image or site.logo),
        owner=own.owner.to_author() if own.owner else site.author,
    )


def _entry(feed: Feed, post: Post, full: bool, render: Render, facts: Facts) -> Entry:
    """Settle one post. For its summary alone it is rendered only where it brings none."""
    picture = media.hero(post.image, facts)
    title = text.title(post.title or "") or None
    said = text.line(post.summary)
    body = text.clean(render(post)) if full or not said else ""
    said = said or text.excerpt(body)
    published = _moment(post.published)
    label = title or text.shorten(said, text.LABEL) or published.date().isoformat()
    language = text.language(post.language)
    url = text.address(post.url) or text.line(post.url)
    return Entry(
        id=text.line(post.id) or url,
        url=url,
        title=title,
        label=label,
        summary=said or label,
        content=media.with_hero(body, picture) if full else None,
        published=published,
        updated=max(published, _moment(post.updated)),
        authors=_authors(post.authors) or feed.authors,
        terms=_terms((*post.categories, *post.tags)),
        language=None if language == feed.language else language,
        hero=picture,
        attachment=media.attachment(post.enclosure),
        external_url=text.address(post.external_url),
    )


def _moment(when: datetime) -> datetime:
    """Give a time in UTC and whole seconds: RFC 822 knows no smaller ones."""
    return when.astimezone(UTC).replace(microsecond=0)


def _authors(authors: Iterable[Author]) -> tuple[Author, ...]:
    """Clean the authors; who has no name is left out."""
    cleaned = (
        Author(
            text.line(author.name),
            text.email(author.email),
            text.address(author.url),
            text.address(author.avatar),
        )
        for author in authors
    )
    return tuple(dict.fromkeys(author for author in cleaned if author.name))


def _terms(names: Iterable[str]) -> tuple[str, ...]:
    """Clean categories and tags; of those that differ in case only, the first one stands."""
    terms: dict[str, str] = {}
    for name in map(text.line, names):
        terms.setdefault(name.casefold(), name)
    terms.pop("", None)
    return tuple(terms.values())

"""A post's words as an endpoint wants them: its own text, or title, summary, link and hashtags."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from syndicate.compose.facets import find_facets
from syndicate.compose.hashtags import hashtags, hashtags_in
from syndicate.compose.links import slug
from syndicate.compose.measure import graphemes
from syndicate.compose.text import WORTHWHILE, Parts, compose_parts, shorten
from syndicate.errors import Rejected
from syndicate.model import Post, Site

Fit = Callable[[Parts], bool]

_BLANKS = re.compile(r"[ \t]{2,}")
_EDGES = re.compile(r"[ \t]*\n[ \t]*")
_GAPS = re.compile(r"\n{3,}")


class Wording(Protocol):
    """What an endpoint's options say of its texts."""

    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def hashtags(self) -> int: ...  # noqa: D102
    @property
    def hashtag_map(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def required_hashtags(self) -> Sequence[str]: ...  # noqa: D102


class Words:
    """What there is to say of a post, whole; :meth:`within` chooses what fits.

    Args:
        post: what is announced.
        site: where it is.
        options: the endpoint's.
        clean: takes from what an author wrote what the network would obey, such as mentions.
    """

    def __init__(
        self, post: Post, site: Site, options: Wording, clean: Callable[[str], str] = str
    ) -> None:
        self.post = post
        self.site = site
        self.options = options
        self.clean = clean
        self.title = " ".join(clean(post.title or "").split())
        self.summary = " ".join(clean(post.summary).split())
        self.required = hashtags(options.required_hashtags, odd=options.hashtag_map)

    def within(self, fit: Fit, *, link: bool = True) -> Parts:
        """Choose as much as fits.

        Of a text of the endpoint's own the summary is shortened, then hashtags are left out from
        the last one on; the link, and the hashtags that are required, are never cut.

        Args:
            fit: whether the network takes these parts, marked up as it wants them.
            link: whether the text has to have the link, or something beside it carries it.

        Raises:
            Rejected: what may not be cut does not fit.
        """
        if self.options.text:
            return _Templated(self, link).within(fit)
        others = self.hashtags(self.post.tags, f"{self.title} {self.summary}")
        most = max(self.options.hashtags, len(self.required))
        parts = compose_parts(
            self.title,
            self.summary,
            self.post.url if link else "",
            [*self.required, *others][:most],
            fit,
            required=len(self.required),
        )
        if self.required and not fit(parts):
            raise Rejected(f"the required hashtags {parts.tags} do not fit beside the link")
        return parts

    def hashtags(self, terms: Iterable[str], present: str) -> list[str]:
        """Make hashtags of tags, but for those that are required or present already."""
        known = " ".join([present, *(f"#{tag}" for tag in self.required)])
        return hashtags(terms, known, odd=self.options.hashtag_map)


class _Templated:
    """A text of an endpoint's own, filled in as often as it takes to make it fit."""

    def __init__(self, words: Words, link: bool) -> None:
        from syndicate.compose import template  # noqa: PLC0415 - Jinja is heavy, and most do without

        self._words = words
        self._link = link
        self._text = template.read(words.options.text)
        self._refusal = template.NotText
        self._values = _values(words)
        self._used = 0

    def within(self, fit: Fit) -> Parts:
        words = self._words
        try:
            whole = words.summary
            self._parts(whole, None)
            counts = range(self._used, min(self._used, len(words.required)) - 1, -1)
            for count in counts:
                summary = self._shortened(whole, count, fit)
                if summary == whole or graphemes(summary) >= WORTHWHILE:
                    parts = self._parts(summary, count)
                    if fit(parts):
                        return parts
            for count in counts:
                parts = self._parts("", count)
                if fit(parts):
                    return parts
        except self._refusal as error:
            raise Rejected(f"the text {error}") from None
        raise Rejected(
            f"the text does not fit: without its summary and its hashtags it has still "
            f"{graphemes(parts.body)} characters; take something out of it, or shorten a part: "
            "{{ title|truncate(80) }}"
        )

    def _shortened(self, summary: str, count: int, fit: Fit) -> str:
        return shorten(summary, lambda text: fit(self._parts(text, count)))

    def _parts(self, summary: str, count: int | None) -> Parts:
        """Fill the text in, with at most ``count`` hashtags that may be left out."""
        words, given = self._words, list(hashtags_in(self._text.literal))
        present = f"{words.title} {words.summary} {self._text.literal}"
        required = [tag for tag in words.required if tag.casefold() not in given]
        self._used = len(required)

        def make(terms: Iterable[str], most: int | None) -> str:
            most = words.options.hashtags if most is None else most
            made = [*required, *words.hashtags(terms, present)]
            made = [tag for tag in made[: max(most, len(required))] if tag.casefold() not in given]
            made = made[: None if count is None else count]
            given.extend(tag.casefold() for tag in made)
            self._used = max(self._used, len(made))
            return " ".join(f"#{tag}" for tag in made)

        values = {**self._values, "summary": _closed(summary, words.clean)}
        text = _tidy(self._text.render(values, make))
        if self._link and not has_link(text, words.post.url):
            text = "\n\n".join(part for part in (text, words.post.url) if part)
        missing = [f"#{tag}" for tag in required if tag.casefold() not in hashtags_in(text)]
        text = "\n\n".join(part for part in (text, " ".join(missing)) if part)
        return Parts(words.title, summary, words.post.url, (), text)


def has_link(text: str, link: str) -> bool:
    """Tell whether a text has this very link, and not just one that begins alike."""
    return link in text and any(facet.value == link for facet in find_facets(text, link))


def _values(words: Words) -> dict[str, Any]:
    """Give what a text can name, but for the summary."""
    post, site = words.post, words.site

    def clean(text: str) -> str:
        return _closed(words.clean(" ".join(text.split())), words.clean)

    return {
        "title": clean(post.title or ""),
        "url": post.url,
        "slug": slug(post.url),
        "tags": [clean(tag) for tag in post.tags],
        "categories": [clean(each) for each in post.categories],
        "authors": [clean(each.name) for each in post.authors],
        "site": site,
        "published": post.published.astimezone(ZoneInfo(site.timezone)),
        "language": post.language,
    }


def _closed(text: str, clean: Callable[[str], str]) -> str:
    """Keep a word that ends in ``@`` from calling whatever the text has behind it."""
    return text if clean(f"{text}a") == f"{text}a" else f"{text}\u200b"


def _tidy(text: str) -> str:
    """Close the gaps that empty values leave."""
    return _GAPS.sub("\n\n", _EDGES.sub("\n", _BLANKS.sub(" ", text))).strip()

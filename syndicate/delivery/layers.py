"""What holds for one post on one endpoint: the options in their layers. Pure.

The network's default → the endpoint's table → the post's front matter → the command line. Each
layer says only what it wants to be different.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from syndicate.compose import slug, tagged
from syndicate.config import Endpoint, PostOptions, Worded, in_words, post_options
from syndicate.errors import Rejected, SyndicateError
from syndicate.model import Finding, Kind, Outline, Post, Severity, Wishes

DEFAULT, ENDPOINT, COMMAND = "the network's default", "the endpoint", "the command line"
"""The layers, as people are told of them; a post's own is told by file and line."""
WAITS = "its front matter says: not before "
REQUIRE, SKIP = "require", "skip-image"
NO_ALT = "the image has no alternative text"
MEND_ALT = 'image_alt says what it shows, or is "" where it is decoration'
_NONE = Wishes()
_YES, _NO = {"true", "yes", "on"}, {"false", "no", "off"}


@dataclass(frozen=True, slots=True)
class Said:
    """A value, and who said it."""

    value: Any
    by: str


@dataclass(frozen=True, slots=True)
class Layers:
    """What holds for one post on one endpoint."""

    options: Endpoint
    """The endpoint's, with what the post and the command line have put over them."""
    own: PostOptions
    """What the post says."""
    skip: str = ""
    """Why the post is not for this endpoint; empty where it is."""
    problems: tuple[Finding, ...] = ()
    """What the post says and nobody can do: it is not announced there until that is mended."""
    said: Mapping[str, Said] = field(default_factory=dict)
    """Every option that a post may set, and who has set it."""

    @property
    def at(self) -> datetime | None:
        """Before which time it is not announced."""
        return self.own.at

    @property
    def waits(self) -> str:
        """Why it is not announced yet."""
        return f"{WAITS}{self.at.astimezone(UTC):%Y-%m-%d %H:%M}Z" if self.at else ""

    def pictured(self, post: Post) -> Post:
        """Give the post without its image where that has no alternative text, and needs one."""
        bare = post.undescribed is not None
        return replace(post, image=None) if bare and alt_policy(self.options) == SKIP else post

    def apply(self, post: Post) -> Post:
        """Give the post as this endpoint announces it.

        Raises:
            Rejected: the post says what nobody can do.
        """
        if self.problems:
            raise Rejected("; ".join(map(str, self.problems)))
        options, own = self.options, self.own
        if own.language:
            post = replace(post, language=own.language)
        if not isinstance(options, Worded):
            return post
        post = self.pictured(post) if options.image else replace(post, image=None)
        terms = getattr(own, "hashtags", None)
        if isinstance(terms, list):
            post = replace(post, tags=tuple(terms))
        return replace(post, url=_tagged(post, options))


def layers(
    post: Post | Outline, endpoint: Endpoint, by_hand: Mapping[str, Any] | None = None
) -> Layers:
    """Put the layers of a post's options on an endpoint together.

    Args:
        post: with what its front matter wishes.
        endpoint: the endpoint's own options.
        by_hand: what the command line says, which has been checked.
    """
    wishes = post.wishes or _NONE
    own, problems = _own(post, wishes, endpoint)
    own = own.model_copy(update=by_hand or {})
    over = {key: getattr(own, key) for key in own.model_fields_set}
    if isinstance(terms := over.get("hashtags"), list):
        over["hashtags"] = len(terms)
    known = {key: value for key, value in over.items() if key in type(endpoint).model_fields}
    options = endpoint.model_copy(update=known)
    return Layers(
        options,
        own,
        _skipped(post, wishes, endpoint.name, own),
        (*problems, *_undescribed(post, options)),
        dict(_said(post, wishes, endpoint, own, by_hand or {})),
    )


def read_by_hand(endpoint: Endpoint, said: Mapping[str, Any]) -> dict[str, Any]:
    """Check what a person says of one message, as front matter is checked.

    Whether and when it is sent is decided by sending it: ``skip`` and ``at`` are a post's alone.

    Raises:
        SyndicateError: nobody can do that.
    """
    model, name = post_options(type(endpoint)), endpoint.name
    known = sorted(model.model_fields.keys() - {"skip", "at"})
    if unknown := sorted(said.keys() - set(known)):
        there = f"there are {', '.join(known)}"
        raise SyndicateError(f"{name} has no {', '.join(unknown)} that could be set; {there}")
    try:
        checked = model.model_validate(said)
    except ValidationError as error:
        told = (f"{name}: {key}: {message}" for key, message in _faults(error, model).items())
        raise SyndicateError("\n".join(told)) from None
    return {key: getattr(checked, key) for key in said}


def findings(posts: Iterable[Post | Outline], endpoints: Sequence[Endpoint]) -> Iterator[Finding]:
    """Tell what posts wish and cannot have, by file and line."""
    names = [each.name for each in endpoints]
    for post in posts:
        if post.wishes is None:
            continue
        for name in [*(post.wishes.only or ()), *post.wishes.endpoints]:
            if name not in names:
                close = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
                advice = f"did you mean {close[0]}?" if close else f"there are {', '.join(names)}"
                message = f"no endpoint is named {name!r}; {advice}"
                yield _finding(post, post.wishes, name, "", message, Severity.WARNING)
        for endpoint in endpoints:
            yield from (each for each in layers(post, endpoint).problems if each.kind is Kind.WISH)


def alt_policy(options: Endpoint) -> str | None:
    """Tell what an endpoint does about an image without alternative text; None: it shows none."""
    return options.alt if isinstance(options, Worded) and options.image else None


def _undescribed(post: Post | Outline, options: Endpoint) -> Iterator[Finding]:
    """Refuse an image without an alternative text where one is required."""
    bare = post.undescribed
    if bare and alt_policy(options) == REQUIRE:
        message = f"{NO_ALT}; {options.name} requires one: not announced there until {MEND_ALT}"
        yield Finding(post.source, bare.line, bare.key, message, Severity.ERROR, Kind.ALT)


def _own(
    post: Post | Outline, wishes: Wishes, endpoint: Endpoint
) -> tuple[PostOptions, list[Finding]]:
    """Judge what a post says of an endpoint."""
    model, name = post_options(type(endpoint)), endpoint.name
    said = wishes.endpoints.get(name)
    word = said.strip().lower() if isinstance(said, str) else ""
    if said is None or word in _YES:
        return model(), []
    if word in _NO:
        return model(skip=True), []
    if not isinstance(said, dict):
        message = "expected false, or keys below it such as text or skip"
        return model(), [_finding(post, wishes, name, "", message)]
    try:
        return model.model_validate({k: v for k, v in said.items() if v is not None}), []
    except ValidationError as error:
        faults = _faults(error, model).items()
        return model(), [_finding(post, wishes, name, key, message) for key, message in faults]


def _faults(error: ValidationError, model: type[PostOptions]) -> dict[str, str]:
    """Tell what is wrong by key, each once."""
    found: dict[str, str] = {}
    for detail in error.errors():
        key = str(detail["loc"][0])
        message = in_words(detail)
        if detail["type"] == "extra_forbidden":
            message = f"unknown key; a post can say {', '.join(sorted(model.model_fields))}"
        elif key == "at":
            message = "expected a date and a time such as 2026-12-01 09:00"
        found.setdefault(key, message)
    return found


def _finding(  # noqa: PLR0917 - a finding's parts
    post: Post | Outline,
    wishes: Wishes,
    name: str,
    key: str,
    message: str,
    severity: Severity = Severity.ERROR,
) -> Finding:
    path = ".".join(part for part in ("syndicate", name, key) if part)
    if severity is Severity.ERROR:
        message += ": not announced there until this is mended"
    line = wishes.line_of(name, key)
    return Finding(post.source, line, path, message, severity, Kind.WISH)


def _skipped(post: Post | Outline, wishes: Wishes, name: str, own: PostOptions) -> str:
    """Tell why a post is not for an endpoint."""
    if own.skip:
        return f"its front matter says so ({_place(post, wishes.line_of(name, 'skip'))})"
    if wishes.only is not None and name not in wishes.only:
        return f"its front matter names others ({_place(post, wishes.line)})"
    return ""


def _said(
    post: Post | Outline,
    wishes: Wishes,
    endpoint: Endpoint,
    own: PostOptions,
    by_hand: Mapping[str, Any],
) -> Iterator[tuple[str, Said]]:
    for key in type(own).model_fields:
        if key in by_hand:
            yield key, Said(by_hand[key], COMMAND)
        elif key in own.model_fields_set:
            place = _place(post, wishes.line_of(endpoint.name, key))
            yield key, Said(getattr(own, key), place)
        elif key in type(endpoint).model_fields:
            layer = ENDPOINT if key in endpoint.model_fields_set else DEFAULT
            yield key, Said(getattr(endpoint, key), layer)


def _place(post: Post | Outline, line: int | None) -> str:
    return post.source if line is None else f"{post.source}:{line}"


def _tagged(post: Post, options: Worded) -> str:
    values = {
        "slug": slug(post.url),
        "language": post.language,
        "endpoint": options.name,
        "network": options.network,
    }
    words = {f"utm_{key}": word for key, word in options.utm if word}
    return tagged(post.url, words, values) if words else post.url

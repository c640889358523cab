"""What holds for the messages of every network."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syndicate.compose import graphemes, measure
from syndicate.compose.measure import cut
from syndicate.compose.text import ELLIPSIS
from syndicate.model import Limits, Message, Picture, Post
from syndicate.testing.case import Case
from syndicate.testing.samples import ALT, HERO, LARGE, POST, POSTS

_KINDS_OF_PICTURE = pytest.mark.parametrize(
    "hero", [None, HERO, LARGE], ids=["no picture", "small", "large"]
)
_EVERY_POST = pytest.mark.parametrize("post", POSTS.values(), ids=POSTS)


def assert_within(message: Message, limits: Limits) -> None:
    """Assert that nothing of a message is larger than the network takes."""
    if message.limit is not None:
        assert measure(message.text, limits) <= message.limit
        assert message.length <= message.limit
    if limits.text_bytes is not None:
        assert len(message.text.encode()) <= limits.text_bytes
    if message.image and limits.image_bytes is not None:
        assert message.image.length <= limits.image_bytes
    if message.image and limits.alt is not None:
        assert len(message.image.alt) <= limits.alt


def assert_shortened(text: str, whole: str, most: int | None) -> None:
    """Assert that a text is whole, or the beginning of it that is within so many characters.

    It ends with an ellipsis then, and no grapheme is torn.
    """
    if most is None or len(whole) <= most:
        assert text == whole
        return
    assert text.endswith(ELLIPSIS)
    assert len(text) <= most
    kept = text.removesuffix(ELLIPSIS).rstrip()
    assert kept
    assert cut(whole, graphemes(kept)) == kept


class Composing:
    """Any post becomes a message within the limits, the same each time, and by nothing else."""

    @_EVERY_POST
    @_KINDS_OF_PICTURE
    def test_every_post_makes_a_message_within_the_limits(
        self, case: Case, post: Post, hero: Picture | None
    ) -> None:
        """The link, the language and the limit are said, the picture with its text."""
        limits = case.limits
        message = case.bind().compose(post, "<p>Hi</p>", hero, limits)
        assert_within(message, limits)
        assert message.link == post.url
        assert message.language == post.language
        assert message.limit == (case.caption if case.caption and message.image else limits.text)
        shown = case.shows is None or (hero and hero.type in case.shows)
        if post.image is None or hero is None or not case.pictures or not shown:
            assert message.image is None
        else:
            assert_shortened(message.image.alt, post.image.alt or "", limits.alt)
            assert message.image.data

    @given(
        title=st.none() | st.text(max_size=400),
        summary=st.text(max_size=1_000),
        tags=st.lists(st.text(max_size=30), max_size=6),
    )
    @settings(
        max_examples=60,
        deadline=None,
        # It is run for many networks, and each gives one case for all examples.
        suppress_health_check=[
            HealthCheck.differing_executors,
            HealthCheck.function_scoped_fixture,
        ],
    )
    def test_any_text_makes_a_message_within_the_limits(
        self, case: Case, title: str | None, summary: str, tags: Sequence[str]
    ) -> None:
        """Whatever a title, a summary and tags are made of."""
        post = replace(POST, title=title, summary=summary, tags=tuple(tags))
        assert_within(case.bind().compose(post, "", None, case.limits), case.limits)

    @_EVERY_POST
    def test_composing_is_pure_and_a_frozen_message_survives_the_ledger(
        self, case: Case, post: Post
    ) -> None:
        """Two times give one message, and so does its JSON."""
        limits = case.limits
        first, second = (case.bind().compose(post, "<p>Hi</p>", HERO, limits) for _ in range(2))
        assert first == second
        frozen = json.loads(json.dumps(first.to_json()))
        assert Message.from_json(frozen, first.image.data if first.image else b"") == first

    def test_composing_touches_nothing_outside(
        self, case: Case, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """No socket is connected, and no file opened."""

        def unexpected(*_arguments: Any, **_options: Any) -> None:
            raise AssertionError("compose reached out")

        network = case.bind()
        post = POSTS["illustrated"]
        case.bind().compose(post, "", HERO, case.limits)  # lazy imports are done now
        monkeypatch.setattr("socket.socket.connect", unexpected)
        monkeypatch.setattr("builtins.open", unexpected)
        network.compose(post, "", HERO, case.limits)

    def test_a_picture_that_does_not_fit_is_made_to_or_left_out(self, case: Case) -> None:
        """A network that only refers to pictures has to leave out what it cannot show."""
        tight = replace(case.limits, image_bytes=5_000, image_types=frozenset({"image/jpeg"}))
        message = case.bind().compose(POSTS["illustrated"], "", LARGE, tight)
        if case.shows:
            assert message.image is None
        elif case.limits.image_bytes is not None:
            assert message.image.length <= tight.image_bytes
            assert message.image.type == "image/jpeg"

    def test_the_alternative_text_is_the_authors_own(self, case: Case) -> None:
        """None is made up where the author gave none."""
        said = [
            case.bind().compose(POSTS[name], "", HERO, case.limits).image
            for name in ("illustrated", "without alt")
        ]
        assert [each and each.alt for each in said] == ([ALT, ""] if case.pictures else [None] * 2)

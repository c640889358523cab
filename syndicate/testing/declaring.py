"""What every network says of itself."""

from __future__ import annotations

import json

from starlette.responses import JSONResponse

from syndicate.config import Endpoint
from syndicate.model import Guarantee, Replay
from syndicate.networks.base import Deletes, Edits, FeedNetwork, LooksUp, LooksUpReplies, Replies
from syndicate.testing.case import BOUNDLESS, SECRET, Case
from syndicate.testing.samples import HERO, POSTS


class Declaring:
    """Its guarantee, its options, its limits; and none of its secrets."""

    def test_the_guarantee_is_declared_and_kept_by_what_the_network_can(self, case: Case) -> None:
        """A window belongs to a key that is known for a time, a look-up to who looks."""
        network = case.bind()
        assert isinstance(network.guarantee, Guarantee)
        has_window = network.guarantee.window is not None
        assert has_window == (network.guarantee.replay is Replay.IDEMPOTENT_FOR)
        assert network.guarantee.looks_up == isinstance(network, LooksUp)

    def test_edits_replies_and_deletions_are_what_the_options_say(self, case: Case) -> None:
        """A configuration is refused by what the options say, before a network is asked."""
        network, options = case.bind(), case.network.Options
        assert isinstance(network, FeedNetwork) != options.announces
        assert options.announces or not options.has_readers
        assert isinstance(network, Edits) == ("update" in options.edits)
        assert isinstance(network, Replies) == ("reply" in options.edits)
        assert isinstance(network, Deletes) == options.deletes
        looks_up = "reply" in options.edits and network.guarantee.looks_up
        assert isinstance(network, LooksUpReplies) == looks_up

    def test_every_option_is_explained(self, case: Case) -> None:
        """The configuration's documentation is made of it."""
        options = case.network.Options
        own = {
            name: info
            for name, info in options.model_fields.items()
            if name not in Endpoint.model_fields
        }
        assert own
        for name, info in own.items():
            assert info.description, name
        assert (options.__doc__ or "").strip()
        assert options.model_json_schema()["properties"]

    def test_secrets_show_nowhere(self, case: Case) -> None:
        """Neither in what a person may print, nor in what the ledger keeps."""
        network = case.bind("https://server.example")
        message = case.message(network, POSTS["illustrated"], HERO)
        values = vars(network).values() if hasattr(network, "__dict__") else ()
        for shown in (*map(repr, values), repr(message), json.dumps(message.to_json())):
            assert SECRET not in shown
            assert SECRET.removeprefix("whsec_") not in shown

    def test_the_limits_are_told_and_stay_for_a_while(self, case: Case) -> None:
        """Reading them makes nothing public, and two messages in a row have the same.

        An address has none, and it is all that a network says that is told of feeds.
        """
        if isinstance(case.bind(), FeedNetwork):
            assert case.limits == BOUNDLESS
            assert not hasattr(case.network, "limits")
            return

        async def limits(network, wire):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            return [await network.limits(wire), await network.limits(wire)]

        with case.answering(lambda: JSONResponse({})) as (url, posted):
            first, second = case.work(url, limits)
        assert first == second
        assert first.text == case.limits.text
        assert posted == []

"""Under which id the remote knows what was sent."""

from __future__ import annotations

import pytest

from fakes.posts import delivery
from syndicate.model import Event, Key, Receipt
from syndicate.testing.clock import NOON

OWN, FIRST = Key("msg_2", NOON), Receipt("msg_1")


@pytest.mark.parametrize(
    ("event", "receipt", "told"),
    [
        (Event.PUBLISHED, Receipt("msg_2"), "msg_2"),
        (Event.UPDATED, FIRST, "msg_2"),
        (Event.DELETED, FIRST, "msg_2"),
        (Event.UPDATED, Receipt("110"), "110"),
        (Event.UPDATED, Receipt("msg_1", "https://x.example/1"), "msg_1"),
        (Event.PUBLISHED, None, ""),
    ],
)
def test_an_event_of_its_own_has_an_id_of_its_own(event, receipt, told):
    assert delivery(event=event, receipt=receipt, key=OWN).sent_as == told

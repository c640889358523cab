"""The rules of every network, run on ours. A new one joins by one line in ``fakes.cases``."""

from __future__ import annotations

import pytest

from fakes.cases import CASES
from syndicate import networks
from syndicate.testing import Composing, Declaring, Delivering, Promising

LOCAL = {"email", "folder"}
"""Those that talk to no HTTP server."""


FEEDS = {"rsscloud", "websub"}
"""Those that are told of changed feeds: there is no post that they could compose."""


def each(*, wanted=lambda name, case: True):
    chosen = {name: case for name, case in CASES.items() if wanted(name, case)}
    return pytest.mark.parametrize("case", chosen.values(), ids=chosen)


def test_every_network_of_ours_is_held_to_the_rules():
    assert set(CASES) == set(networks._BUILT_IN)


@each(wanted=lambda name, case: name not in FEEDS)
class TestComposing(Composing):
    pass


@each()
class TestDeclaring(Declaring):
    pass


@each(wanted=lambda name, case: name not in LOCAL)
class TestDelivering(Delivering):
    pass


@each(wanted=lambda name, case: case.created)
class TestPromising(Promising):
    pass

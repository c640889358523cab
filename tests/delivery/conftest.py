from __future__ import annotations

import pytest

from fakes.house import House


@pytest.fixture
def house(tmp_path):
    houses = []

    def build(options=None, **networks):
        houses.append(House(tmp_path, options, **networks))
        return houses[-1].enter()

    yield build
    for each in houses:
        each.ledger.close()

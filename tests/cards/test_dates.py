from datetime import date

import pytest

from syndicate.cards.dates import spell


@pytest.mark.parametrize(
    ("language", "spelt"),
    [
        ("en", "1 March 2026"),
        ("en-GB", "1 March 2026"),
        ("ja", "2026年3月1日"),
        ("zh-Hant", "2026年3月1日"),
        ("ko", "2026년 3월 1일"),
        ("de", "2026-03-01"),
        ("", "2026-03-01"),
    ],
)
def test_a_day_is_spelt_as_its_readers_spell_it(language, spelt):
    assert spell(date(2026, 3, 1), language) == spelt

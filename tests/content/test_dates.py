from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syndicate.content.dates import DateError, from_path, parse

BERLIN = ZoneInfo("Europe/Berlin")
NINE = time(9)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # without a zone: the site's; without a time: nine o'clock there
        ("2025-06-08", utc(2025, 6, 8, 7)),
        ("2025-01-08", utc(2025, 1, 8, 8)),
        ("20250608", utc(2025, 6, 8, 7)),
        ("2020/12/21", utc(2020, 12, 21, 8)),
        ("2024-4-09", utc(2024, 4, 9, 7)),
        ("2025.06.08", utc(2025, 6, 8, 7)),
        (" 2025-06-08 ", utc(2025, 6, 8, 7)),
        ("2025-06-08T10:00", utc(2025, 6, 8, 8)),
        ("2025-06-08 10:00:30", utc(2025, 6, 8, 8, 0, 30)),
        ("2025-06-08 9:05", utc(2025, 6, 8, 7, 5)),
        # with one
        ("2025-06-08T10:00:00Z", utc(2025, 6, 8, 10)),
        ("2025-06-08T10:00:00.250Z", utc(2025, 6, 8, 10, 0, 0, 250_000)),
        ("2025-06-08t10:00:00.250z", utc(2025, 6, 8, 10)),
        ("2025-06-08T10:00:00+02:00", utc(2025, 6, 8, 8)),
        ("2023-01-29 18:30:22 +0000", utc(2023, 1, 29, 18, 30, 22)),
        ("2013-02-24 5:00:00 UTC", utc(2013, 2, 24, 5)),
        ("2013-02-24 5:00:00 gmt", utc(2013, 2, 24, 5)),
        ("2023-01-29 18:30:22 2023 -0800", utc(2023, 1, 30, 2, 30, 22)),
        ("2001-12-14 21:59:43.10 -5", utc(2001, 12, 15, 2, 59, 43)),
        ("2001-12-14t21:59:43.10-05:00", utc(2001, 12, 15, 2, 59, 43, 100_000)),
        ("2025-06-08 10:00:00 UTC+2", utc(2025, 6, 8, 8)),
        # twelve hours
        ("2025-06-08 10:00 PM", utc(2025, 6, 8, 20)),
        ("2025-06-08 12:10 am", utc(2025, 6, 7, 22, 10)),
        ("2025-06-08 12:10 pm", utc(2025, 6, 8, 10, 10)),
        # RFC 822
        ("Sun, 08 Jun 2025 10:00:00 GMT", utc(2025, 6, 8, 10)),
        ("Sun, 08 Jun 2025 10:00:00 -0000", utc(2025, 6, 8, 10)),
        ("Sun, 08 Jun 2025 10:00:00 EST", utc(2025, 6, 8, 15)),
        ("8 Jun 99 10:00:00 +0200", utc(1999, 6, 8, 8)),
        ("Sun, 08 Jun 2025 10:00:00", utc(2025, 6, 8, 8)),
        # words
        ("June 8, 2025", utc(2025, 6, 8, 7)),
        ("june 8 2025", utc(2025, 6, 8, 7)),
        ("Jun. 8th, 2025", utc(2025, 6, 8, 7)),
        ("Sept 3, 2025", utc(2025, 9, 3, 7)),
        ("8 June 2025", utc(2025, 6, 8, 7)),
        ("8. June 2025", utc(2025, 6, 8, 7)),
        ("8-Jun-2025", utc(2025, 6, 8, 7)),
        ("Sunday, June 8, 2025 at 10:30 PM", utc(2025, 6, 8, 20, 30)),
        ("June 8, 2025 10:30:00 +0000", utc(2025, 6, 8, 10, 30)),
        ("Sun Jun 08 2025 10:00:00 GMT+0200 (Central European Summer Time)", utc(2025, 6, 8, 8)),
        # clock changes: what is skipped or repeated is read with the offset before the change
        ("2025-03-30 02:30", utc(2025, 3, 30, 1, 30)),
        ("2025-10-26 02:30", utc(2025, 10, 26, 0, 30)),
    ],
)
def test_every_spelling_is_read(text: str, expected: datetime):
    found = parse(text, BERLIN, NINE)
    assert found.tzinfo is UTC
    assert found == expected


@pytest.mark.parametrize(
    "text",
    [
        *("", "tomorrow", "12:30", "750", "2025", "2025-06", "06/08/2025", "2025-13-01"),
        *("2025-02-30", "2025-06-08 25:00", "2025-06-08 10:00 XYZ", "Foo 8, 2025", "May 2025"),
        *("Sun, 08 Jun 2025 10:00 CEST", "2025-06-08 10:00:00 +9999", "June 31, 2025"),
        *("2025/06-08", "٢٠٢٥-٠٦-٠٨", "1749362718"),
    ],
)
def test_what_is_no_date_is_refused_with_advice(text: str):
    with pytest.raises(DateError, match="write it as 2025-06-08"):
        parse(text, BERLIN, NINE)


@pytest.mark.parametrize("text", ["0001-01-01", "1899-12-31", "2200-01-01T00:00:00Z", "9999-12-31"])
def test_absurd_years_are_refused(text: str):
    with pytest.raises(DateError, match=r"the year \d+ cannot be meant"):
        parse(text, BERLIN, NINE)


@given(
    st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30)),  # noqa: DTZ001
    st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia"]),
)
def test_a_date_parsed_from_its_own_output_is_the_same(local: datetime, zone: str):
    when = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert parse(when.isoformat(), BERLIN, NINE) == when
    assert parse(when.astimezone(ZoneInfo(zone)).isoformat(), BERLIN, NINE) == when


@given(st.text(max_size=40) | st.from_regex(r"[0-9]{1,5}[-/. ][0-9]{1,3}[-/. ][0-9]{1,3}.{0,12}"))
def test_any_text_is_a_date_or_a_date_error(text: str):
    try:
        found = parse(text, BERLIN, NINE)
    except DateError:
        return
    assert found.tzinfo is UTC


@pytest.mark.parametrize(
    ("source", "day"),
    [
        ("_posts/2019-03-01-title.md", (2019, 3, 1)),
        ("2019_03_01.md", (2019, 3, 1)),
        ("20190301-title.md", (2019, 3, 1)),
        ("title-2019-03-01.md", (2019, 3, 1)),
        ("2019/03/01/title.md", (2019, 3, 1)),
        ("2019-03-01-title/index.md", (2019, 3, 1)),
        ("2018/01/01/2019-03-01-title.md", (2019, 3, 1)),
    ],
)
def test_a_date_is_found_in_the_name_or_the_path(source: str, day: tuple[int, ...]):
    assert from_path(source, ZoneInfo("UTC"), NINE) == utc(*day, 9)


@pytest.mark.parametrize("source", ["title.md", "2019/title.md", "2019-13-45-x.md", "123456789.md"])
def test_other_digits_are_no_date(source: str):
    assert from_path(source, BERLIN, NINE) is None

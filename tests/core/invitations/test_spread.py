"""A campaign's people are spread evenly over the working days, within the hours of their own zones."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxbot.core.calendar.hours import Hours, next_open, parse_hours, worked_between
from cxbot.core.calendar.periods import zone
from cxbot.core.invitations import spread
from cxbot.errors import UsageError
from cxbot.language import vocabulary

HELSINKI = "Europe/Helsinki"
ZONES = st.sampled_from([HELSINKI, "America/New_York", "Asia/Tokyo", "Pacific/Apia", "UTC", "Australia/Lord_Howe"])
HOURS = st.sampled_from(["mon-fri 8-18", "mon-sat 9:30-17", "sat-sun 10-11", "always", "tue 7-23"]).map(parse_hours)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2032, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
WEEKDAYS = parse_hours("mon-fri 8-18")


@given(st.integers(1, 400), st.integers(1, 90), MOMENTS, HOURS, ZONES)
def test_every_working_day_has_as_many_people_or_one_more(
    people: int, days: int, now: datetime, hours: Hours, tz: str
) -> None:
    windows = spread.windows(days, now, hours, tz)
    moments = [spread.planned(place, people, windows) for place in range(people)]
    assert moments == sorted(moments)
    by_day = Counter(at.astimezone(zone(tz)).date() for at in moments)
    assert len(windows) == days
    counts = list(by_day.values()) + [0] * (days - len(by_day))
    assert set(counts) <= {people // days, people // days + 1}
    for at in moments:
        assert at >= now
        assert next_open(at, hours, tz) == at, "within the hours of the zone"


@given(st.sets(st.emails(), max_size=30), st.binary(min_size=1), st.randoms())
def test_the_order_is_the_same_at_every_time(people: set[str], key: bytes, random: object) -> None:
    shuffled = sorted(people)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    ordered = spread.in_order(shuffled, str, "Spring", key)
    assert ordered == spread.in_order(sorted(people), str, " SPRING", key)
    assert sorted(ordered) == sorted(people)


def test_the_order_depends_on_the_key_and_on_the_campaign() -> None:
    people = [f"p{number}@example.com" for number in range(50)]
    orders = [spread.in_order(people, str, name, key) for name in ("a", "b") for key in (b"1", b"2")]
    assert len({tuple(order) for order in orders}) == 4


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=40)), HOURS, ZONES)
def test_after_a_pause_the_same_working_time_is_left(start: datetime, length: timedelta, hours: Hours, tz: str) -> None:
    due = next_open(start + timedelta(hours=30), hours, tz)
    pause = worked_between(start, start + length, hours, tz)
    moved = spread.after_pause(due, pause, hours, tz)
    assert worked_between(due, moved, hours, tz) == pause


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=40)), HOURS, ZONES)
def test_whoever_is_tried_again_is_tried_when_that_is_possible(
    start: datetime, wait: timedelta, hours: Hours, tz: str
) -> None:
    due = next_open(start, hours, tz)
    again = spread.tried_again(due, due + wait, hours, tz)
    assert again >= due + wait
    assert next_open(again, hours, tz) == again


def test_today_counts_if_half_of_it_is_left() -> None:
    morning = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)  # Wednesday, ten o'clock in Helsinki
    first, second = spread.windows(2, morning, WEEKDAYS, HELSINKI)
    assert first == (morning, datetime(2026, 11, 18, 16, 0, tzinfo=UTC))
    assert second == (datetime(2026, 11, 19, 6, 0, tzinfo=UTC), datetime(2026, 11, 19, 16, 0, tzinfo=UTC))
    assert spread.windows(1, morning + timedelta(hours=4), WEEKDAYS, HELSINKI) == [second]


def test_the_clock_of_another_zone_decides() -> None:
    ten = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)
    assert spread.on_the_clock_of(ten, HELSINKI, "America/New_York") == datetime(2026, 11, 18, 15, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "days"), [("10d", 10), ("1", 1), ("2w", 10), ("90 d", 90), ("10 pv", 10), ("2 vko", 10), ("2 WEEK", 10)]
)
def test_a_span_is_read(text: str, days: int) -> None:
    assert spread.days_of(text, WEEKDAYS, vocabulary()) == days


@pytest.mark.parametrize("text", ["", "0d", "91d", "19w", "10x", "d", "-3", "1.5d", "ten", "10 months"])
def test_everything_else_is_no_span(text: str) -> None:
    with pytest.raises(UsageError, match="is not a number of working days"):
        spread.days_of(text, WEEKDAYS, vocabulary())

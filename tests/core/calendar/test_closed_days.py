"""Days on which nobody is asked: how they are written, read from files, and kept out of working hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxbot.core.calendar import closed_days, periods
from cxbot.core.calendar import hours as slots
from cxbot.core.calendar.closed_days import ClosedDays
from cxbot.core.calendar.day_files import days_in
from cxbot.core.calendar.hours import Hours
from cxbot.errors import UsageError

ZONES = st.sampled_from(["Europe/Helsinki", "America/New_York", "Pacific/Apia", "Asia/Kathmandu", "UTC"])
T0 = datetime(2026, 11, 18, 8, 0, tzinfo=UTC)
moments = st.integers(0, 60 * 24 * 60).map(lambda minutes: T0 + timedelta(minutes=minutes))
days = st.frozensets(st.integers(-3, 70).map(lambda number: T0.date() + timedelta(days=number)), max_size=40)


def test_days_in_a_row_are_one_range() -> None:
    closed = closed_days.parse("fi, DE-BY 2026-12-24,2026-12-26, 2026-12-25 2027-01-06")
    assert closed.places == ("FI", "DE-BY")
    assert closed_days.written(closed) == "FI, DE-BY, 2026-12-24..2026-12-26, 2027-01-06"
    assert closed_days.written(closed_days.parse(" off ")) == closed_days.written(closed_days.parse("")) == "off"


@given(days)
def test_what_is_written_is_read_as_the_same_days(closed: frozenset[date]) -> None:
    assert closed_days.parse(closed_days.written(ClosedDays(days=closed))).days == closed


@pytest.mark.parametrize("text", ["Finland", "24.12.2026", "2026-12-32", "2026-12-26..2026-12-24", "F1", "x.doc"])
def test_what_is_neither_place_nor_day_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match=r"Write `FI`"):
        closed_days.parse(text)


def test_there_is_a_limit() -> None:
    with pytest.raises(UsageError, match="at most 400"):
        closed_days.parse("2026-01-01..2026-12-31, 2027-01-01..2027-12-31")
    apart = ", ".join(f"{date(2026, 1, 1) + timedelta(days=2 * number)}" for number in range(390))
    with pytest.raises(UsageError, match="too many days"):
        closed_days.written(closed_days.parse(apart))


def test_places_are_looked_up_for_the_year_of_the_day_only() -> None:
    asked: list[tuple[str, int]] = []

    def public(place: str, year: int) -> frozenset[date]:
        asked.append((place, year))
        return frozenset({date(year, 12, 6)})

    closed = closed_days.parse("FI, 2026-12-24", public)
    assert date(2026, 12, 24) in closed
    assert asked == []
    assert date(2026, 12, 6) in closed
    assert date(2027, 12, 7) not in closed
    assert asked == [("FI", 2026), ("FI", 2027)]


# -- files ----------------------------------------------------------------------------------------------------

CALENDAR = """BEGIN:VCALENDAR
BEGIN:VEVENT
SUMMARY:Sample holiday\\, with a lo
 ng name
DTSTART;VALUE=DATE:20261224
DTEND;VALUE=DATE:20261227
END:VEVENT
BEGIN:VEVENT
DTSTART:20261229T090000Z
DTEND:20261229T100000Z
SUMMARY:A meeting
END:VEVENT
BEGIN:VEVENT
DTSTART;VALUE=DATE:20270101
END:VEVENT
END:VCALENDAR
"""


def test_all_day_events_are_days_and_meetings_are_none() -> None:
    wanted = {date(2026, 12, 24), date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)}
    assert days_in(CALENDAR) == days_in(CALENDAR.replace("\n", "\r\n")) == wanted


def test_a_list_has_one_day_or_range_a_line() -> None:
    text = "\ufeffday;name\n2026-12-24;Sample holiday\n\n# closed\n2026-12-28..2026-12-30\n"
    assert days_in(text) == {date(2026, 12, 24), *(date(2026, 12, each) for each in (28, 29, 30))}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "There are no days"),
        ("BEGIN:VCALENDAR\nEND:VCALENDAR\n", "There are no days"),
        (CALENDAR.replace("DTSTART;", "RRULE:FREQ=YEARLY\nDTSTART;"), "repeats itself"),
        ("BEGIN:VCALENDAR\nDTSTART;VALUE=DATE:20261340\n", "`20261340` is not a day"),
        ("2026-12-24\nChristmas\n", "`Christmas` is neither"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        days_in(text)


# -- working hours --------------------------------------------------------------------------------------------


@given(moments, ZONES, st.sets(st.integers(0, 6), min_size=1), st.integers(0, 1380), days)
def test_the_next_opening_is_the_first_open_minute_of_a_day_that_is_not_closed(
    moment: datetime, tz: str, weekdays: set[int], opens: int, closed: frozenset[date]
) -> None:
    hours = Hours(frozenset(weekdays), opens, min(opens + 240, 1440))
    found = slots.next_open(moment, replace(hours, closed=closed), tz)
    assert found >= moment
    assert periods.local_date(found, tz) not in closed
    # Without these days as holidays, what opens earlier is on one of them.
    earlier = slots.next_open(moment, hours, tz)
    while earlier < found:
        assert periods.local_date(earlier, tz) in closed
        earlier = slots.next_open(
            periods.local_midnight(periods.local_date(earlier, tz) + timedelta(days=1), tz), hours, tz
        )
    assert earlier == found


@given(moments, ZONES, st.sets(st.integers(0, 6), min_size=1), st.integers(0, 1380), st.integers(1, 40), days)
def test_no_work_is_done_on_a_closed_day(
    end: datetime, tz: str, weekdays: set[int], opens: int, amount: int, closed: frozenset[date]
) -> None:
    hours, work = Hours(frozenset(weekdays), opens, min(opens + 240, 1440)), timedelta(hours=amount)
    since = slots.worked_since(end, work, replace(hours, closed=closed), tz)
    assert since <= slots.worked_since(end, work, hours, tz)
    assert periods.local_date(since, tz) not in closed
    assert slots.worked_until(since, work, replace(hours, closed=closed), tz) <= end


@pytest.mark.parametrize(("text", "minutes"), [("30m", 30), (" 2 H ", 120), ("48h", 2880), ("1m", 1), ("off", None)])
def test_quiet_as_people_write_it(text: str, minutes: int | None) -> None:
    assert slots.parse_quiet(text) == (minutes and timedelta(minutes=minutes))


@pytest.mark.parametrize("text", ["", "30", "0m", "49h", "2881m", "-1m", "1.5h", "m", "30 min"])
def test_what_is_no_time_of_quiet_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match=r"Write .*`30m`"):
        slots.parse_quiet(text)

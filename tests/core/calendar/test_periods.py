from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cxbot.core.calendar import periods
from cxbot.core.calendar.periods import Kind, parse_period
from cxbot.errors import UsageError

ZONES = [
    "Europe/Helsinki",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Casablanca",
    "America/Sao_Paulo",
]
HELSINKI = ZONES[0]
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
zones = st.sampled_from(ZONES)
T0, MINUTES = datetime(1990, 1, 1, tzinfo=UTC), 30 * 365 * 24 * 60
calendar_kinds = st.sampled_from([kind for kind in Kind if kind is not Kind.RANGE])
moments = st.integers(0, MINUTES).map(lambda minutes: T0 + timedelta(minutes=minutes))
dates = st.dates(date(1985, 1, 1), date(2040, 1, 1))


@pytest.mark.parametrize("tz", ZONES)
@pytest.mark.parametrize("kind", [Kind.DAY, Kind.WEEK, Kind.MONTH, Kind.QUARTER, Kind.YEAR])
def test_ten_years_are_tiled_without_gap_or_overlap(kind, tz):
    current = periods.containing(kind, date(2017, 12, 31), tz)
    while current.start.year > 2007:
        before = current.previous()
        assert before.end == current.start
        assert before.kind is kind
        assert before.start < before.end or before.key == "2011-12-30"
        current = before


@pytest.mark.parametrize("tz", ZONES)
def test_weeks_carry_pythons_iso_label_and_the_hours_of_their_clock_changes(tz):
    hours = set()
    day = date(2016, 1, 1)
    while day < date(2026, 1, 1):
        week = periods.week_of(day, tz)
        iso = day.isocalendar()
        assert week.key == f"{iso.year}-W{iso.week:02}"
        assert (week.start, week.end) == (periods.week(week.key, tz).start, week.end)
        hours.add((week.end - week.start) // timedelta(hours=1))
        day += DAY
    assert hours <= {167, 168, 169}
    assert (hours == {168}) == (tz == "Asia/Kathmandu")


@given(calendar_kinds, moments, zones)
@example(Kind.DAY, datetime(2010, 11, 7, 2, 45, tzinfo=UTC), "America/St_Johns")
@example(Kind.DAY, datetime(2011, 12, 30, 10, 0, tzinfo=UTC), "Pacific/Apia")
@example(Kind.DAY, datetime(2018, 11, 4, 3, 0, tzinfo=UTC), "America/Sao_Paulo")
def test_a_moment_lies_in_its_period_and_in_no_other(kind, moment, tz):
    found = periods.containing(kind, moment, tz)
    assert found.start <= moment < found.end
    assert not found.previous().start <= moment < found.previous().end


@given(dates, zones)
@example(date(1919, 3, 31), "America/Toronto")
@example(date(2011, 12, 30), "Pacific/Apia")
def test_a_day_begins_at_the_first_moment_of_its_date(day, tz):
    start = periods.local_midnight(day, tz)
    local = [(start + step).astimezone(ZoneInfo(tz)).date() for step in (-timedelta(seconds=1), timedelta())]
    assert local[0] < day <= local[1]


def test_midnight_that_the_clock_jumps_over_is_the_moment_of_the_jump():
    assert periods.local_midnight(date(2018, 11, 4), "America/Sao_Paulo") == datetime(2018, 11, 4, 3, tzinfo=UTC)
    # Half past eleven became half past midnight.
    assert periods.local_midnight(date(1919, 3, 31), "America/Toronto") == datetime(1919, 3, 31, 4, 30, tzinfo=UTC)


def test_a_skipped_day_is_empty_and_its_week_a_day_short():
    skipped = periods.day_of(date(2011, 12, 30), "Pacific/Apia")
    assert skipped.start == skipped.end
    week = periods.week_of(date(2011, 12, 30), "Pacific/Apia")
    assert week.end - week.start == 6 * DAY


def test_midnight_that_comes_twice_is_the_first_and_the_repeated_evening_belongs_to_the_new_day():
    saturday = periods.day_of(date(2010, 11, 6), "America/St_Johns")
    assert saturday.end == datetime(2010, 11, 7, 2, 30, tzinfo=UTC)
    repeated = datetime(2010, 11, 7, 3, 0, tzinfo=UTC)
    assert repeated.astimezone(ZoneInfo("America/St_Johns")).date() == date(2010, 11, 6)
    assert periods.day_of(repeated, "America/St_Johns").key == "2010-11-07"


@given(dates, st.integers(1, 365), zones)
def test_before_a_range_comes_one_of_as_many_days(first, length, tz):
    found = periods.days(first, first + (length - 1) * DAY, tz)
    before = found.previous()
    assert (before.days, before.end, before.kind) == (length, found.start, Kind.RANGE)


@given(calendar_kinds, dates, zones)
def test_a_period_is_rebuilt_from_its_key(kind, day, tz):
    found = periods.containing(kind, day, tz)
    assert periods.from_key(found.key, tz) == found
    assert parse_period(found.key.lower(), NOW, tz) == found


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("today", "2026-11-21"),
        ("Yesterday", "2026-11-20"),
        ("week", "2026-W47"),
        ("last week", "2026-W46"),
        ("  LAST   week ", "2026-W46"),
        ("month", "2026-11"),
        ("last month", "2026-10"),
        ("quarter", "2026-Q4"),
        ("last quarter", "2026-Q3"),
        ("year", "2026"),
        ("last year", "2025"),
        ("1d", "2026-11-20..2026-11-20"),
        ("7d", "2026-11-14..2026-11-20"),
        ("365D", "2025-11-21..2026-11-20"),
        ("2026-w46", "2026-W46"),
        ("2026-W53", "2026-W53"),
        ("2026-11", "2026-11"),
        ("2026-q4", "2026-Q4"),
        ("2026", "2026"),
        ("2026-11-21", "2026-11-21"),
        ("2026-11-01..2026-11-15", "2026-11-01..2026-11-15"),
    ],
)
def test_words_for_periods(word, key):
    assert parse_period(word, NOW, HELSINKI).key == key
    assert periods.is_period(" ".join(word.split()))


def test_the_zone_decides_which_day_it_is():
    late = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)
    assert [parse_period("today", late, tz).key for tz in ("UTC", "Europe/Helsinki", "America/St_Johns")] == [
        "2026-11-21",
        "2026-11-22",
        "2026-11-21",
    ]


@pytest.mark.parametrize(
    ("word", "previous"),
    [
        ("2026-W01", "2025-W52"),
        ("2027-W01", "2026-W53"),
        ("2026-01", "2025-12"),
        ("2026-Q1", "2025-Q4"),
        ("2026", "2025"),
        ("2026-03-01", "2026-02-28"),
        ("2026-11-01..2026-11-15", "2026-10-17..2026-10-31"),
    ],
)
def test_previous_periods(word, previous):
    assert parse_period(word, NOW, HELSINKI).previous().key == previous


def test_a_range_includes_both_days():
    found = parse_period("2026-11-01..2026-11-15", NOW, HELSINKI)
    assert found.start == datetime(2026, 10, 31, 22, tzinfo=UTC)
    assert found.end == datetime(2026, 11, 15, 22, tzinfo=UTC)
    assert found.days == 15


def test_a_period_is_complete_from_its_end_on():
    week = periods.week("2026-W46", HELSINKI)
    assert week.complete(week.end)
    assert not week.complete(week.end - timedelta(microseconds=1))


def test_the_last_weeks_are_complete_and_in_order():
    weeks = periods.last_weeks(3, NOW, HELSINKI)
    assert [week.key for week in weeks] == ["2026-W44", "2026-W45", "2026-W46"]
    assert all(week.complete(NOW) for week in weeks)
    assert periods.last_weeks(0, NOW, HELSINKI) == []


@pytest.mark.parametrize(
    "word",
    [
        "wek",
        "",
        "2026-W54",
        "2025-W53",
        "2026-W00",
        "2026-13",
        "2026-00",
        "2026-Q5",
        "2026-Q0",
        "2026-02-30",
        "0d",
        "366d",
        "400d",
        "1969",
        "0000",
        "9999",
        "2026-11-01..9999-12-31",
        "2026-11-15..2026-11-01",
        "2026-11-01..",
        "٢٠٢٦",
    ],
)
def test_what_no_calendar_has_is_refused_with_the_word_and_an_example(word):
    with pytest.raises(UsageError) as refused:
        parse_period(word, NOW, HELSINKI)
    assert f"`{word}`" in str(refused.value)
    assert "ry `" in str(refused.value) or "1970" in str(refused.value)


def test_a_reversed_range_is_shown_the_right_way_round():
    with pytest.raises(UsageError, match=r"Try `2026-11-01\.\.2026-11-15`"):
        parse_period("2026-11-15..2026-11-01", NOW, HELSINKI)


@pytest.mark.parametrize("key", ["2026-11", "46", "2026-W60"])
def test_week_takes_weeks_only(key):
    with pytest.raises(UsageError):
        periods.week(key, HELSINKI)


@pytest.mark.parametrize("tz", ["Europe/Helsingfors", "", "../etc/passwd", "a\0b"])
def test_an_unknown_zone_is_a_usage_error(tz):
    with pytest.raises(UsageError, match="not a time zone"):
        parse_period("week", NOW, tz)


def test_a_moment_without_a_zone_is_an_error():
    with pytest.raises(ValueError, match="needs a time zone"):
        parse_period("week", NOW.replace(tzinfo=None), HELSINKI)


@given(st.text(max_size=30) | st.from_regex(r"[0-9]{4}-?[WQwq]?[0-9]{0,2}(\.\.)?[0-9-]{0,10}", fullmatch=True))
def test_any_text_is_a_period_or_a_usage_error(text):
    try:
        found = parse_period(text, NOW, HELSINKI)
    except UsageError:
        return
    assert found.start < found.end
    assert found.previous().end == found.start

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxbot.core.calendar import hours as slots
from cxbot.core.calendar import periods
from cxbot.core.calendar.hours import ALWAYS, Hours, MonthlySlot, Slot
from cxbot.errors import UsageError

HELSINKI = "Europe/Helsinki"
ZONES = [
    HELSINKI,
    "America/St_Johns",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "Africa/Casablanca",
    "America/Sao_Paulo",
    "Australia/Lord_Howe",
]
zones = st.sampled_from(ZONES)
T0, MINUTES = datetime(2005, 1, 1, tzinfo=UTC), 30 * 365 * 24 * 60
any_slot = st.builds(Slot, st.integers(0, 6), st.integers(0, 23), st.integers(0, 59))
moments = st.integers(0, MINUTES).map(lambda minutes: T0 + timedelta(minutes=minutes))


def local(text, tz=HELSINKI):
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(tz))


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        ("mon 09:00", Slot(0, 9, 0)),
        ("Friday 16.30", Slot(4, 16, 30)),
        ("su 9", Slot(6, 9, 0)),
        ("  TUE   0:05 ", Slot(1, 0, 5)),
        ("off", None),
        ("monthly", MonthlySlot(9, 0)),
        ("Monthly  7.30", MonthlySlot(7, 30)),
    ],
)
def test_slots_as_people_write_them(text, slot):
    assert slots.parse_slot(text) == slot


def test_weekdays_of_other_languages():
    assert slots.parse_slot("ma 9.00", {**slots.WEEKDAYS, "ma": 0}) == Slot(0, 9, 0)


@pytest.mark.parametrize(
    "text",
    ["", "mon", "09:00", "mon 24:00", "mon 9:60", "mon 9 am", "mno 9:00", "mon 9:5", "month", "monthly 24:00",
     "monthly mon 9:00"],
)  # fmt: skip
def test_what_is_no_slot_is_refused_with_an_example(text):
    with pytest.raises(UsageError, match=r"Write .*`mon"):
        slots.parse_slot(text)


@pytest.mark.parametrize(
    ("monday", "slot", "utc"),
    [
        # The clock skips from 03:00 to 04:00 on Sunday 29 March 2026, and repeats 03:00–04:00 on 25 October.
        ("2026-03-23", Slot(6, 3, 30), "2026-03-29T01:30Z"),
        ("2026-03-30", Slot(0, 0, 30), "2026-03-29T21:30Z"),
        ("2026-10-19", Slot(6, 3, 30), "2026-10-25T00:30Z"),
        ("2026-10-26", Slot(0, 9, 0), "2026-10-26T07:00Z"),
    ],
)
def test_clock_changes_neither_skip_nor_double_a_slot(monday, slot, utc):
    assert slots.slot_time(slot, date.fromisoformat(monday), HELSINKI) == datetime.fromisoformat(utc)


@given(any_slot, moments, zones)
def test_the_latest_slot_reports_the_last_week_that_was_over(slot, now, tz):
    week, when = slots.latest_slot(slot, now, tz)
    assert when <= now
    assert week.complete(when)
    assert not periods.from_key(periods.week_of(week.end, tz).key, tz).complete(when)
    assert now - when <= timedelta(days=8, hours=1)


@given(any_slot, moments, zones)
def test_each_week_has_its_own_slot(slot, now, tz):
    week, when = slots.latest_slot(slot, now, tz)
    before, earlier = slots.latest_slot(slot, when - timedelta(microseconds=1), tz)
    assert before.end == week.start
    assert timedelta(days=5) < when - earlier < timedelta(days=8, hours=1)


@pytest.mark.parametrize(
    ("now", "month", "when"),
    [
        # 1 November 2026 is a Sunday; on 1 March 2027 clocks are three weeks before their change.
        ("2026-11-02T08:59", "2026-09", "2026-10-01T09:00"),
        ("2026-11-02T09:00", "2026-10", "2026-11-02T09:00"),
        ("2026-12-01T09:00", "2026-11", "2026-12-01T09:00"),
        ("2027-01-01T09:00", "2026-12", "2027-01-01T09:00"),
        ("2027-03-31T23:59", "2027-02", "2027-03-01T09:00"),
    ],
)
def test_a_monthly_slot_is_on_the_first_working_day(now, month, when):
    found, moment = slots.latest_month(MonthlySlot(9, 0), frozenset(range(5)), local(now), HELSINKI)
    assert (found.key, moment) == (month, local(when))


@given(any_slot, moments, zones, st.frozensets(st.integers(0, 6), min_size=1))
def test_each_month_has_its_own_slot(slot, now, tz, weekdays):
    monthly = MonthlySlot(slot.hour, slot.minute)
    month, when = slots.latest_month(monthly, weekdays, now, tz)
    before, earlier = slots.latest_month(monthly, weekdays, when - timedelta(microseconds=1), tz)
    assert earlier < when <= now
    assert month.complete(when)
    assert before == month.previous()
    assert when - month.end <= timedelta(days=7, hours=1)


def test_the_slot_before_and_at_its_time():
    slot = Slot(0, 9, 0)
    assert slots.latest_slot(slot, local("2026-11-16T08:59"), HELSINKI)[0].key == "2026-W45"
    assert slots.latest_slot(slot, local("2026-11-16T09:00"), HELSINKI)[0].key == "2026-W46"
    assert slots.latest_slot(Slot(0, 0, 0), local("2026-11-16T00:00"), HELSINKI)[0].key == "2026-W46"
    assert slots.latest_slot(Slot(6, 23, 59), local("2026-11-15T23:59"), HELSINKI)[0].key == "2026-W45"


WORKDAYS = frozenset(range(5))


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("mon-fri 8-18", Hours(WORKDAYS, 480, 1080)),
        ("Mon – Sat 9:30 – 17", Hours(frozenset(range(6)), 570, 1020)),
        ("mon-thu,sat 8-24", Hours(frozenset({0, 1, 2, 3, 5}), 480, 1440)),
        ("sat-mon 0-6", Hours(frozenset({5, 6, 0}), 0, 360)),
        ("wed 8-9", Hours(frozenset({2}), 480, 540)),
        ("always", ALWAYS),
    ],
)
def test_hours_as_people_write_them(text, hours):
    assert slots.parse_hours(text) == hours


@pytest.mark.parametrize(
    "text", ["", "mon-fri", "8-18", "mon-fri 18-8", "mon-fri 8-8", "mon-fri 8", "mon-fri 8-25", "mo-xx 8-9", "mon, 8-9"]
)
def test_what_are_no_hours_is_refused_with_an_example(text):
    with pytest.raises(UsageError, match=r"Write .*`mon"):
        slots.parse_hours(text)


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-20T07:59", "2026-11-20T08:00"),
        ("2026-11-20T08:00", "2026-11-20T08:00"),
        ("2026-11-20T17:59", "2026-11-20T17:59"),
        ("2026-11-20T18:00", "2026-11-23T08:00"),
        ("2026-11-21T12:00", "2026-11-23T08:00"),
    ],
)
def test_outside_the_hours_the_next_opening_counts(moment, opens):
    hours = slots.parse_hours("mon-fri 8-18")
    assert slots.next_open(local(moment), hours, HELSINKI) == local(opens)


@given(moments, zones)
def test_always_is_always_open(moment, tz):
    assert slots.next_open(moment, ALWAYS, tz) == moment


@given(moments, zones, st.sets(st.integers(0, 6), min_size=1), st.integers(0, 1438), st.data())
def test_the_next_opening_is_open_and_not_before_the_moment(moment, tz, weekdays, opens, data):
    hours = Hours(frozenset(weekdays), opens, data.draw(st.integers(opens + 1, 1440)))
    found = slots.next_open(moment, hours, tz)
    assert moment <= found <= moment + timedelta(days=15)
    assert slots.next_open(found, hours, tz) == found
    assert periods.local_date(found, tz).weekday() in weekdays


def test_a_weekday_that_the_calendar_skipped_is_not_its_neighbour():
    friday = slots.parse_hours("fri 8-18")
    after_thursday = datetime(2011, 12, 30, 9, tzinfo=UTC)
    opens = slots.next_open(after_thursday, friday, "Pacific/Apia")
    assert opens.astimezone(ZoneInfo("Pacific/Apia")).isoformat() == "2012-01-06T08:00:00+14:00"


def test_hours_that_never_open_are_an_error():
    with pytest.raises(ValueError, match="never open"):
        slots.next_open(local("2026-11-20T08:00"), Hours(frozenset(), 0, 60), HELSINKI)


@pytest.mark.parametrize(("text", "silence"), [("4h", 4), (" 1 H ", 1), ("80h", 80), ("off", None)])
def test_silence_as_people_write_it(text, silence):
    assert slots.parse_silence(text) == (silence and timedelta(hours=silence))


@pytest.mark.parametrize("text", ["", "4", "0h", "81h", "100h", "4 hours", "-4h", "1.5h", "٤h", "h", "4h off"])
def test_what_is_no_silence_is_refused_with_an_example(text):
    with pytest.raises(UsageError, match=r"Write .*`1h`"):
        slots.parse_silence(text)


@pytest.mark.parametrize(
    ("end", "hours", "since"),
    [
        ("2026-11-18T14:00", "mon-fri 8-18", "2026-11-18T10:00"),
        ("2026-11-18T12:00", "mon-fri 8-18", "2026-11-18T08:00"),
        ("2026-11-18T11:00", "mon-fri 8-18", "2026-11-17T17:00"),
        ("2026-11-23T09:30", "mon-fri 8-18", "2026-11-20T15:30"),
        ("2026-11-22T12:00", "mon-fri 8-18", "2026-11-20T14:00"),
        ("2026-11-18T11:00", "wed 10-12", "2026-11-04T11:00"),
        ("2026-03-29T06:00", "always", "2026-03-29T01:00"),  # the clock skips an hour
        ("2026-10-25T05:00", "always", "2026-10-25T02:00"),  # it comes twice
    ],
)
def test_four_working_hours(end, hours, since):
    found = slots.worked_since(local(end), timedelta(hours=4), slots.parse_hours(hours), HELSINKI)
    assert found == local(since)


QUARTER = timedelta(minutes=15)


@given(
    st.integers(0, MINUTES // 15).map(lambda quarters: T0 + quarters * QUARTER), zones,
    st.sets(st.integers(0, 6), min_size=3), st.integers(0, 64), st.integers(16, 96), st.integers(1, 24),
)  # fmt: skip
def test_working_time_is_what_was_open_since(end, tz, weekdays, opens, length, quarters):
    hours = Hours(frozenset(weekdays), opens * 15, min(opens + length, 96) * 15)
    since = slots.worked_since(end, quarters * QUARTER, hours, tz)
    every = [since + step * QUARTER for step in range((end - since) // QUARTER)]
    worked = [moment for moment in every if slots.next_open(moment, hours, tz) == moment]
    assert len(worked) == quarters
    assert worked[0] == since


@given(
    moments, moments.map(lambda moment: moment - T0), zones, st.sets(st.integers(0, 6), min_size=1),
    st.integers(0, 1380), st.integers(60, 1440), st.integers(1, 80),
)  # fmt: skip
def test_working_time_is_the_same_forwards_and_backwards(end, gap, tz, weekdays, opens, length, amount):
    hours, work = Hours(frozenset(weekdays), opens, min(opens + length, 1440)), timedelta(hours=amount)
    since = slots.worked_since(end, work, hours, tz)
    assert slots.worked_until(since, work, hours, tz) <= end
    assert slots.worked_until(since + timedelta(microseconds=1), work, hours, tz) > end
    start = end - gap % timedelta(days=90)
    assert (start <= since) == (slots.worked_until(start, work, hours, tz) <= end)


@given(moments, zones, st.integers(1, 80 * 60))
def test_whoever_always_works_needs_no_longer_than_the_clock(end, tz, minutes):
    amount = timedelta(minutes=minutes)
    assert slots.worked_since(end, amount, ALWAYS, tz) == end - amount
    assert slots.worked_until(end - amount, amount, ALWAYS, tz) == end

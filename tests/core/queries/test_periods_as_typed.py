"""Periods as people type them."""

from datetime import UTC, datetime

import pytest

from cxbot.core.calendar.periods import parse_period
from cxbot.core.queries.query import parse
from cxbot.errors import UsageError
from cxbot.language import vocabulary

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
WORDS = vocabulary()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("week 46", "2026-W46"),
        ("W46", "2026-W46"),
        ("w 7", "2026-W07"),
        ("vko 46", "2026-W46"),
        ("viikko 46", "2026-W46"),
        ("week 48", "2025-W48"),
        ("w53", "2020-W53"),
        ("w46 2024", "2024-W46"),
        ("week 46/2024", "2024-W46"),
        ("q3", "2026-Q3"),
        ("Q4", "2026-Q4"),
        ("quarter 2", "2026-Q2"),
        ("q1 2025", "2025-Q1"),
        ("15.11.2026", "2026-11-15"),
        ("1. 11. 2026", "2026-11-01"),
        ("1.11.2026–15.11.2026", "2026-11-01..2026-11-15"),
        ("1.11.2026 - 15.11.2026", "2026-11-01..2026-11-15"),
        ("1.11.–15.11.2026", "2026-11-01..2026-11-15"),
        ("1.-15.11.2026", "2026-11-01..2026-11-15"),
        ("20.12.2025-5.1.2026", "2025-12-20..2026-01-05"),
        ("15.11.", "2026-11-15"),
        ("24.12.", "2025-12-24"),
        ("29.2.", "2024-02-29"),
        ("1.–15.11.", "2026-11-01..2026-11-15"),
        ("2026 week 46", "2026-W46"),
        ("W46/2026", "2026-W46"),
        ("4. neljännes", "2026-Q4"),
        ("viikolla 46", "2026-W46"),
        ("November", "2026-11"),
        ("nov. 2025", "2025-11"),
        ("december", "2025-12"),
        ("lokakuu", "2026-10"),
        ("lokakuussa 2025", "2025-10"),
        ("i maj", "2026-05"),
        ("30 days", "2026-10-22..2026-11-20"),
        ("last 30 days", "2026-10-22..2026-11-20"),
        ("2 weeks", "2026-11-07..2026-11-20"),
        ("past 2 weeks", "2026-11-07..2026-11-20"),
        ("viimeiset 30 päivää", "2026-10-22..2026-11-20"),
        ("senaste 30 dagarna", "2026-10-22..2026-11-20"),
    ],
)
def test_it_is_the_latest_of_its_number(text, key):
    canonical = WORDS.period(text)
    assert canonical is not None
    assert parse_period(canonical, NOW, "Europe/Helsinki").key == key
    assert parse("nps", f"team:Support {text}", NOW, "Europe/Helsinki", WORDS).period.key == key


def test_two_of_them_are_compared():
    query = parse("nps", "week 46 vs:w45", NOW, "Europe/Helsinki", WORDS)
    assert (query.period.key, query.versus.key) == ("2026-W46", "2026-W45")


@pytest.mark.parametrize("text", ["week 54", "w0", "q5", "q0", "31.2.2026", "99.99.2026", "31.2.", "1.–31.2."])
def test_what_is_in_no_calendar_is_refused(text):
    with pytest.raises(UsageError, match="not in the calendar"):
        parse("nps", text, NOW, "Europe/Helsinki", WORDS)


@pytest.mark.parametrize("text", ["month 3", "outage 4", "x1", "release 1.2", "1.2", "worst 30 days", "nov 20"])
def test_other_words_with_a_number_are_no_period(text):
    assert WORDS.period(text) is None

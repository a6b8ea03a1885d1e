"""Employees' answers: nothing that is shown reveals what fewer than five people answered."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxbot.core.metrics.shipped import ENPS
from cxbot.core.queries.query import parse
from cxbot.core.reports import metric_report
from cxbot.core.reports.disclosure import check, told
from cxbot.core.reports.metric_report import Facts, Slice
from cxbot.core.reports.releases import LEAST
from cxbot.errors import UsageError

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
people = st.lists(st.integers(0, 10), max_size=14)


def slice_of(scores):
    return Slice.of(ENPS, Counter(scores))


def report(current, previous=(), groups=None, text="2026-W47"):
    query = parse("enps", text, NOW, "UTC")
    split = None if groups is None else {name: slice_of(part) for name, part in groups.items()}
    return metric_report.build(query, Facts(slice_of(current), slice_of(previous), groups=split), NOW)


@given(people, people, st.integers(0, 8))
def test_fewer_than_five_are_a_number_and_nothing_else(current, previous, others):
    found = told(report(current, previous), len(current) + others)
    shown = metric_report.as_json(found)
    assert found.n == len(current)
    if len(current) < LEAST or 0 < others < LEAST:
        assert (shown["value"], shown["low"], shown["change"]) == (None, None, None)
        assert sum(shown["scores"].values()) == sum(shown["buckets"].values()) == 0
        assert shown["verdict"]["word"] == "no baseline"
    else:
        assert shown["value"] is not None
        assert shown["scores"] == {}, "no distribution of colleagues' scores"
        assert sum(shown["buckets"].values()) == (len(current) if len(current) >= 10 else 0)
    if len(previous) < LEAST:
        assert (shown["previous"]["value"], shown["change"]) == (None, None)


@given(st.dictionaries(st.sampled_from("ABCDEF"), people.filter(bool), min_size=1))
def test_what_is_withheld_of_a_split_cannot_be_worked_out(groups):
    everybody = [score for part in groups.values() for score in part]
    found = told(report(everybody, groups=groups, text="2026-W47 by:team"), len(everybody))
    hidden = [part for part in found.segments if part.estimate is None]
    assert all(part.n >= LEAST for part in found.segments if part.estimate is not None)
    if hidden and len(hidden) < len(found.segments):
        assert sum(part.n for part in hidden) >= LEAST


def test_a_report_without_few_people_is_left_as_it_is():
    found = report([9] * 12, [8] * 9, {"A": [9] * 6, "B": [9] * 6}, "2026-W47 by:team")
    assert told(found, 12) == found


@pytest.mark.parametrize(
    "text", ["today", "7d", "2026-11-01..2026-11-15", "week", "month", "year", "2026-W46 vs:2026-11-02"]
)
def test_days_and_running_periods_of_colleagues_are_refused(text):
    with pytest.raises(UsageError, match="that are over"):
        check(parse("enps", text, NOW, "UTC"), NOW)


@pytest.mark.parametrize("text", ["2026-W46", "2026-W40", "last month vs:2026-08", "2026-Q3", "last year"])
def test_calendar_periods_of_colleagues_that_are_over_are_shown(text):
    check(parse("enps", text, NOW, "UTC"), NOW)


def test_a_period_of_colleagues_is_shown_a_day_after_its_end():
    """Until then the last answer could still be changed: two reports would tell how."""
    query = parse("enps", "2026-W47", NOW, "UTC")
    with pytest.raises(UsageError, match="for a day at least"):
        check(query, datetime(2026, 11, 23, 23, 59, tzinfo=UTC))
    check(query, datetime(2026, 11, 24, tzinfo=UTC))

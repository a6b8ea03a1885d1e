from collections import Counter
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from cxbot.core.calendar import periods
from cxbot.core.digests import monthly
from cxbot.core.metrics import differences
from cxbot.core.metrics.shipped import CES, CSAT, NPS
from cxbot.core.queries.query import Query
from cxbot.core.reports.metric_report import Facts, Slice

ZONE = "Europe/Helsinki"
NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
MONTH = periods.month("2026-10", ZONE)
WEEKS = periods.last_weeks(45, MONTH.end, ZONE)


@st.composite
def lines(draw):
    """A team of any size, whose answers may have changed with the month or some weeks ago."""
    metric = draw(st.sampled_from([NPS, CSAT, CES]))
    rng = draw(st.randoms(use_true_random=False))
    pace = draw(st.sampled_from([0, 2, 9, 40]))
    turn = draw(st.integers(0, 60))

    def answers(n, *, late):
        weights = [8 if (score > metric.high - 2) != late else 1 for score in metric.scale]
        return Counter(rng.choices(metric.scale, weights, k=n)) if n else Counter()

    now, before = (Slice(dict(answers(4 * pace, late=late))) for late in (draw(st.booleans()), False))
    history = [(week, answers(pace, late=place > turn)) for place, week in enumerate(WEEKS)]
    query = Query(metric, MONTH, {"team": "Support"}, None, None)
    return monthly.line("Support", query, Facts(now, before), history, NOW)


def built(team_lines, together=()):
    return monthly.build(None, MONTH, team_lines, together)


FEW = settings(max_examples=25)  # each line takes a whole report and a verdict


@FEW
@given(st.lists(lines(), max_size=8), st.lists(lines(), max_size=2))
def test_every_line_is_there_once_new_levels_first_then_changes(given, together):
    found = built(given, together)
    assert sorted(map(id, (each.report for each in found.lines))) == sorted(map(id, (each.report for each in given)))
    assert [each.report for each in found.together] == [each.report for each in together]
    ranks = [(not each.moved, not each.changed) for each in found.lines]
    assert [steady for steady, _ in ranks] == sorted(steady for steady, _ in ranks)
    assert [rank for rank in ranks if rank[0]] == sorted(rank for rank in ranks if rank[0])


@FEW
@given(st.lists(lines(), max_size=8), st.lists(lines(), max_size=2))
def test_changes_are_chosen_among_all_that_are_shown(given, together):
    every = [*built(given, together).lines, *built(given, together).together]
    tested = [each for each in every if each.report.n >= 10 and each.report.previous.n >= 10]
    assert [each.changed for each in tested] == differences.flag([each.report.change.p for each in tested])
    assert not any(each.changed for each in every if each not in tested)


@given(lines())
def test_a_new_level_began_within_the_last_quarter(line):
    assert (line.since is None) == (not line.moved)
    assert line.since is None or line.since in WEEKS[-13:]


@FEW
@given(st.lists(lines(), max_size=5))
def test_only_metrics_of_several_teams_are_told_together(given):
    counted = Counter(each.metric.name for each in given)
    assert {each.name for each in monthly.shared(given)} == {name for name, n in counted.items() if n > 1}

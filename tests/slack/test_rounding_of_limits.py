"""What is shown after rounding does not contradict what is said."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cxbot.core.calendar import periods
from cxbot.core.metrics.differences import Change, shown_change
from cxbot.core.metrics.shipped import CES, NPS
from cxbot.core.queries.query import Query
from cxbot.core.reports import metric_report
from cxbot.core.reports.metric_report import Facts, Slice
from cxbot.core.signals.weekly_signal import Verdict
from cxbot.core.statistics.rounding import half_away
from cxbot.language import language
from cxbot.slack.messages.reports import metric_report as reports
from cxbot.slack.messages.reports.metric_report import difference, judged

SPEECH = language("en")
limits = st.floats(-100, 100).filter(lambda value: value == 0 or abs(value) > 0.001)


@given(limits, limits, st.sampled_from([NPS, CES]))
def test_a_range_that_excludes_zero_never_shows_zero(one, other, metric):
    low, high = sorted((one, other))
    change = Change((low + high) / 2, low, high, 0.5)
    said = judged(difference(metric, change, SPEECH), change, shown_change(change), SPEECH)
    shown = [float(part.replace("−", "-")) for part in said.split("range ")[1].split(")")[0].split(" to ")]
    if "more than noise" in said:
        assert shown[0] > 0 or shown[1] < 0
    else:
        assert shown[0] <= 0 <= shown[1]


@given(st.floats(-90, 90), st.floats(0.001, 0.9), st.booleans())
def test_the_limit_that_a_value_is_beyond_is_not_shown_as_the_value(limit, by, up):
    value = limit + by if up else limit - by
    low, high = (limit - 20, limit) if up else (limit, limit + 20)
    verdict = Verdict(
        "up" if up else "down", "z-chart", n=50, baseline_n=500, baseline_weeks=20, weeks_missing=0,
        centre=(low + high) / 2, low=low, high=high, z=3.1, merged_weeks=1, value=value,
    )  # fmt: skip
    week = periods.week("2026-W46", "UTC")
    facts = Facts(Slice({10: 30, 0: 20}), Slice())
    report = metric_report.build(Query(NPS, week, {}, None, None), facts, week.end)
    [said] = reports.verdict(replace(report, signal=verdict), SPEECH)
    shown = said.split("usual is ")[1].split(",")[0].split(" to ")[up].replace("−", "-")
    decimals = len(shown.partition(".")[2])
    assert float(shown) != half_away(value, decimals) or by < 0.01
    assert (float(shown) < half_away(value, decimals)) == up or by < 0.01

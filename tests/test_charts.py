"""The scale of pictures: it fits what is drawn."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from cxbot import charts
from cxbot.core.metrics.metric import Kind
from cxbot.core.metrics.shipped import CSAT, METRICS, NPS

metrics = st.sampled_from([each for each in METRICS.values() if not each.employees])


@given(metrics, st.lists(st.floats(0, 1), min_size=1, max_size=24))
def test_the_lines_cover_what_is_drawn_within_the_scale(metric, shares):
    low, high = {Kind.NET: (-100, 100), Kind.SHARE: (0, 100), Kind.MEAN: (metric.low, metric.high)}[
        metric.headline.kind
    ]
    drawn = [low + share * (high - low) for share in shares]
    ticks = charts._ticks(metric, drawn)
    assert low <= ticks[0] <= min(drawn) + 1e-6
    assert max(drawn) - 1e-6 <= ticks[-1] <= high
    assert 2 <= len(ticks) <= 12
    assert ticks == sorted(set(ticks))


def test_a_small_range_has_a_narrow_axis_and_none_the_whole_scale():
    assert charts._ticks(NPS, [12.0, 34.0]) == [10, 20, 30, 40]
    assert charts._ticks(CSAT, [81.0, 93.5]) == [80, 85, 90, 95]
    assert charts._ticks(NPS, []) == [-100, -50, 0, 50, 100]

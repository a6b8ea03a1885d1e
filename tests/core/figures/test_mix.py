"""How much of a change the mix alone explains."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cxbot.core.figures.mix import mix
from cxbot.core.metrics.shipped import CES, NPS

counts = st.dictionaries(st.integers(0, 10), st.integers(1, 30), min_size=1, max_size=4)
parts = st.dictionaries(st.sampled_from("abcd"), counts, min_size=1)


def test_a_mix_that_shifts_explains_the_whole_change_if_the_parts_stay_as_they_were() -> None:
    before = {"easy": {10: 80}, "hard": {0: 20}}
    after = {"easy": {10: 50}, "hard": {0: 50}}
    found = mix(NPS, "topic", before, after)
    assert (found.change, found.explained) == (-60, pytest.approx(-60))
    assert found.differs


def test_parts_that_change_explain_nothing_by_their_mix() -> None:
    found = mix(NPS, "topic", {"a": {10: 50}, "b": {10: 50}}, {"a": {10: 50}, "b": {0: 50}})
    assert (found.change, found.explained, found.differs) == (-100, 0, False)


def test_half_of_each_is_told_apart() -> None:
    """Shares 50/50 → 80/20; values 0 and 100 → 0 and 50: the mix makes −0.3·(100 + 50)/2, the rest the parts."""
    before = {"a": {8: 50}, "b": {10: 50}}
    after = {"a": {8: 80}, "b": {10: 10, 8: 10}}
    found = mix(NPS, "topic", before, after)
    assert found.explained == pytest.approx(-0.3 * 75)
    assert found.change == -40


@given(parts, parts)
def test_the_test_is_that_of_scipy(before: dict[str, dict[int, int]], after: dict[str, dict[int, int]]) -> None:
    found = mix(NPS, "topic", before, after)
    names = sorted({*before, *after})
    table = [[sum(period.get(name, {}).values()) for name in names] for period in (before, after)]
    if len(names) < 2 or min(map(sum, table)) < 20:
        assert found is None
        return
    wanted = stats.chi2_contingency(table, correction=False).pvalue
    assert found.p == pytest.approx(wanted, rel=0.1, abs=0.01), "Wilson and Hilferty's approximation"
    if wanted > 0.02:
        assert not found.differs


@given(st.dictionaries(st.sampled_from("abc"), st.dictionaries(st.integers(1, 7), st.integers(10, 30), min_size=1)))
def test_the_same_mix_explains_nothing(same: dict[str, dict[int, int]]) -> None:
    found = mix(CES, "topic", same, same)
    if found is not None:
        assert (found.change, found.explained, found.differs) == (0, 0, False)

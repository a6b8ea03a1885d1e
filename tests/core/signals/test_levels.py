"""Lasting changes: they are told once, with their level, and nothing else is taken for one."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxbot.core.metrics.shipped import CSAT, NPS
from cxbot.core.signals import levels
from cxbot.core.signals.control_charts import Group
from tests.weeks import Week, judge

HIGH, LOW = {10: 15, 8: 8, 3: 5}, {10: 11, 8: 8, 3: 9}  # 36 and 7 points


def verdicts(weeks, of=NPS, first=20):
    """The verdict on each week, as it was given at its time."""
    return [judge(of.headline, weeks[:place], weeks[place].counts) for place in range(first, len(weeks))]


def drawn(rng, counts):
    scores = list(Counter(counts).elements())
    return Week(Counter(rng.choices(scores, k=len(scores))))


def test_a_lasting_fall_is_told_once_with_its_level_and_about_since_when():
    weeks = [Week(HIGH)] * 26 + [Week(LOW)] * 20
    found = verdicts(weeks, first=26)
    told = [verdict for verdict in found if verdict.level is not None and verdict.level.told]
    assert len(told) == 1
    [level] = {(verdict.level.since, verdict.level.before) for verdict in found if verdict.level is not None}
    assert level == (26, pytest.approx(100 * 10 / 28))
    assert told[0].word == "down"
    assert told[0].level.after == pytest.approx(100 * 2 / 28)
    assert found.index(told[0]) <= 8
    assert {verdict.word for verdict in found[:-8]} <= {"within noise", "down"}
    assert {verdict.word for verdict in found[-8:]} == {"within noise"}, "they are judged by the new level"
    assert found[-1].centre == pytest.approx(100 * 2 / 28)


def test_a_rise_after_a_fall_is_another_change():
    weeks = [Week(HIGH)] * 26 + [Week(LOW)] * 20 + [Week(HIGH)] * 12
    told = [verdict for verdict in verdicts(weeks, first=26) if verdict.level is not None and verdict.level.told]
    assert [verdict.word for verdict in told] == ["down", "up"]
    assert told[1].level.since == 46


def test_one_odd_week_is_no_level():
    weeks = [*[Week(HIGH)] * 26, Week({3: 28}), *[Week(HIGH)] * 20]
    found = verdicts(weeks, first=26)
    assert [verdict.word for verdict in found] == ["down", *["within noise"] * 20]
    assert all(verdict.level is None for verdict in found)


def test_low_weeks_that_nobody_was_told_of_do_not_become_the_usual():
    """The baseline of the memory ends before the latest quarter of a year."""
    rng = random.Random(4)
    weeks = [drawn(rng, HIGH) for _ in range(40)] + [drawn(rng, LOW) for _ in range(13)]
    found = verdicts(weeks, first=40)
    assert any(verdict.level is not None and verdict.level.told and verdict.word == "down" for verdict in found)


@given(st.integers(0, 10_000), st.integers(0, 60))
def test_a_verdict_on_an_old_week_is_what_it_was(seed, later):
    rng = random.Random(seed)
    weeks = [drawn(rng, HIGH if place < 24 else LOW) for place in range(30)]
    before = judge(NPS.headline, weeks[:-1], weeks[-1].counts)
    assert judge(NPS.headline, weeks[:29], weeks[29].counts) == before
    more = [*weeks, *[drawn(rng, LOW) for _ in range(later % 10)]]
    assert judge(NPS.headline, more[:29], more[29].counts) == before


def test_what_the_same_weeks_of_the_year_before_did_is_no_news():
    year = [HIGH] * 46 + [{10: 4, 8: 8, 3: 16}] * 3 + [HIGH] * 3
    weeks = [Week(counts) for counts in year] + [Week(counts) for counts in year[:46]]
    first = judge(NPS.headline, [Week(counts) for counts in year[:46]], year[46])
    again = judge(NPS.headline, weeks[-78:], year[46])
    assert first.word == "down"
    assert (again.word, again.rule) == ("within noise", "a year ago")
    worse = judge(NPS.headline, weeks[-78:], {3: 28})
    assert worse.word == "down", "it is more than twice as far"


def test_weeks_with_many_answers_have_a_swing_of_their_own():
    """A burst of ten times the answers makes chance small, but not what weeks differ by anyway."""
    swinging = [Group(300, 300 * (30 + (12 if place % 2 else -12)) // 100, 200) for place in range(12)]
    swing = levels.spread(NPS.headline, swinging).swing
    assert 8**2 < 100**2 * swing < 18**2
    assert levels.spread(NPS.headline, [Group(30, 9, 20)] * 12).swing == 0


@given(st.integers(1, 60), st.integers(0, 200))
def test_baseline_and_memory_share_the_weeks_of_a_level(length, start):
    begin = levels.parts(start, start + length - 1)
    assert start <= begin <= start + length
    assert start + length - begin <= max(levels.WINDOW, 1)


def test_a_share_that_always_agrees_leaves_room():
    found = judge(CSAT.headline, [Week({5: 30})] * 30, {5: 29, 1: 1})
    assert found.word == "within noise"

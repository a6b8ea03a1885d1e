import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxbot.core.figures import experience_index

ratings = st.integers(1, 5)
complete = st.lists(st.tuples(ratings, ratings, ratings), min_size=1, max_size=40)
rows = st.lists(st.tuples(*[st.none() | ratings] * 3), max_size=40)


@given(complete)
def test_the_index_is_the_mean_of_what_each_respondent_says(triples):
    found = experience_index.index(triples)
    each = [statistics.fmean((rating - 1) / 4 * 100 for rating in triple) for triple in triples]
    assert found.index.value == pytest.approx(statistics.fmean(each))
    parts = (found.goal.value, found.ease.value, found.emotion.value)
    assert found.index.value == pytest.approx(statistics.fmean(parts))


@given(complete, st.sampled_from([0.8, 0.95]))
def test_every_figure_lies_in_its_interval_and_that_in_its_range(triples, confidence):
    found = experience_index.index(triples, confidence)
    for figure in (found.index, found.goal, found.ease, found.emotion):
        assert 0 <= figure.low <= figure.value <= figure.high <= 100
        assert figure.low < figure.high
        assert figure.n == len(triples)


@given(complete)
def test_turning_the_scale_round_turns_the_figures(triples):
    there = experience_index.index(triples).index
    back = experience_index.index((6 - goal, 6 - ease, 6 - emotion) for goal, ease, emotion in triples).index
    assert (100 - back.value, 100 - back.high, 100 - back.low) == pytest.approx((there.value, there.low, there.high))


@given(rows, st.randoms(use_true_random=False))
def test_who_left_a_rating_out_is_counted_apart(triples, rng):
    found = experience_index.index(triples)
    assert found.n_complete == sum(None not in triple for triple in triples)
    assert found.n_incomplete == sum(None in triple and triple != (None, None, None) for triple in triples)
    assert (found.index is None) == (found.n_complete == 0)
    assert found == experience_index.index(rng.sample(triples, len(triples)))


@pytest.mark.parametrize("row", [(0, 3, 3), (3, 6, 3), (3, 3, 2.5), (None, 9, None)])
def test_a_rating_off_the_scale_is_refused(row):
    with pytest.raises(ValueError, match="not a rating from 1 to 5"):
        experience_index.index([row])

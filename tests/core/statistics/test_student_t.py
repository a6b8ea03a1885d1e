import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cxbot.core.statistics import student_t

dfs = st.floats(0, 6).map(lambda exponent: 10**exponent)
confidences = st.one_of(st.sampled_from([0.5, 0.8, 0.9, 0.95, 0.99, 0.9999]), st.floats(0.001, 0.999999))


@given(st.floats(-40, 40), dfs)
def test_probabilities_equal_scipys(t, df):
    assert student_t.cdf(t, df) == pytest.approx(stats.t.cdf(t, df), rel=1e-9, abs=1e-280)
    assert student_t.two_sided(t, df) == pytest.approx(2 * stats.t.sf(abs(t), df), rel=1e-9, abs=1e-280)


@given(confidences, dfs)
def test_quantiles_equal_scipys(confidence, df):
    assert student_t.quantile(confidence, df) == pytest.approx(stats.t.isf((1 - confidence) / 2, df), rel=1e-9)


@given(confidences, dfs)
def test_a_quantile_holds_what_it_promises(confidence, df):
    assert 1 - student_t.two_sided(student_t.quantile(confidence, df), df) == pytest.approx(confidence, abs=1e-9)


@pytest.mark.parametrize("df", [3000, 9999.9, 10_000, 10_000.1, 1e6, 1e12])
def test_both_ways_to_the_probability_meet(df):
    assert student_t.two_sided(1.96, df) == pytest.approx(2 * stats.t.sf(1.96, df), rel=1e-9)


def test_ends_of_the_line():
    assert student_t.two_sided(0, 5) == 1
    assert student_t.two_sided(float("inf"), 5) == 0
    assert student_t.cdf(float("-inf"), 5) == 0


@pytest.mark.parametrize("df", [0, -1, float("nan")])
def test_degrees_of_freedom_are_positive(df):
    with pytest.raises(ValueError, match="degrees of freedom"):
        student_t.two_sided(1, df)


@pytest.mark.parametrize("confidence", [0, 1, 1.5])
def test_confidence_lies_between_0_and_1(confidence):
    with pytest.raises(ValueError, match="confidence"):
        student_t.quantile(confidence, 5)

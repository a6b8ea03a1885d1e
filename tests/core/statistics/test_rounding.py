import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxbot.core.statistics.rounding import half_away

finite = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [(12.5, 0, 13), (-12.5, 0, -13), (0.5, 0, 1), (-0.5, 0, -1), (2.675, 2, 2.68), (4.25, 1, 4.3), (16.6667, 0, 17)],
)
def test_halves_go_away_from_zero_as_they_are_written(value, decimals, shown):
    assert half_away(value, decimals) == shown


@pytest.mark.parametrize("value", [-0.4975, -0.0, -0.04])
def test_never_minus_zero(value):
    assert str(half_away(value)) == "0"
    assert str(half_away(value / 10, 1)) == "0.0"


def test_whole_numbers_are_ints_so_that_they_print_without_a_point():
    assert isinstance(half_away(3.2), int)
    assert isinstance(half_away(3.2, 1), float)


@given(finite, st.integers(0, 6))
def test_moves_by_at_most_half_a_unit_and_is_symmetric(value, decimals):
    shown = half_away(value, decimals)
    assert half_away(-value, decimals) == -shown
    if abs(value) < 1e9:
        assert abs(Decimal(repr(shown)) - Decimal(repr(value))) <= Decimal(5).scaleb(-decimals - 1)


@pytest.mark.parametrize(("value", "decimals"), [(math.nan, 0), (math.inf, 0), (1.0, -1)])
def test_what_cannot_be_rounded_is_an_error(value, decimals):
    with pytest.raises(ValueError, match="cannot round"):
        half_away(value, decimals)

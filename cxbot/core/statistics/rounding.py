"""Rounding for display: half away from zero."""

from decimal import ROUND_HALF_UP, Context, Decimal
from typing import overload

# Enough digits for the largest float.
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)


@overload
def half_away(value: float) -> int: ...
@overload
def half_away(value: float, decimals: int) -> float: ...
def half_away(value: float, decimals: int = 0) -> float | int:
    """The value rounded half away from zero, as people expect it.

    It rounds the shortest decimal form of the float. So 2.675 with two decimals is 2.68 (`round` gives 2.67), and 12.5
    is 13. The result is never −0. It is an `int` if `decimals` is 0, else a `float`. Raises ValueError for nan,
    infinity and negative `decimals`.
    """
    exact = Decimal(repr(value))
    if not exact.is_finite() or decimals < 0:
        raise ValueError(f"cannot round {value!r} to {decimals} decimals")
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), context=_EXACT)
    return int(rounded) if decimals == 0 else float(rounded) + 0.0


def decimals_apart(value: float, other: float, decimals: int = 0) -> int:
    """The number of decimals, at least `decimals`, at which two different values are not the same after rounding.

    So a message does not say "0 to 67" of a range that excludes 0. Three more decimals are tried.
    """
    tried = range(decimals, decimals + 4)
    return next((n for n in tried if half_away(value, n) != half_away(other, n)), decimals)


def decimals_off_zero(low: float, high: float, decimals: int = 0) -> int:
    """The number of decimals, at least `decimals`, at which a range that excludes 0 still does after rounding."""
    if low > 0:
        return decimals_apart(low, 0, decimals)
    return decimals_apart(high, 0, decimals) if high < 0 else decimals

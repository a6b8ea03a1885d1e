"""Intervals, ranks and rounding, from the standard library alone."""

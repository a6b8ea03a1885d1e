"""Intervals, rank correlation, Student's t and rounding, with the standard library alone."""

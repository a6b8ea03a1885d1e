"""Figures that are not scores: rates, times, drivers, the index."""

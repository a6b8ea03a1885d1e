"""Figures other than scores: rates, times, drivers, the experience index."""

"""Counts of answers, computed in SQL."""

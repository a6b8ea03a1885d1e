"""Counts over the answers, as SQL."""

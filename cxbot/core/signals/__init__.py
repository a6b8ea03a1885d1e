"""Verdicts on a week or a quarter, compared with the weeks before."""

"""Verdicts against the weeks before."""

"""Periods, working hours and the days that stand out."""

"""Periods, digest slots, working hours and known incidents."""

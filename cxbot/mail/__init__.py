"""Surveys by e-mail."""

"""Surveys as messages and forms."""

"""Calls to Slack, what is known from them, and their limits."""

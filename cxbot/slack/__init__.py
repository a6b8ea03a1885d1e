"""Slack as an adapter: `listeners.py` is its table of contents, `messages/` what it says."""

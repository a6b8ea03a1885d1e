"""Slack as an adapter: `incoming/listeners.py` is its table of contents, `messages/` what it says."""

"""The Slack adapter: start at `incoming/listeners.py` for what it receives, at `messages/` for what it says."""

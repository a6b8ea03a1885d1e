"""Calls to Slack's Web API, cached facts about people and channels, and rate limits."""

"""What Slack sends, and who takes care of it."""

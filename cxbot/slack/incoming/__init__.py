"""What Slack sends, and the code that handles it."""

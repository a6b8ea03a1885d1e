"""Messages: pure functions from core types to Block Kit."""

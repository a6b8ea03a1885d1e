"""Teams and their settings."""

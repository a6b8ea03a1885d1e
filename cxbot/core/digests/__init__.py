"""What a digest says, weekly and monthly."""

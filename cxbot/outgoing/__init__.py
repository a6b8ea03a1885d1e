"""What every way to reach people has in common: calls, their outcomes, limits."""

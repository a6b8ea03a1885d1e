"""The only module that reads the clock. Everything else takes the time as an argument."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The current time, aware, in UTC."""
    return datetime.now(UTC)

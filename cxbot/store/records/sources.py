"""Where conversations are told of: Slack, files, workflows, and helpdesks by the names of their hooks."""

SLACK = "slack"
HELPDESKS = "(SELECT name FROM hooks)"
SOURCES = f"(SELECT name FROM hooks UNION VALUES ('{SLACK}'), ('import'), ('workflow'))"
"""Every source, so that ids are found by the index, which begins with it."""

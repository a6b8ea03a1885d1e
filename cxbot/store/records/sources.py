"""Where conversations are told of: Slack, files, workflows, and helpdesks by the names of their hooks."""

SLACK = "slack"
HELPDESKS = "(SELECT name FROM hooks)"
BY_FILE = "(SELECT name FROM hooks UNION VALUES ('import'))"
"""What a file has told of; a helpdesk may tell of it from then on."""
SOURCES = f"(SELECT name FROM hooks UNION VALUES ('{SLACK}'), ('import'), ('workflow'))"
"""Every source, so that ids are found by the index, which begins with it."""

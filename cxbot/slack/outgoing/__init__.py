"""Each kind of outbox task as one call to Slack, drawn from the file as it is when the task is sent."""

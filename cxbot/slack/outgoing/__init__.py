"""How each kind of outbox task becomes one call to Slack. The message is built from the database when it is sent."""

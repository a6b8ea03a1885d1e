"""Use-cases that are no part of Slack: ask about a close, take an answer, report to a person, who may do what."""

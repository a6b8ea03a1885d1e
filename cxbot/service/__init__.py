"""Use-cases, independent of Slack: ask about a close, take an answer, build a report for a person, check rights."""

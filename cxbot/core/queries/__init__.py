"""The words people type, as a question."""

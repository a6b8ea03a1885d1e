"""Metrics, their estimates and the differences between them."""

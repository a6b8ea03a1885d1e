"""Digests as messages."""

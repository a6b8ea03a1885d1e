"""Delivers the outbox."""

"""Turns the words that people type into questions."""

"""The ways in which answers were asked for, as the numbers that are stored."""

from __future__ import annotations

WORDS = ("automatic", "hand-picked", "campaign")
AUTOMATIC, HAND_PICKED, CAMPAIGN = range(3)


def code(word: str) -> int:
    """The number that is stored for a way of asking."""
    return WORDS.index(word)


def text(column: str) -> str:
    """The SQL expression of the word for a stored number."""
    cases = " ".join(f"WHEN {number} THEN '{word}'" for number, word in enumerate(WORDS))
    return f"CASE {column} {cases} END"

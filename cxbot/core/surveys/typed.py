"""Answers that people type instead of pressing a button."""

from __future__ import annotations

from collections.abc import Callable

from cxbot.core.surveys.survey import Choice, Item, Survey

LONGEST = 80  # characters of a message that may be meant as an answer; a longer one goes on with the conversation

Say = Callable[[str], str]
"""Translates a message id into the language of the buttons."""


def typed_score(item: Item, text: str, say: Say) -> int | None:
    """The score whose button says exactly this text; None if there is none."""
    typed = _folded(text)
    return next((choice.score for choice in item.choices if _on_button(choice, say) == typed), None)


def seems_answered(survey: Survey, text: str, say: Say) -> bool:
    """Whether a message may be meant as an answer: it is short and begins with what a button says, such as `9, quick!`.

    Use it to tell people where to press, never to store a score.
    """
    typed = _folded(text)
    labels = (_on_button(choice, say) for item in survey.items for choice in item.choices)
    return len(typed) <= LONGEST and any(
        typed.startswith(label) and not typed[len(label) : len(label) + 1].isalnum() for label in labels
    )


def _on_button(choice: Choice, say: Say) -> str:
    return _folded(say(choice.label) if choice.label else str(choice.score))


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()

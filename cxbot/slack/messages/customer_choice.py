"""The question to an agent who of two people was helped, and what its buttons did."""

from __future__ import annotations

from collections.abc import Mapping

from cxbot.language import Language
from cxbot.slack.messages.parts import ids
from cxbot.slack.messages.parts.blocks import Message, actions, button, message, person, section
from cxbot.store.records.choices import Choice


def question(choice: Choice, names: Mapping[str, str], language: Language) -> Message:
    """To the agent alone: which of the two it was. `names` are by Slack id; a button can't mention anybody."""
    people = (choice.one, choice.other)
    text = language.say(
        "Who was helped here, %(one)s or %(other)s? The survey goes to whom you choose.",
        one=person(choice.one), other=person(choice.other),
    )  # fmt: skip
    labels = [f"@{names.get(each) or each}" for each in people]
    if labels[0] == labels[1]:
        labels = [f"{number}. {label}" for number, label in enumerate(labels, 1)]
    buttons = (button(label, ids.numbered(ids.CUSTOMER, number), choice.key) for number, label in enumerate(labels, 1))
    return message(text, [section(text), actions(*buttons)])


def chosen(customer: str, language: Language) -> str:
    """In place of the question, after the first press."""
    return language.say("It was %(customer)s.", customer=person(customer))


def over(language: Language) -> str:
    """In place of the question, after a press that comes too late."""
    return language.say("That is decided already, or it is too late. Nothing more happened.")

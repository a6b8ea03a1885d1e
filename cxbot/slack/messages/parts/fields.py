"""The fields of a form, and the names of languages."""

from __future__ import annotations

from collections.abc import Sequence

from cxbot.slack.messages.parts.blocks import Block, option, words

LONGEST_LINE, LONGEST_TEXT = 300, 3000
LOCALE_NAMES = {"en": "English", "fi": "suomi", "sv": "svenska"}


def field(name: str, label: str, element: Block, *, optional: bool = False) -> Block:
    """A field with its label. Its name is that of the block and of what is entered."""
    return {
        "type": "input",
        "block_id": name,
        "optional": optional,
        "label": words(label),
        "element": {**element, "action_id": name},
    }


def text(value: str, example: str, most: int = LONGEST_LINE, *, lines: bool = False) -> Block:
    """A text of one line of at most so many characters, or of several `lines`."""
    longest = LONGEST_TEXT if lines else most
    made: Block = {"type": "plain_text_input", "max_length": longest, "placeholder": words(example)}
    if lines:
        made["multiline"] = True
    return {**made, "initial_value": value} if value else made


def select(options: Sequence[tuple[str, str]], value: str = "") -> Block:
    """A choice of one of some labels and values; `value` is chosen at first, if it is one of them."""
    made = [option(label, each) for label, each in options]
    chosen = next((each for each in made if each["value"] == value), None)
    return {"type": "static_select", "options": made, **({"initial_option": chosen} if chosen else {})}

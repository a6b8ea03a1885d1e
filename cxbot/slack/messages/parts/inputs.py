"""Fields of forms, and the names of languages."""

from __future__ import annotations

from collections.abc import Sequence

from cxbot.slack.messages.parts.blocks import Block, option, words

LOCALE_NAMES = {"en": "English", "fi": "suomi"}


def field(name: str, label: str, element: Block, *, optional: bool = False) -> Block:
    """A field with its label. Its block and its element have the same name."""
    return {
        "type": "input",
        "block_id": name,
        "optional": optional,
        "label": words(label),
        "element": {**element, "action_id": name},
    }


def select(options: Sequence[tuple[str, str]], value: str = "") -> Block:
    """A list of labels and values to choose one from. `value` is chosen at first, if it is in the list."""
    made = [option(label, each) for label, each in options]
    chosen = next((each for each in made if each["value"] == value), None)
    return {"type": "static_select", "options": made, **({"initial_option": chosen} if chosen else {})}

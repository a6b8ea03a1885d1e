"""The answer to a correction of who helped."""

from __future__ import annotations

from collections.abc import Sequence

from cxbot.language import Language
from cxbot.slack.messages.parts.blocks import person
from cxbot.store.records.attributions import Correction


def attributed(agent: str, made: Sequence[Correction], language: Language) -> str:
    """Whose the conversation is now, and whose it was."""
    if not made:
        return language.say(
            "%(new)s is the agent of that conversation already. Nothing has changed.", new=person(agent)
        )
    before = ", ".join(dict.fromkeys(person(each.old) or language.say("nobody") for each in made))
    return language.say(
        "%(new)s is the agent of that conversation now (before: %(old)s). Its answers count so in every report.",
        old=before, new=person(agent),
    )  # fmt: skip

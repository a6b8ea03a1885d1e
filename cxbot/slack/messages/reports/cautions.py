"""Warnings about a figure in words."""

from __future__ import annotations

from collections.abc import Sequence

from cxbot.core.reports.cautions import Caution
from cxbot.errors import N_
from cxbot.language import Language
from cxbot.slack.messages.parts.blocks import shown_part


def caution_lines(cautions: Sequence[Caution], language: Language) -> list[str]:
    """One line for each warning."""
    return [f"⚠ {_line(caution, language)}" for caution in cautions]


def _line(caution: Caution, language: Language) -> str:
    values = _values(caution, language)
    if caution.code == "few_customers":
        return language.count(
            caution.values["customers"],
            "%(n)s customer gave %(share)s of the answers.",
            "%(n)s customers gave %(share)s of the answers.",
            share=values["share"],
        )
    return language.say(CAUTIONS[caution.code], **values)


CAUTIONS = {
    "answered_differently": N_(
        "Those who answered differ from those who were asked: %(share)s of %(dimension)s %(value)s answered, "
        "of the rest %(rest)s."
    ),
    "asked_less": N_("%(share)s of %(value)s's interactions were asked about, and %(rest)s of the others'."),
    "response_moved": N_("The response rate moved with the score: from %(previous)s to %(rate)s."),
    "changed_after_contact": N_("%(n)s of %(answers)s scores were changed after somebody had taken on the case."),
}
DIMENSIONS = {"channel": N_("channel"), "topic": N_("topic"), "handling time": N_("handling time")}
HALVES = {"long": N_("above the median"), "short": N_("up to the median")}


def _values(caution: Caution, language: Language) -> dict[str, str]:
    values = dict(caution.values)
    shown: dict[str, str] = {
        name: language.percent(value) for name, value in values.items() if isinstance(value, float)
    }
    shown |= {name: language.number(value) for name, value in values.items() if isinstance(value, int)}
    if "value" in values:
        dimension, value = values["dimension"], values["value"]
        shown["dimension"] = language.say(DIMENSIONS[dimension]) if dimension in DIMENSIONS else ""
        shown["value"] = (
            language.say(HALVES[value]) if dimension == "handling time" else shown_part(dimension, value, language)
        )
    return shown

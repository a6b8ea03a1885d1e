"""A plan in words: what it takes to see a change of a metric."""

from __future__ import annotations

from typing import Any

from cxbot.core.figures.planning import Plan
from cxbot.core.metrics.metric import Kind
from cxbot.language import Language


def text(plan: Plan, language: Language) -> str:
    """The plan in a few lines."""
    decimals = 1 if plan.metric.headline.kind is Kind.MEAN else 0
    needed = language.count(plan.answers, "%(n)s answer", "%(n)s answers")
    lines = [
        language.say(
            "To see %(metric)s change by %(points)s takes *%(answers)s* before the change and as many after it. Then "
            "it is found in 4 of 5 cases.",
            metric=language.say(plan.metric.title),
            points=_change(plan, 1 if plan.points % 1 else decimals, language), answers=needed,
        )
    ]  # fmt: skip
    if plan.weeks is not None:
        pace = language.number(plan.per_week, 1 if plan.per_week < 10 else 0)
        lines.append(
            language.count(
                plan.weeks,
                "With %(pace)s answers a week that is %(n)s week before and after.",
                "With %(pace)s answers a week that is %(n)s weeks before and after.",
                pace=pace,
            )
        )
        seen = ", ".join(
            language.count(
                weeks, "%(points)s with %(n)s week", "%(points)s with %(n)s weeks",
                points=language.number(points, max(decimals, 1 if points < 10 else 0)),
            )
            for weeks, points in plan.visible.items()
        )  # fmt: skip
        lines.append(language.say("What can be seen at this pace, before against after: %(seen)s.", seen=seen))
    lines.append(
        language.count(
            plan.basis,
            "Reckoned from the spread of %(n)s answer of the last 12 weeks.",
            "Reckoned from the spread of %(n)s answers of the last 12 weeks.",
        )
        if plan.basis
        else language.say("There are no answers in the last 12 weeks, so the widest spread is assumed.")
    )
    return "\n".join(lines)


def _change(plan: Plan, decimals: int, language: Language) -> str:
    """The change to be seen: so many points, or so much on a scale."""
    number = language.number(plan.points, decimals)
    return number if plan.metric.headline.kind is Kind.MEAN else language.say("%(n)s points", n=number)


def as_json(plan: Plan) -> dict[str, Any]:
    """The plan as data."""
    return {
        "metric": plan.metric.name,
        "points": plan.points,
        "answers": plan.answers,
        "basis": plan.basis,
        "per_week": plan.per_week,
        "weeks": plan.weeks,
        "visible": [{"weeks": weeks, "points": points} for weeks, points in plan.visible.items()],
    }

"""The report on outcomes as lines of text. It says what goes together, never what causes what."""

from __future__ import annotations

from cxbot.core.metrics.differences import shown_change
from cxbot.core.reports.operation_report import Figure
from cxbot.core.reports.outcome_report import Difference, Group, Outcomes
from cxbot.core.statistics.rounding import decimals_off_zero
from cxbot.errors import N_
from cxbot.language import Language
from cxbot.slack.messages.reports.metric_report import bucket, inside
from cxbot.slack.messages.reports.views import view_title

LEAST = 5  # customers; below this only their number is shown
OUTCOMES = {"churn": N_("Churn"), "repeat_purchases": N_("Repeat purchases"), "money": N_("Money")}


def outcome_lines(outcomes: Outcomes, language: Language) -> list[str]:
    """The whole report, with the groups last."""
    lines = [view_title(outcomes, language)]
    if not outcomes.n:
        lines.append(language.say("Nobody who answered is in the file of customers (`cxbot import customers`)."))
    lines += _differences(outcomes, language)
    if outcomes.unknown:
        lines.append(
            language.count(
                outcomes.unknown,
                "%(n)s customer who answered is not in the file of customers.",
                "%(n)s customers who answered are not in the file of customers.",
            )
        )
    return lines + split(outcomes, language)


def split(outcomes: Outcomes, language: Language) -> list[str]:
    """The lines of the groups, the best answers first."""
    return [_group(group, language) for group in outcomes.groups] if outcomes.n else []


def _group(group: Group, language: Language) -> str:
    name = bucket(group.name, language)
    counted = language.count(group.n, "%(n)s customer", "%(n)s customers")
    if group.n < LEAST:
        return f"• {name}: {counted}"
    parts = [f"• {name}: {counted}"]
    if group.churn.value is not None and group.churn.n >= LEAST:
        parts.append(language.say("churn after the answer *%(value)s*", value=_shown("churn", group.churn, language)))
    for outcome, figure in (("repeat_purchases", group.repeat_purchases), ("money", group.money)):
        if figure.value is not None and figure.n >= LEAST:
            shown = _shown(outcome, figure, language)
            parts.append(
                language.say("repeat purchases *%(value)s*", value=shown)
                if outcome == "repeat_purchases"
                else language.say("money *%(value)s*", value=shown)
            )
    return ", ".join(parts)


def _decimals(outcome: str) -> int:
    return 1 if outcome == "repeat_purchases" else 0


def _number(outcome: str, value: float, language: Language) -> str:
    return language.number(value, _decimals(outcome))


def _shown(outcome: str, figure: Figure, language: Language) -> str:
    assert figure.value is not None
    value = language.percent(figure.value) if outcome == "churn" else _number(outcome, figure.value, language)
    if figure.low is None or figure.high is None:
        return value
    return language.say(
        "%(value)s (%(low)s to %(high)s)",
        value=value, low=_number(outcome, figure.low, language), high=_number(outcome, figure.high, language),
    )  # fmt: skip


def _differences(outcomes: Outcomes, language: Language) -> list[str]:
    """The best group against the worst, one line for each outcome."""
    shown = [difference for difference in outcomes.differences if difference.shown]
    if not outcomes.n:
        return []
    if not shown:
        return [language.say("No comparison: that takes 10 customers in the best and in the worst group.")]
    best, worst = (bucket(group.name, language) for group in (outcomes.groups[0], outcomes.groups[-1]))
    head = language.say("%(best)s minus %(worst)s:", best=best, worst=inside(worst))
    return [head, *(_difference(difference, language) for difference in shown)]


def _difference(difference: Difference, language: Language) -> str:
    change = difference.change
    decimals = decimals_off_zero(change.low, change.high, _decimals(difference.outcome))
    value, low, high = (
        language.number(limit, decimals, signed=True) for limit in (change.value, change.low, change.high)
    )
    text = language.say(
        "%(outcome)s *%(value)s* (95%% range %(low)s to %(high)s)",
        outcome=language.say(OUTCOMES[difference.outcome]),
        value=value,
        low=low,
        high=high,
    )
    if difference.flagged and shown_change(change):
        return language.say("• %(text)s: goes together with the answer", text=text)
    return language.say("• %(text)s: within noise", text=text)

"""The customer journey as lines of text, narrow enough for a phone. It says what goes together, never what causes
what."""

from __future__ import annotations

from cxbot.core.figures.drivers import LEAST_RANKED
from cxbot.core.metrics.differences import Detail, detail_for
from cxbot.core.reports.journey_report import Journey, Stop
from cxbot.errors import N_
from cxbot.language import Language
from cxbot.slack.messages.parts.blocks import escape
from cxbot.slack.messages.parts.tables import ROWS
from cxbot.slack.messages.reports.metric_report import answers, figure, interval
from cxbot.slack.messages.reports.views import first_lines

FOREMOST = 3  # touchpoints named in the first line
STAGES = {
    "before": N_("Before the purchase"),
    "during": N_("During the purchase"),
    "after": N_("After the purchase"),
    "": N_("Stage not known"),
}


def journey_lines(journey: Journey, language: Language) -> list[str]:
    """The whole report, with the table of touchpoints last."""
    lines = first_lines(journey, language)
    if detail_for(journey.n) is Detail.COUNT:
        return lines + split(journey, language)
    lines += _foremost(journey, language)
    if journey.unnamed:
        unnamed = answers(journey.unnamed, language)
        lines.append(language.say("Without a touchpoint: %(answers)s", answers=unnamed))
    return lines + split(journey, language)


def _foremost(journey: Journey, language: Language) -> list[str]:
    """The touchpoints with the strongest link to the score, or why none is named."""
    if journey.n < LEAST_RANKED:
        return [language.say("Too few answers to say which touchpoint matters most (100 are needed).")]
    named = [
        f"{escape(stop.name)} ({language.number(stop.driver.impact.drag, 1, signed=True)})"
        for stop in journey.foremost[:FOREMOST]
        if stop.driver
    ]
    if not named:
        return [language.say("No touchpoint stands out from the rest.")]
    return [language.say("Goes together most with the score: *%(touchpoints)s*", touchpoints=", ".join(named))]


def split(journey: Journey, language: Language, most: int = ROWS) -> list[str]:
    """The table of touchpoints alone, up to `most`, with a line above each stage."""
    if not journey.stops:
        return [language.say("No answer names a touchpoint, and none is registered (`cxbot touchpoint add`).")]
    lines: list[str] = []
    stage: str | None = None
    for stop in journey.stops[:most]:
        if stop.stage != stage:
            stage = stop.stage
            lines.append(f"*{language.say(STAGES[stage]) if stage in STAGES else escape(stage)}*")
        lines.append(_stop(journey, stop, language))
    if len(journey.stops) > most:
        lines.append(language.say("… and %(n)s more", n=len(journey.stops) - most))
    return lines


def _stop(journey: Journey, stop: Stop, language: Language) -> str:
    counted = answers(stop.n, language)
    name = escape(stop.name) + _nature(stop, language)
    if stop.estimate is None or stop.n < 5:
        return f"• {name}: {counted}"
    value = figure(journey.metric, stop.estimate.value, language)
    text = f"• {name}: *{value}* ({interval(journey.metric, stop.estimate, language)}), {counted}"
    if stop.driver is not None:
        drag = language.number(stop.driver.impact.drag, 1, signed=True)
        text = language.say("%(text)s, drag %(drag)s", text=text, drag=drag)
    return language.say("%(part)s – stands out from the rest", part=text) if stop.flagged else text


def _nature(stop: Stop, language: Language) -> str:
    """What is unusual about a touchpoint: indirect, not ours, not in the register."""
    if stop.place is None:
        said = [language.say("not registered")]
    else:
        said = [] if stop.place.direct else [language.say("indirect")]
        said += [] if stop.place.ours else [language.say("not ours")]
    return f" ({', '.join(said)})" if said else ""

"""`/cx help`: every command with an example."""

from __future__ import annotations

from collections.abc import Iterable

from cxbot.errors import N_
from cxbot.language import Language
from cxbot.slack.messages.parts.blocks import Message, message, section

LINES = (
    ("/nps week", N_("this week's NPS; also `/csat` and `/ces`, or `/cx csat week`")),
    (
        "/nps last month by:agent",
        N_("split by team, agent, customer, company, touchpoint, stage, channel, topic, survey"),
    ),
    ("/cx fcr last month", N_("first-contact resolution; also `/cx aht` (handling time) and `/cx churn`")),
    ("/cx drivers csat quarter", N_("what goes together with a score: reasons, topics, channels, touchpoints")),
    ("/cx explain nps last week", N_("how a report is counted; leads get its answers as a file")),
    ("/cx experience last month", N_("a survey of several items; also each of them, such as `/cx ease last month`")),
    ("/nps 2026-W46 vs:2026-W45 team:Support", N_("compare two periods, filter by a value")),
    (
        "/cx journey csat last month",
        N_("every touchpoint along the journey with its score and drag (`csat` names the metric)"),
    ),
    ("/cx outcomes nps year", N_("churn, repeat purchases and money of customers by what they answered")),
    ("/cx words nps last month", N_("which words low answers have more than high ones")),
    (
        '/cx compare nps since:2026-10-05 "new form"',
        N_("before and after a change; `against:Sales` compares with another team"),
    ),
    ("/cx plan nps 10", N_("how many answers it takes to see a change of 10 points, and what can be seen")),
    (
        "/cx ask @customer csat",
        N_("ask a customer now, here with the survey csat"),
    ),
    ("/cx digest", N_("preview the digest, weekly or monthly; `digest post` posts it (leads)")),
    ("/cx pause", N_("stop all surveys and digests of the team; `resume` starts them again (leads)")),
    (
        '/cx incident "outage" 2026-11-03..2026-11-04',
        N_("days about which nobody is asked, left out of the baseline; `incident` lists them (leads)"),
    ),
    ("/cx team", N_("set up the teams (admins)")),
    ("/cx audit", N_("who saw single answers, exported, shared or changed what (admins)")),
)
PERIODS = N_(
    "Periods: today, yesterday, week, last week, month, last month, quarter, year, 7d…365d, 2026-W46, 2026-11, "
    "2026-Q4, 2026, 2026-11-01..2026-11-15; also week 46, q4, 15.11.2026."
)
OTHER_WAYS = N_(
    "You can also ask with the message shortcut “Ask for feedback”, or by putting the team's reaction on a message "
    "when the conversation is over; taking it back withdraws the survey."
)


def render(surveys: Iterable[str], language: Language) -> Message:
    """All commands with examples, and the names of the surveys."""
    asked = language.say("Surveys: %(surveys)s. Each has a report by its name.", surveys=", ".join(surveys))
    parts = ["\n".join(f"`{example}` – {language.say(what)}" for example, what in LINES)]
    parts += [asked, language.say(PERIODS), language.say(OTHER_WAYS)]
    return message("\n".join(parts), [section(part) for part in parts])

"""`/cx help`: every command with an example."""

from __future__ import annotations

from collections.abc import Iterable

from cxbot.core.queries.vocabulary import COMMAND_WORDS
from cxbot.errors import N_
from cxbot.language import Language
from cxbot.service.access import Rights
from cxbot.slack.messages.parts.blocks import Message, message, section

MEMBER, ALL, LEAD, ADMIN = -1, 0, 1, 2
"""From which role on a command is of use; `MEMBER` is for those alone who don't lead."""
FIRST = (("/nps week", "/cx ask @customer csat", "/nps last month by:agent"),
         ("/nps week", "/cx digest", "/cx explain nps last week"),
         ("/cx team", "/nps week", "/cx audit"))  # fmt: skip
"""The three commands to begin with, by role."""
SECTIONS = (
    (
        N_("See how it goes"),
        (
            (N_("/nps week"), N_("this week's NPS; also `/csat` and `/ces`, or `/cx csat week`"), ALL),
            (
                N_("/nps last month by:agent"),
                N_("split by team, agent, customer, company, touchpoint, stage, channel, topic, survey"), LEAD,
            ),
            (N_("/nps last month by:agent"), N_("your own figures beside the team's"), MEMBER),
            (N_("/nps 2026-W46 vs:2026-W45 team:Support"), N_("compare two periods, filter by a value"), LEAD),
            (N_("/nps 2026-W46 vs:2026-W45"), N_("compare two weeks"), MEMBER),
            (
                N_("/cx fcr last month"),
                N_("first-contact resolution; also `/cx aht` (handling time) and `/cx churn`"), ALL,
            ),
            (
                N_("/cx experience last month"),
                N_("a survey of several items; also each of them, such as `/cx ease last month`"), ALL,
            ),
            (N_("/cx explain nps last week"), N_("how a report is counted; leads get its answers as a file"), ALL),
        ),
    ),
    (
        N_("Find out why"),
        (
            (
                N_("/cx drivers csat quarter"),
                N_("what goes together with a score: reasons, topics, channels, touchpoints"), LEAD,
            ),
            (N_("/cx words nps last month"), N_("which words low answers have more than high ones"), LEAD),
            (
                N_("/cx journey csat last month"),
                N_("every touchpoint along the journey with its score and drag (`csat` names the metric)"), LEAD,
            ),
            (
                N_("/cx outcomes nps year"),
                N_("churn, repeat purchases and money of customers by what they answered"), LEAD,
            ),
            (
                N_('/cx compare nps since:2026-10-05 "new form"'),
                N_("before and after a change; `against:Sales` compares with another team"), LEAD,
            ),
            (
                N_("/cx plan nps 10"),
                N_("how many answers it takes to see a change of 10 points, and what can be seen"), LEAD,
            ),
        ),
    ),
    (
        N_("Ask"),
        (
            (N_("/cx ask @customer csat"), N_("ask a customer now, here with the survey csat"), ALL),
            (
                N_("/cx why @customer"),
                N_("why somebody was or was not asked; also the link of a message, or an id"), ALL,
            ),
        ),
    ),
    (
        N_("Lead and set up"),
        (
            (
                N_("/cx attribute C-1041 @agent"),
                N_("say who helped, if the bot took another agent for it; also the link of a message (leads)"), LEAD,
            ),
            (N_("/cx digest"), N_("preview the digest, weekly or monthly; `digest post` posts it (leads)"), ALL),
            (N_("/cx pause"), N_("stop all surveys and digests of the team; `resume` starts them again (leads)"), LEAD),
            (
                N_('/cx incident "outage" 2026-11-03..2026-11-04'),
                N_("days about which nobody is asked, left out of the baseline; `incident` lists them (leads)"), LEAD,
            ),
            (N_("/cx team"), N_("set up the teams; what is missing, and the next step (admins)"), ADMIN),
            (
                N_("/cx campaign"),
                N_("ask a list of people over some days; `/cx campaign list` shows how far each campaign is (admins)"),
                ADMIN,
            ),
            (N_("/cx audit"), N_("who saw single answers, exported, shared or changed what (admins)"), ADMIN),
        ),
    ),
)  # fmt: skip
WHOLE_PERIODS = N_(
    "Periods: week, last week, month, last month, quarter, year, 2026-W46, 2026-11, 2026-Q4, 2026; also "
    "week 46, november, q4. Days, parts and filters are for leads."
)
PERIODS = N_(
    "Periods: today, yesterday, week, last week, month, last month, quarter, year, 7d…365d, 2026-W46, 2026-11, "
    "2026-Q4, 2026, 2026-11-01..2026-11-15; also week 46, november, q4, 15.11., last 30 days."
)
OTHER_WAYS = N_(
    "You can also ask with the message shortcut “Ask for feedback”, or by putting the team's reaction on a message "
    "when the conversation is over; taking it back withdraws the survey."
)
WORKFLOWS = N_("Workflows can ask with the step “Ask for feedback”, if the app has the feature workflow.")


def role(rights: Rights) -> int:
    """The role of a person."""
    return ADMIN if rights.admin else LEAD if rights.lead_of else ALL


def _is_for(known: int, least: int) -> bool:
    return known == ALL if least == MEMBER else known >= least


def render(surveys: Iterable[str], rights: Rights, language: Language) -> Message:
    """What a person can type: three commands to begin with, then all by what one wants to do, and the surveys."""
    known = role(rights)
    first = " · ".join(f"`{language.say(command)}`" for command in FIRST[known])
    parts = [language.say("Begin with %(commands)s.", commands=first)]
    for title, lines in SECTIONS:
        of_use = [(example, what) for example, what, least in lines if _is_for(known, least)]
        shown = [f"`{language.say(example)}` – {language.say(what)}" for example, what in of_use]
        if shown:
            parts.append("\n".join([f"*{language.say(title)}*", *shown]))
    names = ", ".join(language.typed(COMMAND_WORDS, name) for name in surveys)
    parts.append(language.say("Surveys: %(surveys)s. Each has a report by its name.", surveys=names))
    parts += [
        language.say(PERIODS if known else WHOLE_PERIODS),
        f"{language.say(OTHER_WAYS)} {language.say(WORKFLOWS)}",
    ]
    return message("\n".join(parts), [section(part) for part in parts])

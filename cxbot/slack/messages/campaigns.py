"""A campaign as people see it: how far it is, with buttons, and the form that starts one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from cxbot.core.invitations.campaigns import Progress
from cxbot.core.queries.vocabulary import COMMAND_WORDS, QUERY_WORDS
from cxbot.core.surveys.survey import Survey
from cxbot.core.teams.team import Team
from cxbot.errors import N_
from cxbot.language import Language
from cxbot.slack.messages.parts import ids
from cxbot.slack.messages.parts.blocks import (
    Block,
    Message,
    actions,
    button,
    context,
    escape,
    message,
    section,
    sections,
    words,
)
from cxbot.slack.messages.parts.fields import field, select, text

SHOWN = 20
HELD = "held"
STATES = {
    "running": N_("*%(name)s* (%(team)s, %(survey)s) asks until %(until)s."),
    "paused": N_("*%(name)s* (%(team)s, %(survey)s) is paused. It ends later by the working time of the pause."),
    HELD: N_("*%(name)s* (%(team)s, %(survey)s) waits, because the surveys of its team are paused."),
    "stopped": N_("*%(name)s* (%(team)s, %(survey)s) was stopped."),
    "over": N_("*%(name)s* (%(team)s, %(survey)s) is over: nobody waits any more."),
}
SHORT_STATES = {
    "running": N_("running until %(until)s"),
    "paused": N_("paused"),
    HELD: N_("held by a pause of its team"),
    "stopped": N_("stopped"),
    "over": N_("over"),
}
WHY: Mapping[str, str] = {
    "throttled": N_("asked too recently"),
    "relationship_throttled": N_("asked too recently"),
    "company_throttled": N_("their company was asked too recently"),
    "company_relationship_throttled": N_("their company was asked too recently"),
    "waiting": N_("another survey was waiting"),
    "opted_out": N_("do not want to be asked"),
    "never_company": N_("of companies that are never asked"),
    "team": N_("belong to the team"),
    "bot": N_("bots"),
    "gone": N_("deactivated accounts"),
    "outsider": N_("no colleagues"),
    "unknown": N_("not known to Slack"),
    "incident": N_("a known incident"),
    "undeliverable": N_("could not be delivered"),
    "withdrawn": N_("withdrawn before they answered"),
    "rehearsed": N_("rehearsal"),
    "stopped": N_("the campaign was stopped"),
    "erased": N_("their data were erased"),
    "forgotten": N_("kept no longer"),
}
NOT_ELIGIBLE = N_("a rule excludes them")
CHECKED = N_("Everybody is checked when their turn comes: opt-outs, budgets, working hours, incidents.")
FIRST_DAYS = 10
INDENT = "  "  # of a reason, below those who were not asked


def state(progress: Progress) -> str:
    """The state in one word: that of the progress, or `held` during a pause of its team."""
    return HELD if progress.state == "running" and progress.campaign.held_since is not None else progress.state


def figures(progress: Progress, language: Language) -> list[tuple[str, int]]:
    """The lines of the table: what, and how many people."""
    lines = [
        (language.say("People"), progress.people),
        (language.say("Waiting"), progress.waiting),
        (language.say("Sent"), progress.sent),
        (language.say("Answered"), progress.answered),
        (language.say("Not asked"), sum(progress.not_asked.values())),
    ]
    why: Counter[str] = Counter()  # some codes have one reason
    for code, n in progress.not_asked.items():
        why[language.say(WHY.get(code, NOT_ELIGIBLE))] += n
    return lines + [(f"{INDENT}{reason}", n) for reason, n in why.most_common()]


def headline(progress: Progress, language: Language, zone: str) -> str:
    """What the campaign does, and until when."""
    campaign = progress.campaign
    return language.say(
        STATES[state(progress)], name=escape(campaign.name), team=escape(progress.team or "–"),
        survey=language.typed(COMMAND_WORDS, campaign.survey),
        until=language.moment(campaign.ends_at, ZoneInfo(zone)),
    )  # fmt: skip


def render(progress: Progress, language: Language, zone: str, notes: Iterable[str] = ()) -> Message:
    """The campaign as it is now, with the buttons that have an effect."""
    lines = _lines(progress, language, zone, notes)
    blocks = [*sections(lines), context(language.say(CHECKED))]
    if buttons := _buttons(progress, language):
        blocks.append(actions(*buttons))
    return message("\n".join(lines), blocks)


def _lines(progress: Progress, language: Language, zone: str, notes: Iterable[str] = ()) -> list[str]:
    shown = [
        f"{'    ◦' if what.startswith(INDENT) else '•'} {what.strip()}: {language.number(n)}"
        for what, n in figures(progress, language)
    ]
    return [headline(progress, language, zone), *shown, *notes]


def _buttons(progress: Progress, language: Language) -> list[Block]:
    number, now = str(progress.campaign.id), progress.state
    if now not in ("running", "paused"):
        return []
    first = (
        button(language.say("Pause"), ids.CAMPAIGN_PAUSE, number)
        if now == "running"
        else button(language.say("Resume"), ids.CAMPAIGN_RESUME, number, style="primary")
    )
    stop = button(language.say("Stop"), ids.CAMPAIGN_STOP, number, style="danger")
    stop["confirm"] = {
        "title": words(language.say("Stop the campaign?")),
        "text": words(language.say("Whoever waits is not asked any more. This can't be undone.")),
        "confirm": words(language.say("Stop")),
        "deny": words(language.say("Cancel")),
    }
    return [first, stop]


def listing(campaigns: Sequence[Progress], language: Language, zone: str) -> Message:
    """All campaigns, the latest first."""
    if not campaigns:
        none = language.say("There is no campaign yet. Start one with `/cx campaign`, or `cxbot campaign start`.")
        return message(none, [section(none)])
    lines = [
        language.say(
            "• %(name)s: %(state)s; sent to %(sent)s of %(people)s people, %(answered)s answered.",
            name=escape(each.campaign.name), state=in_short(each, language, zone), sent=language.number(each.sent),
            people=language.number(each.people), answered=language.number(each.answered),
        )
        for each in campaigns[:SHOWN]
    ]  # fmt: skip
    if len(campaigns) > SHOWN:
        lines.append(language.say("… and %(n)s more", n=len(campaigns) - SHOWN))
    return message("\n".join(lines), sections(lines))


def in_short(progress: Progress, language: Language, zone: str) -> str:
    """The state in a few words."""
    until = language.moment(progress.campaign.ends_at, ZoneInfo(zone))
    return language.say(SHORT_STATES[state(progress)], until=until)


def doubled(lines: Sequence[tuple[int, int]], language: Language) -> list[str]:
    """What is told about people who are in a list more than once."""
    told = [
        language.say("Line %(line)s: the same person as in line %(first)s, who is asked once.", line=line, first=first)
        for line, first in lines[:SHOWN]
    ]
    if len(lines) > SHOWN:
        told.append(language.say("… and %(n)s more", n=len(lines) - SHOWN))
    return told


def form(teams: Sequence[Team], surveys: Iterable[Survey], language: Language) -> Block:
    """The form that starts a campaign. There is a team; the surveys are those that can be asked."""
    choices = [(language.say(each.title), each.name) for each in surveys]
    first = next((name for _, name in choices if name == "nps"), choices[0][1])
    days = f"{FIRST_DAYS}{language.typed(QUERY_WORDS, 'd')}"
    blocks = [
        field("name", language.say("Name of the campaign"), text("", language.say("Spring survey"))),
        field("survey", language.say("Survey"), select(choices, first)),
        field("team", language.say("Team that asks"), select([(each.name, str(each.id)) for each in teams[:100]],
                                                             str(teams[0].id))),
        field("over", language.say("Working days over which people are asked (10d, 2w)"), text(days, days)),
        field("people", language.say("People in Slack"), {"type": "multi_users_select"}, optional=True),
        field("addresses", language.say("E-mail addresses or @mentions, one on a line"),
              text("", "carla@example.com", lines=True), optional=True),
        context(language.say("For longer lists: `cxbot campaign start FILE.csv` in a terminal.")),
    ]  # fmt: skip
    return {
        "type": "modal",
        "callback_id": ids.CAMPAIGN_FORM,
        "title": words(language.say("Campaign")),
        "submit": words(language.say("Start")),
        "close": words(language.say("Close")),
        "blocks": blocks,
    }


@dataclass(frozen=True, slots=True)
class Entered:
    """What was entered in the form. `team` is a number; `people` are Slack ids."""

    name: str
    survey: str
    team: str
    over: str
    people: tuple[str, ...]
    addresses: str


def entered(values: Mapping[str, Mapping[str, Any]]) -> Entered:
    """What a person entered. `values` is the state of the submitted view."""
    states = {name: element.get(name) or {} for name, element in values.items()}

    def typed(name: str) -> str:
        return str(states.get(name, {}).get("value") or "")

    def chosen(name: str) -> str:
        return str((states.get(name, {}).get("selected_option") or {}).get("value", ""))

    people = tuple(states.get("people", {}).get("selected_users") or ())
    return Entered(
        typed("name"), chosen("survey"), chosen("team"), typed("over"), people, typed("addresses")
    )  # fmt: skip


def started(progress: Progress, language: Language, zone: str, notes: Iterable[str] = ()) -> Block:
    """What replaces the form after the start."""
    lines = _lines(progress, language, zone, notes)
    again = language.say("`/cx campaign %(name)s` shows how far it is.", name=escape(progress.campaign.name))
    return {
        "type": "modal",
        "title": words(language.say("Campaign")),
        "close": words(language.say("Close")),
        "blocks": [*sections(lines), context(language.say(CHECKED), again)],
    }

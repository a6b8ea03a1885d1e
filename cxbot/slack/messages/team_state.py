"""What is set up for a team, what is missing, and the one next step."""

from __future__ import annotations

from collections.abc import Sequence

from cxbot.core.calendar.hours import OFF
from cxbot.core.queries.vocabulary import COMMAND_WORDS
from cxbot.core.teams.readiness import Gap, Surroundings
from cxbot.core.teams.team import Team
from cxbot.errors import N_
from cxbot.language import Language
from cxbot.slack.messages.parts.blocks import escape
from cxbot.slack.messages.parts.fields import LOCALE_NAMES

MISSING = {
    "no_source": N_("a channel or a helpdesk with conversations"),
    "not_in": N_("me in %(about)s"),
    "nobody": N_("people in the team"),
    "deaf": N_("the feature history, without which silence ends nothing"),
    "no_url": N_("an address at which the helpdesk reaches me"),
    "no_mail": N_("a mail server for customers who are not in Slack"),
    "no_leads": N_("leads"),
    "by_hand": N_("something that ends conversations by itself"),
}
STEPS = {
    "no_source": N_("invite me to a channel with customers, `/invite @cxbot`, or add a helpdesk: "
                    "`cxbot hook add desk --kind zendesk --team %(team)s`."),
    "not_in": N_("in %(about)s, type `/invite @cxbot`."),
    "nobody": N_("name leads and members in the form of `/cx team`."),
    "deaf": N_("add the feature to the app: `cxbot manifest --with history`."),
    "no_url": N_("set CXBOT_PUBLIC_URL, and see `cxbot hook show %(about)s`."),
    "no_mail": N_("set CXBOT_SMTP_URL, CXBOT_MAIL_FROM and CXBOT_PUBLIC_URL."),
    "no_leads": N_("name leads in the form of `/cx team`; until then the admins hear of customers who were let down."),
    "by_hand": N_("let the reaction mean that every conversation is over, set a silence, or add a helpdesk: "
                  "`cxbot hook add desk --kind zendesk --team %(team)s`."),
}  # fmt: skip


def lines(team: Team, around: Surroundings, missing: Sequence[Gap], language: Language) -> list[str]:
    """A team in three lines at most."""
    found = [_set_up(team, around, language)]
    if missing:
        shown = ", ".join(_words(MISSING[gap.why], gap, team, language) for gap in missing)
        found.append(language.say("Missing: %(what)s.", what=shown))
    return [*found, next_step(team, missing, language)]


def next_step(team: Team, missing: Sequence[Gap], language: Language) -> str:
    """What to do next for a team."""
    if not missing:
        if team.rehearsal:
            return language.say("Next: end the rehearsal in the form of `/cx team`, when the leads agree.")
        return language.say("Nothing is missing: `/nps week` shows what customers say.")
    step = _words(STEPS[missing[0].why], missing[0], team, language)
    return language.say("Next: %(step)s", step=step)


def features_off(names: Sequence[str], language: Language) -> str:
    """The features that the app does not have."""
    return language.say("Features that are off: %(names)s (`cxbot manifest --with …`).", names=", ".join(names))


def _set_up(team: Team, around: Surroundings, language: Language) -> str:
    parts = [
        f"*{escape(team.name)}*",
        language.say("survey %(survey)s", survey=language.typed(COMMAND_WORDS, team.survey.name)),
        LOCALE_NAMES[team.locale],
        language.say("digest in %(channel)s", channel=f"<#{team.channel}>"),
    ]
    if team.source_channels:
        shown = ", ".join(f"<#{channel}>" for channel in team.source_channels)
        parts.append(language.say("customers in %(channels)s", channels=shown))
    parts.append(language.say("conversations end by %(endings)s", endings=endings(team, around, language)))
    if team.rehearsal:
        parts.append(language.say("rehearsal"))
    if team.paused:
        parts.append(language.say("paused"))
    return " · ".join(parts)


def endings(team: Team, around: Surroundings, language: Language) -> str:
    """What ends conversations of a team."""
    found = [f":{team.reaction}:"]
    if team.silence != OFF:
        found.append(language.say("silence (%(hours)s)", hours=language.hours(team.silence)))
    found += [language.say("the helpdesk %(hook)s", hook=escape(hook)) for hook in around.hooks]
    return ", ".join(found)


def _words(text: str, gap: Gap, team: Team, language: Language) -> str:
    about = f"<#{gap.about}>" if gap.why == "not_in" else escape(gap.about)
    name = escape(team.name)
    return language.say(text, about=about, team=f'"{name}"' if " " in name else name)

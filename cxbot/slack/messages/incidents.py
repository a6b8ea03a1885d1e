"""Known incidents in words: in reports, in lists, and in the answers to `/cx incident`."""

from __future__ import annotations

from collections.abc import Sequence

from cxbot.core.calendar.incidents import Incident
from cxbot.language import Language
from cxbot.slack.messages.parts.blocks import Message, escape, message, section

SHOWN = 20  # incidents shown in a list
NAMED = 3  # incidents named in one line


def span(incident: Incident, language: Language) -> str:
    """The days of an incident, from the first to the last."""
    first = language.short_day(incident.first)
    return first if incident.first == incident.last else f"{first}–{language.short_day(incident.last)}"


def incident_lines(incidents: Sequence[Incident], language: Language) -> list[str]:
    """One line about the incidents of a period; none if there are no incidents."""
    if not incidents:
        return []
    named = ", ".join(f"{escape(incident.name)} ({span(incident, language)})" for incident in incidents[:NAMED])
    more = " …" if len(incidents) > NAMED else ""
    return [
        language.count(
            len(incidents),
            "⚠ Known incident: %(incidents)s",
            "⚠ Known incidents: %(incidents)s",
            incidents=named + more,
        )
    ]


def listing(incidents: Sequence[Incident], language: Language) -> Message:
    """All incidents that a person may see, the latest first."""
    if not incidents:
        text = language.say(
            'No incident is known. A lead can add one: `/cx incident "outage" 2026-11-03..2026-11-04`. '
            "Nobody is asked about those days, and their weeks are left out of the baseline."
        )
        return message(text, [section(text)])
    lines = [_line(incident, language) for incident in incidents[:SHOWN]]
    if len(incidents) > SHOWN:
        lines.append(language.say("… and %(n)s more: `cxbot incident list` has all.", n=len(incidents) - SHOWN))
    return message("\n".join(lines), [section("\n".join(lines))])


def _line(incident: Incident, language: Language) -> str:
    days = language.day(incident.first)
    if incident.last != incident.first:
        days = f"{days}–{language.day(incident.last)}"
    return f"• {escape(incident.name)}: {days}, {whom(incident, language)}"


def whom(incident: Incident, language: Language) -> str:
    """Whom an incident concerns."""
    return escape(incident.team) if incident.team_id else language.say("every team")


def added(incident: Incident, language: Language) -> str:
    """The answer after an incident was added: what follows from it."""
    return language.say(
        "%(name)s (%(days)s, %(whom)s) is a known incident now: nobody is asked about those days, charts "
        "show it, and its weeks are left out of the baseline.",
        name=escape(incident.name), days=span(incident, language), whom=whom(incident, language),
    )  # fmt: skip


def removed(incident: Incident, language: Language) -> str:
    """The answer after an incident was removed: what follows from it."""
    return language.say(
        "%(name)s (%(days)s) is no longer a known incident: its days count like all others.",
        name=escape(incident.name), days=span(incident, language),
    )  # fmt: skip

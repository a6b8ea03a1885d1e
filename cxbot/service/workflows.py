"""What a step of a workflow asks for: the team, the survey and the customer, found by what its builder typed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cxbot.core import names
from cxbot.core.invitations.close import Close
from cxbot.core.invitations.rules import Invitation
from cxbot.core.queries.tokens import echo
from cxbot.core.surveys.survey import Survey
from cxbot.core.teams.team import Team
from cxbot.errors import N_, Refused, UsageError
from cxbot.language import vocabulary
from cxbot.service import access, asking
from cxbot.service.bot import Bot
from cxbot.store.engine.connection import Connection
from cxbot.store.records import invitations, steps

WRONG = frozenset({"bot", "unknown"})  # refusals that say that the workflow is wrong, not that a rule forbids it


@dataclass(frozen=True, slots=True)
class Step:
    """An execution of the step, with its inputs as they were given: "" for those that were left out."""

    id: str
    customer: str
    survey: str
    team: str
    topic: str
    touchpoint: str
    wait: bool


def ask(bot: Bot, step: Step, at: datetime, also: asking.Also) -> None:
    """Ask the customer as after any close that nobody chose. The step is told when the survey is sent, or what became
    of it; `also` is written with the decision.

    Raises UsageError for inputs that mean nothing, and Refused as `asking.ask` does. A refusal that the step was not
    told of is in `WRONG`.
    """
    team = _team(bot, step.team)
    survey = _survey(bot, step.survey) if step.survey else team.survey
    if not names.MEMBER.fullmatch(step.customer):
        raise UsageError(N_("The step got no person as the customer. Choose one in the workflow."))
    close = Close(step.customer, "", at, steps.VIA, trigger=step.id, topic=step.topic, touchpoint=step.touchpoint)

    def decided(db: Connection, outcome: Invitation | Refused) -> None:
        if not (isinstance(outcome, Refused) and outcome.values.get("code") in WRONG):
            # The ledger keeps refusals, too.
            known = outcome if isinstance(outcome, Invitation) else invitations.by_trigger(db, "", step.id)
            assert known is not None
            # When a colleague has answered is not told either: it could be compared with how the figures change.
            steps.begin(db, step.id, known, at, for_answer=step.wait and not survey.employees)
        also(db, outcome)

    asking.ask(bot, team, close, survey, decided)


def team_of(bot: Bot, name: str) -> Team | None:
    """The team that a step names, else the only one; None if there is none."""
    every = bot.teams()
    if not name:
        return every[0] if len(every) == 1 else None
    return access.with_name(every, name)


def _team(bot: Bot, name: str) -> Team:
    if (team := team_of(bot, name)) is not None:
        return team
    every = [team.name for team in bot.teams()]
    if not every:
        raise UsageError(N_("There is no team yet. An admin can set one up with `/cx team`."))
    if not name:
        raise UsageError(N_("There are several teams. Name the one that asks in the workflow: %(teams)s."),
                         teams=", ".join(every))  # fmt: skip
    raise UsageError(N_("There is no team “%(name)s”. Teams: %(teams)s."), name=echo(name), teams=_near(name, every))


def _survey(bot: Bot, name: str) -> Survey:
    surveys = bot.catalogue().in_use
    known = name.lower() if name.lower() in surveys else vocabulary().command(name)
    if known not in surveys:
        raise UsageError(
            N_("`%(text)s` is not a survey. Surveys: %(all)s."), text=echo(name), all=_near(name.lower(), surveys)
        )
    return surveys[known]


def _near(name: str, known: Iterable[str]) -> str:
    """The names that look like the one that was typed, the nearest first; all if none does."""
    every = list(known)
    return ", ".join(difflib.get_close_matches(name, every, cutoff=0.5) or every)

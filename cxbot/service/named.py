"""What the filters of a question name: people by their names, stages and surveys in any language. A value that nobody
ever had is a typing error."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import replace

from cxbot.core import names as spelling
from cxbot.core.invitations.rules import Person
from cxbot.core.metrics.operational import CHURN
from cxbot.core.queries.query import Query, Request, answered_by_employees
from cxbot.core.queries.tokens import echo
from cxbot.core.queries.vocabulary import COMMAND_WORDS, QUERY_WORDS, VALUES, typed, typed_filters
from cxbot.core.surveys.catalogue import Catalogue
from cxbot.core.teams.team import Team
from cxbot.errors import N_, Typed, UsageError
from cxbot.language import vocabulary
from cxbot.service.directory import Directory, NotKnownError
from cxbot.store.engine.connection import Connection
from cxbot.store.records import names

ME = "me"
CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{6,}")


def in_words_of_file(request: Request, db: Connection, catalogue: Catalogue) -> Request:
    """The request with its stage and survey as answers have them. Raises UsageError for one that no answer has, and
    that can't be asked."""
    filters = dict(request.filters)
    if "stage" in filters:
        filters["stage"] = _listed(db, "stage", filters["stage"], VALUES["stage"], QUERY_WORDS)
    if "survey" in filters:
        name = filters["survey"].lower()
        own = name if name in catalogue.surveys else vocabulary().command(name)
        filters["survey"] = _listed(db, "survey", own, tuple(catalogue.surveys), COMMAND_WORDS)
    return replace(request, filters=filters)


def _listed(db: Connection, kind: str, value: str, known: tuple[str, ...], context: str) -> str:
    if value.lower() in known:
        return value.lower()
    known = tuple(dict.fromkeys((*known, *names.words(db, kind))))  # files may have others
    if spelling.key(value) in known:
        return value
    raise UsageError(
        N_("Nothing is on file under `%(kind)s:%(name)s`. There are: %(all)s."),
        kind=Typed(kind, QUERY_WORDS), name=echo(value), all=typed(known, context),
    )  # fmt: skip


def with_agent(
    request: Request, db: Connection, directory: Directory, asker: str, teams: Iterable[Team], *, alone: bool
) -> Request:
    """The request with the id of the agent that it names: `me` is who asks, other names are those in Slack of the
    people in these teams, or with `alone` of the asker only. Raises UsageError with near names for the name of nobody.
    """
    value = request.filters.get("agent", "")
    if value == ME:
        return replace(request, filters={**request.filters, "agent": asker})
    if not value or spelling.SLACK_ID.fullmatch(value) or names.find(db, "agent", value) != names.UNKNOWN:
        return request
    principals = {who for team in teams for who in (*team.members, *team.leads)}
    people = _people(directory, {asker} if alone else directory.people(principals))
    called = spelling.key(value)
    for forms in (_whole, _first):
        found = [person for person in people if called in forms(person)]
        if len(found) == 1:
            return replace(request, filters={**request.filters, "agent": found[0].id})
        if found:
            break
    known = {form: person for forms in (_first, _whole) for person in people for form in forms(person)}
    alike = found or [known[each] for each in spelling.nearest(value, known)]
    if alone or not alike:
        return request
    raise _unknown("agent", value, list(dict.fromkeys(person.real_name or person.name for person in alike)))


def _people(directory: Directory, ids: Iterable[str]) -> list[Person]:
    """These people, without those whom Slack does not know now."""
    found = []
    for who in sorted(ids):
        with suppress(NotKnownError):
            found.append(directory.person(who))
    return found


def _whole(person: Person) -> set[str]:
    """The names of a person as they are compared."""
    return {spelling.key(person.name), spelling.key(person.real_name)} - {""}


def _first(person: Person) -> set[str]:
    """The first words of their names."""
    return {name.partition(" ")[0] for name in _whole(person)}


def check(db: Connection, query: Query, team: Team | None = None) -> None:
    """Raise UsageError with near names for a name that nothing was ever stored under; with a `team` nothing of that
    team, whose lead does not learn from it whom others serve. People and channels that Slack knows may just have
    nothing yet; employees' answers are not asked for by such names."""
    if answered_by_employees(query.about):
        return
    for kind, value in query.filters.items():
        if kind == "team" and query.about == CHURN:  # it has no teams, and says so itself
            continue
        slack_id = spelling.SLACK_ID.fullmatch(value) or CHANNEL_ID.fullmatch(value)
        if kind not in names.KINDS or slack_id:
            continue
        of_team = names.find(db, "team", team.name) if team is not None and kind != "team" else None
        found = names.find(db, kind, value)
        if found == names.UNKNOWN or (of_team is not None and not names.used(db, kind, found, of_team)):
            raise _unknown(kind, value, names.near(db, kind, value, of_team) if kind != "customer" else [])


def _unknown(kind: str, value: str, near: Collection[str]) -> UsageError:
    if not near:
        return UsageError(
            N_("Nothing is on file under `%(kind)s:%(name)s`. See what there is: `by:%(kind)s`."),
            kind=Typed(kind, QUERY_WORDS), name=echo(value),
        )  # fmt: skip
    return UsageError(
        N_("Nothing is on file under `%(kind)s:%(name)s`. Did you mean %(near)s?"),
        kind=Typed(kind, QUERY_WORDS), name=echo(value), near=typed_filters(kind, near),
    )  # fmt: skip

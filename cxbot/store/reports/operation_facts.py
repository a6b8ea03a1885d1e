"""The facts of the handling-time report: closed interactions, their duration, and whether the customer came back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby, zip_longest
from typing import Any, NamedTuple

from cxbot.core.calendar import periods
from cxbot.core.figures.first_contact import REPEAT_WINDOW, Disagreement, Issue, Observed, disagreement, observed
from cxbot.core.metrics.shipped import FCR
from cxbot.core.queries.query import Query
from cxbot.core.reports.operation_report import (
    Before,
    HandlingFacts,
    OperationFacts,
    OperationReport,
    Times,
    handling_report,
)
from cxbot.core.reports.verdicts import HISTORY_WEEKS
from cxbot.core.signals.control_charts import Group
from cxbot.store.counts import handling_times
from cxbot.store.counts.scope import Scope, Span, column, known, scope_of
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.result_cache import cached_if_settled
from cxbot.store.engine.statements import one_view, tuples
from cxbot.store.engine.times import moment, stamp
from cxbot.store.records import incidents, names
from cxbot.store.records.published import VISIBLE

# An interaction can have several rows, one for each question about it.
CONTACT = (
    "customer, topic, COALESCE(opened_at, closed_at) AS began, external_id, closed_at, "
    "CASE WHEN metric = 'fcr' THEN score END AS stated, {by} AS part, handling_seconds"
)
# What begins later than this can't be a repeat contact of anything closed in the span.
SOON = "COALESCE(opened_at, closed_at) < :soon"
EVERYBODYS = (
    f"SELECT {CONTACT}, closed_at < :end AS chosen FROM ratings WHERE closed_at >= :start "
    f"AND (closed_at < :end OR (customer != 0 AND {SOON})) AND {VISIBLE} ORDER BY customer, external_id"
)
# A repeat contact counts, no matter which agent or team takes it. Filters are about the interaction, not about the
# contacts that follow. Later contacts are read only for the customers concerned.
CHOSEN = (
    f"WITH mine AS MATERIALIZED (SELECT {CONTACT}, 1 AS chosen, id FROM ratings WHERE closed_at >= :start "
    f"AND closed_at < :end AND {VISIBLE}{{where}}), others AS (SELECT ratings.id FROM (SELECT DISTINCT customer AS who "
    "FROM mine WHERE customer != 0) AS concerned CROSS JOIN ratings WHERE customer = who AND customer != 0 "
    "AND closed_at >= :start EXCEPT SELECT id FROM mine) "
    "SELECT customer, topic, began, external_id, closed_at, stated, part, handling_seconds, chosen FROM mine "
    f"UNION ALL SELECT {CONTACT}, 0 FROM ratings WHERE id IN others AND {SOON} AND {VISIBLE} "
    "ORDER BY customer, external_id"
)


class Contact(NamedTuple):
    """One contact of a customer. The order of the fields is the order in which contacts are sorted; moments are
    stamps."""

    customer: int
    topic: int
    began: str
    id: str
    closed: str
    stated: int | None
    part: Any  # an id or a word, as the column has it
    seconds: float | None
    chosen: int

    def joined(self, row: Contact) -> Contact:
        """The contact joined with another of its rows; there can be one for each question about it."""
        return self._replace(
            began=min(self.began, row.began),
            closed=max(self.closed, row.closed),
            stated=self.stated if row.stated is None else row.stated,
            part=min(self.part, row.part),
            chosen=max(self.chosen, row.chosen),
        )


def report(db: Connection, query: Query, now: datetime) -> OperationReport:
    """The report on handling times, with the reopen rate."""
    return handling_report(query, facts(db, query, now), now)


def facts(db: Connection, query: Query, now: datetime) -> HandlingFacts:
    """Everything from which the report on handling times is built, read in one consistent view of the file."""
    with one_view(db):
        return _facts(db, query, now)


def _facts(db: Connection, query: Query, now: datetime) -> HandlingFacts:
    scope = scope_of(db, FCR, query.filters, unassigned=query.unassigned)
    current, previous = (known(period, now) for period in (query.period, query.versus or query.period.previous()))
    groups = None
    if query.by is not None:
        groups = _times(db, scope, current, now, query.by)
    return OperationFacts(
        _times(db, scope, current, now).get("", Times()),
        _times(db, scope, previous, now).get("", Times()),
        groups,
        _before(db, scope, query, now),
    )


def _before(db: Connection, scope: Scope, query: Query, now: datetime) -> Before[Group]:
    """The weeks by which a complete period is judged."""
    period = query.period
    if not period.complete(now):
        return Before()
    weeks = periods.last_weeks(HISTORY_WEEKS, period.start, period.timezone)
    question = ("handling", scope.identity, period.start, period.timezone)

    def find() -> list[Group]:
        return handling_times.by_week(db, scope, weeks)

    sums = cached_if_settled(db, question, period.start, now, find)
    return Before(zip(weeks, sums, strict=True), incidents.about(db, query.filters.get("team", "")))


def _times(db: Connection, scope: Scope, span: Span, now: datetime, by: str = "") -> dict[str, Times]:
    """The handling times by part; `""` is everything if there is no split."""
    seconds: dict[object, list[float]] = defaultdict(list)
    issues: dict[object, list[Issue]] = defaultdict(list)
    end = stamp(span[1])
    for contacts in _by_customer(db, scope, span, by):
        for part, longest in _handled(contacts):
            seconds[part].append(longest)
        for part, issue in _issues(contacts, end):
            issues[part].append(issue)
    shown = names.of(db, by, seconds.keys() | issues.keys())
    return {
        name or ("—" if by else ""): Times(sorted(seconds[part]), observed(issues[part], REPEAT_WINDOW, now))
        for part, name in shown.items()
        if part in seconds or part in issues
    }


def _by_customer(db: Connection, scope: Scope, span: Span, by: str = "") -> Iterator[list[Contact]]:
    """The contacts of each customer who has a chosen contact closed in the span, including later ones. Contacts
    without a customer come one by one."""
    where, _ = scope.where()
    sql = (CHOSEN if where else EVERYBODYS).format(by=column(by), where=where)
    values = {**scope.values(span), "soon": stamp(span[1] + REPEAT_WINDOW)}
    for _, contacts in groupby(map(Contact._make, tuples(db, sql, values)), key=_person):
        yield list(contacts)


def _person(contact: Contact) -> tuple[int, str]:
    return contact.customer, "" if contact.customer else contact.id


def _handled(contacts: Sequence[Contact]) -> Iterable[tuple[object, float]]:
    """Part and seconds of each chosen interaction whose handling time is known."""
    handled: dict[str, tuple[Any, float]] = {}
    for contact in contacts:
        if contact.chosen and contact.seconds is not None:
            part, seconds = handled.get(contact.id, (contact.part, contact.seconds))
            handled[contact.id] = min(part, contact.part), max(seconds, contact.seconds)
    return handled.values()


def _issues(contacts: Sequence[Contact], end: str) -> Iterator[tuple[object, Issue]]:
    """A customer's chosen interactions closed before `end`, each with the contact that followed, by part."""
    for contact, following in _in_order(contacts) if contacts[0].customer else ():
        if contact.chosen and contact.closed < end:
            closed, began = moment(contact.closed), moment(following.began if following else None)
            assert closed is not None
            yield contact.part, Issue(contact.id, closed, began, contact.stated)


def _in_order(listed: Sequence[Contact]) -> Iterable[tuple[Contact, Contact | None]]:
    """One customer's contacts, each with the next one about the same topic."""
    if len(listed) == 1:  # most customers have one
        return ((listed[0], None),)
    contacts: dict[tuple[int, str], Contact] = {}
    for contact in listed:
        key = contact.topic, contact.id
        contacts[key] = contacts[key].joined(contact) if key in contacts else contact
    ordered = sorted(contacts.values())
    return (
        (contact, following if following and following.topic == contact.topic else None)
        for contact, following in zip_longest(ordered, ordered[1:])
    )


def resolution(db: Connection, query: Query, now: datetime) -> tuple[Observed, tuple[Disagreement, ...]]:
    """First-contact resolution as observed in a period (no repeat contact by the same customer about the same topic
    within 7 days), and the interactions for which the customer stated something else."""
    scope = scope_of(db, FCR, query.filters, unassigned=query.unassigned)
    span = known(query.period, now)
    end = stamp(span[1])
    issues = [issue for contacts in _by_customer(db, scope, span) for _, issue in _issues(contacts, end)]
    differing = (disagreement(issue, REPEAT_WINDOW, now) for issue in issues)
    return observed(issues, REPEAT_WINDOW, now), tuple(
        contradiction for contradiction in differing if contradiction is not None
    )

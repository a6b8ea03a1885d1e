"""Interactions that were closed: how long they took, and whether the customer came back about the same topic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby, zip_longest
from operator import itemgetter
from typing import NamedTuple

from cxbot.core import periods
from cxbot.core.control import Group
from cxbot.core.metrics import FCR
from cxbot.core.operations import Before, OperationReport, Times, handling_report
from cxbot.core.periods import Period
from cxbot.core.queries import Query
from cxbot.core.resolution import REPEAT_WINDOW, Disagreement, Issue, Observed, disagreement, observed
from cxbot.core.verdicts import HISTORY_WEEKS
from cxbot.store import handling, incidents
from cxbot.store.connection import Connection
from cxbot.store.database import moment, rows, stamp
from cxbot.store.memory import remembered, settled_before
from cxbot.store.scope import VISIBLE, Scope, Span, column, known
from cxbot.store.transfers import published

# One interaction can have several rows, one for each question asked about it.
HANDLED = (
    "SELECT {by} AS part, MAX(handling_seconds) AS seconds FROM ratings WHERE closed_at >= :start AND closed_at < :end "
    f"AND handling_seconds IS NOT NULL AND {VISIBLE}{{where}} GROUP BY external_id ORDER BY 2"
)
# A repeat counts whoever takes it: filters are for the interaction, not for what followed. `concerned` keeps other
# customers' from being read for nothing.
CONTACTS = (
    "SELECT customer, topic, COALESCE(opened_at, closed_at) AS began, external_id, closed_at, "
    "CASE WHEN metric = 'fcr' THEN score END AS stated, {chosen} AS chosen, {by} AS part FROM ratings "
    f"WHERE closed_at >= :start AND customer != '' AND {VISIBLE}{{concerned}} ORDER BY customer"
)
CONCERNED = (
    " AND customer IN (SELECT customer FROM ratings WHERE closed_at >= :start AND closed_at < :end "
    f"AND customer != '' AND {VISIBLE}{{}})"
)


class Contact(NamedTuple):
    """A contact of a customer, in the order in which they are told apart; moments are stamps."""

    topic: str
    began: str
    id: str
    closed: str
    stated: int | None
    chosen: int
    part: str

    def joined(self, row: Contact) -> Contact:
        """With another row of it: there can be one for each question asked about it."""
        stated = self.stated if row.stated is None else row.stated
        return Contact(
            self.topic, min(self.began, row.began), self.id, max(self.closed, row.closed), stated,
            max(self.chosen, row.chosen), min(self.part, row.part),
        )  # fmt: skip


def report(db: Connection, query: Query, now: datetime) -> OperationReport:
    """The report on handling times, with the reopen rate beside them."""
    scope = Scope(FCR, query.filters, published(db), query.unassigned)
    current, previous = (known(period, now) for period in (query.period, query.versus or query.period.previous()))
    groups = None
    if query.by is not None:
        groups = _times(db, scope, current, now, query.by)
    return handling_report(
        query,
        now,
        _times(db, scope, current, now).get("", Times()),
        _times(db, scope, previous, now).get("", Times()),
        groups,
        _before(db, scope, query.period, now),
    )


def _before(db: Connection, scope: Scope, period: Period, now: datetime) -> Before[Group]:
    """What a complete period is judged by."""
    if not period.complete(now):
        return Before()
    weeks = periods.last_weeks(HISTORY_WEEKS, period.start, period.timezone)
    question = ("handling", scope.identity, period.start, period.timezone)

    def find() -> list[Group]:
        return handling.by_week(db, scope, weeks)

    sums = remembered(db, question, find) if period.start <= settled_before(now) else find()
    return Before(zip(weeks, sums, strict=True), incidents.about(db, scope.filters.get("team", "")))


def _times(db: Connection, scope: Scope, span: Span, now: datetime, by: str = "") -> dict[str, Times]:
    """The handling times per part, `""` for all where there is no split."""
    seconds: dict[str, list[float]] = defaultdict(list)
    where, _ = scope.where()
    for found in rows(db, HANDLED.format(by=f"MIN({column(by)})", where=where), **scope.values(span)):
        seconds[_named(found["part"], by)].append(found["seconds"])
    issues: dict[str, list[Issue]] = defaultdict(list)
    for part, issue in _followed(db, scope, span, by):
        issues[_named(part, by)].append(issue)
    parts = seconds.keys() | issues.keys()
    return {part: Times(seconds[part], observed(issues[part], REPEAT_WINDOW, now)) for part in parts}


def _named(part: str, by: str) -> str:
    return part or ("—" if by else "")


def _followed(db: Connection, scope: Scope, span: Span, by: str = "") -> Iterator[tuple[str, Issue]]:
    """The chosen interactions that were closed in the span with what followed them, by part."""
    where, _ = scope.where()
    sql = CONTACTS.format(
        by=column(by),
        chosen=f"CASE WHEN 1 = 1{where} THEN 1 ELSE 0 END",
        concerned=CONCERNED.format(where) if where else "",
    )
    end = stamp(span[1])
    for _, found in groupby(db.execute(sql, scope.values(span)), key=itemgetter(0)):
        for contact, following in _in_order(Contact(*each[1:]) for each in found):
            if contact.chosen and contact.closed < end:
                closed, began = moment(contact.closed), moment(following.began if following else None)
                assert closed is not None
                yield contact.part, Issue(contact.id, closed, began, contact.stated)


def _in_order(rows_of_customer: Iterable[Contact]) -> Iterator[tuple[Contact, Contact | None]]:
    """The contacts of one customer, each with the next one about the same topic."""
    listed = list(rows_of_customer)
    if len(listed) == 1:  # as with most
        yield listed[0], None
        return
    contacts: dict[tuple[str, str], Contact] = {}
    for each in listed:
        key = each.topic, each.id
        contacts[key] = contacts[key].joined(each) if key in contacts else each
    found = sorted(contacts.values())
    for contact, following in zip_longest(found, found[1:]):
        yield contact, following if following and following.topic == contact.topic else None


def resolution(db: Connection, query: Query, now: datetime) -> tuple[Observed, tuple[Disagreement, ...]]:
    """First-contact resolution as observed in a period: no repeat contact by the same customer about the same topic
    within 7 days; and the interactions where the customer said something else."""
    scope = Scope(FCR, query.filters, published(db), query.unassigned)
    issues = [issue for _, issue in _followed(db, scope, known(query.period, now))]
    differing = (disagreement(issue, REPEAT_WINDOW, now) for issue in issues)
    return observed(issues, REPEAT_WINDOW, now), tuple(each for each in differing if each is not None)

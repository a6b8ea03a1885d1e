"""Protects single answers: what members of a team see, and what anybody sees of employees' answers.

Results about employees need at least five people, and must not reveal anybody's answer indirectly. Members who don't
lead see the value of their team by calendar weeks, months, quarters and years, and their own. With more filters,
splits, days or counts by score they could subtract one report from another and get a customer's answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cxbot.core.metrics.operational import CHURN
from cxbot.core.queries.query import Query
from cxbot.core.reports.metric_report import Report, Segment, Slice
from cxbot.core.reports.releases import CALENDAR, LEAST
from cxbot.errors import N_, NotAllowed, UsageError

FINAL_AFTER = timedelta(hours=24)  # until then a score can be changed (core/invitations/replies.py)
BY = ("team",)
MEMBERS_DIMENSIONS = frozenset({"team", "agent"})


@dataclass(frozen=True, slots=True)
class Released:
    """Which results of a report are released (see `releases`): those of both periods, and the keys of its parts."""

    current: bool = True
    previous: bool = True
    parts: frozenset[str] | None = None


def check(query: Query, now: datetime) -> None:
    """Raise UsageError unless the question is about all colleagues or about whole teams, in calendar periods that are
    over, for a day: until then an answer may still be changed.

    So a view, or a filter or split by anything but team, is refused, and so are days and running periods: from two of
    those one colleague's answer could be computed.
    """
    for period in (query.period, query.versus):
        if period is not None and (period.kind not in CALENDAR or not period.complete(now - FINAL_AFTER)):
            raise UsageError(
                N_("Colleagues' answers are shown by weeks, months, quarters and years that are over, for a day at "
                   "least, not for %(key)s. Try `last month`, or an earlier one."), key=period.key,
            )  # fmt: skip
    if query.view or set(query.filters) - {"team"} or (query.by and query.by not in BY):
        raise UsageError(N_("Colleagues' answers are only shown for all of them or for a whole team."))


def check_member(query: Query) -> None:
    """Raise NotAllowed for a question that only leads may ask: a view, a split or filter by anything but the team and
    the person, or other periods than whole calendar weeks and longer."""
    asked_by = {query.by} if query.by else set()
    if query.view or (set(query.filters) | asked_by) - MEMBERS_DIMENSIONS:
        if query.about == CHURN:
            raise NotAllowed(N_("Churn is about the customers of all teams, so only admins see it by parts."))
        raise NotAllowed(
            N_("Only the team's leads see figures by parts. You see your team's: `/nps week`; your own: `by:agent`.")
        )
    for period in (query.period, query.versus):
        if period is not None and period.kind not in CALENDAR:
            raise NotAllowed(
                N_("Only the team's leads see figures by days. Ask for a week, month, quarter or year: `last week`.")
            )


def for_member(report: Report, shown: Released) -> Report:
    """The report without distribution, warnings about parts, and ids, and without what is not `shown` to members."""
    current = report.current if shown.current else _withheld(report.current)
    previous = report.previous if shown.previous else _withheld(report.previous)
    return replace(
        report,
        value_only=True,
        also={},
        mixes=(),
        cautions=(),
        disagreements=(),
        current=current,
        estimate=report.estimate if shown.current else None,
        signal=report.signal if shown.current else None,
        previous=previous,
        previous_estimate=report.previous_estimate if shown.previous else None,
        change=report.change if shown.current and shown.previous else None,
        apart={kind: (n, None) for kind, (n, _) in report.apart.items()},
    )


def told(report: Report, everyone: int, released: Released = Released()) -> Report:
    """The report without anything that could single somebody out.

    `everyone` is the number of answers in the same period without the report's filters. If fewer than five of these
    are outside the report, the figures are withheld, because the missing answers could be worked out from them. In a
    split, small parts are hidden so that at least five people are hidden together. What is not `released` is withheld
    as well.
    """
    current, previous = report.current, report.previous
    if current.n < LEAST or 0 < everyone - current.n < LEAST or not released.current:
        current = _withheld(current)
    if previous.n < LEAST or not released.previous:
        previous = _withheld(previous)
    allowed = replace(
        report,
        current=current,
        previous=previous,
        previous_estimate=None if previous.withheld else report.previous_estimate,
        change=None if current.withheld or previous.withheld else report.change,
        apart={kind: (n, None if n < LEAST else estimate) for kind, (n, estimate) in report.apart.items()},
        segments=None if report.segments is None else _parts(report.segments, released.parts),
    )
    if not current.withheld:
        return allowed
    hidden = None if allowed.segments is None else tuple(part.hidden() for part in allowed.segments)
    signal = allowed.signal
    if signal is not None:
        signal = signal.unjudged("no baseline" if signal.word == "no baseline" else "too few")
    return replace(allowed, estimate=None, also={}, signal=signal, segments=hidden)


def _withheld(part: Slice) -> Slice:
    return Slice(response=part.response, withheld=part.n)


def _parts(segments: Sequence[Segment], released: frozenset[str] | None) -> tuple[Segment, ...]:
    """All parts, some of them hidden, and those that are not released.

    Parts of fewer than five people are hidden. If these are fewer than five people together, the smallest other parts
    are hidden too, until there are at least five. Otherwise the hidden answers could be worked out from the total.
    """
    smallest_first = sorted(segments, key=lambda part: part.n)
    hidden: set[str] = set()
    people = 0
    for part in smallest_first:
        if part.n >= LEAST and (people == 0 or people >= LEAST):
            break
        hidden.add(part.key)
        people += part.n
    hidden |= set() if released is None else {part.key for part in segments} - released
    # A part is compared with all the rest, so the comparison would reveal the hidden parts as well.
    bare = [replace(part, versus_rest=None, flagged=False) if hidden else part for part in segments]
    return tuple(part.hidden() if part.key in hidden else part for part in bare)

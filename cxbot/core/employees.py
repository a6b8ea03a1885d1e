"""What is told of employees' answers: nothing of fewer than five people, and nothing that would give them away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cxbot.core.queries import Query
from cxbot.core.reports import Report, Segment
from cxbot.errors import N_, UsageError

LEAST = 5  # people below whom no figure is told, not even in JSON
BY = ("team",)


def check(query: Query) -> None:
    """Raise UsageError for a question about less than a team of colleagues."""
    if query.view or set(query.filters) - {"team"} or (query.by and query.by not in BY):
        raise UsageError(N_("Colleagues' answers are only shown for all of them or for a whole team."))


def told(report: Report) -> Report:
    """The report without figures of fewer than five people."""
    enough, enough_before = report.n >= LEAST, report.previous.n >= LEAST
    return replace(
        report,
        estimate=report.estimate if enough else None,
        also=report.also if enough else {},
        previous_estimate=report.previous_estimate if enough_before else None,
        change=report.change if enough and enough_before else None,
        apart={way: (n, found if n >= LEAST else None) for way, (n, found) in report.apart.items()},
        segments=None if report.segments is None else _parts(report.segments),
    )


def _parts(segments: Sequence[Segment]) -> tuple[Segment, ...]:
    """The parts, those of fewer than five people hidden, and with them so many of the smallest others that at least
    five people are hidden together: else the rest of the total would tell what they answered."""
    smallest_first = sorted(segments, key=lambda part: part.n)
    hidden: set[str] = set()
    people = 0
    for part in smallest_first:
        if part.n >= LEAST and (people == 0 or people >= LEAST):
            break
        hidden.add(part.key)
        people += part.n
    # A part is compared with all the rest, so a comparison would tell of the hidden ones as well.
    bare = [replace(part, versus_rest=None, flagged=False) if hidden else part for part in segments]
    return tuple(part.hidden() if part.key in hidden else part for part in bare)

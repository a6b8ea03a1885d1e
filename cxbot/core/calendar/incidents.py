"""Known incidents: days on which something went wrong, so that surveys and baselines leave them out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from cxbot.core.calendar import periods
from cxbot.core.calendar.hours import Hours
from cxbot.core.calendar.periods import Period
from cxbot.errors import N_, UsageError

LONGEST = 92  # days; more is probably a typing error, and would stop surveys for months
LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class Incident:
    """A named incident from the day `first` to the day `last`, both included.

    It concerns the team with the id `team_id`, whose answers are stored under the name `team`. With `team_id` 0 and an
    empty `team` it concerns everybody. The days are local days of the teams concerned.
    """

    name: str
    first: date
    last: date
    team_id: int = 0
    team: str = ""

    @property
    def key(self) -> str:
        """The days as people write them: `2026-11-03`, or `2026-11-03..2026-11-04`."""
        first, last = self.first.isoformat(), self.last.isoformat()
        return first if first == last else f"{first}..{last}"

    def covers(self, day: date) -> bool:
        """Whether the day is one of the incident's days."""
        return self.first <= day <= self.last

    def overlaps(self, period: Period) -> bool:
        """Whether the incident and the period have a day in common."""
        first = periods.monday(period)
        return self.first < first + timedelta(days=period.days) and first <= self.last


def checked_name(text: str) -> str:
    """The name without extra spaces. Raises UsageError if it is empty or longer than 60 characters."""
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME:
        raise UsageError(
            N_('An incident needs a name of at most %(most)s characters: '
               '`/cx incident "outage" 2026-11-03..2026-11-04`.'), most=LONGEST_NAME,
        )  # fmt: skip
    return name


def made(name: str, days: str | None, now: datetime, tz: str, *, team_id: int = 0, team: str = "") -> Incident:
    """The incident on the days of the period that `parse_period` reads from `days`.

    Raises UsageError for a bad name, if `days` is None or not a period, or if the period has more than 92 days.
    """
    if days is None:
        raise UsageError(
            N_('Say on which days it was, with the name in quotation marks: '
               '`/cx incident "outage" 2026-11-03..2026-11-04`.')
        )  # fmt: skip
    period = periods.parse_period(days, now, tz)
    if period.days > LONGEST:
        raise UsageError(
            N_("%(days)s are %(n)s days; an incident lasts %(most)s at most. Name its days, or `/cx pause` the team."),
            days=period.key, n=period.days, most=LONGEST,
        )  # fmt: skip
    first = periods.monday(period)
    return Incident(checked_name(name), first, first + timedelta(days=period.days - 1), team_id, team)


def during(incidents: Iterable[Incident], period: Period) -> tuple[Incident, ...]:
    """The incidents that have a day in common with a period."""
    return tuple(incident for incident in incidents if incident.overlaps(period))


def as_json(incidents: Iterable[Incident]) -> list[dict[str, str]]:
    """Incidents as data; an empty `team` means everybody."""
    return [
        {
            "name": incident.name,
            "first": incident.first.isoformat(),
            "last": incident.last.isoformat(),
            "team": incident.team,
        }
        for incident in incidents
    ]


def after(incident: Incident, moment: datetime, hours: Hours, tz: str) -> datetime:
    """The same time of day as `moment`, in UTC, on the first working day after an incident.

    A survey that was due during the incident waits until then. Only whole days are added, so that the time stays
    within the working hours of a customer in another time zone.
    """
    local = moment.astimezone(periods.zone(tz))
    day = local.date()
    while day <= incident.last or day.weekday() not in hours.weekdays or day in hours.closed:
        day += timedelta(days=1)
    return datetime.combine(day, local.time(), periods.zone(tz)).astimezone(UTC)

"""Known incidents: days on which something went wrong that surveys should not be about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from cxbot.core.calendar import periods
from cxbot.core.calendar.hours import Hours
from cxbot.core.calendar.periods import Period
from cxbot.errors import N_, UsageError

LONGEST = 92  # days; more is a slip of the pen, and would silence the bot for a season
LONGEST_NAME = 60

EXAMPLE = '"outage" 2026-11-03..2026-11-04'


@dataclass(frozen=True, slots=True)
class Incident:
    """What happened from the day `first` to the day `last`, both included, on the clocks of those it concerns:
    the team of `team_id` and the answers under the name `team`, or, with 0 and no name, everybody."""

    name: str
    first: date
    last: date
    team_id: int = 0
    team: str = ""

    @property
    def key(self) -> str:
        """The days as people write them."""
        first, last = self.first.isoformat(), self.last.isoformat()
        return first if first == last else f"{first}..{last}"

    def covers(self, day: date) -> bool:
        """Whether it was going on that day."""
        return self.first <= day <= self.last

    def overlaps(self, period: Period) -> bool:
        """Whether it shares a day with a period."""
        first = periods.monday(period)
        return self.first < first + timedelta(days=period.days) and first <= self.last


def checked_name(text: str) -> str:
    """A name without doubled spaces; raises UsageError for none and for one above 60 characters."""
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME:
        raise UsageError(
            N_("An incident needs a name of at most %(most)s characters: `/cx incident %(example)s`."),
            most=LONGEST_NAME, example=EXAMPLE,
        )  # fmt: skip
    return name


def made(name: str, days: str | None, now: datetime, tz: str, *, team_id: int = 0, team: str = "") -> Incident:
    """The incident on the days of a period, as `parse_period` reads them; raises UsageError for no days, or for
    more than 92 of them."""
    if days is None:
        raise UsageError(
            N_("Say on which days it was, with the name in quotation marks: `/cx incident %(example)s`."),
            example=EXAMPLE,
        )
    period = periods.parse_period(days, now, tz)
    if period.days > LONGEST:
        raise UsageError(
            N_("%(days)s are %(n)s days; an incident lasts %(most)s at most. Name its days, or `/cx pause` the team."),
            days=period.key, n=period.days, most=LONGEST,
        )  # fmt: skip
    first = periods.monday(period)
    return Incident(checked_name(name), first, first + timedelta(days=period.days - 1), team_id, team)


def during(incidents: Iterable[Incident], period: Period) -> tuple[Incident, ...]:
    """Those that share a day with a period."""
    return tuple(incident for incident in incidents if incident.overlaps(period))


def as_json(incidents: Iterable[Incident]) -> list[dict[str, str]]:
    """Incidents as data; an empty team is everybody."""
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
    """The same time of day on the first working day after an incident, in UTC: to this a survey waits that was
    due while it went on. By whole days, so that it stays in the working hours of a customer elsewhere."""
    local = moment.astimezone(periods.zone(tz))
    day = local.date()
    while day <= incident.last or day.weekday() not in hours.weekdays:
        day += timedelta(days=1)
    return datetime.combine(day, local.time(), periods.zone(tz)).astimezone(UTC)

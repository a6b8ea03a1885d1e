"""Known incidents: days on which something went wrong about which customers should not be asked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from cxbot.core.calendar import periods
from cxbot.core.calendar.hours import Hours
from cxbot.core.calendar.periods import Period
from cxbot.errors import N_, UsageError

LONGEST = 92  # days; more is probably a typing error, and would silence the bot for a season
LONGEST_NAME = 60

EXAMPLE = '"outage" 2026-11-03..2026-11-04'


@dataclass(frozen=True, slots=True)
class Incident:
    """What happened from the day `first` to the day `last`, both included, by the calendar of the people concerned.

    These are the team `team_id`, whose answers have the name `team`. With 0 and no name it is everybody.
    """

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
        """Whether the incident was going on that day."""
        return self.first <= day <= self.last

    def overlaps(self, period: Period) -> bool:
        """Whether the incident shares a day with a period."""
        first = periods.monday(period)
        return self.first < first + timedelta(days=period.days) and first <= self.last


def checked_name(text: str) -> str:
    """The name without extra spaces. Raises UsageError if it is empty or longer than 60 characters."""
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME:
        raise UsageError(
            N_("An incident needs a name of at most %(most)s characters: `/cx incident %(example)s`."),
            most=LONGEST_NAME, example=EXAMPLE,
        )  # fmt: skip
    return name


def made(name: str, days: str | None, now: datetime, tz: str, *, team_id: int = 0, team: str = "") -> Incident:
    """The incident on the days of a period in words (see `parse_period`). Raises UsageError if these are no days, or
    more than 92."""
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
    """The incidents that share a day with a period."""
    return tuple(incident for incident in incidents if incident.overlaps(period))


def as_json(incidents: Iterable[Incident]) -> list[dict[str, str]]:
    """Incidents as data. The team is "" for everybody."""
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
    """The same time of day on the first working day after an incident, in UTC. A survey that was due during the
    incident waits until then.

    It moves by whole days, so that it stays in the working hours of a customer in another time zone.
    """
    local = moment.astimezone(periods.zone(tz))
    day = local.date()
    while day <= incident.last or day.weekday() not in hours.weekdays:
        day += timedelta(days=1)
    return datetime.combine(day, local.time(), periods.zone(tz)).astimezone(UTC)

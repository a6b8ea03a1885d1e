"""What every use-case works with: the database, people, the clock and the settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cxbot.core.surveys.catalogue import Catalogue
from cxbot.core.teams.team import Team
from cxbot.language import Language, language
from cxbot.service import access
from cxbot.service.access import Rights
from cxbot.service.directory import Directory
from cxbot.store.engine.database import Database
from cxbot.store.records import invitations, surveys, teams


@dataclass(frozen=True, slots=True)
class Bot:
    """The bot without a way to reach people. `admins` are ids; `timezone` and `locale` apply if no team's do.

    `public_url` is the address at which customers and helpdesks reach it, without a slash at the end; "" if there is
    none. `mails` says whether it can send e-mail. `privacy_url` is the company's privacy notice, or "".
    """

    database: Database
    directory: Directory
    clock: Callable[[], datetime]
    admins: frozenset[str]
    timezone: str
    locale: str
    public_url: str
    mails: bool
    privacy_url: str

    def teams(self) -> list[Team]:
        """All teams as they are now."""
        return teams.every(self.database.reader)

    def catalogue(self) -> Catalogue:
        """The surveys and metrics as they are now."""
        return surveys.catalogue(self.database.reader)

    def team(self, team_id: int) -> Team | None:
        """A team by number."""
        return next((team for team in self.teams() if team.id == team_id), None)

    def rights(self, user: str) -> Rights:
        """A person's rights. Raises NotAllowed for people without any."""
        return access.rights(user, self.teams(), self.admins, self.directory)

    def language(self, team: Team | None = None) -> Language:
        """The team's language, else the bot's."""
        return language(team.locale if team else self.locale)

    def language_of(self, user: str, otherwise: Team | None = None) -> Language:
        """The language of a person's team, or in which they were asked last; else of another team, else the bot's."""
        if team := self._team_of(user):
            return self.language(team)
        asked = invitations.latest_of(self.database.reader, user)
        return language(asked.locale) if asked else self.language(otherwise)

    def language_for(self, user: str, team: Team | None) -> Language:
        """The language of an answer to a person about a team; theirs if it is about no team."""
        return self.language(team) if team else self.language_of(user)

    def zone_of(self, user: str) -> str:
        """The zone of a person's team, else the bot's."""
        return self.zone(self._team_of(user))

    def _team_of(self, user: str) -> Team | None:
        return next((team for team in self.teams() if user in team.members or user in team.leads), None)

    def zone(self, team: Team | None = None) -> str:
        """The team's zone, else the bot's."""
        return team.timezone if team else self.timezone

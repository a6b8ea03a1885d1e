"""Rights: who may ask the bot for what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cxbot.core.teams.team import Team
from cxbot.errors import N_, NotAllowed
from cxbot.service.directory import Directory, NotCheckedError, NotKnownError
from cxbot.store.records.teams import name_key


@dataclass(frozen=True, slots=True)
class Rights:
    """What one person may do. `member_of` and `lead_of` are teams."""

    user: str
    admin: bool
    member_of: tuple[Team, ...]
    lead_of: tuple[Team, ...]

    @property
    def teams(self) -> tuple[Team, ...]:
        """The teams the person belongs to, in either role."""
        return tuple({team.id: team for team in (*self.member_of, *self.lead_of)}.values())

    def leads(self, team: Team | None) -> bool:
        """Whether the person may see and do what leads of the team may."""
        return self.admin or (team is not None and team.id in {led.id for led in self.lead_of})

    def belongs(self, team: Team) -> bool:
        """Whether the person may act for the team."""
        return self.admin or team.id in {own.id for own in self.teams}


class RightsNotCheckedError(NotAllowed):
    """The person's rights could not be checked now. Who can wait asks again; for everybody else it is a no."""


def rights(user: str, teams: list[Team], admins: frozenset[str], directory: Directory) -> Rights:
    """A person's rights. Raises NotAllowed for guests, external people, bots and full members who are in no team. A
    right that can't be checked is not granted."""
    try:
        person = directory.person(user)
    except NotKnownError as error:
        refusal = RightsNotCheckedError if isinstance(error, NotCheckedError) else NotAllowed
        raise refusal(N_("I can't check who you are right now, so I can't answer. Try again in a moment.")) from error
    if not person.full_member:
        raise NotAllowed(N_("Only full members of this workspace can ask me. Please ask a colleague in the team."))
    own = Rights(
        user=user,
        admin=user in admins,
        member_of=tuple(team for team in teams if user in directory.people(team.members)),
        lead_of=tuple(team for team in teams if user in directory.people(team.leads)),
    )
    if not own.admin and not own.teams:
        raise NotAllowed(
            N_("You are in no team here, so I can't show you any figures. A lead or admin can add you with "
               "`/cx team`, or `cxbot team set NAME --member %(user)s`."), user=user,
        )  # fmt: skip
    return own


def require_lead(rights: Rights, team: Team | None) -> None:
    """Raise NotAllowed unless the person leads the team or is an admin."""
    if not rights.leads(team):
        raise NotAllowed(N_("Only leads of the team and admins can do that."))


def require_admin(rights: Rights) -> None:
    """Raise NotAllowed unless the person is an admin."""
    if not rights.admin:
        raise NotAllowed(N_("Only admins can do that. Admins are named in CXBOT_ADMINS."))


def with_name(teams: Iterable[Team], name: str) -> Team | None:
    """The team with this name, in any spelling of upper and lower case; None if there is none."""
    return next((team for team in teams if name_key(team.name) == name_key(name)), None)


def team_named(rights: Rights, teams: list[Team], name: str) -> Team | None:
    """The team with this name, if the person may see it. None if no team here has the name: admins may ask for imported
    answers of such a team. Raises NotAllowed for a team that the person may not see."""
    team = with_name(teams, name)
    if rights.admin or (team is not None and rights.belongs(team)):
        return team
    raise NotAllowed(
        N_("You can ask about your own team: %(teams)s."), teams=", ".join(team.name for team in rights.teams)
    )

"""Rights: who may ask the bot for what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cxbot.core.names import key, nearest
from cxbot.core.queries.tokens import echo
from cxbot.core.queries.vocabulary import typed_filters
from cxbot.core.teams.team import Team
from cxbot.errors import N_, NotAllowed
from cxbot.service.directory import Directory, NotCheckedError, NotKnownError


@dataclass(frozen=True, slots=True)
class Rights:
    """What one person may do. `member_of` and `lead_of` are teams; `unchecked` are teams with a user group that Slack
    did not list now, so that the person may be in them or not."""

    user: str
    admin: bool
    member_of: tuple[Team, ...]
    lead_of: tuple[Team, ...]
    unchecked: tuple[Team, ...] = ()

    @property
    def teams(self) -> tuple[Team, ...]:
        """The teams the person belongs to, in either role."""
        return tuple({team.id: team for team in (*self.member_of, *self.lead_of)}.values())

    def leads(self, team: Team | None) -> bool:
        """Whether the person may see and do what leads of the team may. What can't be checked is not granted."""
        return self.admin or (team is not None and team.id in {led.id for led in self.lead_of})

    def without_leading(self) -> Rights:
        """The rights of somebody who is in the same teams and leads none."""
        return Rights(self.user, admin=False, member_of=self.teams, lead_of=(), unchecked=self.unchecked)

    def belongs(self, team: Team) -> bool:
        """Whether the person may act for the team. Raises RightsNotCheckedError if that can't be checked now."""
        if self.admin or team.id in {own.id for own in self.teams}:
            return True
        self.require_checked(team)
        return False

    def require_checked(self, team: Team) -> None:
        """Raise RightsNotCheckedError if the person may have rights in the team that can't be checked now."""
        if team.id in {unsure.id for unsure in self.unchecked}:
            raise RightsNotCheckedError()


class RightsNotCheckedError(NotAllowed):
    """The person's rights could not be checked now. Who can wait asks again; for everybody else it is a no."""

    def __init__(self) -> None:
        super().__init__(N_("I can't check who you are right now, so I can't answer. Try again in a moment."))


def rights(user: str, teams: list[Team], admins: frozenset[str], directory: Directory) -> Rights:
    """A person's rights. Raises NotAllowed for guests, external people, bots and full members who are in no team, and
    RightsNotCheckedError if Slack can't say now who the person is or whether they are in a team."""
    try:
        person = directory.person(user)
    except NotCheckedError as error:
        raise RightsNotCheckedError from error
    except NotKnownError as error:
        raise NotAllowed(N_("Slack does not know you, so I can't answer.")) from error
    if not person.full_member:
        raise NotAllowed(N_("Only full members of this workspace can ask me. Please ask a colleague in the team."))
    member_of: list[Team] = []
    lead_of: list[Team] = []
    unchecked: list[Team] = []
    for team in teams:
        for principals, belonging in ((team.members, member_of), (team.leads, lead_of)):
            try:
                if user in principals or user in directory.people(principals):
                    belonging.append(team)
            except NotCheckedError:
                unchecked.append(team)
    own = Rights(user, user in admins, tuple(member_of), tuple(lead_of), tuple(unchecked))
    if not own.admin and not own.teams:
        if unchecked:
            raise RightsNotCheckedError
        raise NotAllowed(
            N_("You are in no team here, so I can't show you any figures. A lead or admin can add you with "
               "`/cx team`, or `cxbot team set NAME --member %(user)s`."), user=user,
        )  # fmt: skip
    return own


def require_lead(rights: Rights, team: Team | None) -> None:
    """Raise NotAllowed unless the person leads the team or is an admin."""
    if not rights.leads(team):
        if team is not None:
            rights.require_checked(team)
        raise NotAllowed(N_("Only leads of the team and admins can do that."))


def require_admin(rights: Rights) -> None:
    """Raise NotAllowed unless the person is an admin."""
    if not rights.admin:
        raise NotAllowed(N_("Only admins can do that. Admins are named in CXBOT_ADMINS."))


def with_name(teams: Iterable[Team], name: str) -> Team | None:
    """The team with this name, in any spelling of upper and lower case; None if there is none."""
    return next((team for team in teams if key(team.name) == key(name)), None)


def with_customers_in(teams: Iterable[Team], channel: str) -> Team | None:
    """The team that serves the customers in a channel; None if none does."""
    return next((team for team in teams if channel in team.source_channels), None)


def team_named(rights: Rights, teams: list[Team], name: str) -> Team | None:
    """The team with this name, if the person may see it. None if no team here has the name: admins may ask for imported
    answers of such a team. Raises NotAllowed for a team that the person may not see."""
    team = with_name(teams, name)
    if rights.admin or (team is not None and rights.belongs(team)):
        return team
    near = nearest(name, own := {key(team.name): team.name for team in rights.teams})
    if near:
        raise NotAllowed(
            N_("You are in no team `%(name)s`. Did you mean %(near)s?"),
            name=echo(name), near=typed_filters("team", [own[each] for each in near]),
        )  # fmt: skip
    raise NotAllowed(N_("You can ask about your own team: %(teams)s."), teams=", ".join(own.values()))

"""The facts about people and channels that use-cases need; an adapter provides them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from cxbot.core.invitations.companies import Company
from cxbot.core.invitations.rules import Person
from cxbot.errors import N_, CxbotError


class NotKnownError(CxbotError):
    """There is no answer."""


class NotCheckedError(NotKnownError):
    """The question could not be asked now, so there may be an answer later. Who can wait asks again; for everybody
    else it is a no."""


class OutOfReachError(NotKnownError):
    """The answer is that somebody can't be reached, now or later."""


class Directory(Protocol):
    """Facts about people, user groups and channels. Methods raise NotKnownError if there is no answer,
    and NotCheckedError if it may come later."""

    def person(self, user: str) -> Person:
        """A person by id."""
        ...

    def people(self, principals: Iterable[str]) -> frozenset[str]:
        """The people among these people and user groups. A group that does not exist counts as empty."""
        ...

    def is_shared(self, channel: str) -> bool:
        """Whether people of other companies are in a channel."""
        ...

    def organisation(self, workspace: str) -> Company:
        """The company to which another workspace belongs; without a name if the bot may not know it."""
        ...

    def member_with(self, address: str) -> str:
        """The id of the person with an e-mail address; "" if nobody is known to have it. It raises nothing."""
        ...

    def is_in(self, channel: str, user: str) -> bool:
        """Whether a person is in a channel."""
        ...


class NobodyKnown:
    """A directory without Slack, for commands that don't ask it."""

    def person(self, user: str) -> Person:
        """Nobody is known."""
        raise NotKnownError(N_("Slack is not asked about %(what)s."), what=user)

    def people(self, principals: Iterable[str]) -> frozenset[str]:
        """The people themselves; user groups can't be looked into."""
        return frozenset(principals)

    def is_shared(self, channel: str) -> bool:
        """No channel is known."""
        raise NotKnownError(N_("Slack is not asked about %(what)s."), what=channel)

    def organisation(self, workspace: str) -> Company:
        """No workspace is known."""
        raise NotKnownError(N_("Slack is not asked about %(what)s."), what=workspace)

    def member_with(self, address: str) -> str:  # noqa: ARG002
        """Nobody is known."""
        return ""

    def is_in(self, channel: str, user: str) -> bool:  # noqa: ARG002
        """No channel is known."""
        raise NotKnownError(N_("Slack is not asked about %(what)s."), what=channel)

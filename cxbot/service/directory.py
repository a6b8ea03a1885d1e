"""What has to be known of people and channels, whoever knows it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from cxbot.core.invitations.rules import Person
from cxbot.errors import CxbotError


class NotKnownError(CxbotError):
    """The answer is not known, or could not be asked for. Whoever asks must take it as a no."""


class Directory(Protocol):
    """People, user groups and channels. Methods raise NotKnownError where there is no answer."""

    def person(self, user: str) -> Person:
        """A person by id."""
        ...

    def people(self, principals: Iterable[str]) -> frozenset[str]:
        """People and user groups as people. A group that cannot be read has nobody in it; nothing is raised."""
        ...

    def is_shared(self, channel: str) -> bool:
        """Whether people of other companies are in a channel."""
        ...

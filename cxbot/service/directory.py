"""The facts about people and channels that use-cases need; an adapter provides them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from cxbot.core.invitations.rules import Person
from cxbot.errors import CxbotError


class NotKnownError(CxbotError):
    """There is no answer, or the question could not be asked. Callers must treat it as a no."""


class Directory(Protocol):
    """Facts about people, user groups and channels. Methods raise NotKnownError if there is no answer."""

    def person(self, user: str) -> Person:
        """A person by id."""
        ...

    def people(self, principals: Iterable[str]) -> frozenset[str]:
        """The people among these people and user groups. A group that can't be read counts as empty; nothing is
        raised."""
        ...

    def is_shared(self, channel: str) -> bool:
        """Whether people of other companies are in a channel."""
        ...

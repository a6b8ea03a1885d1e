"""Who of the people in a conversation is its customer."""

from __future__ import annotations

import pytest

from cxbot.core.invitations.customers import Participant, likely


def outside(user: str, wrote: int = 1, *, began: bool = False, forwarded: bool = False) -> Participant:
    return Participant(user, False, began, forwarded, wrote)


def inside(user: str, wrote: int = 1, *, began: bool = False) -> Participant:
    return Participant(user, True, began, False, wrote)


@pytest.mark.parametrize(
    ("people", "customers"),
    [
        ([], ()),
        ([outside("carla", began=True), outside("dora", 9)], ("carla",)),
        ([inside("ben", began=True), inside("cleo", 9)], ("ben",)),
        ([inside("ben", 9, began=True), outside("carla")], ("carla", "ben")),
        ([inside("ben", 9, began=True), outside("carla"), outside("dora", forwarded=True)], ("dora",)),
        ([outside("carla")], ("carla",)),
        ([inside("ben", 9), outside("carla")], ("carla",)),
        ([outside("carla"), outside("dora", 2), outside("emma")], ("dora", "carla")),
        ([outside("carla", 0), outside("dora", 0), outside("emma", 0)], ("carla", "dora")),
        ([inside("ben")], ("ben",)),
        ([inside("ben"), inside("cleo", 2)], ("cleo", "ben")),
    ],
)
def test_who_is_likely_the_customer(people: list[Participant], customers: tuple[str, ...]) -> None:
    assert likely(people) == customers

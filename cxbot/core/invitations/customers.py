"""Who of the people in a conversation asked for help, and is therefore its customer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Participant:
    """Somebody in a conversation who may be its customer: nobody of the team, no bot, not the one who closed it.

    `colleague` means a full member of the workspace. `began` says whether they wrote the first message, `forwarded`
    whether the first message passes on one of theirs. `wrote` is the number of their messages, 0 if it is not known.
    """

    user: str
    colleague: bool
    began: bool = False
    forwarded: bool = False
    wrote: int = 0


def likely(people: Sequence[Participant]) -> tuple[str, ...]:
    """Nobody, the customer, or the two likeliest if it is unclear; the likelier one first.

    `people` are in order of appearance. Who is forwarded asked for help, and so did a guest or a person of another
    company who began. A colleague who began asked for help as well, unless such a person takes part: then the
    colleague may have brought their question. In what the team or a bot began, those people come before colleagues,
    and among equals whoever wrote more.
    """
    forwarded = [each for each in people if each.forwarded]
    began = [each for each in people if each.began]
    others = sorted((each for each in people if not each.began), key=lambda each: -each.wrote)
    from_outside = [each for each in others if not each.colleague]
    if forwarded:
        found = forwarded[:1]
    elif began and (not began[0].colleague or not from_outside):
        found = began[:1]
    elif began:
        found = [from_outside[0], began[0]]
    else:
        found = (from_outside or others)[:2]
    return tuple(each.user for each in found)

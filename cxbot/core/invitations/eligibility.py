"""Which closed interactions a team asks about: companies that are never asked, and the sample."""

from __future__ import annotations

import hashlib
import hmac

from cxbot.core.invitations.companies import Company
from cxbot.core.teams.team import Team
from cxbot.errors import N_, Refused

CHOSEN_BY_HAND = frozenset({"command", "shortcut"})


def is_chosen(team: Team, via: str) -> bool:
    """Whether a person chose to ask about just this interaction, so that it is no sample of all of them."""
    return via in CHOSEN_BY_HAND or (via == "reaction" and team.reaction_means == "ask")


def check_close(team: Team, via: str, company: Company, interaction: str, key: bytes) -> None:
    """Raise Refused for an interaction that the team does not ask about. `interaction` names it, together with its
    source; `key` is a secret of this installation."""
    if company.is_one_of(team.never_companies):
        name = company.name or company.domains[0]
        raise Refused(N_("The team never asks people of %(company)s."), code="never_company", company=name)
    if not is_chosen(team, via) and not in_sample(interaction, team.sampling, key):
        raise Refused(
            N_("The team asks about %(percent)s%% of its conversations, and this one is not in the sample."),
            code="sampled_out", percent=team.sampling,
        )  # fmt: skip


def in_sample(interaction: str, percent: int, key: bytes) -> bool:
    """Whether an interaction is in a sample of some per cent: the same answer at every time, and one that nobody can
    know beforehand or steer, because it depends on a secret key."""
    digest = hmac.new(key, interaction.encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") * 100 < percent << 64

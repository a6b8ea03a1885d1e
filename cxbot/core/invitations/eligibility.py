"""Which closed interactions a team asks about: companies that are never asked, conditions, and the sample."""

from __future__ import annotations

import hashlib
import hmac

from cxbot.core.invitations.companies import Company
from cxbot.core.teams import conditions
from cxbot.core.teams.conditions import CONDITION_WORDS, Facts
from cxbot.core.teams.team import Team
from cxbot.errors import N_, Refused, Typed

CAMPAIGN = "campaign"
CHOSEN_BY_HAND = frozenset({"command", "shortcut"})


def is_chosen(team: Team, via: str) -> bool:
    """Whether a person chose to ask about just this interaction, so that it is no sample of all of them."""
    return via in CHOSEN_BY_HAND or (via == "reaction" and team.reaction_means == "ask")


def check_close(team: Team, via: str, facts: Facts, company: Company, interaction: str, key: bytes) -> None:
    """Raise Refused for an interaction that the team does not ask about. `interaction` names it, together with its
    source; `key` is a secret of this installation."""
    check_company(team, company)
    if not is_chosen(team, via) and via != CAMPAIGN:
        _check_conditions(team, facts)
    if not is_chosen(team, via) and not in_sample(interaction, team.sampling, key):
        raise Refused(
            N_("The team asks about %(percent)s%% of its conversations, and this one is not in the sample."),
            code="sampled_out", percent=team.sampling,
        )  # fmt: skip


def check_company(team: Team, company: Company) -> None:
    """Raise Refused for a company whose people the team never asks."""
    if company.is_one_of(team.never_companies):
        name = company.name or company.domains[0]
        raise Refused(N_("The team never asks people of %(company)s."), code="never_company", company=name)


def _check_conditions(team: Team, facts: Facts) -> None:
    if (found := conditions.unmet(team.conditions, facts)) is None:
        return
    rule, known = Typed(str(found[0]), CONDITION_WORDS), found[1]
    if known:
        raise Refused(N_("The team asks only if `%(rule)s` holds, and here it does not."), code="condition", rule=rule)
    raise Refused(
        N_("The team asks only if `%(rule)s` holds, and here that is not known."), code="condition_unknown", rule=rule
    )


def in_sample(interaction: str, percent: int, key: bytes) -> bool:
    """Whether an interaction is in a sample of some per cent: the same answer at every time, and one that nobody can
    know beforehand or steer, because it depends on a secret key."""
    digest = hmac.new(key, interaction.encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") * 100 < percent << 64

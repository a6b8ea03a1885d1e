"""The company of a customer, and the companies that a team never asks."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from cxbot.core import names


@dataclass(frozen=True, slots=True)
class Company:
    """A company: its name, "" if it is not known, the domains of its people's e-mail addresses, and the other names
    that somebody said are this company's."""

    name: str = ""
    domains: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of the company; none if it is not known."""
        return tuple(each for each in (self.name, *self.also) if each)

    def is_one_of(self, listed: Iterable[str]) -> bool:
        """Whether the company is in a list of names and domains. A domain stands for those below it, too."""
        keys = {names.key(each) for each in listed}
        under = tuple(f".{key}" for key in keys if "." in key)
        known = {names.key(each) for each in self.names}
        return bool(known & keys) or any(f".{names.key(domain)}".endswith(under) for domain in self.domains)


def company_of(told: str, organisation: Company, domain: str) -> Company:
    """The company of a customer: what a helpdesk has told wins, then the organisation in Slack, then the `domain` of
    the e-mail address."""
    domains = tuple(dict.fromkeys(each for each in (domain, *organisation.domains) if each))
    by_domain = next((name for name in map(by_address, domains) if name), "")
    return Company(told or organisation.name or by_domain, domains)


def domain_of(address: str) -> str:
    """The domain of an e-mail address in the form in which names are compared; "" if it is none."""
    return names.key(address).rpartition("@")[2] if names.is_address(address) else ""


def by_address(domain: str) -> str:
    """The domain that a company has registered, such as example.co.uk for mail.example.co.uk; "" for a provider of mail
    for everybody."""
    known = _known()
    labels = domain.split(".")
    ending = labels[-2:]
    is_suffix = ".".join(ending) in known["suffixes"] or (
        len(ending[-1]) == 2 and ending[0] in known["second_levels"] and len(labels) > 2
    )
    registered = labels[-3:] if is_suffix else ending
    name = ".".join(registered)
    is_provider = registered[0] in known["families"] or name in known["domains"]
    return "" if is_provider or len(registered) < 2 else name


@cache
def _known() -> dict[str, frozenset[str]]:
    text = files("cxbot.core.invitations").joinpath("mail_domains.toml").read_text(encoding="utf-8")
    return {name: frozenset(listed) for name, listed in tomllib.loads(text).items()}

"""Addresses that mail can be sent to."""

from __future__ import annotations

from email.headerregistry import Address

from cxbot.core.names import is_address
from cxbot.errors import N_, CxbotError


class NoAddressError(CxbotError):
    """Mail can't be sent to this address."""


def address(text: str) -> Address:
    """An address as it is sent, with its domain in ASCII. Raises NoAddressError if it is none."""
    local, _, domain = text.rpartition("@")
    try:
        if is_address(text):
            return Address(username=local, domain=domain.encode("idna").decode("ascii"))
    except UnicodeError:
        pass  # a label of the domain is too long, or is no name of a domain
    raise NoAddressError(NO_ADDRESS)


NO_ADDRESS = N_("this is no address that mail can be sent to")

"""Rows of the file of a campaign: whom to ask, where they are reached, and what is known about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cxbot.core import names
from cxbot.core.calendar import periods
from cxbot.core.csv_files.columns import Line, Table
from cxbot.errors import N_, UsageError

COLUMNS = ("email", "slack", "customer", "name", "company", "locale", "timezone")
ADDRESSES = ("email", "slack", "customer")
NO_SERVER = N_(
    "this person can be reached by e-mail only, and no mail server is set. Set CXBOT_SMTP_URL, CXBOT_MAIL_FROM and "
    "CXBOT_PUBLIC_URL."
)
NOTHING_STARTED = N_("%(problems)s\nNobody is asked.")
MORE = N_("%(problems)s\n… and %(more)s more: %(all)s errors in all.\nNobody is asked.")


def _email(text: str) -> str:
    address = names.mailbox(text)
    if address and not names.is_address(address):
        raise UsageError(N_("“%(text)s” is not an e-mail address."), text=text.strip()[:60])
    return address


def _slack(text: str) -> str:
    found = text.strip().upper()
    if found and not names.SLACK_ID.fullmatch(found):
        raise UsageError(
            N_("“%(text)s” is not a person's Slack id. It looks like U0123ABCD; Slack shows it in the profile."),
            text=text.strip()[:60],
        )
    return found


def _customer(text: str) -> str:
    return _email(text) if "@" in text else _slack(text)


def _zone(text: str) -> str:
    return periods.zone(text.strip()).key if text.strip() else ""


READERS: dict[str, Callable[[str], Any]] = {
    "email": _email,
    "slack": _slack,
    "customer": _customer,
    "timezone": _zone,
}


def table_of(*, mails: bool) -> Table:
    """The columns of a campaign's file. `mails` says whether people can be reached by e-mail.

    `email` and `slack` of a record are the person's addresses; one of them is there.
    """

    def whole(values: dict[str, Any], line: Line) -> None:
        wrong = next((name for name in ADDRESSES if name in line.failed), "")
        if wrong:
            return
        customer = values["customer"]
        values["slack"] = values["slack"] or ("" if "@" in customer else customer)
        values["email"] = values["email"] or (customer if "@" in customer else "")
        column = next(name for name in ADDRESSES if name in line.cells)
        if not values["slack"] and not values["email"]:
            line.wrong(column, UsageError(N_("every row needs an e-mail address or a Slack id.")))
        elif not values["slack"] and not mails:
            line.wrong(column, UsageError(NO_SERVER))

    return Table(COLUMNS, READERS, ADDRESSES, "email", lambda _: None, whole=whole)


def in_its_words(error: UsageError) -> UsageError:
    """The errors of a file, as those of a campaign: there is nothing that was not imported."""
    if "problems" not in error.values:
        return error
    return UsageError(MORE if "more" in error.values else NOTHING_STARTED, **error.values)

"""`cxbot company link | list | unlink`."""

from __future__ import annotations

import click

from cxbot.cli.common import deed, opened
from cxbot.config import Settings
from cxbot.core.names import key, shown
from cxbot.errors import N_, UsageError
from cxbot.language import language
from cxbot.store.engine.connection import Connection
from cxbot.store.records import audit
from cxbot.store.records import names as store

KIND = "company"


@click.group()
def company() -> None:
    """Two names of one company: link, list and unlink them.

    Slack, a helpdesk and the domain of an address can call a company differently. Budgets, conditions, figures and the
    companies that are never asked know a company under all its linked names.
    """


@company.command()
@click.argument("name")
@click.argument("other")
def link(name: str, other: str) -> None:
    """Say that OTHER is the company NAME, also in what is on file already. NAME is shown.

    `cxbot company link "Example Oy" example.com` links the name in Slack with a domain.
    """
    if not key(name) or not key(other):
        raise UsageError(N_("Write the names of two companies."))
    settings = Settings.load()
    with opened(settings) as database:
        read = database.reader
        if all(store.find(read, KIND, each) == store.UNKNOWN for each in (name, other)):
            raise _unknown(read, other)
        deed(database, audit.COMPANY_LINKED, f"{shown(name)}, {shown(other)}", lambda db: _link(db, name, other))
    click.echo(
        language(settings.locale).say(
            "%(other)s and %(name)s are one company from now on, also in what is on file.",
            name=shown(name), other=shown(other),
        )
    )  # fmt: skip


def _link(db: Connection, name: str, other: str) -> None:
    store.rename(db, store.keep(db, KIND, other), name)


@company.command("list")
def list_() -> None:
    """Every company that has several names."""
    settings = Settings.load()
    speech = language(settings.locale)
    with opened(settings) as database:
        found = store.several(database.reader, KIND)
    if not found:
        click.echo(speech.say('No company has two names. Link two: cxbot company link "Example Oy" example.com'))
    for name, others in found:
        click.echo(f"{name}: {', '.join(others)}")


@company.command()
@click.argument("other")
def unlink(other: str) -> None:
    """Say that OTHER, which was linked, is a company of its own. What is on file stays where it is."""
    settings = Settings.load()
    speech = language(settings.locale)
    with opened(settings) as database:
        name = next((name for name, others in store.several(database.reader, KIND) if key(other) in others), None)
        if name is None:
            raise UsageError(
                N_("`%(name)s` is not linked to a company. See which are: cxbot company list"), name=shown(other)
            )
        deed(database, audit.COMPANY_UNLINKED, f"{name}, {shown(other)}", lambda db: store.split(db, KIND, other))
    click.echo(
        speech.say(
            "%(other)s is a company of its own from now on. What is on file stays with %(name)s.",
            name=name, other=shown(other),
        )
    )  # fmt: skip


def _unknown(db: Connection, name: str) -> UsageError:
    near = store.near(db, KIND, name)
    if near:
        return UsageError(
            N_("No company on file is called `%(name)s`. Did you mean %(near)s?"), name=shown(name),
            near=", ".join(f"`{each}`" for each in near),
        )  # fmt: skip
    return UsageError(N_("No company on file is called `%(name)s`. See them: cxbot report csat year by:company"),
                      name=shown(name))  # fmt: skip

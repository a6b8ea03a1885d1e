"""`cxbot outbox list | retry | give-up`."""

from __future__ import annotations

import json

import click

from cxbot.cli.common import deed, opened
from cxbot.clock import utc_now
from cxbot.config import Settings
from cxbot.errors import N_, UsageError
from cxbot.language import language
from cxbot.store.engine.connection import Connection
from cxbot.store.records import audit
from cxbot.store.records import outbox as store

STATES = ("due", "sending", "unknown", "dead")


@click.group()
def outbox() -> None:
    """Messages that are waiting, may not have arrived, or were given up; and what to do with them."""


@outbox.command("list")
@click.option("--state", type=click.Choice(STATES), multiple=True, help="Default: unknown and dead; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def list_(state: tuple[str, ...], as_json: bool) -> None:
    """List messages with an unknown outcome and those that were given up, the oldest first."""
    settings = Settings.load()
    speech = language(settings.locale)
    with opened(settings) as database:
        tasks = [task for name in state or ("unknown", "dead") for task in store.in_state(database.reader, name)]
    if as_json:
        click.echo(json.dumps([_as_dict(task) for task in tasks], ensure_ascii=False, indent=2))
        return
    if not tasks:
        click.echo(speech.say("Nothing."))
    for task in tasks:
        where = " " + speech.say("in %(channel)s", channel=task.target.partition(":")[0]) if task.target else ""
        tried = speech.say("not tried")
        if task.tried_at:
            tried = speech.say("tried %(time)s UTC", time=f"{task.tried_at:%Y-%m-%d %H:%M}")
        click.echo(f"{task.id}  {task.state}  {task.kind} {task.subject}{where}  {tried}  {task.error}".rstrip())


@outbox.command()
@click.argument("number", type=int)
def retry(number: int) -> None:
    """Send message NUMBER again. If it has arrived after all, people see it twice: look in Slack first."""
    settings, now = Settings.load(), utc_now()
    with opened(settings) as database:
        deed(
            database, audit.RETRIED, str(number),
            lambda db: store.postpone(db, _open_task(db, number).id, now, "to be sent again, by hand"),
        )  # fmt: skip
    click.echo(language(settings.locale).say("%(number)s is sent again.", number=number))


@outbox.command("give-up")
@click.argument("number", type=int)
def give_up(number: int) -> None:
    """Give message NUMBER up: it is neither looked up nor sent any more."""
    settings = Settings.load()
    with opened(settings) as database:
        deed(
            database, audit.GIVEN_UP, str(number),
            lambda db: store.settle(db, _open_task(db, number).id, "dead", error="given up by hand"),
        )  # fmt: skip
    click.echo(language(settings.locale).say("%(number)s is given up.", number=number))


def _open_task(db: Connection, number: int) -> store.Task:
    task = store.by_id(db, number)
    if task is None or task.state not in ("unknown", "dead"):
        raise UsageError(
            N_("There is no message %(number)s that may not have arrived or was given up. See them: "
               "`cxbot outbox list`."),
            number=number,
        )  # fmt: skip
    return task


def _as_dict(task: store.Task) -> dict[str, object]:
    return {
        "number": task.id,
        "state": task.state,
        "kind": task.kind,
        "subject": task.subject,
        "channel": task.target.partition(":")[0],
        "attempts": task.attempts,
        "tried_at": task.tried_at and task.tried_at.isoformat(),
        "error": task.error,
    }

"""`cxbot audit`."""

from __future__ import annotations

import json

import click

from cxbot.cli.common import moment, opened
from cxbot.config import Settings
from cxbot.language import language
from cxbot.store.records import audit as records


@click.command()
@click.option("--since", metavar="TIME", help="Only deeds from TIME on, such as 2026-11-18.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True, help="The number of deeds at most.")
@click.option("--json", "as_json", is_flag=True, help="The deeds as JSON.")
def audit(since: str | None, limit: int, as_json: bool) -> None:
    """Who saw single answers, exported, shared, paused, or changed teams, surveys and incidents; the newest first."""
    settings = Settings.load()
    speech = language(settings.locale)
    with opened(settings) as database:
        entries = records.latest(database.reader, limit, moment(since, settings) if since else None)
    if as_json:
        told = [
            {"at": entry.at.isoformat(), "who": entry.who, "what": entry.what, "about": entry.about}
            for entry in entries
        ]
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
        return
    if not entries:
        click.echo(speech.say("Nothing yet."))
    for entry in entries:
        what = speech.say(entry.what)
        click.echo(f"{entry.at:%Y-%m-%d %H:%M} UTC  {entry.who:<16}  {what}  {entry.about}".rstrip())

"""`cxbot touchpoint add | list | set | remove`."""

from __future__ import annotations

from dataclasses import replace

import click

from cxbot.cli.common import opened
from cxbot.config import Settings
from cxbot.core.csv_files.touchpoints import STAGES, Touchpoint, name_of
from cxbot.errors import N_, UsageError
from cxbot.language import language
from cxbot.store.records import touchpoints as store

STAGE = click.Choice(STAGES)
STAGE_HELP = "Before, during or after the purchase."
DIRECT = click.option("--direct/--indirect", default=None, help="A contact with you, or elsewhere (default: direct).")
OURS = click.option("--ours/--not-ours", default=None, help="Yours to control, or not (default: ours).")


@click.group()
def touchpoint() -> None:
    """The register of touchpoints: add, list, change and remove them.

    `cxbot import touchpoints FILE` brings in all of them, in the order of the journey. An answer that names a
    touchpoint and no stage has the stage of the register, as it is now.
    """


@touchpoint.command()
@click.argument("name")
@click.option("--stage", type=STAGE, required=True, help=STAGE_HELP)
@DIRECT
@OURS
def add(name: str, stage: str, direct: bool | None, ours: bool | None) -> None:
    """Add the touchpoint NAME, the last of its stage."""
    try:
        made = Touchpoint(name_of(name), stage, direct is not False, ours is not False)
    except UsageError as error:
        raise UsageError(N_("This name can't be used: %(why)s"), why=error) from error
    settings = Settings.load()
    with opened(settings, new=True) as database:
        store.add(database, made)
    click.echo(language(settings.locale).say("Added %(name)s.", name=made.name))


@touchpoint.command("set")
@click.argument("name")
@click.option("--stage", type=STAGE, help=STAGE_HELP)
@DIRECT
@OURS
def set_(name: str, stage: str | None, direct: bool | None, ours: bool | None) -> None:
    """Change the touchpoint NAME; what is not given stays. Reports on the past follow."""
    given = {"stage": stage, "direct": direct, "ours": ours}
    values = {option: value for option, value in given.items() if value is not None}
    if not values:
        raise UsageError(N_("Nothing to change: give at least one option, such as --stage after."))
    settings = Settings.load()
    with opened(settings) as database:
        known = store.named(database.reader, name)
        store.change(database, replace(known, **values))  # type: ignore[arg-type]
    click.echo(language(settings.locale).say("Changed %(name)s.", name=known.name))


@touchpoint.command("list")
def list_() -> None:
    """Every registered touchpoint, in the order of the register."""
    settings = Settings.load()
    speech = language(settings.locale)
    with opened(settings) as database:
        touchpoints = store.every(database.reader)
    if not touchpoints:
        click.echo(speech.say('No touchpoint yet. Add one: cxbot touchpoint add "Web shop" --stage during'))
    for known in touchpoints:
        direct = speech.say("direct") if known.direct else speech.say("indirect")
        whose = speech.say("ours") if known.ours else speech.say("not ours")
        nature = f"{direct}, {whose}"
        click.echo(f"{known.stage:<7}  {nature:<18}  {known.name}")


@touchpoint.command()
@click.argument("name")
def remove(name: str) -> None:
    """Remove the touchpoint NAME from the register. Its answers stay under its name."""
    settings = Settings.load()
    with opened(settings) as database:
        known = store.named(database.reader, name)
        store.remove(database, known)
    click.echo(language(settings.locale).say("Removed %(name)s. Its answers are still there.", name=known.name))

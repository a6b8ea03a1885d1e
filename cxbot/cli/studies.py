"""`cxbot plan` and `cxbot compare`."""

from __future__ import annotations

import json

import click

from cxbot.cli.common import moment, opened, rejoined
from cxbot.config import Settings
from cxbot.language import language
from cxbot.service import studies
from cxbot.slack.messages.parts.blocks import bare
from cxbot.slack.messages.reports import before_after
from cxbot.slack.messages.reports import plan as plans


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--per-week", metavar="N", type=click.FloatRange(0, 1e6), help="Answers a week (default: those of the last 4)."
)
@click.option("--json", "as_json", is_flag=True, help="The figures as JSON.")
@click.option("--at", "at", metavar="TIME", help="Use TIME as the present (default: now).")
def plan(words: tuple[str, ...], per_week: float | None, as_json: bool, at: str | None) -> None:
    """How many answers and weeks it takes to see a change, and what can be seen with what there is.

    WORDS are a metric, the size of the change and filters, such as

        cxbot plan nps 10 team:Support
    """
    settings = Settings.load()
    with opened(settings) as database:
        now = moment(at, settings)
        made = studies.plan_as_admin(database.reader, rejoined(words), per_week, now, settings.timezone)
    if as_json:
        click.echo(json.dumps(plans.as_json(made), ensure_ascii=False, indent=2))
    else:
        click.echo(bare(plans.text(made, language(settings.locale))))


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Unrounded figures as JSON.")
@click.option("--at", "at", metavar="TIME", help="Use TIME as the present (default: now).")
def compare(words: tuple[str, ...], as_json: bool, at: str | None) -> None:
    """What a change on a day has done: the level before and after it.

    WORDS are a metric and the day; and, if you like, what changed, filters, and another team to compare with, such as

        cxbot compare nps since:2026-10-05 '"new phone system"' team:Support against:Sales
    """
    settings = Settings.load()
    with opened(settings) as database:
        now = moment(at, settings)
        result = studies.compare_as_admin(database.reader, _named(words), now, settings.timezone)
    if as_json:
        click.echo(json.dumps(before_after.as_json(result), ensure_ascii=False, indent=2))
    else:
        click.echo(bare(before_after.text(result, language(settings.locale))))


def _named(words: tuple[str, ...]) -> str:
    """The words as one text. What the shell took as one argument without a colon is the name of the change."""
    return rejoined(
        [f'"{word}"' if " " in word and ":" not in word and word[0] not in '"“' else word for word in words]
    )

"""`cxbot survey example | add | list | show | retire`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from cxbot.cli.common import deed, opened, small_text
from cxbot.clock import utc_now
from cxbot.config import Settings
from cxbot.core.surveys.catalogue import Catalogue
from cxbot.core.surveys.survey import Survey
from cxbot.errors import N_, UsageError
from cxbot.language import language, reserved
from cxbot.slack.messages.surveys import preview
from cxbot.store.records import audit
from cxbot.store.records import surveys as store

EXAMPLE = """\
# A survey of your own. Change what you like, then:  cxbot survey add our-survey.toml
# Once added it stays as it is, for answers to other words are other answers: a new wording gets a new name.

name = "parcel"                     # small letters, digits and _: what you type, as in /cx parcel last month
title.en = "Parcel (how it came)"   # for menus and reports. In one language alone: title = "Parcel (how it came)"
title.fi = "Paketti (miten tuli)"
title.sv = "Paketet (hur det kom fram)"
# after_days = 3                    # days after a conversation at which it is asked
# employees = true                  # for colleagues: by direct message, results from 5 people on, alerts nobody
# reasons.low.slow = {en = "Too slow", fi = "Liian hidas", sv = "För långsamt"}   # one-tap reasons after a low answer
# reasons.high.careful = "Well packed"         # and after a good one, up to 8 each; left out: the usual ones

# 1 to 9 items, each below a line [[items]]. A survey's only item needs no name and title of its own.

[[items]]
name = "parcel_time"
title.en = "In time"
title.fi = "Ajallaan"
title.sv = "I tid"
question.en = "Did your parcel come when you needed it?"
question.fi = "Tuliko paketti silloin kun tarvitsit sitä?"
question.sv = "Kom paketet när du behövde det?"
scale = "1-5"                       # the mean and the share of 4-5. "1-7": the mean and the share of 5-7.
                                    # "0-10": the share of 9-10 minus that of 0-6, as NPS
low.en = "far too late"             # what the ends of the scale mean; optional
low.fi = "aivan liian myöhään"
low.sv = "alldeles för sent"
high.en = "just in time"
high.fi = "juuri ajoissa"
high.sv = "precis i tid"
# alarm = [1]                       # answers that alert the leads; left out: 1-2 of 1-5, 1-3 of 1-7, 0-6 of 0-10

[[items]]
name = "parcel_whole"
title.en = "Unharmed"
title.fi = "Ehjänä"
title.sv = "Oskadat"
question.en = "Was everything whole?"
question.fi = "Oliko kaikki ehjää?"
question.sv = "Var allt helt?"
answers.en = ["Yes", "Partly", "No"]        # 2 to 5 words instead of a scale, in the order of their buttons
answers.fi = ["Kyllä", "Osittain", "Ei"]
answers.sv = ["Ja", "Delvis", "Nej"]
good = ["Yes"]                      # only good: their share; good and bad: share of good minus share of bad
# bad = ["No"]
alarm = ["No"]                      # left out: the bad ones
"""


@click.group()
def survey() -> None:
    """Write your own surveys, and see which there are.

    An own survey is used like any other: after conversations, in `/cx ask`, in reports and digests, in imports and
    exports. A running bot knows it at once.
    """


@survey.command()
def example() -> None:
    """Print a file to start from, with everything explained: cxbot survey example > our-survey.toml"""
    click.echo(EXAMPLE, nl=False)


@survey.command()
@click.argument("file", type=click.Path(path_type=Path))
def add(file: Path) -> None:
    """Check the survey in FILE, keep it, and show what people will see.

    Adding the same file again changes nothing, and takes a retired survey into use again.
    """
    settings = Settings.load()
    speech = language(settings.locale)
    definition = small_text(file)
    with opened(settings, new=True) as database:
        made, new = deed(
            database, audit.SURVEY_ADDED, file.name, lambda db: store.add(db, definition, reserved(), utc_now())
        )
    text = N_("Added %(name)s. This is what people will see:") if new else N_("%(name)s was there already:")
    click.echo("\n".join([speech.say(text, name=made.name), "", *preview.preview_lines(made, speech)]))


@survey.command("list")
@click.option("--json", "as_json", is_flag=True, help="Everything about them as JSON.")
def list_(as_json: bool) -> None:
    """Every survey: those that come with cxbot and your own."""
    settings = Settings.load()
    speech = language(settings.locale)
    with opened(settings) as database:
        known = store.catalogue(database.reader)
    if as_json:
        listed = [_as_dict(known_survey, known) for known_survey in known.surveys.values()]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    for known_survey in known.surveys.values():
        notes = [speech.say("your own")] if known_survey in known.own else []
        notes += [speech.say("retired")] if known_survey.name in known.retired else []
        click.echo(f"{known_survey.name:<16}  {speech.say(known_survey.title)}{' – ' * bool(notes)}{', '.join(notes)}")


def _as_dict(survey: Survey, known: Catalogue) -> dict[str, Any]:
    return {
        "name": survey.name,
        "title": survey.title,
        "own": survey in known.own,
        "retired": survey.name in known.retired,
        "employees": survey.employees,
        "after_days": survey.after.days,
        "items": [
            {
                "metric": item.metric.name,
                "title": item.metric.title,
                "question": item.question,
                "answers": {str(choice.score): choice.label or str(choice.score) for choice in item.choices},
                "alarm": list(item.alarm),
            }
            for item in survey.items
        ],
        "reasons": {
            group: {reason.code: reason.label for reason in reasons}
            for group, reasons in (("low", survey.low_reasons), ("high", survey.high_reasons))
            if not survey.employees
        },
    }


@survey.command()
@click.argument("name")
@click.option("--file", "as_file", is_flag=True, help="The file that it was added from.")
def show(name: str, as_file: bool) -> None:
    """Show what people see of the survey NAME, and how their answers count."""
    settings = Settings.load()
    with opened(settings) as database:
        if as_file:
            click.echo(store.definition(database.reader, name.lower()), nl=False)
            return
        known = store.catalogue(database.reader).surveys
    if name.lower() not in known:
        raise UsageError(N_("`%(text)s` is not a survey. Surveys: %(all)s."), text=name, all=", ".join(known))
    click.echo("\n".join(preview.preview_lines(known[name.lower()], language(settings.locale))))


@survey.command()
@click.argument("name")
def retire(name: str) -> None:
    """Retire the survey NAME: nobody is asked it any more. Its reports stay, and waiting surveys are still sent."""
    settings = Settings.load()
    speech, name = language(settings.locale), name.lower()
    with opened(settings) as database:
        deed(database, audit.SURVEY_RETIRED, name, lambda db: store.retire(db, name, utc_now()))
    click.echo(speech.say("Retired %(name)s. Its answers and reports are still there.", name=name))

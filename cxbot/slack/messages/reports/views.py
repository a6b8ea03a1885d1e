"""Titles, first lines and formulas of the reports on drivers, the journey, outcomes and words."""

from __future__ import annotations

from collections.abc import Mapping

from cxbot.core.metrics.differences import Detail, detail_for
from cxbot.core.reports.driver_report import DriverReport
from cxbot.core.reports.journey_report import Journey
from cxbot.core.reports.kinds import View
from cxbot.core.reports.outcome_report import Outcomes
from cxbot.core.reports.word_report import WordReport
from cxbot.errors import N_
from cxbot.language import Language
from cxbot.slack.messages.reports.metric_report import answers, figure, title

TITLES: Mapping[type, str] = {
    DriverReport: N_("What goes together with %(metric)s"),
    Journey: N_("The journey by %(metric)s"),
    Outcomes: N_("What goes together with %(metric)s: outcomes"),
    WordReport: N_("Words of the comments beside %(metric)s"),
}
FORMULAS: Mapping[type, str] = {
    DriverReport: N_(
        "Drag = share of the answers with the tag · (score with it − score without it): what the tag adds to the "
        "score of all. The difference has a MOVER interval; what stands out is chosen over the whole table at a "
        "false discovery rate of 10% (Benjamini & Hochberg 1995). From 5 answers a tag is listed, from 10 it can "
        "stand out, from 100 answers in all tags are ranked. Rated drivers have Spearman's rank correlation with "
        "the interval of Bonett and Wright (2000); the strongest is named where it leads in 80% of 1,000 "
        "resamples. What goes together need not be cause and effect."
    ),
    Journey: N_(
        "Each touchpoint has the answers about it, with their range. Drag = share of the answers about it · "
        "(score with it − score without it): what it adds to the score of all. The difference has a MOVER "
        "interval; what stands out is chosen over all touchpoints with 10 answers at a false discovery rate of "
        "10% (Benjamini & Hochberg 1995). Drag is shown from 5 answers on; from 100 answers in all, those that "
        "stand out are named first by the size of their drag. The stage is that of the register as it is now "
        "(`cxbot touchpoint`). What goes together need not be cause and effect."
    ),
    Outcomes: N_(
        "Customers of the file of customers (`cxbot import customers`) by their latest answer in the period. "
        "Churn = lost after the answer, up to now / there when they answered, with Wilson's interval (1927). "
        "Repeat purchases and money are means per customer as the file has them, with Student's t interval. "
        "Differences are the best group minus the worst: Newcombe's interval (1998) for churn, Welch's t (1947) "
        "for means, from 10 customers in both; what is more than noise is chosen over all outcomes at a false "
        "discovery rate of 10% (Benjamini & Hochberg 1995). What goes together need not be cause and effect: who "
        "is content may have been a good customer before."
    ),
    WordReport: N_(
        "Each comment counts once for every word in it; endings are taken off in English, Finnish and Swedish, so that "
        "forms of a word count together. A word in 5 comments or more is compared by the log-likelihood ratio G² "
        "(Dunning 1993); what stands out is chosen over all words at a false discovery rate of 10% (Benjamini & "
        "Hochberg 1995). Everything is counted on this machine."
    ),
}


def name(report: View, language: Language) -> str:
    """The report's name, without period and filters."""
    return language.say(TITLES[type(report)], metric=language.say(report.metric.title))


def formula(report: View, language: Language) -> str:
    """How the report's figures are counted."""
    return language.say(FORMULAS[type(report)])


def view_title(report: View, language: Language) -> str:
    """The first line of the report: name, period and filters."""
    return f"*{title(name(report, language), report.query, language, complete=report.complete)}*"


def first_lines(report: DriverReport | Journey, language: Language) -> list[str]:
    """The title, and the score of all answers or why there is none."""
    first = view_title(report, language)
    if report.estimate is None:
        return [first, language.say("No answers, so there is no value.")]
    counted = answers(report.n, language)
    if detail_for(report.n) is Detail.COUNT:
        return [first, language.say("%(answers)s: too few for a value (5 are needed).", answers=counted)]
    value = figure(report.metric, report.estimate.value, language)
    return [first, language.say("*%(value)s* from %(answers)s", value=value, answers=counted)]

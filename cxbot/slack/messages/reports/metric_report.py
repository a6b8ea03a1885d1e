"""The report on a metric as lines of text: value, range, response rate, comparison, verdict, parts."""

from __future__ import annotations

from cxbot.core.calendar import periods
from cxbot.core.metrics import estimates
from cxbot.core.metrics.differences import Change, Detail, shown_change
from cxbot.core.metrics.estimates import Estimate
from cxbot.core.metrics.metric import Kind, Metric
from cxbot.core.queries.query import SLASH, Query
from cxbot.core.queries.vocabulary import COMMAND_WORDS
from cxbot.core.reports.metric_report import Report, Segment
from cxbot.core.reports.releases import LEAST
from cxbot.core.statistics.rounding import decimals_off_zero, half_away
from cxbot.core.surveys.translations import Text
from cxbot.errors import N_
from cxbot.language import Language
from cxbot.slack.messages import incidents
from cxbot.slack.messages.parts.blocks import escape, shown_part
from cxbot.slack.messages.parts.spans import period_name, period_word
from cxbot.slack.messages.parts.tables import ROWS, part_name, table
from cxbot.slack.messages.reports import cautions, verdicts

BAR = 20  # characters of the longest bar
DIFFERING = 5  # interactions listed in which stated and observed resolution differ

BUCKETS = {
    "promoters": N_("Promoters"),
    "passives": N_("Passives"),
    "detractors": N_("Detractors"),
    "satisfied": N_("Satisfied"),
    "neutral": N_("Neutral"),
    "dissatisfied": N_("Dissatisfied"),
    "easy": N_("Easy"),
    "hard": N_("Hard"),
    "low effort": N_("Low effort"),
    "high effort": N_("High effort"),
    "yes": N_("Yes"),
    "no": N_("No"),
    "unsure": N_("Not yet sure"),
    "partly": N_("Partly"),
    "good": N_("Good"),
    "middling": N_("Middling"),
    "poor": N_("Poor"),
    "bad": N_("Bad"),
    "better": N_("Better"),
    "as expected": N_("As expected"),
    "worse": N_("Worse"),
}
APART = {
    "hand-picked": N_("Hand-picked, not counted above"),
    "campaign": N_("Campaigns, not counted above"),
    "automatic": N_("Automatic, not counted above"),
}


def title(name: str, query: Query, language: Language, *, complete: bool) -> str:
    """One line with the metric, the period and the filters."""
    parts = [escape(language.say(name)), period_name(query.period, language)]
    text = " · ".join([*parts, *(shown_part(key, value, language) for key, value in query.filters.items())])
    return text if complete else language.say("%(title)s · so far", title=text)


def figure(metric: Metric, value: float, language: Language, *, signed: bool = False) -> str:
    """A headline value: whole numbers for points and percentages, one decimal for means."""
    kind = metric.headline.kind
    if kind is Kind.SHARE and not signed:
        return language.percent(value)
    return language.number(value, 1 if kind is Kind.MEAN else 0, signed=signed)


def interval(metric: Metric, estimate: Estimate, language: Language) -> str:
    """The 95 % interval of a headline, such as `24 to 61`."""
    decimals = 1 if metric.headline.kind is Kind.MEAN else 0
    return language.say(
        "%(low)s to %(high)s",
        low=language.number(estimate.low, decimals),
        high=language.number(estimate.high, decimals),
    )


def answers(n: int, language: Language) -> str:
    """The number of answers in words."""
    return language.count(n, "%(n)s answer", "%(n)s answers")


def counted(report: Report, language: Language) -> str:
    """The number of answers in words. It names how they were asked for, if that is not as a matter of course."""
    if report.metric.employees:
        return answers(report.n, language)
    if report.kind == "hand-picked":
        return language.count(report.n, "%(n)s answer, hand-picked", "%(n)s answers, hand-picked")
    if report.kind == "campaign":
        return language.count(report.n, "%(n)s answer in campaigns", "%(n)s answers in campaigns")
    return answers(report.n, language)


def headline(report: Report, language: Language) -> str:
    """The value with its interval and n. With few answers, only what n allows."""
    if report.n == 0:
        return language.say("No answers, so there is no value.")
    if report.current.withheld and not report.metric.employees:
        return _not_for_members(report, language)
    if report.current.withheld:
        few = N_("%(answers)s: too few employees for a value, here or in the rest (5 are needed).")
        told = N_(
            "%(answers)s: no value, because with other results it would tell what fewer than 5 employees answered."
        )
        return language.say(few if report.n < LEAST else told, answers=answers(report.n, language))
    if report.detail is Detail.COUNT or report.estimate is None:
        return language.say("%(answers)s: too few for a value (5 are needed).", answers=answers(report.n, language))
    return language.say(
        "*%(value)s* (95%% range %(range)s) from %(answers)s",
        value=figure(report.metric, report.estimate.value, language),
        range=interval(report.metric, report.estimate, language),
        answers=counted(report, language),
    )


def _not_for_members(report: Report, language: Language) -> str:
    """Why a member sees no value (see `member_results`)."""
    if report.query.period.kind is periods.Kind.WEEK and not report.complete:
        told = N_(
            "%(answers)s so far. The team sees a value from 10 answers on, in steps of 5, or when the week is over."
        )
    elif report.n < LEAST:
        told = N_("%(answers)s: too few for a value (5 are needed).")
    else:
        told = N_("%(answers)s: no value, because beside other figures it would tell what fewer than 5 customers said.")
    return language.say(told, answers=answers(report.n, language))


def beside(report: Report, language: Language) -> list[str]:
    """The figures that accompany a headline: the mean of CSAT, the share of 5–7 of CES."""
    if report.detail is Detail.COUNT:
        return []
    lines = []
    if mean := report.also.get("mean"):
        lines.append(
            language.say(
                "Mean %(value)s (%(low)s to %(high)s) on the scale %(from)s–%(to)s",
                **{"from": report.metric.low, "to": report.metric.high},
                value=language.number(mean.value, 1),
                low=language.number(mean.low, 1),
                high=language.number(mean.high, 1),
            )
        )
    if share := report.also.get("share"):
        lines.append(
            language.say(
                "%(value)s answered %(scores)s (%(low)s to %(high)s)",
                scores=_span(report.metric.beside["share"].good),
                value=language.percent(share.value),
                low=language.number(share.low),
                high=language.number(share.high),
            )
        )
    return lines


def observed(report: Report, language: Language) -> list[str]:
    """First-contact resolution as observed, beside what customers stated."""
    resolution = report.observed
    if resolution is None:
        return []
    estimate = resolution.estimate()
    if estimate is None or resolution.matured < 5:
        lines = [language.say("Observed: too few interactions that are 7 days old (%(n)s).", n=resolution.matured)]
    else:
        lines = [
            language.say(
                "Observed: *%(value)s* (%(low)s to %(high)s) of %(n)s interactions had no repeat contact within 7 days",
                value=language.percent(estimate.value),
                low=language.number(estimate.low),
                high=language.number(estimate.high),
                n=language.number(resolution.matured),
            )
        ]
    if differing := report.disagreements:
        names = ", ".join(escape(disagreement.id) for disagreement in differing[:DIFFERING])
        more = " …" if len(differing) > DIFFERING else ""
        lines.append(
            language.count(
                len(differing),
                "In %(n)s interaction the customer said otherwise: %(ids)s",
                "In %(n)s interactions the customer said otherwise: %(ids)s",
                ids=names + more,
            )
        )
    return lines


def elsewhere(report: Report, language: Language) -> list[str]:
    """The questions that were answered instead, and how to ask for them."""
    if not report.elsewhere:
        return []
    found = ", ".join(
        f"{escape(language.say(metric.title))} {language.number(n)} (`{_command(metric, language)}`)"
        for metric, n in report.elsewhere
    )
    return [language.say("There are answers to other questions: %(found)s.", found=found)]


def _command(metric: Metric, language: Language) -> str:
    """What people type to ask for a metric."""
    return f"/{metric.name}" if metric.name in SLASH else f"/cx {language.typed(COMMAND_WORDS, metric.name)}"


def _span(scores: range) -> str:
    return f"{scores[0]}–{scores[-1]}"


def groups(report: Report, language: Language) -> str:
    """The buckets with their counts."""
    counted = report.current.buckets(report.metric)
    return " · ".join(f"{bucket(name, language)} {language.number(n)}" for name, n in counted.items())


def formula(metric: Metric, language: Language) -> str:
    """How a metric is counted. For a company's own answers in words it lists which are good and which are bad."""
    own = {name: scores[0] for name, scores in metric.groups.items() if isinstance(name, Text)}
    if not own:
        return language.say(metric.formula)
    named = (
        " + ".join(language.say("“%(comment)s”", comment=bucket(name, language)) for name in own if own[name] in scores)
        for scores in (metric.headline.good, metric.headline.bad)
    )
    return language.say(metric.formula, **dict(zip(("good", "bad"), named, strict=True)))


def bucket(name: str, language: Language) -> str:
    """The name of a group of scores; for a company's own answers in words, the answer itself."""
    return escape(language.say(name if isinstance(name, Text) else BUCKETS[name]))


def inside(name: str) -> str:
    """The name of a group as it stands within a sentence."""
    return name[:1].lower() + name[1:]


def distribution(report: Report, language: Language) -> list[str]:
    """A bar for each score, the best first."""
    counts = estimates.distribution(report.metric, report.current.counts)
    most = max(counts.values())
    width = len(str(report.metric.high))
    return [
        f"{score:>{width}} {'█' * round(BAR * n / most) or ('▏' if n else '')} {language.number(n)}".rstrip()
        for score, n in reversed(counts.items())
    ]


def response(report: Report, language: Language) -> str:
    """The response rate of the surveys sent in the period; "so far" while some can still be answered."""
    asked = report.current.response
    if asked.rate is None and report.n:
        return language.say("No response rate: it is not on file how many people were asked this.")
    if asked.rate is None:
        return language.say("No surveys were sent in this period.")
    values = {
        "rate": language.percent(asked.rate),
        "answered": language.number(asked.answered),
        "delivered": language.number(asked.delivered),
        "open": language.number(asked.open),
    }
    if asked.open:
        return language.say(
            "Response rate so far %(rate)s: %(answered)s of %(delivered)s (%(open)s were sent in the last 7 days).",
            **values,
        )
    return language.say("Response rate %(rate)s: %(answered)s of %(delivered)s.", **values)


def previous(report: Report, language: Language) -> list[str]:
    """The period before, and the difference as a range. Only a comparison that was asked for (`vs:`) gets a verdict."""
    name = period_name(report.previous_period, language)
    if report.previous.n == 0:
        return [language.say("%(period)s: no answers.", period=name)]
    counted = answers(report.previous.n, language)
    if report.previous.n < 5:
        return [language.say("%(period)s: %(answers)s, too few for a value.", period=name, answers=counted)]
    if report.previous_estimate is None:
        return [
            language.say(
                "%(period)s: %(answers)s; the value is held back, so that no single answer can be worked out from it.",
                period=name, answers=counted,
            )
        ]  # fmt: skip
    lines = [
        language.say(
            "%(period)s: *%(value)s* (%(range)s) from %(answers)s",
            period=name,
            value=figure(report.metric, report.previous_estimate.value, language),
            range=interval(report.metric, report.previous_estimate, language),
            answers=counted,
        )
    ]
    change = report.change
    if not report.compared or change is None:
        return lines
    text = difference(report.metric, change, language)
    return [*lines, text if report.query.versus is None else judged(text, change, shown_change(change), language)]


def difference(metric: Metric, change: Change, language: Language) -> str:
    """A difference with its interval."""
    decimals = decimals_off_zero(change.low, change.high, 1 if metric.headline.kind is Kind.MEAN else 0)
    values = {
        "value": language.number(change.value, decimals, signed=True),
        "low": language.number(change.low, decimals, signed=True),
        "high": language.number(change.high, decimals, signed=True),
    }
    return language.say("Difference %(value)s (95%% range %(low)s to %(high)s)", **values)


def judged(text: str, change: Change, more_than_noise: bool, language: Language) -> str:
    """A difference with its verdict; no arrow if it is within noise."""
    if not more_than_noise:
        return language.say("%(text)s: within noise.", text=text)
    arrow = "↑" if change.value > 0 else "↓"
    return language.say("%(arrow)s %(text)s: more than noise.", arrow=arrow, text=text)


def verdict(report: Report, language: Language) -> list[str]:
    """The judgement: whether the period is unusual."""
    decimals = 1 if report.metric.headline.kind is Kind.MEAN else 0
    shown = language.percent if report.metric.headline.kind is Kind.SHARE else language.number
    words = verdicts.Words(
        lambda n: answers(n, language), shown, decimals,
        apart=lambda change: verdicts.points(change, decimals, language),
    )  # fmt: skip
    return verdicts.lines(report, report.change if report.compared else None, words, language)


MIXES = {
    "topic": N_("The mix of topics is another than in %(period)s: that alone makes %(explained)s of the %(change)s."),
    "channel": N_(
        "The mix of channels is another than in %(period)s: that alone makes %(explained)s of the %(change)s."
    ),
    "touchpoint": N_(
        "The mix of touchpoints is another than in %(period)s: that alone makes %(explained)s of the %(change)s."
    ),
}


def _mixes(report: Report, language: Language) -> list[str]:
    """How much of a change comes from other topics, channels or touchpoints alone."""
    if not report.compared:
        return []
    decimals = 1 if report.metric.headline.kind is Kind.MEAN else 0
    return [
        language.say(
            MIXES[mix.dimension], period=period_word(report.previous_period, language),
            explained=language.number(mix.explained, decimals, signed=True),
            change=language.number(mix.change, decimals, signed=True),
        )
        for mix in report.mixes
        if mix.differs and half_away(mix.explained, decimals)
    ]  # fmt: skip


def apart(report: Report, language: Language) -> list[str]:
    """Answers that were asked for in another way, counted separately."""
    lines = []
    for kind, (n, estimate) in report.apart.items():
        counted = answers(n, language)
        if estimate is None or n < 5:
            lines.append(f"{language.say(APART[kind])}: {counted}")
        else:
            value = figure(report.metric, estimate.value, language)
            lines.append(
                f"{language.say(APART[kind])}: {value} ({interval(report.metric, estimate, language)}), {counted}"
            )
    return lines


def split(report: Report, language: Language, most: int = ROWS) -> list[str]:
    """The lines of the `by:` table, with `most` parts. Agents are in the order of their names: a list by value would be
    a ranking."""
    parts = report.segments
    several = sum(part.shrunken is not None for part in parts or ()) > 1
    if report.query.by == "agent" and parts is not None:
        parts = tuple(sorted(parts, key=lambda part: (part.key.casefold(), part.key)))
    lines = table(parts, lambda part: _part(report, part, language, drawn=several), language, most)
    if not several:
        return lines
    drawn = language.say(
        "In the order of names. Each value is drawn towards the average of all, the more so the fewer the answers."
    )
    return [*lines, drawn]


def _part(report: Report, part: Segment, language: Language, *, drawn: bool) -> str:
    """A line of the table. `drawn` says whether agents' values are drawn towards their average."""
    name = part_name(part.key, language)
    counted = answers(part.n, language)
    shown = part.shrunken if drawn else part.estimate
    if shown is None or part.n < 5:
        return f"• {name}: {counted}"
    value = figure(report.metric, shown.value, language)
    text = f"• {name}: *{value}* ({interval(report.metric, shown, language)}), {counted}"
    return language.say("%(part)s – stands out from the rest", part=text) if part.flagged and part.n >= 10 else text


def metric_lines(report: Report, language: Language) -> list[str]:
    """The whole report as lines of text, without bars."""
    lines = [f"*{title(report.metric.title, report.query, language, complete=report.complete)}*"]
    if not report.complete and report.n < 5:
        # This period has too few answers to start with, so the last complete one comes first.
        lines += [*previous(report, language), headline(report, language)]
    else:
        lines += [headline(report, language), *beside(report, language), *observed(report, language)]
        if report.detail is not Detail.COUNT and report.shows_groups:
            lines.append(groups(report, language))
        lines += previous(report, language)
    lines += elsewhere(report, language)
    lines.append(response(report, language))
    lines += apart(report, language)
    lines += verdict(report, language)
    lines += _mixes(report, language)
    lines += incidents.incident_lines(report.incidents, language)
    lines += cautions.caution_lines(report.cautions, language)
    return lines + split(report, language)

"""The digest: a short message in the channel, the details in its thread. The words of the monthly one are in
`monthly`."""

from __future__ import annotations

from itertools import chain, dropwhile, islice

from cxbot.core.calendar.incidents import during
from cxbot.core.calendar.periods import local_date
from cxbot.core.digests.monthly import RollUp
from cxbot.core.digests.weekly import Digest, Remark, Week
from cxbot.core.invitations.funnel import Funnel
from cxbot.core.metrics.differences import Detail
from cxbot.language import Language
from cxbot.slack.messages import incidents
from cxbot.slack.messages.digests import monthly
from cxbot.slack.messages.parts.blocks import Message, bare, context, escape, message, quote, section, sections, shorten
from cxbot.slack.messages.parts.spans import period_name
from cxbot.slack.messages.reports import any_report
from cxbot.slack.messages.reports import metric_report as reports

LIMIT = 900  # characters in the channel
LINES = 12
COMMENT = 140
REASON, MOST_REASONS = 40, 8  # a company's own labels may be longer, and more
LEAST = 5  # answers of a week whose value is shown


def digest_lines(digest: Digest | RollUp, language: Language) -> list[str]:
    """The digest in the channel: a weekly one has at most 12 lines and 900 characters."""
    if isinstance(digest, RollUp):
        return monthly.rollup_lines(digest, language)
    lines = [f"*{_title(digest, language)}*"]
    if digest.quiet:
        known = incidents.incident_lines(digest.week_report.incidents, language)
        return [*lines, *_quiet(digest, language), *known, *_waiting(digest, language)]
    lines.append(_sentence(digest, language))
    lines += [*_verdict(digest, language), *_asked(digest, language), *_reasons(digest, language)]
    lines += incidents.incident_lines(digest.headline.incidents, language)
    tail = _waiting(digest, language)
    for remark in digest.remarks:
        line = _remark(remark, language)
        if len("\n".join([*lines, line, *tail])) > LIMIT or len(lines) + len(tail) >= LINES:
            break
        lines.append(line)
    return [*lines, *tail]


def _title(digest: Digest, language: Language) -> str:
    return language.say(
        "%(team)s · week %(week)s", team=escape(digest.team.name), week=period_name(digest.week, language)
    )


def _quiet(digest: Digest, language: Language) -> list[str]:
    """A week without answers to the team's question: what there is instead, or for a new team the next step."""
    if digest.elsewhere:
        return _elsewhere(digest, language)
    if not digest.answered_ever:
        return [_new_team(digest, language)]
    sent = digest.week_report.current.response.sent
    return [
        language.say(
            "No answers this week (%(sent)s).", sent=language.count(sent, "%(n)s survey sent", "%(n)s surveys sent")
        )
    ]


def _elsewhere(digest: Digest, language: Language) -> list[str]:
    """The answers to other questions than the team's own."""
    asked = language.say(
        "%(team)s asks the %(metric)s question, and this week nobody answered it. Answers to other questions:",
        team=escape(digest.team.name), metric=escape(language.say(digest.metric.title)),
    )  # fmt: skip
    said = (any_report.report_lines(report, language) for report in digest.elsewhere)
    found = (
        f"• {escape(language.say(report.query.about.title))}: {lines[1]}"
        for report, lines in zip(digest.elsewhere, said, strict=True)
    )
    step = language.say(
        "If %(team)s is to ask one of these, an admin can change it: `/cx team`.", team=escape(digest.team.name)
    )
    return [asked, *found, step]


def _new_team(digest: Digest, language: Language) -> str:
    """Three sentences for a team that has no answer yet: where it stands, what to do, and what comes then."""
    team = digest.team
    if team.rehearsal:
        return language.say(
            "No answers yet: %(team)s rehearses, so nobody is asked, and the leads see who would have been. When that "
            "looks right, an admin ends the rehearsal with `/cx team`. From 5 answers on you see a value here.",
            team=escape(team.name),
        )  # fmt: skip
    if digest.asked_ever:
        return language.say(
            "No answers yet. The first customers have been asked, and each has 7 days to answer. From 5 answers on you "
            "see a value here."
        )
    return language.say(
        "No answers yet: nobody has been asked. Put :%(reaction)s: on a customer's message when the conversation is "
        "over, or type `/cx ask @customer`: they get one small question. From 5 answers on you see a value here.",
        reaction=team.reaction,
    )  # fmt: skip


def _sentence(digest: Digest, language: Language) -> str:
    """Value, n and the weeks they are from. If the headline merges answers of several weeks, the week's own count is
    added."""
    name = escape(language.say(digest.metric.title))
    if digest.headline.current.withheld >= LEAST:
        return language.say(
            "%(answers)s to the %(metric)s question in the last %(weeks)s weeks. A value now would tell, beside the "
            "digests before, what fewer than 5 customers answered; it comes with the next answers.",
            answers=reports.answers(digest.headline.n, language), metric=name, weeks=digest.span,
        )  # fmt: skip
    if digest.detail is Detail.COUNT or digest.headline.estimate is None:
        return language.say(
            "%(answers)s to the %(metric)s question in the last %(weeks)s weeks: too few for a value.",
            answers=reports.answers(digest.headline.n, language), metric=name, weeks=digest.span,
        )  # fmt: skip
    n = reports.counted(digest.headline, language)
    week_n = reports.answers(digest.week_report.n, language)
    value = reports.figure(digest.metric, digest.headline.estimate.value, language)
    if digest.span == 1:
        return _beside_before(digest, name, value, n, language)
    if digest.week_report.n == digest.headline.n:
        return language.say("%(metric)s *%(value)s* from %(answers)s.", metric=name, value=value, answers=n)
    return language.say(
        "%(metric)s *%(value)s* from %(answers)s of the last %(weeks)s weeks (the week alone: %(week)s, too few).",
        metric=name, value=value, answers=n, weeks=digest.span, week=week_n,
    )  # fmt: skip


def _beside_before(digest: Digest, name: str, value: str, n: str, language: Language) -> str:
    """The week's value, with the week before where that has enough answers for a value."""
    report = digest.headline
    if report.previous_estimate is None or report.previous.n < LEAST:
        return language.say("%(metric)s *%(value)s* from %(answers)s.", metric=name, value=value, answers=n)
    before = reports.figure(digest.metric, report.previous_estimate.value, language)
    return language.say(
        "%(metric)s *%(value)s* from %(answers)s, %(before)s the week before.",
        metric=name, value=value, answers=n, before=before,
    )  # fmt: skip


def _verdict(digest: Digest, language: Language) -> list[str]:
    """The verdict on the week, in the words that go with the headline; none if the week's own figure is held back."""
    return reports.verdict(digest.headline if digest.week_report.signal else digest.week_report, language)


def _asked(digest: Digest, language: Language) -> list[str]:
    """How many were asked in the week, and how many of them have answered."""
    response = digest.week_report.current.response
    if not response.sent:
        return []
    return [
        language.say(
            "Asked %(sent)s, answered %(answered)s.",
            sent=language.number(response.sent), answered=language.number(response.answered),
        )
    ]  # fmt: skip


def _reasons(digest: Digest, language: Language) -> list[str]:
    """What could have been better comes first. A label such as “Attitude” alone would not tell which it is."""
    known, low = digest.team.survey.known_reasons, {reason.code for reason in digest.team.survey.low_reasons}
    groups: tuple[list[str], list[str]] = ([], [])
    for code, n in islice(digest.reasons.items(), MOST_REASONS):
        label = shorten(escape(language.say(known[code].label)), REASON)
        groups[code not in low].append(f"{label} {language.number(n)}")
    worse, better = (" · ".join(group) for group in groups)
    if not better:
        return [language.say("Reasons: %(reasons)s", reasons=worse)] if worse else []
    if not worse:
        return [language.say("What was good: %(reasons)s", reasons=better)]
    return [language.say("Reasons: %(worse)s. What was good: %(better)s", worse=worse, better=better)]


def _remark(remark: Remark, language: Language) -> str:
    """A comment without its score: customers were promised that only the leads see that."""
    return f"• {quote(remark.text, COMMENT, language)}"


def _waiting(digest: Digest, language: Language) -> list[str]:
    if not digest.waiting or digest.waiting_since is None:
        return []
    return [
        language.count(
            digest.waiting,
            "%(n)s customer still waits to hear from the team, since %(day)s.",
            "%(n)s customers still wait to hear from the team, the first since %(day)s.",
            day=language.short_day(local_date(digest.waiting_since, digest.team.timezone)),
        )
    ]


def render(digest: Digest | RollUp, language: Language, *, above: str = "") -> Message:
    """The digest's message. `above` is a first line that explains why it is in this channel."""
    lines = [*([above] if above else []), *digest_lines(digest, language)]
    return message("\n".join(lines), sections(lines, verbatim=True))


def details(digest: Digest | RollUp, language: Language) -> Message:
    """The first reply in the digest's thread: ranges, trend as text, other metrics, funnel. It has no blocks if there
    is nothing to tell."""
    if isinstance(digest, RollUp):
        parts = monthly.details(digest, language)
        return message("\n".join(chain(*parts)), [block for part in parts for block in sections(part)])
    report = digest.headline
    told = reports.metric_lines(report, language) if report.n else []
    first, *others = (told, trend(digest, language),
                      *(any_report.report_lines(other, language) for other in digest.others))  # fmt: skip
    others.append(funnel(digest.funnel, language))
    blocks = [section("\n".join(part)) for part in (first, *others) if part]
    return message("\n".join(chain(first, *others)), blocks)


def funnel(found: Funnel, language: Language) -> list[str]:
    """How many conversations led to an answer, in one line; nothing if none was closed."""
    if not found.closed:
        return []
    return [
        language.say(
            "Conversations closed: %(closed)s → could be asked about: %(eligible)s → asked: %(asked)s → answered: "
            "%(answered)s",
            closed=found.closed, eligible=found.eligible, asked=found.asked, answered=found.answered,
        )
    ]  # fmt: skip


def trend(digest: Digest, language: Language) -> list[str]:
    """The last 12 weeks, one line each from the first answer on: the picture in words."""
    weeks = list(dropwhile(lambda week: not week.n, digest.trend))
    if not weeks:
        return []
    name = escape(language.say(digest.metric.title))
    head = language.count(len(weeks), "%(metric)s in the last week", "%(metric)s in the last %(n)s weeks", metric=name)
    return [f"*{head}*", *(_week(week, digest, language) for week in weeks)]


def _week(week: Week, digest: Digest, language: Language) -> str:
    first = local_date(week.period.start, week.period.timezone)
    label = f"{week.period.key} ({language.short_day(first)})"
    known = "".join(f" {note}" for note in incidents.incident_lines(during(digest.incidents, week.period), language))
    counted = reports.answers(week.n, language)
    if week.estimate is None or week.n < 5:
        return f"{label}: {counted}{known}"
    value = reports.figure(digest.metric, week.estimate.value, language)
    return f"{label}: {value} ({reports.interval(digest.metric, week.estimate, language)}), {counted}{known}"


def picture_text(digest: Digest | RollUp, language: Language) -> str:
    """The picture's text alternative (Slack allows 2,000 characters)."""
    if isinstance(digest, RollUp):
        return monthly.picture_text(digest, language)
    said = [*trend(digest, language), *reports.verdict(digest.week_report, language)]
    return shorten("; ".join(bare(line) for line in said), 1900)


def picture_title(digest: Digest | RollUp, language: Language) -> str:
    """The picture's title."""
    if isinstance(digest, RollUp):
        return monthly.picture_title(digest, language)
    return language.say(
        "%(metric)s of %(team)s by week, with 95%% ranges",
        metric=language.say(digest.metric.title), team=digest.team.name,
    )  # fmt: skip


def misplaced(digest: Digest | RollUp, language: Language) -> str:
    """The first line of a digest that goes to the leads because outsiders read its channel."""
    return language.say(
        "There are guests or people of other companies in %(channel)s, so the digest comes to the leads instead.",
        channel=f"<#{digest.team.channel}>",
    )


def preview(digest: Digest | RollUp, language: Language) -> Message:
    """A preview for one person: the digest and its thread in one message."""
    digest_message = render(digest, language)
    below = details(digest, language)
    head = language.say("Preview; only you see this.")
    return message(
        "\n".join((head, digest_message["text"], below["text"])),
        [context(head), *digest_message["blocks"], *below["blocks"]],
    )

"""Every message in every language as its reader gets it; built from core types, without Slack."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar

import pytest
from syrupy.assertion import SnapshotAssertion

from cxbot.core.calendar import periods
from cxbot.core.calendar.incidents import Incident
from cxbot.core.csv_files.touchpoints import Touchpoint
from cxbot.core.digests import monthly, weekly
from cxbot.core.digests.monthly import Line, RollUp
from cxbot.core.digests.weekly import Digest, Remark
from cxbot.core.figures.churn import Customers
from cxbot.core.figures.first_contact import Disagreement, Observed
from cxbot.core.figures.handling_time import sums
from cxbot.core.figures.response_rate import Response
from cxbot.core.invitations.campaigns import Campaign, Progress
from cxbot.core.invitations.replies import Answer, Reply
from cxbot.core.invitations.rules import Invitation
from cxbot.core.metrics.metric import Counts
from cxbot.core.metrics.shipped import METRICS
from cxbot.core.queries.query import Query, parse, read, resolve
from cxbot.core.queries.vocabulary import ENGLISH
from cxbot.core.reports import (
    driver_report,
    journey_report,
    metric_report,
    operation_report,
    outcome_report,
    survey_report,
)
from cxbot.core.reports.cautions import Caution
from cxbot.core.reports.driver_report import Ratings, Tagged
from cxbot.core.reports.journey_report import Journey
from cxbot.core.reports.metric_report import Facts, Report, Slice
from cxbot.core.reports.operation_report import (
    Before,
    OperationFacts,
    OperationReport,
    Times,
)
from cxbot.core.reports.outcome_report import Outcomes, Respondents
from cxbot.core.reports.survey_report import Respondent, SurveyFacts, SurveyReport
from cxbot.core.signals.control_charts import Group
from cxbot.core.surveys.catalogue import Catalogue, Measure
from cxbot.core.surveys.own_surveys import parse as parse_definition
from cxbot.core.surveys.shipped import SURVEYS
from cxbot.core.surveys.survey import Item
from cxbot.core.teams import settings
from cxbot.core.teams.readiness import Surroundings, gaps
from cxbot.core.teams.team import Team
from cxbot.language import LANGUAGES, Language, language
from cxbot.service.access import Rights
from cxbot.service.ledger import OnFile, Story
from cxbot.slack.messages import (
    attribution,
    campaigns,
    cases,
    channel_form,
    customer_choice,
    incidents,
    ledger,
    notes,
    team_form,
    team_state,
)
from cxbot.slack.messages import help as help_messages
from cxbot.slack.messages.digests import weekly as digest
from cxbot.slack.messages.reports import any_report
from cxbot.slack.messages.reports import explained as explain
from cxbot.slack.messages.surveys import answer_form, preview, survey
from cxbot.store.files.filed import Filed
from cxbot.store.records.attributions import Correction
from cxbot.store.records.cases import Case
from cxbot.store.records.choices import Choice
from cxbot.store.records.conversations import Interaction
from tests import blockkit

JSON = dict[str, Any]
T = TypeVar("T")
Rendered = Callable[[Language], JSON]
ZONE = "Europe/Helsinki"
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)  # a Wednesday
WEEK = periods.week("2026-W47", ZONE)
BARE = Slice()


def sent(delivered: int, answered: int, open_now: int = 0) -> Response:
    settled = delivered - open_now
    return Response(delivered, delivered, answered, open_now, settled, min(answered, settled))


def scores(*given: int, **more: Any) -> Slice:
    """A slice with one answer for each of the given scores, and twice as many surveys."""
    counts = {score: given.count(score) for score in sorted(set(given))}
    return Slice(counts, **{"response": sent(2 * len(given), len(given)), **more})


NINE = scores(10, 9, 9, 8, 8, 7, 6, 4, 10)
TEN = scores(10, 9, 9, 8, 8, 7, 6, 4, 10, 10)
HUNDRED = Slice({10: 30, 9: 25, 8: 15, 7: 10, 6: 8, 5: 5, 3: 4, 0: 3}, {"headline": 1.31}, sent(240, 100))
BEFORE = Slice({10: 10, 9: 15, 8: 25, 7: 10, 6: 8, 5: 5, 3: 4, 0: 3}, response=sent(200, 80))
FIVES = Slice({5: 14, 4: 9, 3: 3, 2: 2, 1: 1}, response=sent(61, 29))
EASE = Slice({7: 9, 6: 8, 5: 5, 4: 3, 3: 2, 1: 1}, response=sent(50, 28))


# A company's own survey. What looks like Slack's markup is text to everybody.
OWN = parse_definition("""
name = "parcel"
title.en = "Parcels & <letters>"
title.fi = "Paketit & <kirjeet>"
[[items]]
name = "parcel_time"
title.en = "On time"
title.fi = "Ajallaan"
question.en = "Did <it> come when you & yours needed it?"
question.fi = "Tuliko <se> silloin, kun te & muut sitä tarvitsitte?"
scale = "1-7"
low.en = "<far> too late"
low.fi = "<aivan> liian myöhään"
high = "10–12 & not later"
[[items]]
name = "parcel_whole"
title = "Whole & sound"
question.fi = "Oliko kaikki ehjää?"
answers.en = ["Yes & how", "Partly", "No"]
answers.fi = ["Kyllä & miten", "Osittain", "Ei"]
good = ["Yes & how"]
bad = ["No"]
""")
KNOWN_SURVEYS = Catalogue.of([OWN])


def invitation(name: str = "nps", delivery: str = "thread", **more: Any) -> Invitation:
    given: JSON = {
        "key": "k3y", "state": "sent", "reason": "", "survey": KNOWN_SURVEYS.surveys[name],
        "team_id": 1, "team": "Support & Care",
        "agent": "U0ANNA", "customer": "U0CARLA", "channel": "C0ACME", "thread_ts": "1.1", "trigger_ts": "1.2",
        "delivery": delivery, "topic": "", "touchpoint": "", "asked_by": "hand-picked", "asked_via": "reaction",
        "timezone": ZONE, "locale": "en", "closed_at": NOW, "send_at": NOW + timedelta(minutes=10),
    }  # fmt: skip
    return Invitation(**{**given, **more})


def choice() -> Choice:
    return Choice("k3y", 1, "U0ANNA", "C0ACME", "1.2", "1.1", "reaction", "1.2", "U0CARLA", "U0DORA", NOW)


def corrected(old: str, why: str = "", who: str = "U0LEO") -> Correction:
    return Correction(NOW + timedelta(hours=1), who, old, "U0LEO", why)


def replied(score: int, metric: str = "nps", **words: Any) -> Reply:
    return Reply({metric: Answer(score, NOW - timedelta(hours=1))}, **words)


WORDS: JSON = {"reasons": ("long_wait", "tone"), "comment": "Three days & <@U0BOSS>!\nThen it worked.", "contact": True}


def experienced(given: Mapping[str, int], **words: Any) -> Reply:
    return Reply({metric: Answer(score, NOW - timedelta(hours=1)) for metric, score in given.items()}, **words)


ONE_OF_THREE = experienced({"ease": 4})
ALL_THREE = experienced({"goal": 5, "ease": 4, "emotion": 2}, **WORDS)
OWN_ANSWERS = experienced({"parcel_time": 2, "parcel_whole": 2}, **WORDS)
OWN_WORDS = Slice({3: 19, 2: 4, 1: 8}, response=sent(60, 31))
LOW = replied(2)
HIGH = replied(10)
FULL = replied(2, **WORDS)
TEAM = Team(
    id=1, name="Support", channel="C0TEAM", leads_channel="C0LEADS", leads=("U0LEO",), members=("U0ANNA", "S0GROUP"),
    source_channels=("C0ACME",), timezone=ZONE, locale="en", digest="mon 09:00", survey=SURVEYS["csat"],
    delay_minutes=10, throttle_days=30, hours="mon-fri 8-18", reaction="ballot_box_with_ballot", delivery="auto",
    agents="own", rehearsal=False, paused=False, created_at=NOW,
)  # fmt: skip


AROUND = Surroundings(frozenset({"C0TEAM", "C0LEADS", "C0ACME"}), ("desk",), public_url=True, mails=True, reads=True)


def stated(team: Team, around: Surroundings, speech: Language) -> list[str]:
    return team_state.lines(team, around, gaps(team, around), speech)


def stated_note(team: Team, around: Surroundings, speech: Language) -> JSON:
    return notes.plain_note("\n".join(stated(team, around, speech)))


def case(state: str = "open", reply: Reply = FULL, survey: str = "nps", **more: Any) -> Rendered:
    owner = "" if state == "open" else "U0LEO"
    found = Case(1, "k3y", "low", state, owner, NOW, "C0LEADS", "1.3")
    return lambda speech: cases.notice(found, invitation(survey, **more), reply, speech)


def asked(text: str, name: str) -> Query:
    return resolve(read(text, name, ENGLISH, KNOWN_SURVEYS), NOW, ZONE)


def built(current: Slice, text: str = "2026-W47", metric: str = "nps", **facts: Any) -> Report:
    found = Facts(current, facts.pop("previous", BARE), **facts)
    return metric_report.build(asked(text, metric), found, NOW)


def reported(current: Slice, text: str = "2026-W47", metric: str = "nps", **facts: Any) -> Rendered:
    found = built(current, text, metric, **facts)
    return lambda speech: any_report.render(found, speech, text)


def explained(current: Slice, text: str = "2026-W47", metric: str = "nps", **facts: Any) -> Rendered:
    found = built(current, text, metric, **facts)
    return lambda speech: explain.explained(found, speech)


def weeks_of(*slices: Slice) -> tuple[tuple[periods.Period, Counts], ...]:
    """The weeks before week 47, oldest first, with these answers."""
    return tuple((week, part.counts) for week, part in before(slices))


def before(found: Sequence[T]) -> list[tuple[periods.Period, T]]:
    """The weeks before week 47, oldest first, each with what was found in it."""
    return list(zip(weekly.weeks_before(WEEK, len(found) + 1)[:-1], found, strict=True))


def measure(name: str) -> Measure:
    found = KNOWN_SURVEYS.measure(name)
    assert found is not None
    return found


def item_of(metric: str) -> Item:
    found = KNOWN_SURVEYS.asked_in[metric].item(metric)
    assert found is not None
    return found


def question(name: str, view: str = "") -> Query:
    return Query(measure(name), WEEK, {"team": "Support"}, None, None, view)


def handled(
    seconds: Iterable[int], groups: Mapping[str, Iterable[int]] | None = None, weeks: Sequence[Group] = ()
) -> OperationReport:
    followed = Observed(20, 17, 4)
    split = groups and {name: Times(Counter(each), followed) for name, each in groups.items()}
    query = replace(question("aht"), by="agent" if groups else None)
    facts = OperationFacts(
        Times(Counter(seconds), followed), Times(Counter(range(90, 900, 25)), followed), split or None,
        Before(before(weeks)),
    )  # fmt: skip
    return operation_report.handling_report(query, facts, NOW)


def lost(current: Customers, previous: Customers, weeks: Sequence[Customers] = ()) -> OperationReport:
    facts = OperationFacts(current, previous, None, Before(before(weeks)))
    return operation_report.churn_report(question("churn"), facts, NOW)


def surveyed(text: str = "2026-10", name: str = "experience", n: int = 40, before: int = 30) -> SurveyReport:
    """A report on a survey that `n` people answered, `before` of them in the period before."""
    best = {item.metric.name: min(5, item.high) for item in KNOWN_SURVEYS.surveys[name].items}

    def part(many: int, score: int) -> Slice:
        return Slice({score: many - many // 3, score - 1: many // 3})

    current = {metric: part(n, score if number else 3) for number, (metric, score) in enumerate(best.items())}
    respondents = [Respondent((3 + i % 3, 4, 5 if i % 4 else None), f"c{i}", f"topic {i % 2}") for i in range(n)]
    respondents_before = [Respondent((3, 3 + i % 2, 4), f"c{i}") for i in range(before)]
    previous = {metric: part(before, score) for metric, score in best.items()}
    facts = SurveyFacts(current, previous, respondents, respondents_before)
    return survey_report.build(asked(text, name), facts, NOW)


def survey_reported(text: str = "2026-10", name: str = "experience", **more: Any) -> Rendered:
    found = surveyed(text, name, **more)
    return lambda speech: any_report.render(found, speech, text)


def digested(current: Slice = HUNDRED, span: int = 1, metric: str = "nps", **more: Any) -> Digest:
    """A digest of week 47 whose headline takes `span` weeks, each earlier one with half of `current`."""
    weeks = weekly.weeks_before(WEEK)
    older = Slice({score: n // 2 for score, n in current.counts.items() if n > 1}, response=sent(60, 20))
    slices = [*[older] * (len(weeks) - 1), current]
    whole = {score: n + (span - 1) * older.counts.get(score, 0) for score, n in current.counts.items()}

    def of(period: periods.Period, part: Slice) -> Report:
        query = Query(measure(metric), period, {"team": "Support"}, None, None)
        return metric_report.build(query, Facts(part, older), NOW)

    given: JSON = {
        "team": TEAM, "week": WEEK, "item": item_of(metric), "span": span,
        "headline": of(weekly.merged(weeks[-span:]), replace(current, counts=whole)), "week_report": of(WEEK, current),
        "trend": weekly.trend(item_of(metric).metric, weeks, slices), "reasons": {}, "remarks": (), "waiting": 0,
        "waiting_since": NOW - timedelta(days=5),
    }  # fmt: skip
    return Digest(**{**given, **more})


REMARKS = (
    Remark(10, "Quick and friendly, thank you!"),
    Remark(3, "Three days of waiting. " * 12),
    Remark(6, "Had to explain it <twice>."),
)
RICH = digested(reasons={"long_wait": 4, "not_solved": 2, "speed": 1}, remarks=REMARKS, waiting=2,
                others=(built(FIVES, metric="csat"), built(EASE, metric="ces")))  # fmt: skip
IN_WORDS = digested(Slice({2: 14, 1: 4, 0: 3}), metric="promise", remarks=(Remark(2, "As agreed."), Remark(0, "No.")))
SMALL = digested(scores(10, 9, 9, 8, 8, 3), span=4, waiting=1)
TINY = digested(scores(10, 8), span=12)
QUIET = digested(Slice(response=sent(12, 0)), span=12, waiting=1)
KNOWN = (
    Incident("DNS & mail outage", date(2026, 11, 17), date(2026, 11, 18), 1, "Support"),
    Incident("Storm", date(2026, 11, 20), date(2026, 11, 20)),
)
HIT, QUIET_HIT = (
    replace(each, incidents=KNOWN, headline=replace(each.headline, incidents=KNOWN),
            week_report=replace(each.week_report, incidents=KNOWN))
    for each in (RICH, QUIET)
)  # fmt: skip
MONTH = periods.month("2026-10", ZONE)


def month_of(team: str, now: Slice, before: Slice = BARE, metric: str = "nps", **weeks: Sequence[Counts]) -> Line:
    """A team's line about October; `earlier` and `late` are the answers of the weeks up to its end."""
    counts = [*weeks.get("earlier", ()), *weeks.get("late", ())]
    history = list(zip(weekly.weeks_before(periods.week("2026-W43", ZONE), len(counts)), counts, strict=False))
    query = Query(measure(metric), MONTH, {"team": team} if team else {}, None, None)
    hit = (Incident("Storm & flood", date(2026, 10, 20), date(2026, 10, 20)),) if team == "R&D <desk>" else ()
    return monthly.line(team, query, Facts(now, before, incidents=hit), history, NOW)


def rolled_up(*lines: Line, together: Sequence[Line] = ()) -> RollUp:
    return monthly.build(replace(TEAM, name="Managers", digest="monthly"), MONTH, lines, together)


ORDINARY = [{10: 15, 8: 10, 3: 5}] * 26
MONTHS = rolled_up(
    month_of("Onboarding", scores(10, 8, 3, 9, 9, 7), scores(8, 8)),
    month_of("R&D <desk>", HUNDRED, BEFORE, earlier=ORDINARY, late=[{10: 15, 8: 10, 3: 5}] * 13),
    month_of("Returns", Slice(response=sent(3, 0)), metric="csat"),
    month_of("Sales", FIVES, Slice({5: 9, 4: 4, 2: 6, 1: 12}), "csat",
             earlier=[{5: 12, 1: 2}] * 26, late=[{5: 1}] * 13),
    month_of("Second line", scores(9, 3), metric="nps"),
    month_of("Support", HUNDRED, HUNDRED, earlier=ORDINARY,
             late=[*[{10: 18, 8: 8, 3: 4}] * 3, *[{10: 11, 8: 10, 3: 9}] * 10]),
    month_of("Web shop", EASE, EASE, "ces", earlier=[{6: 20, 4: 10}] * 26, late=[{7: 12, 6: 12, 4: 6}] * 13),
    together=[month_of("", Slice({10: 130, 8: 70, 3: 40}, response=sent(500, 240)), Slice({10: 90, 8: 70, 3: 80}))],
)  # fmt: skip
MANY_TEAMS = rolled_up(
    *(month_of(f"Team {i:02}", scores(10, 9, 3, 8, i % 11), earlier=ORDINARY, late=ORDINARY[:13]) for i in range(15)),
    *(month_of(f"Quiet {i:02}", BARE) for i in range(12)),
)  # fmt: skip
QUIET_MONTH = rolled_up(month_of("Sales", Slice(response=sent(1, 0))), month_of("Support", BARE))
TOUCHPOINTS = [
    Touchpoint("Advert", "before", direct=False, ours=False), Touchpoint("Shop & café", "during"),
    Touchpoint("Phone", "after"), Touchpoint("Delivery", "after", ours=False),
]  # fmt: skip
PLACES = {
    "Shop & café": Slice({5: 45, 1: 5}), "Phone": Slice({5: 20, 2: 20}), "Fair": Slice({4: 6, 1: 2}),
    "Letter": Slice({3: 2}), "—": Slice({4: 9}),
}  # fmt: skip


def travelled(places: Mapping[str, Slice] = PLACES, register: Sequence[Touchpoint] = TOUCHPOINTS) -> Journey:
    whole = sum((Counter(part.counts) for part in places.values()), Counter())
    facts = Facts(Slice(dict(whole)), BARE, groups=places)
    return journey_report.build(parse("csat", "2026-W47", NOW, ZONE), NOW, facts, register, {"Fair": "<fair>"})


def became(promoters: int = 40, detractors: int = 30, unknown: int = 3) -> Outcomes:
    """Every tenth promoter and every third detractor was lost."""
    answered, lost = date(2026, 11, 17), date(2026, 11, 20)
    found = [
        Respondents(score, answered, lost if i % every == 0 else None, i % repeat, amount + 7.0 * (i % 5))
        for score, n, every, repeat, amount in ((10, promoters, 10, 4, 1200.0), (8, 4, 9, 2, 9.0),
                                                (2, detractors, 3, 2, 800.0))
        for i in range(n)
    ]  # fmt: skip
    return outcome_report.build(parse("nps", "2026-W47", NOW, ZONE), NOW, NOW.date(), found, unknown)


SPLIT = {"Anna": Slice({10: 14, 9: 6}), "Onni": Slice({10: 4, 6: 8, 3: 4, 0: 3}), "U0NEW": Slice({9: 2})}
CAUTIONS = (
    Caution("few_customers", {"customers": 3, "share": 61.4}),
    Caution("answered_differently", {"dimension": "topic", "value": "billing", "share": 12.0, "rest": 40.2, "n": 60}),
    Caution("answered_differently", {"dimension": "handling time", "value": "long", "share": 12.0, "rest": 40.0}),
    Caution("asked_less", {"dimension": "agent", "value": "U0ANNA", "share": 20.0, "rest": 71.6, "n": 50}),
    Caution("response_moved", {"rate": 22.0, "previous": 41.0}),
    Caution("changed_after_contact", {"n": 3, "answers": 100}),
)
TAGGED = [
    Tagged(10, frozenset({("topic", "login")}), 6),
    Tagged(3, frozenset({("reason", "long_wait"), ("channel", "C0ACME")}), 5),
    Tagged(8, frozenset({("touchpoint", "chat")}), 1),
    Tagged(9, frozenset({("topic", "login"), ("reason", "speed")}), 60),
    Tagged(2, frozenset({("topic", "billing"), ("reason", "long_wait")}), 40),
]
RATED = [(goal, ease) for goal in range(1, 6) for ease in range(1, 6)] * 5


def drivers(metric: str, tagged: Sequence[Tagged], ratings: Ratings) -> driver_report.DriverReport:
    asked = question(metric, "drivers")
    return driver_report.build(asked, NOW, *driver_report.counted(asked.metric, tagged), {}, ratings)


DRIVERS = drivers(
    "nps", TAGGED,
    Ratings([2 * goal for goal, _ in RATED], {"goal": [g for g, _ in RATED], "ease": [e for _, e in RATED]}),
)  # fmt: skip
USUAL = weeks_of(*[HUNDRED] * 20)
TIMES = [sums(Counter(range(60 + 3 * (i % 4), 660, 20))) for i in range(20)]
LOSSES = [Customers(200, 2 + i % 3, weeks=198.0) for i in range(20)]
APART = {"hand-picked": scores(10, 10, 9, 8, 10), "campaign": scores(6)}
NEW = {"name": "", "channel": "", **settings.defaults(ZONE, "en")}

SPRING = Progress(
    Campaign(7, "Spring <survey>", 1, "nps", "running", NOW, NOW + timedelta(days=12)), "Support", 1040, 250, 61,
    {"throttled": 12, "opted_out": 3},
)  # fmt: skip
EVERY_REASON = {code: 30 - number for number, code in enumerate((*campaigns.WHY, "self"))}


def campaign_in(state: str, **more: Any) -> Progress:
    return replace(SPRING, campaign=replace(SPRING.campaign, state=state, **more))


MESSAGES: Mapping[str, Rendered] = {
    **{
        f"question {name} {delivery}": lambda speech, name=name, delivery=delivery: survey.question(
            invitation(name, delivery), speech
        )
        for name in ("nps", "csat", "ces", "experience", "promise")
        for delivery in ("thread", "dm")
    },
    "question levels": lambda speech: survey.question(invitation("levels"), speech),
    "question with a notice": lambda speech: survey.question(
        invitation("csat", "thread"), speech, notice="https://example.com/privacy?a=1&b=2|3"
    ),
    "question disciplines": lambda speech: survey.question(invitation("disciplines", "dm"), speech),
    "question with one of three answered": lambda speech: survey.question(
        invitation("experience", "dm"), speech, ONE_OF_THREE
    ),
    "thanks": lambda speech: survey.thanks(invitation(), speech),
    "closed after an answer": lambda speech: survey.closed(True, speech),
    "closed without an answer": lambda speech: survey.closed(False, speech),
    "follow-up to a low score": lambda speech: survey.follow_up(invitation(), LOW, speech, can_comment=True),
    "follow-up to a high score": lambda speech: survey.follow_up(invitation(), HIGH, speech, can_comment=True),
    "follow-up to everything": lambda speech: survey.follow_up(invitation(), FULL, speech, can_comment=True),
    "follow-up by message": lambda speech: survey.follow_up(
        invitation("ces", "dm"), replied(2, "ces"), speech, can_comment=True, by_message=True
    ),
    "follow-up beside a card that stays": lambda speech: survey.follow_up(
        invitation(), FULL, speech, can_comment=True, alone=False
    ),
    "follow-up when it is over": lambda speech: survey.follow_up(invitation(), FULL, speech, can_comment=False),
    "follow-up without a score": lambda speech: survey.follow_up(
        invitation(), replace(FULL, answers={}), speech, can_comment=True
    ),
    "question with one of three answered and words": lambda speech: survey.question(
        invitation("experience", "dm"), speech, replace(ONE_OF_THREE, comment="Not <bad>", contact=True)
    ),
    "follow-up to one of three": lambda speech: survey.follow_up(
        invitation("experience"), ONE_OF_THREE, speech, can_comment=True
    ),
    "follow-up to all three": lambda speech: survey.follow_up(
        invitation("experience", "dm"), ALL_THREE, speech, can_comment=True
    ),
    "follow-up in words": lambda speech: survey.follow_up(
        invitation("fcr"), replied(2, "fcr"), speech, can_comment=True
    ),
    "follow-up of a colleague": lambda speech: survey.follow_up(
        invitation("enps", "dm"), replied(2, "enps"), speech, can_comment=True
    ),
    "form of three": lambda speech: answer_form.form(invitation("experience"), ONE_OF_THREE, speech, NOW),
    "form of three, one locked": lambda speech: answer_form.form(
        invitation("experience"), ONE_OF_THREE, speech, NOW + timedelta(days=1)
    ),
    "form in words": lambda speech: answer_form.form(invitation("promise"), replied(1, "promise"), speech, NOW),
    "form changeable": lambda speech: answer_form.form(invitation("csat"), replied(2, "csat", **WORDS), speech, NOW),
    "form locked": lambda speech: answer_form.form(invitation("nps", "dm"), HIGH, speech, NOW + timedelta(days=1)),
    "form in a thread": lambda speech: answer_form.form(invitation(), LOW, speech, NOW),
    "form without a score": lambda speech: answer_form.form(invitation("ces"), Reply(), speech, NOW),
    "question of an own survey": lambda speech: survey.question(invitation("parcel"), speech),
    "question of an own survey, one answered": lambda speech: survey.question(
        invitation("parcel", "dm"), speech, experienced({"parcel_whole": 2})
    ),
    "follow-up to an own survey": lambda speech: survey.follow_up(
        invitation("parcel"), OWN_ANSWERS, speech, can_comment=True
    ),
    "form of an own survey": lambda speech: answer_form.form(invitation("parcel"), OWN_ANSWERS, speech, NOW),
    "form of an own survey, locked": lambda speech: answer_form.form(
        invitation("parcel"), OWN_ANSWERS, speech, NOW + timedelta(days=1)
    ),
    "case of an own survey": case(survey="parcel", reply=OWN_ANSWERS),
    "asked with an own survey": lambda speech: notes.asked(invitation("parcel"), speech),
    "rehearsed with an own survey": lambda speech: notes.rehearsed(invitation("parcel"), speech),
    "own survey in a terminal": lambda speech: notes.plain_note("\n".join(preview.preview_lines(OWN, speech))),
    "survey report of an own survey": survey_reported(name="parcel"),
    "explained own survey": lambda speech: explain.explained(surveyed(name="parcel"), speech),
    "report of an own scale": reported(EASE, metric="parcel_time", previous=EASE),
    "report of own words": reported(OWN_WORDS, metric="parcel_whole"),
    "report of own words in a terminal": lambda speech: notes.plain_note(
        any_report.text(built(OWN_WORDS, metric="parcel_whole"), speech)
    ),
    "explained own words": explained(OWN_WORDS, metric="parcel_whole"),
    "drivers of an own survey": lambda speech: any_report.render(
        drivers("parcel_whole", [Tagged(1, frozenset(), 9)], Ratings()),
        speech,
        "",
    ),
    "outcomes of an own survey": lambda speech: any_report.render(
        outcome_report.build(
            question("parcel_whole", "outcomes"),
            NOW,
            NOW.date(),
            [Respondents(score, None, None, score, None) for score in (1, 3) for _ in range(12)],
            0,
        ),
        speech,
        "",
    ),
    "digest of an own survey": lambda speech: digest.render(
        digested(OWN_WORDS, metric="parcel_whole", remarks=(Remark(3, "Fine."), Remark(1, "All <broken>."))), speech
    ),
    "details of an own survey": lambda speech: digest.details(
        digested(OWN_WORDS, metric="parcel_whole", others=(surveyed(name="parcel"),)), speech
    ),
    "team form with an own survey": lambda speech: team_form.form(
        replace(TEAM, survey=OWN),
        team_form.settings_of(replace(TEAM, survey=OWN)),
        KNOWN_SURVEYS.in_use.values(),
        speech,
    ),
    "reminder": lambda speech: survey.reminder(
        invitation("csat", "dm"), "https://sample.slack.com/archives/D0CARLA/p1", speech
    ),
    "opted out": lambda speech: survey.opted_out("U0CARLA", speech),
    "asked later in the thread": lambda speech: notes.asked(invitation(state="due"), speech),
    "asked later by direct message": lambda speech: notes.asked(invitation("csat", "dm", state="due"), speech),
    "asked now in the thread": lambda speech: notes.asked(invitation("ces", state="sending"), speech),
    "asked now by direct message": lambda speech: notes.asked(invitation("csat", "dm"), speech),
    "asked in a rehearsal": lambda speech: notes.asked(invitation(state="rehearsed"), speech),
    "who was helped": lambda speech: customer_choice.question(
        choice(), {"U0CARLA": "carla", "U0DORA": "Dora & Sons"}, speech
    ),
    "who was helped, of people without names": lambda speech: customer_choice.question(choice(), {}, speech),
    "who was helped, of one name": lambda speech: customer_choice.question(
        choice(), {"U0CARLA": "sam", "U0DORA": "sam"}, speech
    ),
    "who was helped, answered": lambda speech: notes.plain_note(
        "\n".join([customer_choice.chosen("U0CARLA", speech), customer_choice.over(speech)])
    ),
    "attributed": lambda speech: notes.plain_note(
        "\n".join(
            attribution.attributed("U0LEO", made, speech)
            for made in ([], [corrected("U0ANNA")], [corrected("Anna <A>"), corrected("")])
        )
    ),
    "why with corrections": lambda speech: notes.plain_note(
        ledger.told(
            [
                Story(
                    invitation(),
                    None,
                    "sent",
                    ((NOW, "sent", ""),),
                    (corrected("U0ANNA", "took over\n& <more>"), corrected("", who="terminal:ops")),
                )
            ],
            speech,
            ZONE,
        )
    ),
    "why of what nobody was asked about": lambda speech: notes.plain_note(
        ledger.told(
            [
                OnFile(Interaction("desk", "C-7 <x>", 1, "Support", opened_at=NOW)),
                OnFile(Interaction("desk", "C-8", 1, "Support", state="merged", opened_at=NOW)),
                OnFile(Filed("A-1", "", NOW, None, NOW, NOW, NOW)),
            ],
            speech,
            ZONE,
        )
    ),
    "cancelled": lambda speech: notes.cancelled(True, speech),
    "cancelled too late": lambda speech: notes.cancelled(False, speech),
    "rehearsed": lambda speech: notes.rehearsed(invitation(), speech),
    "rehearsed without an agent": lambda speech: notes.rehearsed(invitation(agent=""), speech),
    "undeliverable": lambda speech: notes.undeliverable(invitation(), "user_disabled", speech),
    "notes": lambda speech: notes.plain_note(
        "\n".join(
            (
                notes.not_yours(speech),
                notes.unknown(speech),
                notes.nobody_reads("C0ACME", speech),
                notes.nobody_reads("", speech),
                *(notes.where_to_press(answered, speech) for answered in (False, True)),
                *(notes.where_to_press(answered, speech, "Support & Care") for answered in (False, True)),
                notes.not_posted("not_in_channel", speech),
                notes.digest_failed("Support", "2026-W47", "is_archived", speech),
                notes.unsure(1, speech),
                notes.unsure(3, speech),
                notes.given_up(1, speech),
                notes.given_up(3, speech),
                notes.undecided(speech),
                notes.too_late(invitation("csat"), speech)["text"],
            )
        )
    ),
    "case open": case(),
    "case taken": case("taken"),
    "case done": case("done"),
    "case of a low score alone": case(reply=LOW),
    "case of a wish alone, by direct message": case(reply=Reply(contact=True), channel="", agent=""),
    "case of three answers": case(survey="experience", reply=ALL_THREE),
    "case of a colleague": case(survey="enps", reply=replied(2, "enps", comment="Too much to do.", contact=True)),
    "report of 0": reported(BARE),
    "report of 1": reported(scores(7)),
    "report of 4": reported(scores(7, 9, 10, 2)),
    "report of 5": reported(scores(7, 9, 10, 2, 9)),
    "report of 9": reported(NINE, previous=TEN),
    "report of 10": reported(TEN, previous=TEN),
    "report of 10 after 9": reported(TEN, previous=NINE),
    "report of 100": reported(HUNDRED, previous=BEFORE),
    "report where all are the same": reported(Slice({10: 12}, response=sent(12, 12)), previous=TEN),
    "report of zero": reported(scores(9, 8, 8, 8, 7, 7, 6), previous=NINE),
    "report so far": reported(replace(TEN, response=sent(40, 10, 40)), "week", previous=HUNDRED),
    "report so far of 2": reported(replace(scores(9, 4), response=sent(9, 2, 9)), "week", previous=HUNDRED),
    "report so far of 0": reported(Slice(response=sent(9, 0, 9)), "week", previous=HUNDRED),
    "report of a day": reported(NINE, "yesterday", previous=TEN),
    **{
        f"report {word}": reported(HUNDRED, previous=BEFORE, history=weeks_of(*history))
        for word, history in {
            "usual": [HUNDRED] * 20,
            "higher than usual": [scores(*([10] * 8 + [7] * 2 + [2] * 14))] * 20,
            "lower than usual": [scores(*([10] * 29 + [7]))] * 20,
            "short of a baseline": [HUNDRED] * 2,
        }.items()
    },
    "report of a new level": reported(
        Slice({10: 11, 8: 8, 3: 9}),
        previous=BEFORE,
        history=weeks_of(*[Slice({10: 15, 8: 8, 3: 5})] * 26, *[Slice({10: 11, 8: 8, 3: 9})] * 3),
    ),
    "explained with a new level": explained(
        Slice({10: 11, 8: 8, 3: 9}),
        previous=BEFORE,
        history=weeks_of(*[Slice({10: 15, 8: 8, 3: 5})] * 26, *[Slice({10: 11, 8: 8, 3: 9})] * 3),
    ),
    "report of a week as a year ago": reported(
        Slice({10: 4, 8: 8, 3: 16}),
        previous=BEFORE,
        history=weeks_of(
            *[Slice({10: 15, 8: 8, 3: 5})] * 20, *[Slice({10: 4, 8: 8, 3: 16})] * 3, *[Slice({10: 15, 8: 8, 3: 5})] * 50
        ),
    ),
    "report of a small week": reported(FIVES, previous=BEFORE, history=weeks_of(*[FIVES] * 26)),
    "report with cautions": lambda speech: any_report.render(
        replace(built(HUNDRED, previous=BEFORE), cautions=CAUTIONS), speech, ""
    ),
    "report of fcr": lambda speech: any_report.render(
        replace(
            built(Slice.of(METRICS["fcr"], {1: 30, 0: 10, 2: 5}), metric="fcr"),
            observed=Observed(50, 40, 12),
            disagreements=tuple(Disagreement(f"T-{n}", True, False) for n in range(7)),
        ),
        speech,
        "2026-W47",
    ),
    **{
        f"report of {name}": lambda speech, found=found: any_report.render(found, speech, "2026-W47")
        for name, found in {
            "aht": handled(range(60, 660, 20), groups={"Anna": range(60, 300, 20), "Bo": range(300, 660, 20)}),
            "aht of 4": handled(range(60, 140, 20)),
            "aht of 0": handled(()),
            "aht as usual": handled(range(60, 660, 20), weeks=TIMES),
            "aht longer than usual": handled(range(160, 760, 20), weeks=TIMES),
            "aht in a few interactions": handled(range(160, 240, 20), weeks=TIMES),
            "churn": lost(Customers(200, 12, 9), Customers(210, 6, 3)),
            "churn as usual": lost(Customers(200, 3, 9, 198.0), Customers(210, 6, 3), LOSSES),
            "churn higher than usual": lost(Customers(200, 12, 9, 194.0), Customers(210, 6, 3), LOSSES),
            "churn of 0": lost(Customers(), Customers()),
            "drivers": DRIVERS,
            "drivers of 12": drivers("nps", TAGGED[:3], Ratings()),
            "drivers of 0": drivers("nps", [], Ratings()),
        }.items()
    },
    **{
        f"explained {name}": lambda speech, found=found: explain.explained(found, speech)
        for name, found in {
            "aht": handled(range(60, 660, 20)),
            "aht with a verdict": handled(range(60, 660, 20), weeks=TIMES),
            "churn": lost(Customers(200, 12, 9), Customers()),
            "churn with a verdict": lost(Customers(200, 3, 9, 198.0), Customers(), LOSSES),
            "drivers": DRIVERS,
        }.items()
    },
    "explained with a verdict": lambda speech: explain.explained(
        built(HUNDRED, "2026-W47 by:agent", previous=BEFORE, history=USUAL, groups=SPLIT, apart=APART),
        speech,
        {"late": 3},
    ),
    "explained near the end": explained(
        Slice.of(METRICS["csat"], {5: 96, 1: 4}),
        metric="csat",
        history=weeks_of(*[Slice.of(METRICS["csat"], {5: 98, 1: 2})] * 20),
    ),
    "report of a month": reported(HUNDRED, "2026-10", previous=BEFORE),
    "report of csat": reported(FIVES, metric="csat", previous=FIVES),
    "report of ces": reported(EASE, metric="ces", previous=EASE),
    "report vs, noise": reported(TEN, "2026-W47 vs:2026-W40", previous=NINE),
    "report vs, no difference": reported(HUNDRED, "2026-W47 vs:2026-W40", previous=BEFORE),
    "report vs, up": reported(Slice({10: 60}), "2026-W47 vs:2026-W40", previous=BEFORE),
    "report vs, down": reported(BEFORE, "2026-W47 vs:2026-W40", previous=Slice({10: 60})),
    "report by agent": reported(HUNDRED, "2026-W47 by:agent team:Support", previous=BEFORE, groups=SPLIT),
    "report by many": reported(
        HUNDRED, "2026-W47 by:topic", groups={f"topic {n:02}": scores(10, 9) for n in range(28)}
    ),
    "report by of nothing": reported(BARE, "2026-W47 by:agent", groups={}),
    "report with others apart": reported(HUNDRED, previous=BEFORE, kind="automatic", apart=APART),
    "report with automatic ones apart": reported(TEN, kind="campaign", apart={"automatic": NINE}),
    "report of a person": reported(TEN, "2026-W47 agent:U0ANNA channel:C0ACME company:A&B"),
    "report shared": lambda speech: any_report.render(built(HUNDRED, previous=BEFORE), speech, "", shared_by="U0LEO"),
    "report in a terminal": lambda speech: notes.plain_note(any_report.text(built(HUNDRED, previous=BEFORE), speech)),
    "survey report": survey_reported(),
    "survey report so far": survey_reported("month"),
    "survey report of 0": survey_reported(n=0, before=0),
    "survey report of 4": survey_reported(n=4, before=4),
    "survey report of 9": survey_reported(n=9, before=30),
    "survey report by topic": survey_reported("2026-10 by:topic"),
    "survey report of levels": survey_reported(name="levels"),
    "survey report of colleagues": survey_reported(name="disciplines", n=4),
    "explained survey": lambda speech: explain.explained(surveyed(), speech),
    "explained survey of colleagues": lambda speech: explain.explained(surveyed(name="disciplines"), speech),
    "journey": lambda speech: any_report.render(travelled(), speech, ""),
    "journey of few": lambda speech: any_report.render(travelled({"Fair": scores(5, 4, 3)}), speech, ""),
    "journey of nothing": lambda speech: any_report.render(travelled({}, ()), speech, ""),
    "journey without news": lambda speech: any_report.render(
        travelled({name: Slice({5: 40, 2: 10}) for name in ("Phone", "Letter", "Fair")}), speech, ""
    ),
    "explained journey": lambda speech: explain.explained(travelled(), speech),
    "outcomes": lambda speech: any_report.render(became(), speech, ""),
    "outcomes of few": lambda speech: any_report.render(became(9, 3, 1), speech, ""),
    "outcomes of nothing": lambda speech: any_report.render(
        outcome_report.build(parse("nps", "2026-W47", NOW, ZONE), NOW, NOW.date(), [], 0), speech, ""
    ),
    "explained outcomes": lambda speech: explain.explained(became(), speech),
    "report with an incident": reported(TEN, previous=TEN, incidents=KNOWN),
    "incidents": lambda speech: incidents.listing(KNOWN, speech),
    "many incidents": lambda speech: incidents.listing([KNOWN[0]] * 22, speech),
    "no incidents": lambda speech: incidents.listing([], speech),
    "incident added and removed": lambda speech: notes.plain_note(
        "\n".join(say(each, speech) for say in (incidents.added, incidents.removed) for each in KNOWN)
    ),
    "explained nps": explained(HUNDRED, apart=APART, kind="automatic"),
    "explained csat": explained(FIVES, metric="csat"),
    "explained ces": explained(EASE, metric="ces"),
    "explained so far of 3": explained(scores(4, 9, 9), "week"),
    "digest": lambda speech: digest.render(RICH, speech),
    "digest with incidents": lambda speech: digest.render(HIT, speech),
    "digest with incidents of a quiet week": lambda speech: digest.render(QUIET_HIT, speech),
    "picture with incidents": lambda speech: notes.plain_note(digest.picture_text(HIT, speech)),
    "digest of 4 weeks": lambda speech: digest.render(SMALL, speech),
    "digest of too few": lambda speech: digest.render(TINY, speech),
    "digest of a quiet week": lambda speech: digest.render(QUIET, speech),
    "digest of csat": lambda speech: digest.render(digested(FIVES, metric="csat"), speech),
    "digest of ces": lambda speech: digest.render(digested(EASE, metric="ces"), speech),
    "digest of answers in words": lambda speech: digest.render(IN_WORDS, speech),
    "digest for the leads": lambda speech: digest.render(RICH, speech, above=digest.misplaced(RICH, speech)),
    "digest in preview": lambda speech: digest.preview(SMALL, speech),
    "details": lambda speech: digest.details(RICH, speech),
    "details of too few": lambda speech: digest.details(TINY, speech),
    "picture": lambda speech: notes.plain_note(
        digest.picture_title(RICH, speech) + "\n" + digest.picture_text(RICH, speech)
    ),
    "roll-up": lambda speech: digest.render(MONTHS, speech),
    "roll-up in preview": lambda speech: digest.preview(MONTHS, speech),
    "roll-up of many teams": lambda speech: digest.preview(MANY_TEAMS, speech),
    "roll-up of a quiet month": lambda speech: digest.render(QUIET_MONTH, speech),
    "roll-up for the leads": lambda speech: digest.render(MONTHS, speech, above=digest.misplaced(MONTHS, speech)),
    "roll-up's thread": lambda speech: digest.details(MONTHS, speech),
    "roll-up's thread of a quiet month": lambda speech: digest.details(QUIET_MONTH, speech),
    "roll-up's thread with an own survey": lambda speech: digest.details(
        rolled_up(month_of("Parcels", OWN_WORDS, metric="parcel_whole")), speech
    ),
    "roll-up's picture": lambda speech: notes.plain_note(
        digest.picture_title(MONTHS, speech) + "\n" + digest.picture_text(MONTHS, speech)
    ),
    "help": lambda speech: help_messages.render(KNOWN_SURVEYS.in_use, Rights("U0ADA", True, (), ()), speech),
    "help for a lead": lambda speech: help_messages.render(
        KNOWN_SURVEYS.in_use, Rights("U0LEO", False, (), (TEAM,)), speech
    ),
    "help for a member": lambda speech: help_messages.render(
        KNOWN_SURVEYS.in_use, Rights("U0ANNA", False, (TEAM,), ()), speech
    ),
    "teams": lambda speech: team_form.choice([TEAM, replace(TEAM, id=2, name="Second line")], speech),
    "team form": lambda speech: team_form.form(TEAM, team_form.settings_of(TEAM), SURVEYS.values(), speech),
    "team form of a new one": lambda speech: team_form.form(None, NEW, SURVEYS.values(), speech),
    "team saved": team_form.saved,
    "campaign that runs": lambda speech: campaigns.render(SPRING, speech, ZONE),
    "campaign with every reason": lambda speech: campaigns.render(
        replace(SPRING, not_asked=EVERY_REASON), speech, ZONE
    ),
    "campaign that is paused": lambda speech: campaigns.render(campaign_in("paused"), speech, ZONE),
    "campaign held by its team": lambda speech: campaigns.render(campaign_in("running", held_since=NOW), speech, ZONE),
    "campaign that was stopped": lambda speech: campaigns.render(campaign_in("stopped"), speech, ZONE),
    "campaign that is over": lambda speech: campaigns.render(replace(SPRING, waiting=0), speech, ZONE),
    "campaigns": lambda speech: campaigns.listing(
        [SPRING, *(campaign_in(state) for state in ("paused", "stopped")), replace(SPRING, waiting=0)] * 6, speech, ZONE
    ),
    "no campaign": lambda speech: campaigns.listing([], speech, ZONE),
    "campaign form": lambda speech: campaigns.form([TEAM], SURVEYS.values(), speech),
    "campaign started": lambda speech: campaigns.started(
        SPRING, speech, ZONE, campaigns.doubled([(5, 2)] * 22, speech)
    ),
    "invited to a channel": lambda speech: channel_form.invited("C0NEW", None, None, speech),
    "invited to a channel with customers": lambda speech: channel_form.invited("C0ACME", TEAM, None, speech),
    "invited to the team's channel": lambda speech: channel_form.invited("C0TEAM", None, TEAM, speech),
    "invited by somebody else": lambda speech: channel_form.ask_admins("C0NEW", ["U0ADA", "U0ADAM"], speech),
    "invited while there are no admins": lambda speech: channel_form.ask_admins("C0NEW", [], speech),
    "channel form": lambda speech: channel_form.form(
        "C0NEW", [TEAM, replace(TEAM, id=2, name="Second line")], None, speech
    ),
    "channel form of a known one": lambda speech: channel_form.form("C0ACME", [TEAM], TEAM, speech),
    "channel saved": lambda speech: channel_form.saved(stated(TEAM, AROUND, speech), speech),
    "team with everything": lambda speech: stated_note(TEAM, AROUND, speech),
    "team in rehearsal": lambda speech: stated_note(
        replace(TEAM, rehearsal=True, reaction_means="close", paused=True), AROUND, speech
    ),
    "team with nothing": lambda speech: stated_note(
        replace(TEAM, name="Second line", members=(), leads=(), source_channels=(), silence="4h", locale="fi"),
        Surroundings(frozenset(), (), public_url=False, mails=False, reads=False),
        speech,
    ),
    "team with a hook only": lambda speech: stated_note(
        TEAM, replace(AROUND, hooks=("desk",), public_url=False, mails=False), speech
    ),
    "team without leads": lambda speech: stated_note(replace(TEAM, leads=()), replace(AROUND, hooks=("desk",)), speech),
    "team that nobody asks for": lambda speech: stated_note(TEAM, replace(AROUND, hooks=()), speech),
    "features that are off": lambda speech: notes.plain_note(team_state.features_off(["files", "history"], speech)),
}


def _outline(shown: JSON) -> Iterator[str]:
    """A message or view as lines that a person can read, with everything that Slack gets in them."""
    for name, value in shown.items():
        if name == "text":
            yield from (f"text   {line}" for line in value.split("\n"))
        elif name != "blocks":
            yield f"{name}: {value['text'] if isinstance(value, dict) else value}"
    for block in shown["blocks"]:
        yield from _block(block)


def _block(block: JSON) -> Iterator[str]:
    kind = block["type"]
    if kind == "section":
        yield from (f"| {line}" for line in block["text"]["text"].split("\n"))
    elif kind == "context":
        yield from (f"small  {line}" for each in block["elements"] for line in each["text"].split("\n"))
    elif kind == "actions":
        yield from (_button(each) for each in block["elements"])
    else:
        yield f"{kind} {block['block_id']}: {block['label']['text']}{' (optional)' * block['optional']}"
        yield f"    {json.dumps(block['element'], ensure_ascii=False, sort_keys=True)}"


def _button(button: JSON) -> str:
    rest = {name: value for name, value in button.items() if name not in ("type", "text", "action_id", "value")}
    return f"[{button['text']['text']}] {button['action_id']} {button['value']} {rest or ''}".rstrip()


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("name", MESSAGES)
def test_message(name: str, code: str, snapshot: SnapshotAssertion) -> None:
    shown = MESSAGES[name](language(code))
    kind = shown.get("type", "message")
    assert list(blockkit._problems(kind, shown if kind == "modal" else {"channel": "C0ACME", **shown})) == []
    assert "\n".join(_outline(shown)) == snapshot


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("found", [RICH, SMALL, TINY, QUIET, HIT], ids=["rich", "small", "tiny", "quiet", "hit"])
def test_a_digest_is_short(found: Digest, code: str) -> None:
    lines = digest.digest_lines(found, language(code))
    assert len(lines) <= 12
    assert len("\n".join(lines)) <= 900

"""Figures from counts, indexes and cached results equal a plain pass over the answers, whatever happened to the
file: imports that replace rows, one that is being staged, clicks, changed scores, late answers, campaigns."""

from __future__ import annotations

import csv
import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import norm as normal
from scipy.stats import t as student

from bench import volume
from cxbot.core.calendar import periods
from cxbot.core.calendar.periods import Period
from cxbot.core.figures.response_rate import Response
from cxbot.core.invitations.replies import Action
from cxbot.core.invitations.rules import WINDOW, Invitation
from cxbot.core.metrics.estimates import value_of
from cxbot.core.metrics.shipped import NPS
from cxbot.core.queries import query as queries
from cxbot.core.queries.query import Query
from cxbot.core.reports.metric_report import HEADLINE, Facts, Slice
from cxbot.core.statistics import intervals
from cxbot.core.surveys.shipped import SURVEYS
from cxbot.store.counts import handling_times
from cxbot.store.counts.scope import scope_of
from cxbot.store.engine.database import Database
from cxbot.store.engine.statements import rows, run
from cxbot.store.engine.times import moment, stamp
from cxbot.store.files import imports
from cxbot.store.files.columns import texts
from cxbot.store.records import answers, endings, invitations, published
from cxbot.store.records.closes import newest
from cxbot.store.records.ways import CAMPAIGN
from cxbot.store.reports import metric_facts
from tests.desk import source_of

ZONES = ("Europe/Helsinki", "America/Los_Angeles", "Asia/Kolkata")
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
QUESTIONS = (
    "week", "year", "last month by:agent", "month by:topic vs:2026-09", "30d by:team", 'last week agent:"AGENT 1"',
    "yesterday", "2026-10-03..2026-10-17 team:tuki", "2026-W46 topic:bill by:agent",
)  # fmt: skip
COLUMNS = (
    "external_id", "metric", "score", "sent_at", "answered_at", "team", "agent", "customer", "asked_by", "topic",
    "closed_at", "handling_seconds",
)  # fmt: skip
Answer = dict[str, Any]


class World:
    """A file with answers over ten months, and the figures that a plain pass over it gives."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.folder = folder
        self.database = Database(folder / "cxbot.db")
        self.chance = random.Random(seed)
        self.imports = 0
        self.invited: list[Invitation] = []

    def bring(self, n: int, *, campaigns: bool = False, stop: bool = False) -> None:
        """Import n rows, some of them under existing keys. With `stop` the import breaks off half way."""
        self.imports += 1
        path = self.folder / f"{self.imports}.csv"
        with path.open("w", newline="", encoding="utf-8") as out:
            lines = csv.writer(out)
            lines.writerow(COLUMNS)
            lines.writerows(self._line(campaigns) for _ in range(n))
        if not stop:
            imports.import_file(self.database, source_of(path, last_wins=True), NOW)
            return
        with pytest.raises(InterruptedError):
            imports.import_file(self.database, source_of(path, last_wins=True), NOW, _break_off)

    def _line(self, campaigns: bool) -> tuple[object, ...]:
        chance = self.chance
        answered = NOW - timedelta(seconds=int(300 * 86400 * chance.random() ** 2))
        team = chance.choice(("Tuki", "Sales", ""))
        ways = ("automatic", "automatic", "hand-picked", "campaign" if campaigns else "automatic")
        return (
            f"x{chance.randrange(4000)}", "nps", chance.randrange(11),
            chance.choice(("", (answered - timedelta(hours=chance.randrange(200))).isoformat())),
            answered.isoformat(), team, f"agent {chance.randrange(4)}", self._customer(),
            "hand-picked" if team == "Sales" else chance.choice(ways), chance.choice(("", "bill", "login")),
            (answered - timedelta(hours=chance.randrange(30))).isoformat(), chance.choice(("", 0, 45, 260, 1800)),
        )  # fmt: skip

    def _customer(self) -> str:
        return self.chance.choice((f"customer {self.chance.randrange(60)}", f"customer {self.chance.randrange(900)}"))

    def invite(self, n: int, sent_at: datetime) -> None:
        """Send n surveys."""
        for number in range(n):
            key = invitations.new_key()
            invitation = Invitation(
                key=key, state="sending", reason="", survey=SURVEYS["nps"], team_id=1, team="Tuki", agent="agent 1",
                customer=self._customer(), channel="C0ACME", thread_ts="", trigger_ts="", delivery="dm", topic="bill",
                touchpoint="", asked_by=self.chance.choice(("automatic", "hand-picked")), asked_via="command",
                timezone="Europe/Helsinki", locale="en", closed_at=sent_at, send_at=sent_at,
            )  # fmt: skip
            if invitation.customer in {each.customer for each in self.invited}:
                continue
            ts = f"{sent_at.timestamp() + number:.6f}"
            self.database.write(lambda db, new=invitation: invitations.keep(db, new, sent_at))
            sent = self.database.write(lambda db, key=key, ts=ts: endings.sent(db, key, f"D{key}", ts, sent_at))
            assert sent is not None
            self.invited.append(sent)

    def click(self, part: float, at: datetime) -> None:
        """Have some of the people asked give a score, or change theirs."""
        for invitation in self.invited:
            if self.chance.random() < part:
                score = self.chance.randrange(11)
                action = Action(f"{at.timestamp():.6f}", at)

                def take(db: Any, key: str = invitation.key, score: int = score, action: Action = action) -> None:
                    known = invitations.by_key(db, key)
                    assert known is not None
                    answers.take_score(db, known, known.survey.first, score, action)

                self.database.write(take)

    def ask(self, text: str, zone: str, now: datetime = NOW) -> tuple[Query, Facts]:
        """A question and the store's facts."""
        query = queries.parse("nps", text, now, zone)
        return query, metric_facts.facts(self.database.reader, query, now)


def _break_off(done: int) -> None:
    if done:
        raise InterruptedError


def by_name(world: World, where: str, **values: object) -> list[dict[str, Any]]:
    """The visible rows with names in place of ids."""
    db = world.database.reader
    columns = [kept["name"] for kept in rows(db, "SELECT name FROM pragma_table_info('ratings')")]
    return rows(
        db,
        f"SELECT {texts(columns)} FROM ratings WHERE {published.VISIBLE} AND {where}",
        published=published.published(db).batch,
        **values,
    )


class Plain:
    """The same figures by a plain pass over all visible rows."""

    def __init__(self, world: World, query: Query, now: datetime) -> None:
        self.query = query
        self.now = now
        found = by_name(world, "metric = 'nps' ORDER BY answered_at, id")
        scored = [each for each in found if each["score"] is not None and not each["late"]]
        automatic = [each for each in scored if each["asked_by"] == "automatic"]
        self.brought = {each["team"] for each in automatic if each["batch"]}
        self.since: dict[str, str] = {}
        for each in automatic:
            if not each["batch"]:
                day = each["answered_at"][:8]
                self.since[each["team"]] = min(self.since.get(each["team"], day), day)
        filters = query.filters.items()
        self.rows = [each for each in found if all(each[name].lower() == value.lower() for name, value in filters)]
        self.answers = [each for each in self.rows if each["score"] is not None and not each["late"]]
        inside, before = (self._within(period) for period in (query.period, self._previous()))
        self.kind, self.counts = self._decide(inside)
        if not self.kind:
            _, self.counts = self._decide(before)

    def facts(self) -> Facts:
        """What the store should say."""
        inside, before = (self._within(period) for period in (self.query.period, self._previous()))
        counting = self._counting(inside)
        groups: dict[str, list[Answer]] = defaultdict(list)
        apart: dict[str, list[Answer]] = defaultdict(list)
        for each in counting:
            groups[each[self.query.by or "team"] or "—"].append(each)
        for each in self._people(inside):
            if self._way(each) not in self.counts:
                apart[each["asked_by"]].append(each)
        return Facts(
            current=_slice(counting, self._response()),
            previous=_slice(self._counting(before)),
            kind=self.kind,
            apart={kind: _slice(found, deffs=False) for kind, found in apart.items()},
            groups=None if self.query.by is None else {part: _slice(found) for part, found in groups.items()},
            history=self._history(),
        )

    def _previous(self) -> Period:
        return self.query.versus or self.query.period.previous()

    def _way(self, each: Answer, at: str = "answered_at") -> str:
        since = self.since.get(each["team"], "")
        if each["asked_by"] == "hand-picked" and (
            (since and each[at] >= since) or (each["batch"] and each["team"] in self.brought)
        ):
            return "put aside"
        return str(each["asked_by"])

    def _decide(self, found: list[Answer]) -> tuple[str, set[str]]:
        ways = {self._way(each) for each in found}
        interactions = ways & {"automatic", "hand-picked"}
        if interactions:
            return "mixed" if len(interactions) > 1 else min(interactions), interactions
        if "put aside" in ways:
            return "hand-picked", {"hand-picked", "put aside"}
        return ("campaign", {"campaign"}) if ways else ("", {"automatic", "hand-picked"})

    def _counting(self, found: list[Answer]) -> list[Answer]:
        return [each for each in self._people(found) if self._way(each) in self.counts]

    def _within(self, period: Period) -> list[Answer]:
        end = min(period.end, self.now + timedelta(microseconds=1))
        return [each for each in self.answers if period.start <= _at(each["answered_at"]) < end]

    @staticmethod
    def _people(found: list[Answer]) -> list[Answer]:
        """Of campaigns the latest answer per customer."""
        latest = {each["customer"]: each["id"] for each in found if each["asked_by"] == "campaign"}
        return [each for each in found if each["asked_by"] != "campaign" or each["id"] in latest.values()]

    def _history(self) -> tuple[tuple[Period, dict[int, int]], ...]:
        period = self.query.period
        if not period.complete(self.now):
            return ()
        by_week: dict[str, list[Answer]] = defaultdict(list)
        for each in self.answers:
            by_week[periods.week_of(_at(each["answered_at"]), period.timezone).key].append(each)
        found: list[tuple[Period, dict[int, int]]] = []
        for week in periods.last_weeks(78, period.start, period.timezone):
            counting = self._counting(by_week[week.key])
            if found or counting:
                found.append((week, dict(Counter(each["score"] for each in counting))))
        return tuple(found)

    def _response(self) -> Response:
        period, now = self.query.period, self.now
        sent = [each for each in self.rows if each["sent_at"] and period.start <= _at(each["sent_at"]) < period.end]
        sent = [each for each in sent if _at(each["sent_at"]) <= now and self._way(each, "sent_at") in self.counts]
        people: dict[object, list[Answer]] = defaultdict(list)
        for each in sent:
            people[each["customer"] if self.counts == {"campaign"} and each["customer"] else each["id"]].append(each)
        groups = list(people.values())
        opened = [group for group in groups if any(_at(each["sent_at"]) + WINDOW > now for each in group)]

        def delivered(groups: list[list[Answer]]) -> int:
            return sum(max(each["delivered"] for each in group) for group in groups)

        def answered(groups: list[list[Answer]]) -> int:
            return sum(
                any(each["answered_at"] and not each["late"] and _at(each["answered_at"]) <= now for each in group)
                for group in groups
            )

        return Response(
            sent=len(groups), delivered=delivered(groups), answered=answered(groups), open=delivered(opened),
            settled_delivered=delivered(groups) - delivered(opened),
            settled_answered=answered(groups) - answered(opened),
        )  # fmt: skip


def _at(text: str) -> datetime:
    at = moment(text)
    assert at is not None
    return at


def _slice(found: Sequence[Answer], response: Response | None = None, *, deffs: bool = True) -> Slice:
    counts = dict(Counter(each["score"] for each in found))
    effect = {HEADLINE: _effect(found)} if deffs else {}
    return Slice(counts=counts, deffs=effect, response=response or Response(0, 0, 0, 0, 0, 0))


def _effect(found: Iterable[Answer]) -> float:
    customers: dict[object, list[float]] = defaultdict(list)
    for each in found:
        if each["asked_by"] not in ("campaign", CAMPAIGN):
            customers[each["customer"] or each["id"]].append(value_of(NPS.headline, each["score"]))
    seen = intervals.design_effect(customers.values())
    sizes = [len(each) for each in customers.values()]
    repeated = sum(size > 1 for size in sizes)
    if not repeated or len(sizes) < 2:
        return seen
    alike = 0.3 * 10 / (10 + repeated)
    expected = 1 + (sum(size * size for size in sizes) / sum(sizes) - 1) * alike
    return float(max(seen, expected) * (student.ppf(0.975, len(sizes) - 1) / normal.ppf(0.975)) ** 2)


def same(found: Slice, plain: Slice) -> None:
    """Counts and response are equal; the design effect is, up to rounding."""
    assert dict(found.counts) == plain.counts
    assert found.response == plain.response
    assert found.deffs.get(HEADLINE, 1.0) == pytest.approx(plain.deffs.get(HEADLINE, 1.0), rel=1e-12)


def check(world: World, now: datetime) -> None:
    """Every question's facts equal those of a plain pass, asked twice."""
    for zone in ZONES:
        for text in QUESTIONS * 2:
            query, found = world.ask(text, zone, now)
            plain = Plain(world, query, now).facts()
            assert found.kind == plain.kind, text
            same(found.current, plain.current)
            same(found.previous, plain.previous)
            assert {kind: dict(part.counts) for kind, part in found.apart.items()} == {
                kind: part.counts for kind, part in plain.apart.items()
            }
            assert (found.groups or {}).keys() == (plain.groups or {}).keys(), text
            for part, plain_part in (plain.groups or {}).items():
                same((found.groups or {})[part], plain_part)
            assert found.history == plain.history, text
        check_handling(world, zone, now)


def check_handling(world: World, zone: str, now: datetime) -> None:
    """The sums of handling times by week equal those of a plain pass."""
    weeks = periods.last_weeks(12, now, zone)
    every = by_name(
        world, f"handling_seconds IS NOT NULL AND closed_at >= :first AND {newest()}", first=stamp(weeks[0].start)
    )
    for name, value in (("", ""), ("team", "tuki"), ("agent", "AGENT 1")):
        filters = {name: value} if name else {}
        found = handling_times.by_week(world.database.reader, scope_of(world.database.reader, NPS, filters), weeks)
        for week, sums in zip(weeks, found, strict=True):
            first, end = stamp(week.start), stamp(week.end)
            inside = (each for each in every if first <= each["closed_at"] < end)
            times = [each["handling_seconds"] for each in inside if not name or each[name].lower() == value.lower()]
            assert sums.n == len(times)
            assert sums.total == pytest.approx(math.fsum(times), abs=1e-6)
            assert sums.squares == pytest.approx(math.fsum(time * time for time in times), abs=1e-3)


@pytest.fixture
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    made = World(tmp_path, getattr(request, "param", 1))
    yield made
    made.database.close()


@pytest.mark.parametrize("world", range(2), indirect=True)
def test_every_figure_equals_a_plain_pass_whatever_happened(world: World) -> None:
    world.bring(1500)
    world.invite(150, NOW - timedelta(days=6))
    check(world, NOW)
    world.click(0.5, NOW + timedelta(hours=1))
    check(world, NOW + timedelta(hours=2))
    world.click(0.5, NOW + timedelta(hours=20))  # changes many scores
    check(world, NOW + timedelta(hours=21))
    world.click(0.5, NOW + timedelta(hours=21.5))  # and some again, of those just counted
    check(world, NOW + timedelta(hours=22))
    world.click(1.0, NOW + timedelta(days=3))  # some of these come late, others can't change any more
    world.bring(700)
    check(world, NOW + timedelta(days=3))
    world.bring(600, stop=True)
    check(world, NOW + timedelta(days=3))
    world.bring(800, campaigns=True)
    check(world, NOW + timedelta(days=4))
    check(world, NOW - timedelta(days=20))  # a look back in time


CROWD = "UPDATE ratings SET customer = :who, sample = 999 WHERE id % 7 = :place AND (score > 8) = :content"


def test_the_design_effect_of_a_large_slice_comes_from_a_sample_of_whole_customers(tmp_path: Path) -> None:
    volume.build(tmp_path / "cxbot.db", 105_000, NOW)
    database = Database(tmp_path / "cxbot.db")
    every = rows(database.reader, "SELECT * FROM ratings")
    query = queries.parse("nps", "2023-11-01..2026-11-30", NOW, "UTC")
    found = metric_facts.facts(database.reader, query, NOW).current
    assert found.n == len(every)
    assert found.deffs[HEADLINE] == pytest.approx(_effect(every), abs=0.05)
    # Three customers who are not in the sample come to give a fifth of the answers, each in a way of their own.
    outside = list(dict.fromkeys(each["customer"] for each in every if each["customer"] and each["sample"] > 900))[:3]
    for place, customer in enumerate(outside):
        values = {"who": customer, "content": place != 1, "place": place}
        database.write(lambda db, values=values: run(db, CROWD, **values))  # type: ignore[misc]
    crowded = metric_facts.facts(database.reader, query, NOW).current
    every = rows(database.reader, "SELECT * FROM ratings")
    database.close()
    assert _effect(every) > 100
    assert crowded.deffs[HEADLINE] == pytest.approx(_effect(every), rel=0.02)

"""All places agree: report, digest, thread, picture's text and explanation of the same week have the same figures
and the same verdict, whatever the history."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cxbot.core.calendar import periods
from cxbot.core.digests import weekly as rules
from cxbot.core.metrics.shipped import METRICS
from cxbot.core.queries.query import read, resolve
from cxbot.core.queries.vocabulary import ENGLISH
from cxbot.core.reports import kinds
from cxbot.core.reports.metric_report import Report
from cxbot.core.teams import settings as team_settings
from cxbot.language import LANGUAGES, language
from cxbot.slack.messages.digests import weekly as digest_messages
from cxbot.slack.messages.parts.blocks import plain
from cxbot.slack.messages.reports import any_report
from cxbot.slack.messages.reports import explained as explain
from cxbot.slack.messages.reports import metric_report as report_messages
from cxbot.store.engine.database import Database
from cxbot.store.files import imports
from cxbot.store.records import teams
from cxbot.store.reports import answer_rows, build, weekly_digest
from tests.desk import Desk, source_of
from tests.seeding import seed

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def history(folder: Path, seed: int, metric: str) -> Database:
    """A team with up to forty weeks of answers, from none to fifty a week, some of them late in time or by others."""
    chance = random.Random(seed)
    pace = chance.choice((1, 6, 15, 50))
    low, high = METRICS[metric].low, METRICS[metric].high
    ways = chance.choice((("automatic", "automatic", "hand-picked"), ("hand-picked", "campaign"), ("campaign",)))
    lines = ["external_id,metric,score,sent_at,answered_at,team,customer,asked_by,topic,touchpoint,comment"]
    for week in range(chance.randint(1, 40)):
        good = chance.random()
        for i in range(chance.randrange(pace + 1)):
            answered = NOW - timedelta(weeks=week, days=chance.randint(1, 6), seconds=chance.randrange(80000))
            score = chance.choices(range(low, high + 1), [1 + (good if s > high - 2 else 0) * 9
                                                          for s in range(low, high + 1)])[0]  # fmt: skip
            way = chance.choice(ways)
            about = f"topic {i % 3},place {i % 2},{'fine' if i % 4 else ''}"
            sent = answered - timedelta(hours=chance.randint(1, 100))
            lines.append(f"{week}.{i},{metric},{score},{sent.isoformat()},{answered.isoformat()},Support,"
                         f"c{chance.randrange(200)},{way},{about}")  # fmt: skip
    (folder / "history.csv").write_text("\n".join(lines), encoding="utf-8")
    database = Database(folder / "cxbot.db")
    imports.import_file(database, source_of(folder / "history.csv"), NOW)
    settings = {**team_settings.defaults("Europe/Helsinki", "en"), "name": "Support", "channel": "C0TEAM",
                "rehearsal": 0, "survey": metric}  # fmt: skip
    database.write(lambda db: teams.add(db, settings, NOW))
    return database


@pytest.mark.parametrize("metric", ["nps", "csat", "ces"])
@pytest.mark.parametrize("seed", range(6))
def test_one_truth_in_every_place(tmp_path: Path, seed: int, metric: str) -> None:
    database = history(tmp_path, seed, metric)
    try:
        db = database.reader
        team = teams.every(db)[0]
        [week] = periods.last_weeks(1, NOW, team.timezone)
        digest = weekly_digest.about(db, team, week, NOW)
        report = build.answers(db, rules.query(team, METRICS[metric], week), NOW)
        left_out = answer_rows.left_out(db, report, NOW)
        rows = answer_rows.answers(db, report, NOW)
        views = [
            build.report(db, replace(report.query, view=view), NOW)
            for view in ("drivers", "journey", "words", "outcomes")
        ]
        split = build.answers(db, replace(report.query, by="topic"), NOW)
    finally:
        database.close()
    assert kinds.as_json(digest.week_report) == kinds.as_json(report)
    assert digest.headline.verdict == report.verdict
    assert digest.trend[-1].estimate == report.estimate
    assert (digest.trend[-1].n, len(rows)) == (report.n, report.n)
    drivers, journey, words, outcomes = views
    assert (drivers.n, journey.n, sum(part.n for part in split.segments)) == (report.n,) * 3
    assert sum(stop.n for stop in journey.stops) + journey.unnamed == report.n
    assert words.n == sum(bool(row["comment"]) for row in rows)
    assert outcomes.n + outcomes.unknown == report.n - sum(times - 1 for times in report.current.several)
    assert digest.headline.kind in ("", report.kind) or not report.n
    for code in LANGUAGES:
        speech = language(code)
        shown = plain(any_report.render(report, speech, "")["text"])
        posted = plain(digest_messages.render(digest, speech)["text"])
        thread = plain(digest_messages.details(digest, speech)["text"])
        explained = plain(explain.explained(report, speech, left_out)["text"])
        verdict = [plain(line) for line in report_messages.verdict(report, speech)]
        assert verdict or not report.query.period.complete(NOW)
        places = [shown, thread, explained, digest_messages.picture_text(digest, speech)]
        places = places if digest.quiet else [*places, posted]
        assert all(line in place for line in verdict for place in places)
        if report.n >= 5 and report.estimate is not None:
            value = report_messages.figure(report.metric, report.estimate.value, speech)
            limits = report_messages.interval(report.metric, report.estimate, speech)
            assert value in shown.splitlines()[1]
            assert f"{value} ({limits})" in thread
            if digest.span == 1:
                assert value in posted.splitlines()[1]


def test_the_terminal_and_the_json_agree(desk: Desk) -> None:
    lines = [("external_id", "metric", "score", "answered_at")]
    lines += [(f"x{i}", "nps", str(i % 11), "2026-11-10T10:00:00Z") for i in range(60)]
    desk.run("import", desk.write(lines))
    found = desk.report("nps", "2026-W46")
    said = desk.run("report", "nps", "2026-W46")
    assert f"{round(found['value'])}".replace("-", "−") in said.splitlines()[1]
    assert f"{found['n']} answers" in said


def test_a_remembered_history_knows_which_teams_are_asked_automatically(tmp_path: Path) -> None:
    """From the day of a team's first automatic answer on, what it was given when it chose whom to ask does not count.
    Earlier days stay as they were."""
    weeks = periods.last_weeks(20, NOW, "UTC")

    def answers(name: str, team: str, way: str, spans: Sequence[periods.Period], each: int) -> None:
        lines = ["external_id,metric,score,sent_at,answered_at,team,customer,asked_by"]
        for number, week in enumerate(spans):
            at = (week.start + timedelta(days=2)).isoformat()
            lines += [f"{name}{number}.{i},csat,{4 + i % 2},{at},{at},{team},{name}{number}.{i},{way}"
                      for i in range(each)]  # fmt: skip
        (tmp_path / f"{name}.csv").write_text("\n".join(lines), encoding="utf-8")
        imports.import_file(database, source_of(tmp_path / f"{name}.csv"), NOW)

    def judged(of: Database) -> Report:
        query = resolve(read("last week", "csat", ENGLISH), NOW, "UTC")
        return build.answers(of.reader, query, NOW)

    database = Database(tmp_path / "cxbot.db")
    for name in ("First", "Second"):
        settings = {**team_settings.defaults("UTC", "en"), "name": name, "channel": "C0TEAM", "rehearsal": 0}
        database.write(lambda db, settings=settings: teams.add(db, settings, NOW))  # type: ignore[misc]
    answers("a", "First", "hand-picked", weeks, 10)
    answers("b", "Second", "hand-picked", weeks, 7)
    before = judged(database)
    assert (before.n, before.signal.baseline_n) == (17, 17 * 19)
    seed(database, [5], NOW, team="Second", asked_by="automatic")
    assert judged(database) == before, "it does not work backwards"
    seed(database, [5], weeks[-2].start, team="Second", asked_by="automatic")
    after = judged(database)
    database.close()
    opened = Database(tmp_path / "cxbot.db")
    afresh = judged(opened)
    opened.close()
    assert after == afresh
    assert (after.n, after.signal.baseline_n) == (10, 17 * 18 + 10)

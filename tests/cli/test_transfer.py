"""Import, export and reports of imported answers, through the command line and a real file."""

from __future__ import annotations

import csv
import io
import json
import random
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cxbot.core.csv_files.answers import COLUMNS
from cxbot.store.engine.connection import connect
from cxbot.store.engine.database import Database
from cxbot.store.engine.statements import rows, run
from cxbot.store.files import imports
from tests.desk import AT, Desk, source_of


def answer_rows(scores: Sequence[int], metric: str = "nps", day: str = "2026-11-11", **more: str) -> list[list[object]]:
    """A header and an answer per score, all on one day."""
    lines: list[list[object]] = [["external_id", "metric", "score", "answered_at", *more]]
    lines += [
        [f"{metric}{day}{i}", metric, score, f"{day}T10:00:00Z", *more.values()] for i, score in enumerate(scores)
    ]
    return lines


def test_the_published_distribution_of_a_help_desk(desk: Desk) -> None:
    counts = {5: 59_617, 4: 11_219, 3: 2_558, 2: 1_283, 1: 11_230}
    scores = [score for score, n in counts.items() for _ in range(n)]
    start = datetime(2023, 8, 1, tzinfo=UTC)
    lines = [["external_id", "metric", "score", "answered_at"]]
    lines += [
        [str(i), "csat", str(score), (start + timedelta(seconds=30 * i)).isoformat()] for i, score in enumerate(scores)
    ]
    assert desk.run("import", desk.write(lines)) == "85907 added, 0 updated, 0 unchanged.\n"
    report = desk.report("csat", "2023-08")
    assert report["n"] == 85_907
    assert report["value"] == pytest.approx(82.4566, abs=5e-5)
    assert report["also"]["mean"]["value"] == pytest.approx(4.2422, abs=5e-5)
    assert report["scores"] == {str(score): n for score, n in sorted(counts.items())}


def test_a_large_file_with_everything_people_write(desk: Desk) -> None:
    chance = random.Random(3)
    comments = (
        'She said "fine", twice',
        "Two\nlines\r\nor three",
        "🎉👍🏽 мир",
        "Hyvää päivää, Åke Öljymäki!",
        "",
        "a,b;c",
        "=1+1",
    )
    start = datetime(2026, 1, 5, tzinfo=UTC)
    lines: list[list[object]] = [list(COLUMNS)]
    for i in range(50_000):
        closed = start + timedelta(minutes=7 * i)
        sent, answered = closed + timedelta(minutes=10), closed + timedelta(minutes=chance.randint(11, 900))
        lines.append([
            f"case-{i}", "csat", "csat", chance.randint(1, 5) if i % 3 else "",
            "long_wait,tone" if i % 3 and i % 5 == 0 else "", chance.choice(comments) if i % 3 else "",
            "automatic", sent.isoformat(), answered.isoformat() if i % 3 else "", "Tuki Ä", f"agent {i % 12}",
            f"customer {i % 9000}", f"company {i % 300}", "phone", "after", "#help", "billing",
            (closed - timedelta(minutes=30)).isoformat(), closed.isoformat(), 1800.5,
            chance.choice(("yes", "no", "unsure", "")),
        ])  # fmt: skip
    file = desk.write(lines)
    assert desk.run("import", file) == "50000 added, 0 updated, 0 unchanged.\n"
    assert desk.run("import", file) == "0 added, 0 updated, 50000 unchanged.\n"
    out = desk.run("export", "answers")
    back = list(csv.reader(io.StringIO(out, newline="")))
    assert len(back) == 50_001
    exported = {row[0]: dict(zip(back[0], row, strict=True)) for row in back[1:]}
    for line in random.Random(5).sample(lines[1:], 300):
        assert exported[str(line[0])]["reasons"] == line[4]
        assert exported[str(line[0])]["comment"] == ("'=1+1" if line[5] == "=1+1" else line[5])
        assert exported[str(line[0])]["score"] == str(line[3])
    assert desk.run("import", desk.write(back, "back.csv")) == "0 added, 0 updated, 50000 unchanged.\n"


def test_one_bad_row_in_the_middle_imports_nothing_and_is_named(desk: Desk) -> None:
    lines = answer_rows([9] * 2000)
    lines[1001][2] = 11
    said = desk.run("import", desk.write(lines), code=2)
    assert "Line 1002, column score" in said
    assert "0 to 10" in said
    assert "Nothing was imported" in said
    assert desk.report("nps", "2026-W46")["n"] == 0


def test_the_line_of_a_bad_row_counts_lines_inside_quotes(desk: Desk) -> None:
    text = 'external_id,metric,score,answered_at,comment\n1,nps,9,2026-11-11T10:00Z,"two\nlines"\n2,nps,9,yesterday,\n'
    (desk.folder / "f.csv").write_text(text, encoding="utf-8")
    assert "Line 4, column answered_at: “yesterday” is not a time" in desk.run("import", "f.csv", code=2)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("score", "7.5", "whole number"),
        ("score", "-1", "0 to 10"),
        ("metric", "stars", "not a metric"),
        ("answered_at", "2026-11-11T10:00:00", "no time zone"),
        ("answered_at", "2026-02-30T10:00:00Z", "not a time"),
        ("answered_at", "9999-12-31T23:59:59-12:00", "not a time"),
        ("answered_at", "0001-01-01T00:00:00+12:00", "not a time"),
        ("asked_by", "robot", "not a way of asking"),
        ("reasons", "long_wait, weather", "“weather” is not a choice here"),
        ("handling_seconds", "-4", "number of seconds"),
        ("handling_seconds", "nan", "number of seconds"),
        ("first_contact_resolution", "maybe", "yes, no or unsure"),
    ],
)
def test_every_column_says_what_is_wrong(desk: Desk, column: str, value: str, said: str) -> None:
    row = {"external_id": "1", "metric": "nps", "score": "9", "answered_at": "2026-11-11T10:00:00Z", column: value}
    found = desk.run("import", desk.write([list(row), list(row.values())]), code=2)
    assert f"Line 2, column {column}" in found
    assert said in found


def test_unknown_columns_missing_times_and_other_encodings_are_errors(desk: Desk) -> None:
    assert "column rating: this column is unknown" in desk.run("import", desk.write([["rating", "sent_at"]]), code=2)
    assert "needs a column sent_at" in desk.run("import", desk.write([["metric", "score"]]), code=2)
    lines = [["metric", "score", "answered_at", "sent_at"], ["nps", 9, "", ""]]
    assert "one of sent_at, answered_at and closed_at is required" in desk.run("import", desk.write(lines), code=2)
    assert "cannot be read" in desk.run("import", "missing.csv", code=2)


def test_the_same_key_with_other_content_is_an_update(desk: Desk) -> None:
    desk.run("import", desk.write(answer_rows([9, 9, 9, 0])))
    assert desk.report("nps", "2026-W46")["value"] == 50.0
    assert desk.run("import", desk.write(answer_rows([9, 9, 9, 10]))) == "0 added, 1 updated, 3 unchanged.\n"
    report = desk.report("nps", "2026-W46")
    assert (report["n"], report["value"], report["scores"]["0"]) == (4, 100.0, 0)
    assert len(desk.run("export", "answers", "--format", "ndjson").splitlines()) == 4


def test_one_interaction_may_have_an_answer_to_each_metric(desk: Desk) -> None:
    lines = [["external_id", "metric", "score", "answered_at"]]
    lines += [["a", "nps", 9, "2026-11-11T10:00Z"], ["a", "csat", 2, "2026-11-11T10:00Z"]]
    desk.run("import", desk.write(lines))
    assert (desk.report("nps", "2026-W46")["n"], desk.report("csat", "2026-W46")["n"]) == (1, 1)


def test_without_an_id_the_whole_row_is_the_key(desk: Desk) -> None:
    lines = [["metric", "score", "answered_at"], ["nps", 9, "2026-11-11T10:00Z"], ["nps", 9, "2026-11-11T10:01Z"]]
    assert desk.run("import", desk.write(lines)) == "2 added, 0 updated, 0 unchanged.\n"
    assert desk.run("import", desk.write(lines)) == "0 added, 0 updated, 2 unchanged.\n"


def test_answers_without_sent_at_stay_out_of_response_rates(desk: Desk) -> None:
    lines = [["external_id", "metric", "score", "sent_at", "answered_at"]]
    lines += [["1", "nps", 9, "2026-11-10T10:00Z", "2026-11-10T11:00Z"], ["2", "nps", "", "2026-11-10T10:00Z", ""],
              ["3", "nps", 9, "", "2026-11-10T11:00Z"], ["4", "nps", "", "2026-11-10T10:00Z", ""]]  # fmt: skip
    desk.run("import", desk.write(lines))
    report = desk.report("nps", "2026-W46")
    assert report["n"] == 2
    assert report["response"] == {
        "sent": 3, "delivered": 3, "answered": 1, "open": 0,
        "rate": pytest.approx(100 / 3), "settled_rate": pytest.approx(100 / 3),
    }  # fmt: skip


def test_a_look_back_in_time_does_not_know_later_answers(desk: Desk) -> None:
    lines = [["external_id", "metric", "score", "sent_at", "answered_at"]]
    lines += [["1", "nps", 9, "2026-11-10T10:00Z", "2026-11-10T11:00Z"],
              ["2", "nps", 0, "2026-11-10T10:00Z", "2026-11-12T11:00Z"]]  # fmt: skip
    desk.run("import", desk.write(lines))
    early = desk.report("nps", "week", at="2026-11-11T12:00:00Z")
    assert (early["n"], early["period"]["complete"], early["verdict"]["word"]) == (1, False, "so far")
    assert (early["response"]["answered"], early["response"]["open"]) == (1, 2)
    late = desk.report("nps", "2026-W46")
    assert (late["n"], late["response"]["answered"], late["verdict"]["word"]) == (2, 2, "no baseline")


def test_hand_picked_answers_are_apart_once_a_team_has_automatic_ones(desk: Desk) -> None:
    desk.run("import", desk.write(answer_rows([10, 10, 0], asked_by="hand-picked", team="B")))
    assert desk.report("nps", "2026-W46")["value"] == pytest.approx(100 / 3)
    desk.run("import", desk.write(answer_rows([10, 9], day="2026-11-12", asked_by="automatic", team="B")))
    report = desk.report("nps", "2026-W46")
    assert (report["n"], report["value"]) == (2, 100.0)
    assert report["apart"]["hand-picked"]["n"] == 3


def test_customers_who_answer_often_widen_the_interval(desk: Desk) -> None:
    values = [(1, 9), (1, 9), (1, 9), (2, 7), (2, 3), (3, 9), (4, 2), (4, 2), (4, 2), (5, 8), (6, 9), (6, 9)]
    lines: list[list[object]] = [["external_id", "metric", "score", "answered_at", "customer"]]
    lines += [[i, "nps", score, f"2026-11-11T10:{i:02}:00Z", f"c{who}"] for i, (who, score) in enumerate(values)]
    desk.run("import", desk.write(lines))
    clustered = desk.report("nps", "2026-W46")
    assert clustered["value"] == pytest.approx(16.6667, abs=5e-5)
    alone = [line[:4] for line in lines]
    alone_desk = Desk(desk.folder / "alone")
    alone_desk.folder.mkdir()
    alone_desk.run("import", alone_desk.write(alone))
    plain = alone_desk.report("nps", "2026-W46")
    assert clustered["high"] - clustered["low"] > 1.3 * (plain["high"] - plain["low"])


def test_parts_are_compared_with_the_rest(desk: Desk) -> None:
    desk.run("import", desk.write(answer_rows([9] * 30, agent="Anna")))
    desk.run("import", desk.write(answer_rows([2] * 20 + [9] * 5, day="2026-11-12", agent="Ben B")))
    report = desk.report("nps", "2026-W46", "by:agent")
    anna, ben = report["by"]
    assert (anna["key"], anna["n"], anna["value"]) == ("agent:Anna", 30, 100.0)
    assert ben["vs_rest"]["value"] == pytest.approx(-160.0)
    assert ben["vs_rest"]["flagged"] is True
    assert desk.report("nps", "2026-W46", "agent:Ben B")["n"] == 25
    assert desk.report("nps", "2026-W46", "agent:anna")["filters"] == {"agent": "anna"}


def test_the_zone_decides_what_a_week_is(desk: Desk) -> None:
    lines = [["external_id", "metric", "score", "answered_at"], ["1", "nps", 9, "2026-11-15T22:30:00Z"]]
    desk.run("import", desk.write(lines))
    assert desk.report("nps", "2026-W46")["n"] == 1
    helsinki = json.loads(desk.run("report", "nps", "2026-W47", "--json", "--at", AT, CXBOT_TIMEZONE="Europe/Helsinki"))
    assert helsinki["n"] == 1
    assert helsinki["period"]["start"] == "2026-11-15T22:00:00Z"


def test_an_import_is_seen_whole_or_not_at_all(tmp_path: Path) -> None:
    database = Database(tmp_path / "cxbot.db")
    file = Desk(tmp_path).write(answer_rows([9] * 6000))
    seen, longest, stop = set(), [0.0], threading.Event()

    def watch() -> None:
        while not stop.is_set():
            found = rows(database.reader, "SELECT COUNT(*) AS n FROM ratings WHERE batch <= "
                         "(SELECT COALESCE(MAX(id), 0) FROM imports WHERE published_at IS NOT NULL)")  # fmt: skip
            seen.add(found[0]["n"])
            begun = time.perf_counter()
            database.write(lambda _: None)
            longest[0] = max(longest[0], time.perf_counter() - begun)

    watcher = threading.Thread(target=watch)
    watcher.start()
    imports.import_file(database, source_of(file), datetime.now(UTC))
    stop.set()
    watcher.join()
    database.close()
    assert seen <= {0, 6000}
    assert longest[0] < 5  # the lock is held for 500 rows at a time, whatever this machine is doing


def test_an_interrupted_import_leaves_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    database = Database(desk.database)
    desk.write(answer_rows([9, 9, 9, 9]))
    imports.import_file(database, source_of(tmp_path / "file.csv"), datetime.now(UTC))
    changed = Path(desk.write(answer_rows([0] * 2000), "other.csv"))

    def pull_the_plug(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        imports.import_file(database, source_of(changed), datetime.now(UTC), pull_the_plug)
    assert desk.report("nps", "2026-W46")["value"] == 100.0
    imports.import_file(database, source_of(tmp_path / "file.csv"), datetime.now(UTC))
    assert desk.report("nps", "2026-W46")["n"] == 4
    assert rows(database.reader, "SELECT COUNT(*) AS n FROM ratings")[0]["n"] == 4
    database.close()


def test_daily_counts_equal_a_plain_count(tmp_path: Path) -> None:
    chance = random.Random(8)
    desk = Desk(tmp_path)
    database = Database(desk.database)
    for batch in range(3):
        lines: list[list[object]] = [["external_id", "metric", "score", "answered_at", "team", "asked_by"]]
        for _ in range(800):
            at = datetime(2026, 11, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(20 * 86400))
            lines.append([chance.randrange(1200), "nps", chance.randrange(11), at.isoformat(), chance.choice("AB"),
                          chance.choice(("automatic", "hand-picked"))])  # fmt: skip
        imports.import_file(database, source_of(desk.write(lines, f"{batch}.csv"), last_wins=True), datetime.now(UTC))
    daily = rows(database.reader, "SELECT day, team, asked_by, score, SUM(n) AS n FROM daily_answers "
                 "GROUP BY 1, 2, 3, 4 HAVING SUM(n) != 0 ORDER BY 1, 2, 3, 4")  # fmt: skip
    plain = rows(database.reader, "SELECT substr(answered_at, 1, 8) AS day, team, asked_by, score, COUNT(*) AS n "
                 "FROM ratings GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4")  # fmt: skip
    assert daily == plain
    database.close()


def test_interactions_are_exported_once_each(desk: Desk) -> None:
    lines = [["external_id", "metric", "score", "closed_at", "handling_seconds", "topic"]]
    lines += [["a", "nps", 9, "2026-11-11T10:00Z", 60, "x"], ["a", "csat", 4, "2026-11-11T10:00Z", 60, "x"],
              ["b", "", "", "2026-11-12T10:00Z", 90, "y"]]  # fmt: skip
    desk.run("import", desk.write(lines))
    found = list(csv.DictReader(io.StringIO(desk.run("export", "interactions"))))
    assert [(each["external_id"], each["handling_seconds"]) for each in found] == [("a", "60.0"), ("b", "90.0")]
    assert "score" not in found[0]


def test_a_backup_is_whole_and_replaces_nothing(desk: Desk) -> None:
    desk.run("import", desk.write(answer_rows([9, 8])))
    desk.run("backup", "copy.db")
    assert "exists already" in desk.run("backup", "copy.db", code=2)
    copy = Desk(desk.folder)
    copy.database = desk.folder / "copy.db"
    assert copy.report("nps", "2026-W46")["n"] == 2


def test_a_backup_has_its_name_only_when_it_is_whole(desk: Desk) -> None:
    desk.run("import", desk.write([("external_id", "metric", "score", "answered_at"), ("a", "nps", 9, AT)]))
    desk.run("backup", "copy.db")
    assert sorted(path.name for path in desk.folder.glob("*copy*")) == ["copy.db"]
    (desk.folder / ".half.db.unfinished").write_bytes(b"left by a process that was killed")
    desk.run("backup", "half.db")
    assert sorted(path.name for path in desk.folder.glob("*half*")) == ["half.db"]
    assert desk.report("nps", "2026-W47")["n"] == 1
    assert "exists already" in desk.run("backup", "copy.db", code=2)
    assert "could not be written" in desk.run("backup", "nowhere/copy.db", code=1)


def test_back_ups_rotate(desk: Desk) -> None:
    desk.run("migrate")
    for day in range(20, 24):
        desk.run("backup", f"cxbot-2026-11-{day}.db", "--keep", "2")
    desk.write([["not a back-up"]], "cxbot-notes.db")
    assert "Deleted" in desk.run("backup", "cxbot-2026-11-24.db", "--keep", "2")
    names = sorted(path.name for path in desk.folder.glob("cxbot*db"))
    assert names == ["cxbot-2026-11-23.db", "cxbot-2026-11-24.db", "cxbot-notes.db", "cxbot.db"]
    assert "put a date into the name" in desk.run("backup", "copy.db", "--keep", "2", code=2)
    assert not (desk.folder / "copy.db").exists()


def test_an_interrupted_import_of_many_changes_changes_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    head = ["external_id", "metric", "score", "answered_at"]
    lines = [[number, "nps", 9, "2026-11-18T10:00Z"] for number in range(1300)]
    desk.run("import", desk.write([head, *lines]))
    db = connect(desk.database)  # as an import leaves it that is killed before it is published
    run(db, "INSERT INTO imports (id, file, started_at) VALUES (2, 'killed.csv', '2026-11-20T10:00:00.000000Z')")
    run(db, "UPDATE ratings SET until_batch = 2")
    db.close()
    assert desk.report("nps", "week")["n"] == 1300
    desk.run("import", desk.write([head, ["new", "nps", 9, "2026-11-18T10:00Z"]]))
    assert desk.report("nps", "week")["n"] == 1301
    assert len(desk.run("export", "answers").splitlines()) == 1302

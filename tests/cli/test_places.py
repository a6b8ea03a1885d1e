"""Where the file lies, who may read it, and what the doctor says of that."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from cxbot.store.engine.file_systems import kind_of
from tests.desk import Desk

WIDE = 0o077


@pytest.mark.parametrize(
    "command",
    [
        ("report", "nps", "week"), ("report", "nps", "--explain"), ("export", "answers"), ("digest", "Support"),
        ("team", "list"), ("survey", "list"), ("incident", "list"), ("touchpoint", "list"), ("outbox", "list"),
        ("plan", "nps", "10"), ("compare", "nps", "since:2026-10-05"), ("backup", "copy.db"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_reading_in_the_wrong_folder_makes_nothing(tmp_path: Path, command: tuple[str, ...]) -> None:
    desk = Desk(tmp_path)
    said = desk.run(*command, code=1)
    assert f"There is no database at {desk.database}" in said
    assert "CXBOT_DB" in said
    assert list(tmp_path.iterdir()) == []


def test_the_doctor_makes_nothing_and_goes_on_without_slack(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    said = desk.run("doctor", code=1)
    assert "note database: there is none at" in said
    assert "FIX  bot token: SLACK_BOT_TOKEN is not set" in said
    assert "FIX  connection: set SLACK_APP_TOKEN" in said
    assert list(tmp_path.iterdir()) == []


def test_files_are_for_this_user_only(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    lines = [["external_id", "metric", "score", "answered_at"], ["a", "nps", 9, "2026-11-10T10:00:00Z"]]
    desk.run("import", desk.write(lines))
    desk.run("backup", "copy.db")
    made = [path for path in tmp_path.iterdir() if path.suffix != ".csv"]
    assert {"cxbot.db", "copy.db"} <= {path.name for path in made}
    for path in made:
        assert not stat.S_IMODE(path.stat().st_mode) & WIDE, path


def test_the_doctor_finds_what_others_can_read(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.run("migrate")
    desk.database.chmod(0o644)
    settings = tmp_path / ".env"
    settings.write_text("CXBOT_LOCALE=en\n", encoding="utf-8")
    settings.chmod(0o640)
    said = desk.run("doctor", code=1)
    assert f"FIX  file modes: {desk.database} can be read or written by other users of this machine (644)" in said
    assert "FIX  file modes: .env can be read" in said
    desk.database.chmod(0o600)
    settings.chmod(0o600)
    assert "file modes" not in desk.run("doctor", code=1)


def test_a_file_that_dies_with_the_container_is_warned_of() -> None:
    assert kind_of(Path("/proc/x.db")) == "proc"
    if Path("/dev/shm").is_mount():
        assert kind_of(Path("/dev/shm/cxbot.db")) == "tmpfs"
    assert kind_of(Path("cxbot.db")), "the kind is known here"


@pytest.mark.parametrize(
    ("url", "well"),
    [("http://127.0.0.1:9/api/", True), ("http://localhost:9/api/", True), ("http://[::1]:9/api/", True),
     ("https://slack.example/api/", True), ("http://slack.example/api/", False), ("http://10.0.0.1/api/", False)],
)  # fmt: skip
def test_the_token_crosses_no_network_in_the_open(tmp_path: Path, url: str, well: bool) -> None:
    said = Desk(tmp_path, SLACK_API_URL=url).run("doctor", code=1)
    assert ("without https the token" in said) is not well

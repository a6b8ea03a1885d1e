"""What nobody would type on purpose ends with one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk import Desk


@pytest.mark.parametrize("at", ["9999-12-31T23:59", "0001-01-01", "1969-12-31", "3000-01-01", "9999", "yesterday"])
@pytest.mark.parametrize(
    "command",
    [("report", "nps"), ("report", "nps", "year", "--json"), ("plan", "nps", "10"),
     ("compare", "nps", "since:2026-10-05"), ("report", "aht")],
    ids=" ".join,
)  # fmt: skip
def test_a_time_out_of_reach_is_refused(tmp_path: Path, command: tuple[str, ...], at: str) -> None:
    desk = Desk(tmp_path)
    desk.run("migrate")
    said = desk.run(*command, "--at", at, code=2)
    assert "Give a year from 1970 to 2999" in said or "is not a time" in said
    assert len(said.strip().splitlines()) == 1


@pytest.mark.parametrize("at", ["1970-01-01", "2999-12-31T23:59"])
def test_the_first_and_the_last_time_work(tmp_path: Path, at: str) -> None:
    desk = Desk(tmp_path)
    desk.run("migrate")
    assert desk.report("nps", "year", at=at)["n"] == 0


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/urandom"])
@pytest.mark.parametrize("command", [("import",), ("survey", "add"), ("import", "customers")], ids=" ".join)
def test_a_file_without_end_is_refused(tmp_path: Path, command: tuple[str, ...], device: str) -> None:
    said = Desk(tmp_path).run(*command, device, code=2)
    assert "Traceback" not in said
    assert said.startswith("cxbot: ")


def test_a_mapping_without_end_is_refused(tmp_path: Path) -> None:
    (tmp_path / "map.toml").symlink_to("/dev/zero")
    desk = Desk(tmp_path)
    lines = [["a", "b"], ["1", "2"]]
    assert "larger than 1 MB" in desk.run("import", desk.write(lines), "--map", str(tmp_path / "map.toml"), code=2)


def test_a_survey_that_nests_without_end_is_refused(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    name = desk.save("name = " + "[" * 5000 + "]" * 5000, "deep.toml")
    said = desk.run("survey", "add", name, code=2)
    assert "Traceback" not in said


@pytest.mark.parametrize(
    ("bomb", "said"),
    [
        ("a." * 100_000 + "b = 1", "nested too deeply"),
        ('"a b" . ' * 60_000 + "b = 1", "nested too deeply"),
        ("[" + "a." * 100_000 + "b]", "nested too deeply"),
        ("a = " + "[" * 100_000, "nested too deeply"),
        ("a = " + "9" * 10_000, "a number has too many digits"),
    ],
    ids=("dotted", "quoted", "header", "lists", "digits"),
)
def test_what_would_take_minutes_to_read_is_refused(tmp_path: Path, bomb: str, said: str) -> None:
    desk = Desk(tmp_path)
    assert f"not valid TOML ({said})" in desk.run("survey", "add", desk.save(bomb, "bomb.toml"), code=2)

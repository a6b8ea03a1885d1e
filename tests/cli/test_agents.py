"""Agents: values drawn towards the average, no ranking, and a funnel as a picture."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk import AT, Desk

HEAD = ["external_id", "metric", "score", "answered_at", "agent"]
NAMES = ("Zoe", "Adam", "Mia", "Ben")


def brought(desk: Desk) -> None:
    """Four agents: three alike, one far below with as many answers, and a fifth with few but perfect ones."""
    lines: list[list[object]] = [HEAD]
    for place, name in enumerate(NAMES):
        for number in range(40):
            score = (10, 10, 9, 8, 3)[number % 5] if name != "Ben" else (10, 8, 2, 3, 5)[number % 5]
            lines.append([f"{name}{number}", "nps", score, f"2026-11-10T1{place}:{number:02}:00Z", name])
    lines += [[f"Few{n}", "nps", 10, f"2026-11-10T09:{n:02}:00Z", "Few"] for n in range(5)]
    desk.run("import", desk.write(lines))


def test_few_perfect_answers_are_no_perfect_agent(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    brought(desk)
    report = desk.report("nps", "2026-W46", "by:agent")
    parts = {part["key"].removeprefix("agent:"): part for part in report["by"]}
    few = parts["Few"]
    assert (few["value"], few["n"]) == (100, 5)
    assert report["value"] < few["shrunken"]["value"] < 80
    assert few["shrunken"]["low"] < few["shrunken"]["value"] < few["shrunken"]["high"]
    assert abs(parts["Ben"]["shrunken"]["value"] - parts["Ben"]["value"]) < 15, "many answers keep their value"
    assert [name for name, part in parts.items() if part["vs_rest"]["flagged"]] == ["Ben"]


def test_the_list_is_in_the_order_of_names(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    brought(desk)
    said = desk.run("report", "nps", "2026-W46", "by:agent", "--at", AT)
    listed = [line.split(":")[0].removeprefix("• ") for line in said.splitlines() if line.startswith("• ")]
    assert listed == ["Adam", "Ben", "Few", "Mia", "Zoe"]
    assert "In the order of names" in said


def test_other_parts_are_not_drawn_to_the_average(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    brought(desk)
    assert all("shrunken" not in part for part in desk.report("nps", "2026-W46", "by:topic")["by"])


def test_the_picture_names_who_stands_out_and_nobody_else(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    brought(desk)
    words = ("report", "nps", "2026-W46", "by:agent", "--picture", "funnel.png", "--at", AT)
    said = desk.run(*words)
    assert (tmp_path / "funnel.png").read_bytes().startswith(b"\x89PNG")
    assert said.startswith("4 agents by number of answers and value.")
    assert "Ben: −40, 40 answers" in said
    assert not any(name in said for name in ("Zoe", "Adam", "Mia", "Few"))


@pytest.mark.parametrize("words", [("nps", "2026-W46"), ("nps", "2026-W40", "by:agent"), ("aht", "by:agent")])
def test_without_agents_there_is_no_picture(tmp_path: Path, words: tuple[str, ...]) -> None:
    desk = Desk(tmp_path)
    brought(desk)
    assert "by:agent" in desk.run("report", *words, "--picture", "x.png", "--at", AT, code=2)
    assert not (tmp_path / "x.png").exists()

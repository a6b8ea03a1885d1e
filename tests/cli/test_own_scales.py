"""A company's own scales: from the file to the report."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.desk import AT, Desk

FILE = """name = "parcel"
title = "Parcel"
[[items]]
question = "How did your parcel come?"
scale = "{scale}"
{more}"""


@pytest.mark.parametrize(
    ("scale", "more", "scores", "value", "share"),
    [
        ("1-10", "", [10, 8, 7, 1], 6.5, 50),
        ("1-4", "", [4, 3, 2, 1], 2.5, 50),
        ("0-2", "", [2, 2, 1, 0], 1.25, 50),
        ("0-10", 'figure = "mean"', [10, 9, 7, 0], 6.5, 50),
        ("0-10", 'figure = "net"', [10, 9, 7, 0], 25, None),
        ("0-10", "", [10, 9, 7, 0], 25, None),
    ],
)
def test_its_answers_make_its_figure(
    tmp_path: Path, scale: str, more: str, scores: list[int], value: float, share: float | None
) -> None:
    desk = Desk(tmp_path)
    said = desk.run("survey", "add", desk.save(FILE.format(scale=scale, more=more), "parcel.toml"))
    assert "How did your parcel come?" in said
    head = ["external_id", "survey", "metric", "score", "answered_at"]
    lines = [[n, "parcel", "parcel", score, "2026-11-10T10:00:00Z"] for n, score in enumerate(scores * 5)]
    desk.run("import", desk.write([head, *lines]))
    report = desk.report("parcel", "2026-W46")
    assert report["value"] == pytest.approx(value)
    assert report["low"] < value < report["high"]
    assert report["also"].get("share", {}).get("value") == share
    assert sum(report["buckets"].values()) == 20
    assert "Parcel" in desk.run("report", "parcel", "2026-W46", "--at", AT)


@pytest.mark.parametrize(
    ("scale", "more", "said"),
    [
        ("1-5", 'figure = "mean"', "for the scale 0-10 only"),
        ("0-10", 'figure = "median"', "can be `net` or `mean`"),
        ("1-6", "", "Scales: 0-10"),
        ("10-1", "", "Scales: 0-10"),
    ],
)
def test_other_scales_are_refused(tmp_path: Path, scale: str, more: str, said: str) -> None:
    desk = Desk(tmp_path)
    name = desk.save(FILE.format(scale=scale, more=more), "parcel.toml")
    assert said in desk.run("survey", "add", name, code=2)


@pytest.mark.parametrize("scale", ["1-10", "1-4", "0-2"])
def test_a_score_outside_its_scale_is_refused(tmp_path: Path, scale: str) -> None:
    desk = Desk(tmp_path)
    desk.run("survey", "add", desk.save(FILE.format(scale=scale, more=""), "parcel.toml"))
    lines = [["external_id", "survey", "metric", "score", "answered_at"]]
    lines.append(["a", "parcel", "parcel", "11", "2026-11-10T10:00:00Z"])
    assert "score" in desk.run("import", desk.write(lines), code=2)

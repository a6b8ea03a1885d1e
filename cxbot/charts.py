"""Draws the digests' pictures. matplotlib is imported for the first one: it needs more memory than everything else."""

from __future__ import annotations

import importlib
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cxbot.core.calendar import periods
from cxbot.core.calendar.incidents import Incident
from cxbot.core.calendar.periods import local_date
from cxbot.core.digests.monthly import WEEKS, Line
from cxbot.core.digests.weekly import Week
from cxbot.core.metrics.metric import Kind, Metric
from cxbot.core.signals.weekly_signal import Level, Verdict
from cxbot.language import Language

# Blue, grey and brown differ in lightness and the brown is dashed: everybody can tell them apart, also in print.
LINE, BAND, QUIET, USUAL = "#0b5cad", "#a9cdf0", "#6b7280", "#9a3412"
INCIDENT, GRID, TEXT = "#ece7dc", "#e5e7eb", "#111827"
NAME = 24  # characters of the name of an incident or a team
LEAST = 5  # answers; a week with fewer is drawn without a value
SIZE = (6.4, 4.0)  # inches; the type is large, to be readable on a phone
DPI = 180
HEAD, ROW, NAMES, FOOT = 0.75, 1.8, 0.72, 0.3  # inches: the title, one small picture, its names, its dates
WHOLE = 0.9  # share of the scale from which on a usual range says nothing
STEPS = {Kind.NET: (10, 20, 25, 50), Kind.SHARE: (5, 10, 20, 25), Kind.MEAN: (0.5, 1, 2)}
MOST_STEPS, TINY = 7, 1e-9
AREA = (0.085, 0.135, 0.9, 0.72)  # left, bottom, width and height of the axes as shares of the picture


def trend(
    weeks: Sequence[Week], metric: Metric, title: str, language: Language, usual: Verdict | None = None,
    incidents: Sequence[Incident] = (),
) -> bytes:  # fmt: skip
    """A PNG of the weekly values with their 95 % intervals as a band, and the number of answers below each week.

    `usual` is the verdict on the last week; its limits, between which a week is within noise, are dashed lines. Each
    of `incidents` is a light vertical band over its days, with its name.

    A week with fewer than 5 answers is a gap: its n is shown, but no value. The axis fits what is drawn, and names the
    metric's whole scale.
    """
    figure = _figure(SIZE)
    axes = figure.add_axes(AREA)  # matplotlib's automatic layout takes as long again as the drawing
    places = [i for i, week in enumerate(weeks) if week.estimate is not None and week.n >= LEAST]
    for run in _runs(places):
        estimates = [weeks[i].estimate for i in run]
        lows = [estimate.low for estimate in estimates if estimate]
        highs = [estimate.high for estimate in estimates if estimate]
        values = [estimate.value for estimate in estimates if estimate]
        if len(run) == 1:
            axes.errorbar(
                run, values, yerr=[[values[0] - lows[0]], [highs[0] - values[0]]],
                color=BAND, elinewidth=8, capsize=0, zorder=1,
            )  # fmt: skip
        axes.fill_between(run, lows, highs, color=BAND, linewidth=0, zorder=1)
        axes.plot(run, values, color=LINE, linewidth=2, marker="o", markersize=6, zorder=2)
    if places:
        _label_last(axes, places[-1], weeks[places[-1]], metric, language)
    shown = _usual_range(metric, usual)
    levels = () if usual is None or usual.level is None else (usual.level.before, usual.level.after)
    ticks = _ticks(metric, [*_drawn(weeks, places), *shown, *levels])
    if shown:
        _limits(axes, shown, len(weeks) - 1, ticks[0] + (ticks[-1] - ticks[0]) / 10, language)
    if usual is not None and usual.level is not None:
        _step(axes, usual.level, [week.period.key for week in weeks])
    for row, incident in enumerate(sorted(incidents, key=lambda x: x.first)):
        _mark(axes, incident, weeks, row)
    _dress(axes, weeks, metric, ticks, title, language)
    return _png(figure)


def _usual_range(metric: Metric, usual: Verdict | None) -> tuple[float, ...]:
    """The limits of the usual range; none if it is nearly the whole scale, which says nothing."""
    if usual is None or usual.low is None or usual.high is None:
        return ()
    low, high = _scale(metric)
    return (usual.low, usual.high) if usual.high - usual.low < WHOLE * (high - low) else ()


def _drawn(weeks: Sequence[Week], places: Sequence[int]) -> list[float]:
    """The ends of the weeks' ranges."""
    estimates = [weeks[place].estimate for place in places]
    return [end for estimate in estimates if estimate for end in (estimate.low, estimate.high)]


def _ticks(metric: Metric, drawn: Sequence[float]) -> list[float]:
    """The lines of the grid: eight at most, round, within the scale, with everything drawn between the
    first and the last. Without anything drawn, the whole scale."""
    low, high = _scale(metric)
    least, most = (max(min(drawn), low), min(max(drawn), high)) if drawn else (low, high)
    for step in STEPS[metric.headline.kind]:
        first, last = math.floor((least - low) / step + TINY), math.ceil((most - low) / step - TINY)
        if last - first <= MOST_STEPS:
            break
    if first >= last:  # one value alone
        first, last = (first - 1, first) if low + step * first >= high else (first, first + 1)
    return [min(low + step * place, high) for place in range(first, last + 1)]


def _step(axes: Any, level: Level, weeks: Sequence[str]) -> None:
    """A lasting change: the level before and the one after, as a step between two weeks."""
    if level.week in weeks:
        at = weeks.index(level.week) - 0.5
        x, y = [-0.4, at, at, len(weeks) - 0.6], [level.before, level.before, level.after, level.after]
        axes.plot(x, y, color=QUIET, linewidth=1.6, zorder=1.5)


def _figure(size: tuple[float, float]) -> Any:
    """An empty picture of this size in inches."""
    importlib.import_module("matplotlib").rcParams["text.parse_math"] = (
        False  # a dollar sign in a name is not the start of a formula
    )
    return importlib.import_module("matplotlib.figure").Figure(figsize=size, dpi=DPI)


def _png(figure: Any) -> bytes:
    picture = io.BytesIO()
    figure.savefig(picture, format="png", metadata={"Software": None}, pil_kwargs={"compress_level": 3})
    return picture.getvalue()


def _runs(places: Sequence[int]) -> list[list[int]]:
    """Runs of neighbouring weeks that have values. A line is never drawn across a gap."""
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs


def _label_last(axes: Any, place: int, week: Week, metric: Metric, language: Language) -> None:
    assert week.estimate is not None
    mean = metric.headline.kind is Kind.MEAN
    value = language.number(week.estimate.value, 1 if mean else 0)
    axes.annotate(value, (place, week.estimate.value), xytext=(8, 0), textcoords="offset points",
                  va="center", color=LINE, fontsize=15, fontweight="bold")  # fmt: skip


def _limits(axes: Any, limits: Sequence[float], last: int, bottom: float, language: Language) -> None:
    """The usual range beside the last week: its limits depend on that week's number of answers."""
    for limit in limits:
        axes.plot([last - 3, last + 0.4], [limit, limit], color=USUAL, linewidth=1.6, linestyle=(0, (4, 3)), zorder=1)
    # Labels stand below the lower limit, unless it is at the bottom of the picture.
    below = limits[0] > bottom
    place, shift, align = (limits[0], -4, "top") if below else (limits[1], 4, "bottom")
    axes.annotate(language.say("usual range"), (last + 0.4, place), xytext=(0, shift), textcoords="offset points",
                  ha="right", va=align, color=USUAL, fontsize=11)  # fmt: skip


def _mark(axes: Any, incident: Incident, weeks: Sequence[Week], row: int) -> None:
    """An incident's days as a band. A week is one unit wide with its value in the middle. Names of neighbouring
    incidents stand on different rows."""
    monday = periods.monday(weeks[0].period)
    first = max((incident.first - monday).days / 7 - 0.5, -0.5)
    last = min(((incident.last - monday).days + 1) / 7 - 0.5, len(weeks) - 0.5)
    axes.axvspan(first, last, color=INCIDENT, linewidth=0, zorder=0.5)
    left = (first + last) / 2 < len(weeks) / 2
    place = (first if left else last, 0.02 + 0.07 * (row % 3))
    axes.annotate(_short(incident.name), place, xycoords=("data", "axes fraction"),
                  xytext=(2 if left else -2, 0), textcoords="offset points", ha="left" if left else "right",
                  va="bottom", color=QUIET, fontsize=11)  # fmt: skip


def _short(name: str) -> str:
    return name if len(name) <= NAME else f"{name[: NAME - 1].rstrip()}…"


def _scale(metric: Metric) -> tuple[float, float]:
    """The ends of the value axis, in display units."""
    return {Kind.NET: (-100, 100), Kind.SHARE: (0, 100), Kind.MEAN: (metric.low, metric.high)}[metric.headline.kind]


def _dress(
    axes: Any, weeks: Sequence[Week], metric: Metric, ticks: Sequence[float], title: str, language: Language
) -> None:
    """Scale, labels and grid as plain text and lines: matplotlib's own ticks take as long as everything else."""
    bottom = _grid(axes, metric, ticks, (-0.5, len(weeks) + 0.5), title, language)
    # Every second week and the last one get a date: twelve dates would be too small on a phone.
    for i in range(len(weeks) - 1, -1, -2):
        day = language.tick(local_date(weeks[i].period.start, weeks[i].period.timezone))
        _name(axes, f"{day}\nn {weeks[i].n}", (i, bottom), (0, -4), ha="center", va="top")


def _grid(
    axes: Any, metric: Metric, ticks: Sequence[float], span: tuple[float, float], title: str, language: Language
) -> float:
    """The lines of a scale with their values, the metric's whole scale in words, and the title. Returns where the
    picture ends below."""
    (left, right), low, high = span, ticks[0], ticks[-1]
    margin = (high - low) * 0.04
    axes.set_ylim(low - margin, high + margin)
    axes.set_xlim(left, right)
    axes.set_axis_off()
    axes.hlines(ticks, left, right, colors=GRID, linewidth=0.8, zorder=0)
    if metric.headline.kind is Kind.NET and low <= 0 <= high:
        axes.hlines(0, left, right, colors=QUIET, linewidth=0.8, zorder=0)
    decimals = 0 if all(value == round(value) for value in ticks) else 1
    for value in ticks:
        _name(axes, language.number(value, decimals), (left, value), (-5, 0), ha="right", va="center")
    least, most = (language.number(end) for end in _scale(metric))
    scale = language.say("scale %(low)s to %(high)s", low=least, high=most)
    _name(axes, scale, (left, high + margin), (0, 4), ha="left", va="bottom")
    # Placed by hand, because matplotlib would measure every text to place it.
    axes.set_title(title, loc="left", fontsize=14, color=TEXT, pad=24, y=1)
    return low - margin


def _name(axes: Any, text: str, place: tuple[float, float], shift: tuple[float, float], **align: str) -> None:
    """A label of the scale or of a week, beside the axes."""
    axes.annotate(text, place, xytext=shift, textcoords="offset points", color=QUIET, fontsize=11,
                  annotation_clip=False, **align)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dot:
    """One agent of a funnel: the number of answers and the value; a name only for who stands out."""

    n: int
    value: float
    name: str = ""


def funnel(dots: Sequence[Dot], centre: float, one: float, metric: Metric, title: str, language: Language) -> bytes:
    """A PNG of agents' values by their numbers of answers, with the limits of chance around the value of all.

    `one` is the variance of one answer, in squared points. Within the inner limits are 95 % of agents who differ by
    chance alone, within the outer ones 99.8 % (Spiegelhalter 2005).
    """
    figure = _figure(SIZE)
    axes = figure.add_axes(AREA)
    most = max(dot.n for dot in dots) * 1.15
    sizes = [most * (0.02 + 0.98 * i / 100) for i in range(101)]
    away = 3.09 * metric.headline.factor * math.sqrt(one / max(min(dot.n for dot in dots), 1))
    ticks = _ticks(metric, [centre - away, centre + away, *(dot.value for dot in dots)])
    low, high = ticks[0], ticks[-1]
    for z, style in ((1.96, "-"), (3.09, (0, (4, 3)))):
        half = [z * metric.headline.factor * math.sqrt(one / n) for n in sizes]
        axes.plot(sizes, [min(centre + away, high) for away in half], color=USUAL, linewidth=1.4, linestyle=style)
        axes.plot(sizes, [max(centre - away, low) for away in half], color=USUAL, linewidth=1.4, linestyle=style)
    axes.hlines(centre, 0, most, colors=QUIET, linewidth=1.2)
    for dot in dots:
        axes.plot([dot.n], [dot.value], marker="o", markersize=8, color=LINE if dot.name else QUIET, zorder=3)
        if dot.name:
            right = dot.n < most * 0.7
            axes.annotate(_short(dot.name), (dot.n, dot.value), xytext=(9 if right else -9, 0),
                          textcoords="offset points", ha="left" if right else "right", va="center", color=LINE,
                          fontsize=12, fontweight="bold")  # fmt: skip
    bottom = _grid(axes, metric, ticks, (0, most), title, language)
    for share in (0.25, 0.5, 0.75, 1.0):
        n = round(share * most / 1.15)
        _name(axes, f"n {language.number(n)}", (n, bottom), (0, -4), ha="center", va="top")
    return _png(figure)


@dataclass(frozen=True, slots=True)
class Panel:
    """A small picture of one team's weeks. The team's name, its figure and the verdict stand above it."""

    line: Line
    name: str
    figures: str
    verdict: str


def rollup(panels: Sequence[Panel], title: str, language: Language) -> bytes:
    """A PNG of the weeks of several teams, in two columns, each with its level as a dashed line; a lasting change is a
    step. Each panel has a scale of its own, between its lowest and its highest week."""
    columns = min(2, len(panels))
    rows = -(-len(panels) // columns)
    height = HEAD + ROW * rows
    figure = _figure((SIZE[0], height))
    figure.text(0.03, 1 - 0.12 / height, title, fontsize=14, color=TEXT, va="top")
    legend = language.say("blue: weeks · dashed: level · each with its own scale")
    figure.text(0.03, 1 - 0.44 / height, legend, fontsize=11, color=QUIET, va="top")
    for place, panel in enumerate(panels):
        row, column = divmod(place, columns)
        bottom = (ROW * (rows - 1 - row) + FOOT) / height
        width = 0.93 / columns - 0.03 * (columns - 1)
        axes = figure.add_axes((0.03 + column / columns, bottom, width, (ROW - FOOT - NAMES) / height))
        _weeks_of(axes, panel, language)
    return _png(figure)


def _weeks_of(axes: Any, panel: Panel, language: Language) -> None:
    """One team's weeks, and its level."""
    line, standing = panel.line, panel.line.standing
    first = max(len(line.weeks) - WEEKS, 0)
    figures = line.figures[first:]
    last = len(figures) - 1
    known = [i for i, value in enumerate(figures) if value is not None]
    for run in _runs(known):
        axes.plot(run, [figures[i] for i in run], color=LINE, linewidth=2, marker="o", markersize=3, zorder=3)
    if standing.before is not None:
        dashed = {"color": USUAL, "linewidth": 1.6, "linestyle": (0, (4, 3)), "zorder": 2}
        if standing.level is None or standing.now is None:
            axes.plot([0, last], [standing.before] * 2, **dashed)
        else:
            at = max(standing.level.since - first, 0) - 0.5
            axes.plot([0, at, at, last], [standing.before] * 2 + [standing.now] * 2, **dashed)
    color = USUAL if line.moved else LINE
    for text, place, size, weight, ink in (
        (_short(panel.name), 38, 12, "bold", TEXT), (panel.figures, 20, 11, "normal", TEXT),
        (panel.verdict, 3, 11, "normal", color),
    ):  # fmt: skip
        axes.annotate(text, (0, 1), xytext=(0, place), textcoords="offset points", xycoords="axes fraction",
                      fontsize=size, fontweight=weight, color=ink)  # fmt: skip
    axes.margins(x=0.02, y=0.1)
    axes.set_axis_off()
    floor = axes.get_ylim()[0]
    for place, side in ((known[0], "left"), (last, "right")):
        week = line.weeks[first + place]
        day = language.tick(local_date(week.start, week.timezone))
        _name(axes, day, (place, floor), (0, -4), ha=side, va="top")

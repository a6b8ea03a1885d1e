"""The verdict on a complete week: whether it is unusual, compared with a baseline of weeks before it."""

import bisect
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from cxbot.core.metrics.metric import Kind, Statistic
from cxbot.core.signals import control_charts, levels
from cxbot.core.signals.control_charts import LEAST_IN_GROUP, RARE, Group
from cxbot.core.signals.levels import Spread

BASELINE_WEEKS = 26
"""Calm weeks before the judged one that make up its baseline."""
LEAST_GROUPS = 6
"""Groups of answers that a baseline needs."""
LEAST_GROUPS_OF_LEVEL = 2
"""Groups of answers at a new level by which the next change can be seen."""
LEAST_JUDGED = 10
"""Answers needed to judge a week alone, or the last four together."""
JOINED_WEEKS = 4

A_YEAR = 52
SEASON_FROM = 60
"""Weeks of history from which on the same weeks of the year before take part."""
BY_CHANCE = 1.64
"""Standard errors that a deviation a year ago exceeds by chance in 5 % of cases."""

_NEAR_THE_END = 0.1
_TINY = 1e-9

Word = Literal["up", "down", "within noise", "too few", "no baseline"]
Rule = Literal["z-chart", "tail", "level", "a year ago", ""]

_WORDS: dict[int, Word] = {1: "up", 0: "within noise", -1: "down"}


@dataclass(frozen=True, slots=True)
class Week:
    """The sums of a complete week. A week with `skip` had a known incident, and is in no baseline."""

    group: Group
    skip: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """A lasting change, from one level to another, in display units.

    `since` is the index of the first week at the new level, about, and `week` is what it is called. `told` says whether
    the judged week is the one in which it shows: it is told once, and later weeks are judged by the new level.
    """

    since: int
    before: float
    after: float
    told: bool
    week: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on a judged week, with its basis.

    `up` means that the figure rose; whether that is good depends on the metric. `rule` is "" if nothing was judged, and
    `level` if the week alone is within noise, but the latest weeks together are not. It is `a year ago` if the week is
    far from usual and the same weeks a year ago were so, too; that is within noise. `level` is the latest lasting
    change in the history, if any.

    `n` is the number of judged answers, in `merged_weeks` weeks (1 or 4). The baseline has `baseline_n` answers in
    `baseline_weeks` weeks. `weeks_missing` is the number of weeks that the baseline still needs at the current pace. It
    is 0 if the baseline is complete. It is None if 26 weeks at this pace are not enough, so that only more answers per
    week can help.

    `value` is the judged figure, `centre` the baseline's. A figure from `low` to `high` is within noise; so is one from
    `low_of_four` to `high_of_four` in four such weeks together. All are in display units; None if nothing was judged.
    `z` is the adjusted distance from the baseline; None for the rule `tail`, or if nothing was judged. `alone` says
    that the verdict stands beside a figure of several weeks and judges the last of them only.
    """

    word: Word
    rule: Rule
    n: int
    baseline_n: int
    baseline_weeks: int
    weeks_missing: int | None
    centre: float | None
    low: float | None
    high: float | None
    z: float | None
    merged_weeks: int
    value: float | None = None
    low_of_four: float | None = None
    high_of_four: float | None = None
    level: Level | None = None
    alone: bool = False

    @property
    def visible(self) -> float | None:
        """The change from the baseline beyond which the judged answers would have shown it; None if not judged."""
        return self._beyond(self.low, self.high)

    @property
    def visible_in_four(self) -> float | None:
        """The change beyond which four such weeks would have shown it together."""
        return self._beyond(self.low_of_four, self.high_of_four)

    def _beyond(self, low: float | None, high: float | None) -> float | None:
        if self.centre is None or low is None or high is None:
            return None
        return max(self.centre - low, high - self.centre)

    def unjudged(self, word: Word) -> "Verdict":
        """A copy of the verdict without a judgement; `word` says why, such as `too few`."""
        return replace(self.scaled(lambda _: None), word=word, rule="", z=None, level=None)

    def scaled(self, scale: Callable[[float], float | None]) -> "Verdict":
        """A copy of the verdict with its figures on another scale."""
        figures = (self.value, self.centre, self.low, self.high, self.low_of_four, self.high_of_four)
        value, centre, low, high, low_of_four, high_of_four = (
            None if figure is None else scale(figure) for figure in figures
        )
        return replace(
            self, value=value, centre=centre, low=low, high=high, low_of_four=low_of_four, high_of_four=high_of_four
        )


@dataclass(frozen=True, slots=True)
class _Case:
    """The input of a verdict: the judged answers (`subject`) with the number of their weeks (`joined`), and a baseline.

    The baseline is given three times: its weeks, these merged to groups (`baseline`), and its sum (`pooled`).
    """

    subject: Group
    joined: int
    weeks: list[Group]
    baseline: list[Group]
    pooled: Group

    @property
    def ready(self) -> bool:
        """Whether there are enough judged answers and a complete baseline."""
        return self.subject.n >= LEAST_JUDGED and len(self.baseline) >= LEAST_GROUPS

    @property
    def four_times(self) -> "_Case":
        """The same case as if there had been four such weeks, judged together."""
        n, total, squares = self.subject.n, self.subject.total, self.subject.squares
        together = Group(JOINED_WEEKS * n, JOINED_WEEKS * total, JOINED_WEEKS * squares)
        return replace(self, subject=together, joined=JOINED_WEEKS)

    @property
    def shares(self) -> tuple[int, int, int, int]:
        """For a share: x and n of the judged answers, then x and n of the baseline."""
        return int(self.subject.total), self.subject.n, int(self.pooled.total), self.pooled.n


def judge(statistic: Statistic, weeks: Sequence[Week], current: Group) -> Verdict:
    """The verdict on a complete week.

    `current` has the sums of the week (see `control_charts.group`). `weeks` are all complete weeks before it, oldest
    first. Of `statistic` only the kind matters.

    The baseline is the last 26 weeks at the present level that are not skipped and had no signal themselves. Each of
    these weeks is judged in turn by its own baseline, as soon as it has one. The weeks are merged to groups of at least
    20 answers, of which there must be 6. Weeks before the first answer do not count; later weeks without answers do.

    A week with fewer than 10 answers is judged together with the three weeks before it, except skipped ones. Its
    baseline ends before these four weeks. A signal then belongs to the newest week, because the others were judged
    before.

    If the baseline is a share of 90 % and more, or 10 % and less, the week is judged by `control_charts.tail`.
    Everything else is judged by `control_charts.laney`. A week that either finds unusual must also be so given the
    swing of the weeks before (`levels.spread`).

    Then the latest weeks are judged together (`levels.memory`). If they show another level, that is told once: the
    verdict is `up` or `down`. As soon as the new level has a baseline of its own, weeks are judged by that. It takes
    about 10 ms for 78 weeks.
    """
    every = [*weeks, Week(current)]
    history = _replayed(statistic, weeks)
    verdict = _verdict(statistic, _case(every, history.judging(weeks), len(weeks)))
    _go_on(statistic, every, history, len(weeks))
    level = history.level
    this, risen = len(weeks), verdict.word == "up"
    if verdict.word in ("up", "down") and _as_a_year_ago(statistic, every, this, this, risen):
        verdict = replace(verdict, word="within noise", rule="a year ago")
    if level is None or not level.told or history.spread is None or verdict.word in ("up", "down"):
        return replace(verdict, level=level)
    word = _WORDS[1 if level.after > level.before else -1]
    if verdict.low is not None:
        return replace(verdict, word=word, rule="level", level=level)
    (low, high), (least, most) = (
        levels.range_of_week(statistic, history.spread, weeks * max(current.n, 1), weeks) for weeks in (1, JOINED_WEEKS)
    )
    factor = statistic.factor
    return replace(
        verdict,
        word=word,
        rule="level",
        value=factor * current.total / current.n if current.n else None,
        centre=level.before,
        low=factor * low,
        high=factor * high,
        low_of_four=factor * least,
        high_of_four=factor * most,
        level=level,
    )


def calm(statistic: Statistic, weeks: Sequence[Week]) -> list[int]:
    """The indexes of the weeks that can be part of a baseline, by the rules of `judge`.

    These are the weeks at the present level that are not skipped and have no signal themselves. A new level counts when
    it is established: when its weeks make a baseline.
    """
    return _replayed(statistic, weeks).judging(weeks)


@dataclass(frozen=True, slots=True)
class Standing:
    """What complete weeks say together: their latest lasting change if it began in the last quarter of a year.

    `word` is `up` or `down` with such a change. Without one it is `steady`, or says why nothing can be said. The
    baseline has `baseline_n` answers in `baseline_weeks` weeks; the last 13 weeks without incidents have `n` answers in
    `weeks` weeks. `before` is the figure before the change, or of the baseline; `now` the one after it, or of the last
    13 weeks. Both are in display units; None without answers.
    """

    word: Literal["up", "down", "steady", "too few", "no baseline"]
    level: Level | None
    baseline_n: int
    baseline_weeks: int
    n: int
    weeks: int
    before: float | None
    now: float | None


def standing(statistic: Statistic, weeks: Sequence[Week]) -> Standing:
    """Where complete weeks stand, oldest first, as the weekly verdicts have told it (see `judge`)."""
    history = _replayed(statistic, weeks)
    start = max(len(weeks) - levels.WINDOW, 0)
    level = history.level if history.level is not None and history.level.since >= start else None
    base = [weeks[i].group for i in history.judging(weeks) if level is not None or i < start][-BASELINE_WEEKS:]
    pooled = control_charts.added(base)
    latest = [week.group for week in weeks[start:] if week.group.n and not week.skip]
    recent = control_charts.added(latest)
    counts = {
        "baseline_n": pooled.n, "baseline_weeks": len(base), "n": recent.n, "weeks": len(latest),
    }  # fmt: skip
    if level is not None:
        word = _WORDS[1 if level.after > level.before else -1]
        assert word == "up" or word == "down"
        return Standing(word, level, before=level.before, now=level.after, **counts)
    figures = [statistic.factor * group.total / group.n if group.n else None for group in (pooled, recent)]
    known = len(control_charts.merged(base)) >= LEAST_GROUPS
    few = recent.n < LEAST_JUDGED
    return Standing(
        "no baseline" if not known else "too few" if few else "steady", None, before=figures[0], now=figures[1],
        **counts,
    )  # fmt: skip


@dataclass(slots=True)
class _History:
    """What is known after some weeks: where the present level began, its calm weeks, and the latest change.

    `spread` and `before` are the spread and the calm weeks of the level before.
    """

    start: int = 0
    calm: list[int] = field(default_factory=list)
    level: Level | None = None
    spread: Spread | None = None
    before: list[int] = field(default_factory=list)

    def established(self, weeks: Sequence[Week]) -> bool:
        """Whether the present level is the first one, or has weeks enough for a baseline."""
        return not self.before or len(control_charts.merged(weeks[i].group for i in self.calm)) >= LEAST_GROUPS

    def judging(self, weeks: Sequence[Week]) -> list[int]:
        """The calm weeks by which the next week is judged."""
        return self.calm if self.established(weeks) else self.before


def _replayed(statistic: Statistic, weeks: Sequence[Week]) -> _History:
    """Judge one week after the other, as it was judged at its time."""
    history = _History()
    for index in range(len(weeks)):
        _go_on(statistic, weeks, history, index)
    return history


def _go_on(statistic: Statistic, weeks: Sequence[Week], history: _History, index: int) -> None:
    """Judge the next week."""
    week = weeks[index]
    if history.level is not None:
        history.level = replace(history.level, told=False)
    if not history.calm and not week.group.n:
        history.start = index + 1
    if week.skip or not (history.calm or week.group.n):
        return
    settled = history.established(weeks)
    if settled:
        history.before = []
    if not settled or not _direction(statistic, _case(weeks, history.calm, index)):
        history.calm.append(index)
    _remember(statistic, weeks, history, index)


def _remember(statistic: Statistic, weeks: Sequence[Week], history: _History, index: int) -> None:
    """Look at the latest weeks together, and begin a new level if they show one."""
    begin = levels.parts(history.start, index)
    base = levels.baseline(history.calm, begin)
    groups = control_charts.merged(weeks[place].group for place in base)
    least = LEAST_GROUPS if history.spread is None else LEAST_GROUPS_OF_LEVEL
    while len(groups) < least and begin < index:  # a young history: the baseline goes first
        begin += 1
        base = levels.baseline(history.calm, begin)
        groups = control_charts.merged(weeks[place].group for place in base)
    latest = [
        (place, weeks[place].group)
        for place in range(begin, index + 1)
        if weeks[place].group.n and not weeks[place].skip
    ]
    if len(groups) < least or len(latest) < 2 or latest[-1][0] != index:
        return
    spread = levels.spread(statistic, groups, history.spread)
    found = levels.memory(statistic, spread, latest)
    if found.since is None or found.level is None:
        return
    if _as_a_year_ago(statistic, weeks, found.since, index, found.level > spread.mean):
        return
    factor = statistic.factor
    history.level = Level(found.since, factor * spread.mean, factor * found.level, told=True)
    history.spread = spread
    history.before = [place for place in history.calm if place < found.since]
    history.start = found.since
    history.calm = [place for place in range(found.since, index + 1) if not weeks[place].skip]


def _as_a_year_ago(statistic: Statistic, weeks: Sequence[Week], first: int, last: int, up: bool) -> bool:
    """Whether weeks that are far from usual were so a year ago, too, in December for example.

    From 60 weeks on the same weeks of the year before, with one week on each side, are compared with the half year
    before them. They must be off in the same direction, beyond chance, and at least half as far.
    """
    begin, end = first - A_YEAR, last - A_YEAR
    if last < SEASON_FROM or begin < 1:
        return False
    usual = [week.group for week in weeks[max(begin - BASELINE_WEEKS, 0) : begin - 1] if not week.skip]
    then, before = control_charts.added(week.group for week in weeks[begin - 1 : end + 2]), control_charts.added(usual)
    now = control_charts.added(week.group for week in weeks[first : last + 1])
    recent = control_charts.added(week.group for week in weeks[max(first - BASELINE_WEEKS, 0) : first] if not week.skip)
    if min(then.n, before.n, now.n, recent.n) < LEAST_IN_GROUP:
        return False
    sign = 1 if up else -1
    away = sign * (then.total / then.n - before.total / before.n)
    error = math.sqrt(control_charts.variance(statistic.kind, before) * (1 / then.n + 1 / before.n))
    return away > BY_CHANCE * error and away >= sign * (now.total / now.n - recent.total / recent.n) / 2


def _case(weeks: Sequence[Week], calm: Sequence[int], index: int) -> _Case:
    subject, joined = weeks[index].group, 1
    if subject.n < LEAST_JUDGED:
        before = [week.group for week in weeks[max(index - JOINED_WEEKS + 1, 0) : index] if not week.skip]
        subject = control_charts.added([subject, *before])
        joined = JOINED_WEEKS
    known = bisect.bisect_right(calm, index - joined)
    usable = [weeks[i].group for i in calm[max(known - BASELINE_WEEKS, 0) : known]]
    return _Case(subject, joined, usable, control_charts.merged(usable), control_charts.added(usable))


def _direction(statistic: Statistic, case: _Case) -> int:
    """The side of the judged answers: 1 above the limits, −1 below them, 0 within them or if they can't be judged."""
    if not case.ready:
        return 0
    if _near_an_end(statistic, case):
        tails = control_charts.tail(*case.shares)
        if not tails.signal or _swings(statistic, case):
            return 0
        return 1 if tails.p_high < tails.p_low else -1
    z = control_charts.distance(statistic, case.pooled, case.subject)
    if abs(z) <= control_charts.LIMIT or not control_charts.laney(statistic, case.baseline, case.subject).signal:
        return 0
    return 0 if _swings(statistic, case) else 1 if z > 0 else -1


def _swings(statistic: Statistic, case: _Case) -> bool:
    """Whether the judged weeks are within the swing of the weeks before."""
    low, high = _swing_limits(statistic, case)
    return low - _TINY <= case.subject.total / case.subject.n <= high + _TINY


def _swing_limits(statistic: Statistic, case: _Case) -> tuple[float, float]:
    """The smallest and the largest figure within the swing of the weeks before, in points."""
    return levels.range_of_week(statistic, levels.spread(statistic, case.baseline), case.subject.n, case.joined)


def _widened(statistic: Statistic, case: _Case, low: float, high: float) -> tuple[float, float]:
    """Limits in display units that leave room for the swing of the weeks before, too."""
    least, most = (statistic.factor * limit for limit in _swing_limits(statistic, case))
    return min(low, least), max(high, most)


def _verdict(statistic: Statistic, case: _Case) -> Verdict:
    word: Word = "no baseline" if len(case.baseline) < LEAST_GROUPS else "too few"
    verdict = Verdict(
        word,
        "",
        n=case.subject.n,
        baseline_n=case.pooled.n,
        baseline_weeks=len(case.weeks),
        weeks_missing=_missing(case),
        centre=None,
        low=None,
        high=None,
        z=None,
        merged_weeks=case.joined,
    )
    if not case.ready:
        return verdict
    low, high = _limits(statistic, case)
    least, most = (low, high) if case.joined > 1 else _limits(statistic, case.four_times)
    at_an_end = _near_an_end(statistic, case)
    chart = None if at_an_end else control_charts.laney(statistic, case.baseline, case.subject)
    return replace(
        verdict,
        word=_WORDS[_direction(statistic, case)],
        rule="tail" if chart is None else "z-chart",
        value=statistic.factor * case.subject.total / case.subject.n,
        centre=statistic.factor * case.pooled.total / case.pooled.n if chart is None else chart.centre,
        low=low,
        high=high,
        low_of_four=least,
        high_of_four=most,
        z=None if chart is None else chart.z_adj,
    )


def _limits(statistic: Statistic, case: _Case) -> tuple[float, float]:
    """The smallest and the largest figure without a signal, in display units."""
    if not _near_an_end(statistic, case):
        chart = control_charts.laney(statistic, case.baseline, case.subject)
        return _widened(statistic, case, chart.low, chart.high)
    low, high = _widened(statistic, case, *_tail_limits(case))
    n = case.subject.n  # shares that n answers can have
    return 100 * math.ceil(n * low / 100 - _TINY) / n, 100 * math.floor(n * high / 100 + _TINY) / n


def _near_an_end(statistic: Statistic, case: _Case) -> bool:
    share = case.pooled.total / case.pooled.n
    return statistic.kind is Kind.SHARE and not _NEAR_THE_END < share < 1 - _NEAR_THE_END


def _tail_limits(case: _Case) -> tuple[float, float]:
    """The smallest and largest shares without a signal, in percent."""
    _, n, *baseline = case.shares
    low = _first(n, lambda x: control_charts.tail(x, n, *baseline).p_low >= RARE)
    high = n - _first(n, lambda x: control_charts.tail(n - x, n, *baseline).p_high >= RARE)
    return 100 * low / n, 100 * high / n


def _first(last: int, holds: Callable[[int], bool]) -> int:
    """The first number from 0 to `last` for which the condition holds; it must also hold for all larger numbers."""
    return bisect.bisect_left(range(last), True, key=holds)


def _missing(case: _Case) -> int | None:
    """The number of weeks that the baseline still needs at its pace, and at least one week per missing group.

    0 if the baseline is complete; None if 26 weeks at this pace are not enough.
    """
    groups = LEAST_GROUPS - len(case.baseline)
    if groups <= 0:
        return 0
    if len(case.weeks) >= BASELINE_WEEKS:
        return None
    if not case.pooled.n:
        return groups
    answers = LEAST_GROUPS * LEAST_IN_GROUP - case.pooled.n
    missing = max(groups, math.ceil(answers * len(case.weeks) / case.pooled.n))
    return missing if len(case.weeks) + missing <= BASELINE_WEEKS else None

"""Which results about employees are released (see `core/reports/releases.py`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Container
from datetime import UTC, datetime

from cxbot.core.calendar import periods
from cxbot.core.calendar.periods import Period
from cxbot.core.csv_files.columns import Source
from cxbot.core.metrics.metric import Metric
from cxbot.core.queries.query import Query
from cxbot.core.reports import releases
from cxbot.core.reports.disclosure import FINAL_AFTER, Released
from cxbot.core.reports.metric_report import NO_PART
from cxbot.core.reports.releases import Answer, Result
from cxbot.errors import N_, UsageError
from cxbot.store.counts.scope import ANSWERED, scope_of
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.database import Database
from cxbot.store.engine.result_cache import Question, cached
from cxbot.store.engine.statements import tuples
from cxbot.store.engine.times import moment
from cxbot.store.files import imports
from cxbot.store.files.imports import Summary
from cxbot.store.records import names, surveys

BEGINNING = datetime.min.replace(tzinfo=UTC)


def read(db: Connection, query: Query, metric: Metric | None = None) -> frozenset[Result]:
    """The results that are released of the calendar periods up to those of a question, about its metric or another."""
    return _until(db, metric or query.metric, max(query.period.end, query.beside.end), query.period.timezone)


def _until(db: Connection, metric: Metric, until: datetime, timezone: str) -> frozenset[Result]:
    scope = scope_of(db, metric, {})
    question = Question("released", (*scope.identity, timezone), BEGINNING, until)

    def find() -> frozenset[Result]:
        found = tuples(
            db,
            f"SELECT answered_at, customer, team FROM ratings WHERE {ANSWERED} AND answered_at >= :start "
            "AND answered_at < :end ORDER BY answered_at, id",
            scope.values((BEGINNING, until)),
        )
        answers = [Answer(at, person, team) for text, person, team in found if (at := moment(text)) is not None]
        return releases.released(answers, until, timezone)

    return cached(db, question, find)


def import_answers(database: Database, source: Source, now: datetime, progress: Callable[[int], None]) -> Summary:
    """Import a file of answers as `imports.import_file` does. Raises UsageError for one that would restate a result."""
    zone = source.reading.home
    return imports.import_file(database, source, now, progress, lambda db, batch: _check_import(db, batch, now, zone))


def _check_import(db: Connection, batch: int, now: datetime, timezone: str) -> None:
    """Raise UsageError if the staged rows of an import would restate a result that is released: whoever has seen it
    before could subtract one from the other."""
    for metric in surveys.catalogue(db).metrics.values():
        if not metric.employees or not (changed := _changed(db, batch, metric)):
            continue
        results = _until(db, metric, now - FINAL_AFTER, timezone)
        late = [at for at in changed if any(result.start <= at < result.end for result in results)]
        if late:
            zone = periods.zone(timezone)
            raise UsageError(
                N_("Results about colleagues are never restated, and those of the time in which %(n)s answers of this "
                   "file were given to %(metric)s are out. Leave out those from %(first)s to %(last)s."),
                n=len(late), metric=metric.title,
                first=min(late).astimezone(zone).date(), last=max(late).astimezone(zone).date(),
            )  # fmt: skip


def _changed(db: Connection, batch: int, metric: Metric) -> list[datetime]:
    """When the answers were given that an import adds, changes or replaces."""
    sql = (
        "SELECT answered_at, customer, team, score FROM ratings WHERE metric = :metric AND score IS NOT NULL "
        "AND late = 0 AND {which} = :batch"
    )
    fresh, gone = (
        Counter(tuples(db, sql.format(which=which), {"metric": metric.name, "batch": batch}))
        for which in ("batch", "until_batch")
    )
    return [at for text, *_ in ((fresh - gone) + (gone - fresh)).elements() if (at := moment(text)) is not None]


def of_report(db: Connection, found: frozenset[Result], query: Query) -> Released:
    """Which results of a question's report are released."""
    parts = [each.team for each in found if each.who == "part" and (each.start, each.end) == _span(query.period)]
    shown = names.of(db, "team", parts)
    return Released(
        is_released(db, found, query, query.period),
        is_released(db, found, query, query.beside),
        frozenset(f"team:{shown[team] or NO_PART}" for team in parts),
    )


def is_released(db: Connection, found: Container[Result], query: Query, period: Period) -> bool:
    """Whether the value of a period is released, of everybody or of the team that a question names."""
    if "team" not in query.filters or query.unassigned:
        return Result(*_span(period), "all") in found
    return Result(*_span(period), "team", names.find(db, "team", query.filters["team"])) in found


def _span(period: Period) -> tuple[datetime, datetime]:
    return period.start, period.end

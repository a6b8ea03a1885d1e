"""Customers who answered more than once, and how much that widens a slice's intervals."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from cxbot.core.metrics import design_effects as clusters
from cxbot.core.metrics.design_effects import Effect, Effects
from cxbot.core.metrics.metric import Counts
from cxbot.store.counts.scope import ANSWERED, Scope, Span, Ways
from cxbot.store.counts.scope import column as split_by
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.result_cache import Question, cached, given_before, settled_before, settled_days_before
from cxbot.store.engine.statements import tuples
from cxbot.store.engine.times import stamp

SAMPLE_ABOVE = 100_000  # answers in a slice; above this, a sample of customers is used
HEAVY = 1000  # a customer with more than this part of the answers is always in the sample
SAMPLE_SIZE = 20_000  # answers in the sample at most; it has at least half as many
LISTED = 5000  # answers; above this, single customers and answers are not read one by one
REASONS = "reasons"  # the column in which an answer has several values
INDEXED = 20  # the samples 0-19 have an index

Customers = Mapping[object, Mapping[int, str]]  # by part: each customer's scores, as in "9,10"
Patterns = Mapping[object, Counter[clusters.Scores]]  # by part: the number of customers with each pattern of scores

# The same as ANSWERED. SQLite takes it for more answers, and so looks up a customer's by the customer: by `late = 0` it
# reads all answers of the span, which another index has.
THEIRS = ANSWERED.replace("late = 0", "late < 1")
# Who answered or changed a score lately.
LATELY = (
    f"SELECT customer AS who FROM ratings WHERE {ANSWERED} AND answered_at >= :since AND answered_at < :end "
    "AND customer != 0 UNION SELECT customer FROM ratings WHERE metric = :metric AND changed_at >= :since "
    "AND answered_at >= :start AND answered_at < :end"
)


class Repetition(NamedTuple):
    """How much repeat customers widen a slice's intervals: the design effect of each statistic. Also how many
    answers each repeat customer gave, the most first; empty if the slice has more than 5,000 answers on the scale."""

    effects: Effects
    several: tuple[int, ...]


def repetition(db: Connection, scope: Scope, span: Span, counts: Counts, counted: Ways, now: datetime) -> Repetition:
    """The repetition in a slice with these counts. Above 100,000 answers it comes from a fixed sample of whole
    customers, and from all answers of those with the most."""
    n = sum(counts.values())
    if n > SAMPLE_ABOVE:
        # A power of two, so that a growing slice keeps the same sample for long.
        limit = 1 << (1000 * SAMPLE_SIZE // n).bit_length() - 1
        on_scale = scope.metric.on_scale(counts)

        def find() -> Effects:
            return _of_sample(db, scope, span, on_scale, counted, now, limit)

        settled = span[1] <= settled_before(now)
        question = Question(f"effects {limit}", scope.identity, *span, ways=counted)
        return Repetition(cached(db, question, find) if settled else find(), ())
    if n < 2:
        return Repetition({}, ())

    repeated = patterns(db, scope, span, counted, now, "").get("")
    if repeated is None:
        return Repetition({}, ())
    listed = sum(scope.metric.on_scale(counts).values()) <= LISTED
    several = tuple(sorted(map(len, repeated.elements()), reverse=True)) if listed else ()
    return Repetition(clusters.effects(scope.metric, counts, repeated), several)


def by_part(
    db: Connection,
    scope: Scope,
    span: Span,
    whole: Counts,
    parts: Mapping[object, Counts],
    counted: Ways,
    now: datetime,
    column: str,
) -> Mapping[object, Effect]:
    """The design effects in each part of a slice, by value of a column, and those of the rest.

    `whole` has the counts of all answers. The parts of the column `reasons` are single reasons, of which an answer may
    have several. Above 100,000 answers the rest has the effects of everything, and so have reasons.
    """
    n = sum(whole.values())
    if n < 2 or not parts:
        return {}
    if n > SAMPLE_ABOVE:  # then the rest is nearly everything
        everything = repetition(db, scope, span, whole, counted, now).effects
        if column == REASONS:
            return dict.fromkeys(parts, Effect(everything, everything))
        repeated = patterns(db, scope, span, counted, now, column)
        return {
            part: Effect(clusters.effects(scope.metric, counts, repeated.get(part, {})), everything)
            for part, counts in parts.items()
        }
    question = Question("parts", scope.identity, *span, column, counted)

    def find() -> tuple[Patterns, Mapping[clusters.Scores, int], Patterns]:
        return _own_and_rest(
            _by_customer_and_part(db, scope, span, counted, column), _by_reason if column == REASONS else dict
        )

    own, everywhere, rest = cached(db, question, find) if span[1] <= settled_before(now) else find()
    among = clusters.Clusters(scope.metric, everywhere)
    return {
        part: Effect(
            clusters.effects(scope.metric, counts, own.get(part, {})),
            clusters.effects(scope.metric, Counter(whole) - Counter(counts), rest.get(part, {}), among),
        )
        for part, counts in parts.items()
    }


def _by_customer_and_part(
    db: Connection, scope: Scope, span: Span, counted: Ways, column: str
) -> Mapping[int, Mapping[object, clusters.Scores]]:
    """The scores by part of every customer who answered more than once in the span."""
    several = tuples(
        db,
        "SELECT customer, part, scores FROM (SELECT customer, part, scores, SUM(n) OVER (PARTITION BY customer) "
        f"AS times FROM (SELECT customer, {split_by(column)} AS part, GROUP_CONCAT(score) AS scores, COUNT(*) AS n "
        f"FROM ratings WHERE {ANSWERED} AND answered_at >= :start AND answered_at < :end{scope.where()[0]} "
        f"AND customer != 0 AND {scope.counting(counted)} GROUP BY customer, part) AS of_part) AS of_customer "
        "WHERE times > 1",
        scope.values(span),
    )
    customers: dict[int, dict[object, clusters.Scores]] = defaultdict(dict)
    for customer, part, scores in several:
        customers[customer][part] = _scores(scores)
    return customers


def _by_reason(of_customer: Mapping[object, clusters.Scores]) -> Mapping[object, clusters.Scores]:
    """A customer's scores by single reason, from those by list of reasons. An answer may have several."""
    scores: dict[object, list[int]] = defaultdict(list)
    for listed, given in of_customer.items():
        for reason in str(listed).split(","):
            scores[reason] += given
    return {reason: tuple(sorted(given)) for reason, given in scores.items()}


def _own_and_rest(
    customers: Mapping[int, Mapping[object, clusters.Scores]],
    parts_of: Callable[[Mapping[object, clusters.Scores]], Mapping[object, clusters.Scores]],
) -> tuple[Patterns, Mapping[clusters.Scores, int], Patterns]:
    """The patterns of scores in each part, those of everything, and by how many of each what is outside a part
    differs from that."""
    own: dict[object, Counter[clusters.Scores]] = defaultdict(Counter)
    whole: Counter[clusters.Scores] = Counter()
    outside: dict[object, Counter[clusters.Scores]] = defaultdict(Counter)
    for scores_in in customers.values():
        every = tuple(sorted(score for scores in scores_in.values() for score in scores))
        whole[every] += 1
        for part, scores in parts_of(scores_in).items():
            if len(scores) > 1:
                own[part][scores] += 1
            outside[part][every] -= 1
            if len(every) - len(scores) > 1:
                outside[part][tuple(sorted((Counter(every) - Counter(scores)).elements()))] += 1
    return own, whole, outside


def patterns(db: Connection, scope: Scope, span: Span, counted: Ways, now: datetime, column: str) -> Patterns:
    """The number of customers with each pattern of two or more scores in the span, by value of a column."""
    if span[1] <= settled_before(now):
        question = Question("patterns", scope.identity, *span, column, counted)
        return cached(db, question, lambda: _patterns(_repeaters(db, scope, span, counted, column)))
    cut = min(given_before(now), span[1])
    if cut <= span[0]:
        return _patterns(_repeaters(db, scope, span, counted, column))
    before = (span[0], cut)
    question = Question("repeaters", scope.identity, *before, column, counted)
    known = cached(db, question, lambda: _repeaters(db, scope, before, counted, column))
    of_known = _patterns(known)
    since = _repeaters(db, scope, span, counted, column, cut)
    # `since` has all scores of customers who answered again or changed a score after `cut`.
    # Their cached patterns are subtracted below.
    outdated = {
        part: {who: known[part][who] for who in customers if who in known.get(part, ())}
        for part, customers in since.items()
    }
    added, removed = _patterns(since), _patterns(outdated)
    empty: Counter[clusters.Scores] = Counter()
    return {
        part: of_known.get(part, empty) - removed.get(part, empty) + added.get(part, empty)
        for part in of_known.keys() | added.keys()
    }


def _patterns(customers: Customers) -> Patterns:
    return {part: clusters.patterns(map(_scores, scores.values())) for part, scores in customers.items()}


@lru_cache(maxsize=4096)
def _scores(text: str) -> clusters.Scores:
    return tuple(sorted(map(int, text.split(","))))


def _repeaters(
    db: Connection, scope: Scope, span: Span, counted: Ways, column: str, since: datetime | None = None
) -> Customers:
    """All scores in the span, by part, of every customer who answered more than once in it. With `since`, only
    customers who answered again or changed a score from `since` on."""
    # CROSS JOIN makes SQLite read the few customers first, and in order, instead of the whole span.
    source = "ratings" if since is None else f"({LATELY} ORDER BY 1) AS lately CROSS JOIN ratings"
    answered = ANSWERED if since is None else f"customer = who AND {THEIRS}"
    several = tuples(
        db,
        f"SELECT {split_by(column)} AS part, customer, GROUP_CONCAT(score) FROM {source} WHERE {answered} "
        f"AND answered_at >= :start AND answered_at < :end{scope.where()[0]} AND customer != 0 "
        f"AND {scope.counting(counted)} GROUP BY customer, part HAVING COUNT(*) > 1",
        {**scope.values(span), "since": stamp(since or span[0])},
    )
    parts: dict[object, dict[int, str]] = defaultdict(dict)
    for name, customer, scores in several:
        parts[name][customer] = scores
    return parts


def _of_sample(
    db: Connection, scope: Scope, span: Span, counts: Counts, counted: Ways, now: datetime, limit: int
) -> Effects:
    """The design effects by the customers in the samples below `limit` (of 1000), each of whom stands for many, and by
    all answers of the customers who gave the most."""
    cut = min(max(settled_before(now), span[0]), span[1])
    before, since = (span[0], cut), (cut, span[1])
    heavy = _heavy(db, scope, sum(counts.values()), now)
    question = Question(f"sample {limit}", scope.identity, *before, ways=counted)
    sampled = [
        *cached(db, question, lambda: _sampled(db, scope, before, counted, limit)),
        *_sampled(db, scope, since, counted, limit),
    ]
    others = [(customer, score) for customer, score in sampled if customer not in heavy]
    theirs = _all_of(db, scope, span, counted, heavy)
    n = sum(counts.values()) - len(theirs)
    stands_for = n / len(others) if others else 0.0
    repeated: dict[clusters.Scores, float] = defaultdict(float)
    for weight, answers in ((stands_for, others), (1.0, theirs)):
        for scores, times in _patterns_of(answers).items():
            repeated[scores] += weight * times
    return clusters.effects(scope.metric, counts, repeated)


def _patterns_of(answers: Iterable[tuple[int, int]]) -> Counter[clusters.Scores]:
    customers: dict[int, list[int]] = defaultdict(list)
    for customer, score in answers:
        if customer:
            customers[customer].append(score)
    return clusters.patterns(sorted(scores) for scores in customers.values())


def _heavy(db: Connection, scope: Scope, n: int, now: datetime) -> frozenset[int]:
    """The customers who have given so many answers to the metric at any time that a sample of customers must not miss
    one: each more than about a thousandth of n."""
    least = 1 << (n // HEAVY).bit_length() - 1
    before = settled_days_before(now)
    question = Question(
        f"more than {least}", (scope.metric.name, scope.shown), datetime.min.replace(tzinfo=UTC), before
    )

    def find() -> tuple[int, ...]:
        found = tuples(
            db,
            "SELECT customer FROM ratings WHERE score IS NOT NULL AND customer != 0 AND metric = :metric "
            "AND answered_at < :before GROUP BY customer HAVING COUNT(*) > :least",
            {"metric": scope.metric.name, "before": stamp(before), "least": least},
        )
        return tuple(customer for (customer,) in found)

    return frozenset(cached(db, question, find))


def _all_of(
    db: Connection, scope: Scope, span: Span, counted: Ways, customers: Collection[int]
) -> list[tuple[int, int]]:
    """Customer and score of every answer of these customers in the span."""
    if not customers:
        return []
    answers = tuples(
        db,
        f"SELECT customer, score FROM ratings WHERE customer IN ({', '.join(map(str, sorted(customers)))}) "
        f"AND {ANSWERED} AND answered_at >= :start AND answered_at < :end{scope.where()[0]} "
        f"AND {scope.counting(counted)}",
        scope.values(span),
    )
    return [(customer, score) for customer, score in answers]


def _sampled(db: Connection, scope: Scope, span: Span, counted: Ways, limit: int) -> tuple[tuple[int, int], ...]:
    """Customer and score of every sampled answer in the span."""
    samples = (
        f"sample < {INDEXED} AND sample IN ({', '.join(map(str, range(limit)))})"
        if limit < INDEXED
        else "sample < :limit"
    )
    sampled = tuples(
        db,
        f"SELECT customer, score FROM ratings WHERE {ANSWERED} AND answered_at >= :start "
        f"AND answered_at < :end AND {samples}{scope.where()[0]} AND {scope.counting(counted)} ORDER BY id",
        {**scope.values(span), "limit": limit},
    )
    return tuple((customer, score) for customer, score in sampled)

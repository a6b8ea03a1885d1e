"""Figures about the bot itself, for Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics import Counter
from prometheus_client.registry import Collector

from cxbot.store.engine.database import Database
from cxbot.store.records import digests, invitations, outbox


def slack_requests() -> Counter:
    """A counter of the calls that deliver messages, by method and outcome (`ok`, `refused`, `later`, `unknown`)."""
    return Counter("cxbot_slack_requests", "Calls that deliver messages.", ("method", "outcome"), registry=None)


class Monitoring(Collector):
    """Reads the figures when they are asked for. Labels have no names of people."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        health: Callable[[], Mapping[str, bool]],
        requests: Counter,
    ) -> None:
        self._database = database
        self._clock = clock
        self._health = health
        self._registry = CollectorRegistry()
        self._registry.register(requests)
        self._registry.register(self)

    def text(self) -> str:
        """All figures in Prometheus's text format."""
        return generate_latest(self._registry).decode()

    def describe(self) -> list[GaugeMetricFamily]:
        """Nothing: the registry need not read the database to know the names."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The figures as they are now."""
        db, now = self._database.reader, self._clock()
        tasks = {**dict.fromkeys(outbox.STATES, 0), **outbox.counts(db)}
        yield _gauge("cxbot_outbox_tasks", "Messages by state.", "state", tasks)
        ages = {state: max(0.0, (now - at).total_seconds()) for state, at in outbox.oldest(db).items()}
        yield _gauge("cxbot_outbox_oldest_seconds", "Age of the oldest message that waits.", "state", ages)
        yield _gauge("cxbot_invitations", "Surveys by state.", "state", invitations.counts(db))
        last = {team: at.timestamp() for team, at in digests.last_posted(db).items()}
        yield _gauge("cxbot_digest_last_posted_timestamp_seconds", "The last digest of each team.", "team", last)
        yield _gauge("cxbot_healthy", "Whether each part works: 1 or 0.", "part", self._health())


def _gauge(name: str, what: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, what, labels=(label,))
    for value, figure in values.items():
        family.add_metric((value,), figure)
    return family

"""All surveys and measures by name: turns names in commands, files and tables into objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cxbot.core.metrics.metric import Metric
from cxbot.core.metrics.operational import OPERATIONS, Operation
from cxbot.core.metrics.shipped import METRICS
from cxbot.core.surveys.shipped import SURVEYS
from cxbot.core.surveys.survey import Survey

Measure = Metric | Operation | Survey
"""Anything with a report: a metric, handling time or churn, or a survey of several items."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The surveys and metrics by name, shipped ones first.

    `asked_in` maps the name of a metric to the survey that asks for it. `retired` has the names of surveys that are no
    longer sent.
    """

    surveys: Mapping[str, Survey]
    metrics: Mapping[str, Metric]
    asked_in: Mapping[str, Survey]
    retired: frozenset[str] = frozenset()

    @classmethod
    def of(cls, own: Iterable[Survey] = (), retired: Iterable[str] = ()) -> Catalogue:
        """The catalogue of the shipped surveys and a company's own surveys."""
        surveys = [*SURVEYS.values(), *own]
        metrics = METRICS | {item.metric.name: item.metric for survey in surveys for item in survey.items}
        asked_in = {item.metric.name: survey for survey in surveys for item in survey.items}
        return cls({survey.name: survey for survey in surveys}, metrics, asked_in, frozenset(retired))

    @property
    def own(self) -> tuple[Survey, ...]:
        """The company's own surveys."""
        return tuple(survey for name, survey in self.surveys.items() if name not in SURVEYS)

    @property
    def in_use(self) -> dict[str, Survey]:
        """The surveys that can be sent, by name: all except the retired ones."""
        return {name: survey for name, survey in self.surveys.items() if name not in self.retired}

    @property
    def measures(self) -> tuple[str, ...]:
        """Every name that has a report."""
        return tuple(dict.fromkeys((*self.metrics, *OPERATIONS, *self.surveys)))

    def measure(self, name: str) -> Measure | None:
        """The measure with this name; None if there is none. For a survey of one item it is the item's metric."""
        measure = self.metrics.get(name) or OPERATIONS.get(name) or self.surveys.get(name)
        return measure.first.metric if isinstance(measure, Survey) and not measure.several else measure


SHIPPED = Catalogue.of()

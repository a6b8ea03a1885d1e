"""The surveys there are and what can be measured, by name: where words of people, files and tables become objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cxbot.core.measure import Metric
from cxbot.core.metrics import METRICS
from cxbot.core.operational import OPERATIONS, Operation
from cxbot.core.surveys import Survey
from cxbot.core.templates import SURVEYS

Measure = Metric | Operation | Survey
"""What has a report: a metric, handling time or churn, a survey of several items."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The surveys and metrics, those that come with cxbot first."""

    surveys: Mapping[str, Survey]
    metrics: Mapping[str, Metric]

    @classmethod
    def of(cls, surveys: Iterable[Survey]) -> Catalogue:
        """The surveys, with all metrics that come with cxbot or are asked in them."""
        surveys = list(surveys)
        asked = (item.metric for survey in surveys for item in survey.items)
        metrics = METRICS | {metric.name: metric for metric in asked}
        return cls({each.name: each for each in surveys}, metrics)

    @property
    def measures(self) -> tuple[str, ...]:
        """Every name that has a report."""
        return tuple(dict.fromkeys((*self.metrics, *OPERATIONS, *self.surveys)))

    def measure(self, name: str) -> Measure | None:
        """What a name has a report on; for a survey of one item that is the item's metric."""
        found = self.metrics.get(name) or OPERATIONS.get(name) or self.surveys.get(name)
        return found.first.metric if isinstance(found, Survey) and not found.several else found

    def survey_of(self, metric: Metric) -> Survey | None:
        """The survey in which a metric is asked, or None."""
        return next((survey for survey in self.surveys.values() if survey.item(metric.name)), None)


SHIPPED = Catalogue.of(SURVEYS.values())

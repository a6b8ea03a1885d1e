"""The surveys there are and what can be measured, by name: where words of people, files and tables become objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cxbot.core.metrics.metric import Metric
from cxbot.core.metrics.operational import OPERATIONS, Operation
from cxbot.core.metrics.shipped import METRICS
from cxbot.core.surveys.shipped import SURVEYS
from cxbot.core.surveys.survey import Survey

Measure = Metric | Operation | Survey
"""What has a report: a metric, handling time or churn, a survey of several items."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The surveys and metrics, those that come with cxbot first; `asked_in` has the survey of a metric by the metric's
    name. Nobody is asked the `retired` ones any more."""

    surveys: Mapping[str, Survey]
    metrics: Mapping[str, Metric]
    asked_in: Mapping[str, Survey]
    retired: frozenset[str] = frozenset()

    @classmethod
    def of(cls, own: Iterable[Survey] = (), retired: Iterable[str] = ()) -> Catalogue:
        """What comes with cxbot and a company's own surveys."""
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
        """The surveys that people can be asked."""
        return {name: survey for name, survey in self.surveys.items() if name not in self.retired}

    @property
    def measures(self) -> tuple[str, ...]:
        """Every name that has a report."""
        return tuple(dict.fromkeys((*self.metrics, *OPERATIONS, *self.surveys)))

    def measure(self, name: str) -> Measure | None:
        """What a name has a report on; for a survey of one item that is the item's metric."""
        measure = self.metrics.get(name) or OPERATIONS.get(name) or self.surveys.get(name)
        return measure.first.metric if isinstance(measure, Survey) and not measure.several else measure


SHIPPED = Catalogue.of()

"""Reports of every kind under one name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cxbot.core.reports import (
    driver_report,
    journey_report,
    metric_report,
    operation_report,
    outcome_report,
    survey_report,
)
from cxbot.core.reports.driver_report import DriverReport
from cxbot.core.reports.journey_report import Journey
from cxbot.core.reports.metric_report import Report
from cxbot.core.reports.operation_report import OperationReport
from cxbot.core.reports.outcome_report import Outcomes
from cxbot.core.reports.survey_report import SurveyReport

View = DriverReport | Journey | Outcomes
"""What is asked of a metric besides its value."""

Measured = Report | OperationReport | SurveyReport | View


_JSON: Mapping[type, Callable[[Any], dict[str, Any]]] = {
    Report: metric_report.as_json,
    OperationReport: operation_report.as_json,
    SurveyReport: survey_report.as_json,
    DriverReport: driver_report.as_json,
    Journey: journey_report.as_json,
    Outcomes: outcome_report.as_json,
}


def as_json(report: Measured) -> dict[str, Any]:
    """A report on anything as data, unrounded, in the form of the contract where that has one."""
    return _JSON[type(report)](report)

"""Reports of every kind under one name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cxbot.core import driver_reports, journey, operations, outcomes, reports, survey_reports
from cxbot.core.driver_reports import DriverReport
from cxbot.core.journey import Journey
from cxbot.core.operations import OperationReport
from cxbot.core.outcomes import Outcomes
from cxbot.core.reports import Report
from cxbot.core.survey_reports import SurveyReport

View = DriverReport | Journey | Outcomes
"""What is asked of a metric besides its value."""

Measured = Report | OperationReport | SurveyReport | View


_JSON: Mapping[type, Callable[[Any], dict[str, Any]]] = {
    Report: reports.as_json,
    OperationReport: operations.as_json,
    SurveyReport: survey_reports.as_json,
    DriverReport: driver_reports.as_json,
    Journey: journey.as_json,
    Outcomes: outcomes.as_json,
}


def as_json(report: Measured) -> dict[str, Any]:
    """A report on anything as data, unrounded, in the form of the contract where that has one."""
    return _JSON[type(report)](report)

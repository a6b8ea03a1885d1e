"""Reports of every kind under one name."""

from __future__ import annotations

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


def as_json(report: Measured) -> dict[str, Any]:
    """A report on anything as data, unrounded, in the form of the contract where that has one."""
    if isinstance(report, Report):
        return reports.as_json(report)
    if isinstance(report, DriverReport):
        return driver_reports.as_json(report)
    if isinstance(report, SurveyReport):
        return survey_reports.as_json(report)
    if isinstance(report, Journey):
        return journey.as_json(report)
    return outcomes.as_json(report) if isinstance(report, Outcomes) else operations.as_json(report)

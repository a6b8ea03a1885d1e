"""All kinds of reports under one type."""

from __future__ import annotations

from typing import Any

from cxbot.core.reports import (
    driver_report,
    journey_report,
    metric_report,
    operation_report,
    outcome_report,
    survey_report,
    word_report,
)
from cxbot.core.reports.driver_report import DriverReport
from cxbot.core.reports.journey_report import Journey
from cxbot.core.reports.metric_report import Report
from cxbot.core.reports.operation_report import OperationReport
from cxbot.core.reports.outcome_report import Outcomes
from cxbot.core.reports.survey_report import SurveyReport
from cxbot.core.reports.word_report import WordReport

View = DriverReport | Journey | Outcomes | WordReport
"""Reports that show something else about a metric than its value."""

Measured = Report | OperationReport | SurveyReport | View


def as_json(report: Measured) -> dict[str, Any]:
    """Any report as data, unrounded, in the form of the contract if the contract has one."""
    match report:
        case Report():
            return metric_report.as_json(report)
        case OperationReport():
            return operation_report.as_json(report)
        case SurveyReport():
            return survey_report.as_json(report)
        case DriverReport():
            return driver_report.as_json(report)
        case Journey():
            return journey_report.as_json(report)
        case Outcomes():
            return outcome_report.as_json(report)
        case WordReport():
            return word_report.as_json(report)

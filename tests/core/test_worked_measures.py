"""Every worked example of the groups about handling times, signals, drivers, churn, resolution and experience."""

from collections import Counter
from datetime import datetime, timedelta

from cxbot.core.figures import churn, drivers, experience_index, first_contact, handling_time
from cxbot.core.figures.first_contact import Issue
from cxbot.core.metrics import estimates
from cxbot.core.metrics.differences import Sides
from cxbot.core.metrics.shipped import ENPS, NPS
from cxbot.core.signals import control_charts
from cxbot.core.statistics import rank_correlation


def nps_counts(promoters, passives, detractors):
    return {10: promoters, 7: passives, 0: detractors}


def moment(text):
    return text and datetime.fromisoformat(text)


def nps_group(three):
    return control_charts.group(NPS.headline, nps_counts(*three))


def test_handling_times(examples):
    for example in examples("aht"):
        given = example.given
        if "handled" in given:
            total = given["talk_s"] + given["hold_s"] + given["wrap_s"]
            example.check(aht_s=handling_time.average(total, given["handled"]))
        elif "handle_s" in given:
            found = handling_time.summary(given["handle_s"], example.confidence)
            example.check(median=found.median, median_lo=found.median_low, median_hi=found.median_high)
            if found.n >= 6:
                example.check(mean=found.mean, p90_linear=found.p90)
        else:
            change = handling_time.ratio(given["current_s"], given["previous_s"], example.confidence)
            example.check(ratio=change.value, lo=change.low, hi=change.high, pct_change=change.percent)


def test_weekly_signals(examples):
    for example in examples("weekly_signal"):
        if "baseline" in example.given:
            found = control_charts.tail(*example.given["current"], *example.given["baseline"])
            example.check(p_low=found.p_low, p_high=found.p_high, signal=found.signal)
        else:
            baseline = [nps_group(week) for week in example.given["baseline_promoters_passives_detractors"]]
            chart = control_charts.laney(NPS.headline, baseline, nps_group(example.given["current"]))
            example.check(
                theta_bar=chart.centre,
                sigma_z_raw=chart.sigma_z_raw,
                z=chart.z,
                z_adj=chart.z_adj,
                signal=chart.signal,
            )


def test_churn(examples):
    for example in examples("churn"):
        given = example.given
        if "monthly_churn_pct" in given:
            example.check(annual_churn_pct=churn.annualised(given["monthly_churn_pct"]))
        else:
            found = churn.churn(given["active_at_start"], given["lost_of_those"])
            example.check(churn_pct=found and found.value)


def test_first_contact_resolution(examples):
    for example in examples("fcr"):
        given = example.given
        if "issues" in given:
            issues = [Issue("", moment(each["first"]), moment(each["repeat"])) for each in given["issues"]]
            found = first_contact.observed(issues, timedelta(days=given["window_days"]), moment(given["as_of"]))
            example.check(
                matured=found.matured, resolved=found.resolved, fcr_pct=found.rate, not_yet_matured=found.not_yet
            )
        else:
            found = first_contact.gross_and_net(given["resolved_first"], given["all_issues"], given["not_resolvable"])
            example.check(gross_pct=found.gross.value, net_pct=found.net.value)


def test_employees_net_promoter_score(examples):
    for example in examples("enps"):
        found = estimates.estimate(ENPS, Counter(example.given["scores"]), confidence=example.confidence)
        assert found.n >= example.given["anonymity_threshold"]
        example.check(n=found.n, enps=found.value, lo=found.low, hi=found.high)


def test_drivers(examples):
    for example in examples("drivers"):
        given = example.given
        if "driver" in given:
            found = rank_correlation.spearman(given["driver"], given["score"], example.confidence)
            example.check(rho=found.rho, lo=found.low, hi=found.high)
        else:
            sides = Sides(nps_counts(*given["with_tag"]), nps_counts(*given["without_tag"]))
            found = drivers.impact(NPS, sides, example.confidence)
            example.check(
                nps_with=found.having.value,
                nps_without=found.lacking.value,
                diff=found.difference.value,
                lo=found.difference.low,
                hi=found.difference.high,
                share_pct=100 * found.share,
                drag_points=found.drag,
                p=found.difference.p,
            )


def test_touchpoint_index(examples):
    for example in examples("gee_index"):
        found = experience_index.index(tuple(row) for row in example.given["rows_goal_ease_emotion_1_5"])
        example.check(
            n_complete=found.n_complete,
            n_incomplete=found.n_incomplete,
            goal=found.goal.value,
            ease=found.ease.value,
            emotion=found.emotion.value,
            index=found.index.value,
        )

"""Every worked example of the groups about handling times, signals, drivers, churn, resolution and experience."""

from cxbot.core import control
from cxbot.core.metrics import NPS


def nps_counts(promoters, passives, detractors):
    return {10: promoters, 7: passives, 0: detractors}


def nps_group(three):
    return control.group(NPS.headline, nps_counts(*three))


def test_weekly_signals(examples):
    for example in examples("weekly_signal"):
        if "baseline" in example.given:
            found = control.tail(*example.given["current"], *example.given["baseline"])
            example.check(p_low=found.p_low, p_high=found.p_high, signal=found.signal)
        else:
            baseline = [nps_group(week) for week in example.given["baseline_promoters_passives_detractors"]]
            chart = control.laney(NPS.headline, baseline, nps_group(example.given["current"]))
            example.check(
                theta_bar=chart.centre,
                sigma_z_raw=chart.sigma_z_raw,
                z=chart.z,
                z_adj=chart.z_adj,
                signal=chart.signal,
            )

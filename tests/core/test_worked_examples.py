"""Every worked example of the groups that the core's figures, periods and comparisons touch."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta

import pytest

from cxbot.core.calendar import periods
from cxbot.core.figures import response_rate
from cxbot.core.metrics import differences, estimates
from cxbot.core.metrics.shipped import CES, CES_1, CSAT, NPS
from cxbot.core.statistics import intervals
from cxbot.core.statistics.rounding import half_away


def nps_counts(promoters, passives, detractors):
    return {10: promoters, 7: passives, 0: detractors}


def from_one(counts):
    return dict(enumerate(counts, start=1))


def moment(text):
    return datetime.fromisoformat(text)


def test_nps_points(examples):
    for example in examples("nps_point"):
        if "scores" in example.given:
            counts = Counter(score for score in example.given["scores"] if score is not None)
            found = estimates.estimate(NPS, counts)
            example.check(n=found.n, nps=found.value, display=half_away(found.value), **NPS.buckets(counts))
        elif "current" in example.given:
            current, previous = (nps_counts(*example.given[side]) for side in ("current", "previous"))
            before, after = estimates.estimate(NPS, previous), estimates.estimate(NPS, current)
            change = differences.difference(NPS, current, previous)
            example.check(
                nps_current=after.value,
                nps_previous=before.value,
                diff=change.value,
                display_current=half_away(after.value),
                display_previous=half_away(before.value),
                display_diff=half_away(change.value),
            )
        else:
            counts = nps_counts(**example.given)
            n = sum(counts.values())
            values = [(estimates.value_of(NPS.headline, score), count) for score, count in counts.items()]
            mean = sum(value * count for value, count in values) / n
            variance = sum(count * (value - mean) ** 2 for value, count in values) / n
            example.check(
                nps=estimates.estimate(NPS, counts).value,
                variance=variance,
                se_points=100 * (variance / n) ** 0.5,
            )


def test_nps_intervals(examples):
    for example in examples("nps_ci_score"):
        found = estimates.estimate(NPS, nps_counts(**example.given), confidence=example.confidence)
        example.check(nps=found.value, lo=found.low, hi=found.high)


def test_nps_differences(examples):
    for example in examples("nps_diff_mover_score"):
        current, previous = (nps_counts(*example.given[side]) for side in ("current", "previous"))
        change = differences.difference(NPS, current, previous, confidence=example.confidence)
        example.check(diff=change.value, lo=change.low, hi=change.high, p=change.p)
        assert change.p == pytest.approx(example.expected["p"], abs=5e-5)


def test_csat(examples):
    for example in examples("csat"):
        counts = from_one(example.given["counts_1_to_5"])
        found = estimates.estimate(CSAT, counts, confidence=example.confidence)
        mean = estimates.also(CSAT, counts)["mean"]
        example.check(
            n=found.n, csat_pct=found.value, lo_pct=found.low, hi_pct=found.high, mean=mean.value,
            index_0_100=estimates.index(CSAT, mean).value,
        )  # fmt: skip


def test_effort_where_lower_is_better_is_data_and_not_code(examples):
    for example in examples("ces"):
        counts = from_one(example.given["counts_1_to_5"])
        found = estimates.estimate(CES_1, counts)
        share = estimates.also(CES_1, counts)["share"]
        example.check(
            n=found.n,
            mean_effort=found.value,
            ease_index_0_100=estimates.index(CES_1, found).value,
            pct_low_effort_1_2=share.value,
            lo_pct=share.low,
            hi_pct=share.high,
        )


def test_means_of_bounded_answers(examples):
    for example in examples("mean_bounded"):
        counts = from_one(example.given["counts_from_1"])
        if len(counts) == CES.high:
            found = estimates.estimate(CES, counts, confidence=example.confidence)
        else:
            found = estimates.also(CSAT, counts, confidence=example.confidence)["mean"]
        example.check(n=found.n, mean=found.value, lo=found.low, hi=found.high)


def test_wilson(examples):
    for example in examples("proportion_wilson"):
        successes, n = example.given["x"], example.given["n"]
        deff = example.given.get("deff", 1.0)
        found = intervals.wilson(successes / deff, n / deff, example.confidence)
        example.check(p=successes / n, lo=found.low, hi=found.high)
        shares = estimates.estimate(CSAT, {5: successes, 1: n - successes}, deff, example.confidence)
        example.check(lo=shares.low / 100, hi=shares.high / 100)


def test_newcombe(examples):
    for example in examples("proportion_diff_newcombe"):
        x1, n1, x2, n2 = (example.given[name] for name in ("x1", "n1", "x2", "n2"))
        change = differences.difference(CSAT, {5: x1, 1: n1 - x1}, {4: x2, 3: n2 - x2}, confidence=example.confidence)
        example.check(diff=change.value / 100, lo=change.low / 100, hi=change.high / 100, p_inversion=change.p)


def test_benjamini_hochberg(examples):
    for example in examples("fdr_bh"):
        p_values = example.given["p"]
        assert differences.adjusted(p_values) == pytest.approx(example.expected["adjusted"])
        example.check(rejected=differences.flag(p_values, example.given["q"]))


def test_response_rate_of_closed_windows(examples):
    for example in examples("response_rate"):
        found = response_rate.settled(
            [
                (moment(invitation["sent"]), invitation["answered"] and moment(invitation["answered"]))
                for invitation in example.given["invitations"]
            ],
            as_of=moment(example.given["as_of"]),
            window=timedelta(days=example.given["window_days"]),
        )
        example.check(
            closed=found.settled_delivered,
            answered_in_time=found.settled_answered,
            rate_pct=found.settled_rate,
            still_open=found.open,
        )


def test_iso_weeks_of_a_time_zone(examples):
    for example in examples("time"):
        week = periods.week_of(moment(example.given["timestamp"]), example.given["tz"])
        assert week.start == moment(example.expected["start_utc"])
        assert week.end == moment(example.expected["end_utc"])
        example.check(iso_week=week.key, hours=int((week.end - week.start) / timedelta(hours=1)))


def test_changed_answers(examples):
    (example,) = (example for example in examples("dedupe") if "events" in example.given)
    found = response_rate.counted(
        [
            response_rate.AnswerEvent(event["inv"], moment(event["at"]), event["score"])
            for event in example.given["events"]
        ],
        moment(example.given["window_end"]),
        NPS,
    )
    example.check(
        counted=found.counted,
        late=found.late,
        nps=estimates.estimate(NPS, Counter(found.counted.values())).value,
    )
    assert list(found.rejected) == list(example.expected["rejected"])
    assert "from 0 to 10" in str(found.rejected["c"])


def test_several_answers_of_one_customer(examples):
    for example in examples("dedupe"):
        if "answers_customer_value" not in example.given:
            continue
        customers = defaultdict(list)
        for customer, value in example.given["answers_customer_value"]:
            customers[customer].append(value)
        deff = intervals.design_effect(customers.values())
        tally = Counter(value for _, value in example.given["answers_customer_value"])
        found = estimates.estimate(NPS, nps_counts(tally[1], tally[0], tally[-1]), deff)
        example.check(n=found.n, nps=found.value, deff=found.deff, n_eff=found.n / found.deff)

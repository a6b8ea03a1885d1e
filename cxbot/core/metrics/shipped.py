"""The metrics that come with the bot: their scales, and their formulas in words.

A metric is data (see `metric.py`); the arithmetic is in `Statistic`, so a new metric needs no code.
"""

from cxbot.core.metrics.metric import Kind, Metric, Statistic
from cxbot.errors import N_

_NET_PROMOTERS = Statistic(Kind.NET, good=range(9, 11), bad=range(0, 7))
_PROMOTERS = {"promoters": range(9, 11), "passives": range(7, 9), "detractors": range(0, 7)}
NPS = Metric(
    name="nps",
    title="NPS",
    formula=N_(
        "NPS = 100 · (promoters 9–10 − detractors 0–6) / all answers; passives 7–8 count in the number of answers. "
        "The range is the score interval for a net score (Tango 1998)."
    ),
    low=0,
    high=10,
    headline=_NET_PROMOTERS,
    groups=_PROMOTERS,
)
CSAT = Metric(
    name="csat",
    title="CSAT",
    formula=N_(
        "CSAT = share of answers 4 and 5 on the scale 1–5, with Wilson's interval (1927). The mean is shown beside "
        "it and never mixed into it."
    ),
    low=1,
    high=5,
    headline=Statistic(Kind.SHARE, good=range(4, 6)),
    groups={"satisfied": range(4, 6), "neutral": range(3, 4), "dissatisfied": range(1, 3)},
    beside={"mean": Statistic(Kind.MEAN)},
)
CES = Metric(
    name="ces",
    title="CES",
    formula=N_(
        "CES 2.0 = mean agreement, 1–7, with “You made it easy”; its range comes from the answers plus 3 "
        "pseudo-answers spread over the scale, a method of our own. The share of 5–7 has Wilson's interval."
    ),
    low=1,
    high=7,
    headline=Statistic(Kind.MEAN),
    groups={"easy": range(5, 8), "neutral": range(4, 5), "hard": range(1, 4)},
    beside={"share": Statistic(Kind.SHARE, good=range(5, 8))},
)


CES_1 = Metric(
    name="ces1",
    title="CES 1.0",
    formula=N_(
        "CES 1.0 = mean effort on the scale 1–5, where less is better: the other way round than CES 2.0, with which "
        "it is never pooled. Its range comes from the answers plus 3 pseudo-answers spread over the scale. The share "
        "of 1–2 has Wilson's interval."
    ),
    low=1,
    high=5,
    headline=Statistic(Kind.MEAN),
    groups={"low effort": range(1, 3), "neutral": range(3, 4), "high effort": range(4, 6)},
    beside={"share": Statistic(Kind.SHARE, good=range(1, 3))},
    higher_is_better=False,
)
FCR = Metric(
    name="fcr",
    title=N_("First-contact resolution"),
    formula=N_(
        "First-contact resolution as customers state it = yes / (yes + no), with Wilson's interval (1927). “Not yet "
        "sure” is shown and counts on neither side."
    ),
    low=0,
    high=1,
    headline=Statistic(Kind.SHARE, good=range(1, 2)),
    groups={"yes": range(1, 2), "no": range(0, 1)},
    aside={"unsure": 2},
)
ENPS = Metric(
    name="enps",
    title="eNPS",
    formula=N_(
        "eNPS = 100 · (promoters 9–10 − detractors 0–6) / employees who answered, the latest answer of each; the range "
        "is the score interval for a net score (Tango 1998). It is never pooled with customers' NPS."
    ),
    low=0,
    high=10,
    headline=_NET_PROMOTERS,
    groups=_PROMOTERS,
    employees=True,
)


def _rating(name: str, title: str, *, employees: bool = False) -> Metric:
    """The metric of an item that is rated from 1 (worst) to 5 (best) in a survey of several items."""
    return Metric(
        name=name,
        title=title,
        formula=RATED,
        low=1,
        high=5,
        headline=Statistic(Kind.MEAN),
        groups={"good": range(4, 6), "middling": range(3, 4), "poor": range(1, 3)},
        beside={"share": Statistic(Kind.SHARE, good=range(4, 6))},
        employees=employees,
    )


RATED = N_(
    "The mean of the answers on the scale 1–5; its range comes from the answers plus 3 pseudo-answers spread over the "
    "scale, a method of our own. The share of 4–5 has Wilson's interval (1927)."
)
EXPECTATION = Metric(
    name="expectation",
    title=N_("Compared with expectations"),
    formula=N_(
        "Compared with what customers expected = 100 · (better − worse) / all answers; “as expected” counts in the "
        "number of answers. The range is the score interval for a net score (Tango 1998)."
    ),
    low=1,
    high=3,
    headline=Statistic(Kind.NET, good=range(3, 4), bad=range(1, 2)),
    groups={"better": range(3, 4), "as expected": range(2, 3), "worse": range(1, 2)},
)
PROMISE = Metric(
    name="promise",
    title=N_("Promises kept"),
    formula=N_(
        "Promises kept = share of customers who say that we did what we said, with Wilson's interval (1927). “Partly” "
        "counts in the number of answers, but not as kept."
    ),
    low=0,
    high=2,
    headline=Statistic(Kind.SHARE, good=range(2, 3)),
    groups={"yes": range(2, 3), "partly": range(1, 2), "no": range(0, 1)},
)
STILL_SOLVED = Metric(
    name="still_solved",
    title=N_("Still solved"),
    formula=N_(
        "Still solved = yes / (yes + no) to “Is it still solved?”, asked two weeks or more after the interaction, with "
        "Wilson's interval (1927)."
    ),
    low=0,
    high=1,
    headline=Statistic(Kind.SHARE, good=range(1, 2)),
    groups={"yes": range(1, 2), "no": range(0, 1)},
)
RATING = Metric(
    name="rating",
    title=N_("Rated good"),
    formula=N_(
        "Rated good = share of good ratings on a scale of good and bad, such as thumbs or smiling and sad faces, with "
        "Wilson's interval (1927). Neutral ratings count in the number of answers, but not as good. Such ratings come "
        "from other tools and are never mixed with CSAT."
    ),
    low=0,
    high=2,
    headline=Statistic(Kind.SHARE, good=range(2, 3)),
    groups={"good": range(2, 3), "neutral": range(1, 2), "bad": range(0, 1)},
)
RATINGS = (
    _rating("goal", N_("Goal reached")),
    _rating("ease", N_("Ease")),
    _rating("emotion", N_("Feeling")),
    _rating("quality", N_("Quality")),
    _rating("delivery", N_("Delivery")),
    _rating("service", N_("Service")),
    _rating("satisfaction", N_("Satisfaction")),
    _rating("trust", N_("Trust")),
    _rating("engagement", N_("Engagement")),
    _rating("memorable", N_("Memorable")),
    _rating("community", N_("Community")),
    _rating("meaningful", N_("Meaningful")),
    _rating("strategy", N_("Strategy"), employees=True),
    _rating("customer_understanding", N_("Customer understanding"), employees=True),
    _rating("design", N_("Design"), employees=True),
    _rating("measurement", N_("Measurement"), employees=True),
    _rating("governance", N_("Governance"), employees=True),
    _rating("culture", N_("Culture"), employees=True),
)
METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (NPS, CSAT, CES, CES_1, FCR, ENPS, EXPECTATION, PROMISE, STILL_SOLVED, RATING, *RATINGS)
}

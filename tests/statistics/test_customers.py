"""How often the range of NPS contains the true value if few or lopsided customers answered several times; simulated."""

import math
from collections import Counter

import numpy as np
import pytest

from cxbot.core.metrics import design_effects, estimates
from cxbot.core.metrics.shipped import NPS

pytestmark = pytest.mark.statistics

SAMPLES = 1_000
WANTED = 92  # percent
SCORES = (10, 8, 3)
USUAL, GOOD = (0.5, 0.3, 0.2), (0.85, 0.1, 0.05)


@pytest.mark.parametrize("alike", [0.1, 0.4, 0.8])
@pytest.mark.parametrize(
    ("name", "sizes", "shares"),
    [
        ("one with 15 answers, nine with one", [15, *[1] * 9], USUAL),
        ("eight with ten answers each, NPS 80", [10] * 8, GOOD),
        ("two with fifteen answers each, NPS 80", [15] * 2, GOOD),
        ("forty with five answers each", [5] * 40, USUAL),
        ("five with two answers, 25 with one", [*[2] * 5, *[1] * 25], USUAL),
    ],
)
def test_the_range_contains_the_truth(name: str, sizes: list[int], shares: tuple[float, ...], alike: float) -> None:
    """Each customer has a usual score; `alike` is the intraclass correlation."""
    rng = np.random.default_rng([len(sizes), int(10 * alike)])
    truth, covered = 100 * (shares[0] - shares[2]), 0
    for _ in range(SAMPLES):
        customers = []
        for size in sizes:
            usual = rng.choice(SCORES, p=shares)
            others = rng.choice(SCORES, size, p=shares)
            customers.append([int(s) for s in np.where(rng.random(size) < math.sqrt(alike), usual, others)])
        counts = Counter(score for scores in customers for score in scores)
        deff = design_effects.effects(NPS, counts, design_effects.patterns(customers)).get("headline", 1.0)
        found = estimates.estimate(NPS, counts, deff)
        assert found is not None
        covered += found.low - 1e-9 <= truth <= found.high + 1e-9
    coverage = 100 * covered / SAMPLES
    print(f"{name}, {alike} alike: {coverage:.1f} %")
    assert coverage >= WANTED

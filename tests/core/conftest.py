"""The worked examples against which every figure is checked."""

import json
import os
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import settings

# A busy machine is not a failure.
settings.register_profile("core", deadline=None)
settings.load_profile("core")

REPOSITORY = Path(__file__).resolve().parents[2]


class Example(NamedTuple):
    id: str
    given: dict
    expected: dict
    tolerance: float
    confidence: float

    def check(self, **figures: object) -> None:
        """Each figure equals the expected one of that name, as closely as the example asks for."""
        for name, figure in figures.items():
            wanted = self.expected[name]
            if isinstance(wanted, float) and figure is not None:
                wanted = pytest.approx(wanted, abs=self.tolerance)
            assert figure == wanted, f"{self.id}: {name}"


@pytest.fixture(scope="session")
def examples():
    """examples(group) -> the worked examples of a group, at least one."""
    folder = Path(os.environ.get("CXBOT_ORACLES") or REPOSITORY.parent / "shared" / "oracles")
    file = folder / "metrics_examples.json"
    if not file.exists():
        pytest.skip(f"no worked examples in {folder}; set CXBOT_ORACLES to their folder")
    cases = json.loads(file.read_text(encoding="utf-8"))["examples"]

    def of_group(group: str) -> list[Example]:
        found = [
            Example(case["id"], case["input"], case["expected"], case["abs_tol"], case["conf"] or 0.95)
            for case in cases
            if case["group"] == group
        ]
        assert found, f"no examples of {group}"
        return found

    return of_group

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxbot.core.digests import weekly
from cxbot.core.surveys.shipped import SURVEYS
from cxbot.core.teams.team import Team

START = datetime(2026, 1, 1, tzinfo=UTC)


def team(digest):
    return Team(
        1, "Support", "C1", "", (), (), (), "Europe/Helsinki", "en", digest, SURVEYS["csat"], 10, 30, "mon-fri 8-18",
        "tada", "auto", "own", False, False, START,
    )  # fmt: skip


def slots(digest, after, until):
    """Every slot after a moment and up to another one, as a restore goes through them."""
    found = []
    while (slot := weekly.next_slot(team(digest), after, until)) is not None:
        found.append(slot)
        after = slot
    return [f"{slot:%m-%dT%H:%M}" for slot in found]


@pytest.mark.parametrize(
    ("digest", "found"),
    [
        ("mon 09:00", ["10-19T06:00", "10-26T07:00", "11-02T07:00"]),  # the clock goes back on the 25th
        ("monthly 09:00", ["11-02T07:00"]),  # the 1st is a Sunday
        ("off", []),
    ],
)
def test_every_slot_between_two_moments(digest, found):
    assert slots(digest, datetime(2026, 10, 18, tzinfo=UTC), datetime(2026, 11, 4, tzinfo=UTC)) == found


def test_a_slot_counts_at_its_time_and_not_after_it():
    slot = datetime(2026, 11, 2, 7, tzinfo=UTC)
    moment = timedelta(microseconds=1)
    assert slots("mon 09:00", slot - moment, slot) == ["11-02T07:00"]
    assert slots("mon 09:00", slot, slot + moment) == []
    assert slots("mon 09:00", slot - 2 * moment, slot - moment) == []


@given(st.integers(0, 24 * 400), st.integers(0, 24 * 60), st.sampled_from(["mon 09:00", "monthly", "sun 23:59"]))
def test_at_each_slot_another_digest_is_due(hours, length, digest):
    after = START + timedelta(hours=hours)
    until, moment, keys = after + timedelta(hours=length), after, [weekly.latest(team(digest), after).key]
    while (moment := weekly.next_slot(team(digest), moment, until)) is not None:
        keys.append(weekly.latest(team(digest), moment).key)
    assert len(set(keys)) == len(keys)
    assert keys[-1] == weekly.latest(team(digest), until).key

"""Campaigns and their people: who waits until when, and what has become of everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from cxbot.core import names
from cxbot.core.invitations.campaigns import Campaign, Member, Tally
from cxbot.errors import N_, UsageError
from cxbot.store.engine.connection import Connection
from cxbot.store.engine.statements import Row, insert, row, rows, run, run_many
from cxbot.store.engine.times import moment, stamp
from cxbot.store.records import answers, endings, people

TAKEN = N_(
    "There is a campaign “%(name)s” already, so nobody is asked by this one. See how far it is, or give another name."
)
Later = Callable[[datetime, str], datetime]
"""A person's later moment, by the one until now and the person's time zone, "" for the team's."""


def _campaign(kept: Row) -> Campaign:
    return Campaign(
        kept["id"], kept["name"], kept["team_id"], kept["survey"], kept["state"], _at(kept["started_at"]),
        _at(kept["ends_at"]), moment(kept["held_since"]),
    )  # fmt: skip


def every(db: Connection) -> list[Campaign]:
    """All campaigns, the latest first."""
    return [_campaign(kept) for kept in rows(db, "SELECT * FROM campaigns ORDER BY started_at DESC, id DESC")]


def running(db: Connection) -> list[Campaign]:
    """The campaigns in which somebody waits and that are not stopped, the oldest first."""
    waits = "EXISTS (SELECT 1 FROM campaign_people AS p WHERE p.campaign = c.id AND p.due_at IS NOT NULL)"
    sql = f"SELECT c.* FROM campaigns AS c WHERE c.state != 'stopped' AND {waits} ORDER BY c.id"
    return [_campaign(kept) for kept in rows(db, sql)]


def by_number(db: Connection, number: int) -> Campaign | None:
    """The campaign with a number, or None."""
    kept = row(db, "SELECT * FROM campaigns WHERE id = :id", id=number)
    return None if kept is None else _campaign(kept)


def named(db: Connection, name: str) -> Campaign:
    """The campaign with this name, in any case. Raises UsageError that lists the campaigns."""
    kept = row(db, "SELECT * FROM campaigns WHERE name_key = :key", key=names.key(name))
    if kept is None:
        known = ", ".join(each.name for each in every(db)[:20])
        if not known:
            raise UsageError(N_("There is no campaign yet. Start one with `/cx campaign`, or `cxbot campaign start`."))
        raise UsageError(N_("There is no campaign “%(name)s”. Campaigns: %(all)s."), name=name, all=known)
    return _campaign(kept)


def check_free(db: Connection, name: str) -> None:
    """Raise UsageError if there is a campaign of this name."""
    if row(db, "SELECT id FROM campaigns WHERE name_key = :key", key=names.key(name)) is not None:
        raise UsageError(TAKEN, name=name)


def start(
    db: Connection, name: str, team_id: int, survey: str, now: datetime, ends_at: datetime,
    members: Iterable[tuple[Member, datetime]],
) -> Campaign:  # fmt: skip
    """Store a campaign with its people, in their order, and when each is asked. A Slack id and an e-mail address that a
    line of the file tells are one customer's from now on. Raises UsageError if its name is taken."""
    check_free(db, name)
    values = {
        "name": name, "name_key": names.key(name), "team_id": team_id, "survey": survey, "state": "running",
        "started_at": stamp(now), "ends_at": stamp(ends_at),
    }  # fmt: skip
    insert(db, "campaigns", values)
    made = named(db, name)
    run_many(
        db,
        "INSERT INTO campaign_people (campaign, place, customer, address, email, company, locale, timezone, due_at) "
        "VALUES (:campaign, :place, :customer, :address, :email, :company, :locale, :timezone, :due_at)",
        (
            {
                "campaign": made.id, "place": place, "customer": people.keep(db, each.address, each.email, now),
                "address": each.address, "email": each.email, "company": each.company, "locale": each.locale,
                "timezone": each.timezone, "due_at": stamp(due_at),
            }
            for place, (each, due_at) in enumerate(members)
        ),
    )  # fmt: skip
    return made


def due(db: Connection, campaign: Campaign, now: datetime, limit: int) -> list[tuple[int, Member]]:
    """The places and persons of a campaign who are due, the earliest first."""
    kept = rows(
        db,
        "SELECT place, address, email, company, locale, timezone FROM campaign_people WHERE campaign = :id "
        "AND due_at IS NOT NULL AND due_at <= :now ORDER BY due_at, place LIMIT :limit",
        id=campaign.id, now=stamp(now), limit=limit,
    )  # fmt: skip
    return [(each.pop("place"), Member(**each)) for each in kept]


def still_due(db: Connection, campaign: Campaign, place: int, now: datetime) -> datetime | None:
    """Since when a person is due, as it is in this commit; None if nobody is to be asked any more."""
    kept = row(
        db,
        "SELECT p.due_at FROM campaign_people AS p JOIN campaigns AS c ON c.id = p.campaign WHERE p.campaign = :id "
        "AND p.place = :place AND p.due_at <= :now AND c.state = 'running' AND c.held_since IS NULL",
        id=campaign.id, place=place, now=stamp(now),
    )  # fmt: skip
    return None if kept is None else moment(kept["due_at"])


def next_due(db: Connection, after: datetime) -> datetime | None:
    """When the next person of a running campaign is due after a moment; None if nobody is."""
    first = row(
        db,
        "SELECT MIN(p.due_at) AS at FROM campaign_people AS p JOIN campaigns AS c ON c.id = p.campaign "
        "WHERE p.due_at > :after AND c.state = 'running'",
        after=stamp(after),
    )
    return None if first is None else moment(first["at"])


def put_off(db: Connection, campaign: Campaign, place: int, due_at: datetime, timezone: str) -> None:
    """Have a person tried again at a later moment. `timezone` is what is known of theirs by now."""
    run(
        db,
        "UPDATE campaign_people SET due_at = :due_at, timezone = :timezone WHERE campaign = :id AND place = :place",
        id=campaign.id, place=place, due_at=stamp(due_at), timezone=timezone,
    )  # fmt: skip


def decided(db: Connection, campaign: Campaign, place: int, invitation: str) -> None:
    """Record the invitation of a person, or the refusal: it says what becomes of them."""
    run(
        db,
        "UPDATE campaign_people SET due_at = NULL, invitation = :key WHERE campaign = :id AND place = :place",
        id=campaign.id, place=place, key=invitation,
    )  # fmt: skip


def pause(db: Connection, campaign: Campaign, now: datetime) -> bool:
    """Pause a campaign; False if it is not running. Surveys that have not been tried yet are taken back."""
    sql = (
        "UPDATE campaigns SET state = 'paused', held_since = COALESCE(held_since, :now) "
        "WHERE id = :id AND state = 'running'"
    )
    if not run(db, sql, id=campaign.id, now=stamp(now)):
        return False
    for place, key in _in_flight(db, campaign):
        if endings.withdraw(db, key, "campaign paused", now):
            sql = (
                "UPDATE campaign_people SET due_at = :now, invitation = '' WHERE campaign = :campaign "
                "AND place = :place"
            )
            run(db, sql, campaign=campaign.id, place=place, now=stamp(now))
    return True


def resume(db: Connection, campaign: Campaign) -> bool:
    """Let a paused campaign go on; False if it is not paused. The pause is still to be made up for (see `move`)."""
    return bool(run(db, "UPDATE campaigns SET state = 'running' WHERE id = :id AND state = 'paused'", id=campaign.id))


def stop(db: Connection, campaign: Campaign, now: datetime) -> bool:
    """End a campaign: whoever waits is not asked. False if it was stopped before."""
    sql = "UPDATE campaigns SET state = 'stopped', held_since = NULL WHERE id = :id AND state != 'stopped'"
    if not run(db, sql, id=campaign.id):
        return False
    for _, key in _in_flight(db, campaign):
        endings.withdraw(db, key, "campaign stopped", now)
    run(
        db,
        "UPDATE campaign_people SET due_at = NULL, left_out = 'stopped' WHERE campaign = :id AND due_at IS NOT NULL",
        id=campaign.id,
    )
    return True


def _in_flight(db: Connection, campaign: Campaign) -> Sequence[tuple[int, str]]:
    """The people whose survey has not been sent yet: their places and the keys of the invitations."""
    kept = rows(
        db,
        "SELECT p.place, i.key FROM invitations AS i JOIN campaign_people AS p ON p.invitation = i.key "
        "WHERE i.state IN ('due', 'sending') AND p.invitation != '' AND p.campaign = :id",
        id=campaign.id,
    )
    return [(each["place"], each["key"]) for each in kept]


def hold(db: Connection, campaign: Campaign, since: datetime) -> None:
    """Note the beginning of a pause."""
    run(
        db,
        "UPDATE campaigns SET held_since = :since WHERE id = :id AND held_since IS NULL",
        id=campaign.id,
        since=stamp(since),
    )


def move(db: Connection, campaign: Campaign, later: Later) -> None:
    """Make up for a pause: everybody who waits is asked later, and the campaign ends later."""
    run(
        db,
        "UPDATE campaigns SET held_since = NULL, ends_at = :ends_at WHERE id = :id",
        id=campaign.id,
        ends_at=stamp(later(campaign.ends_at, "")),
    )
    waiting = rows(
        db,
        "SELECT place, due_at, timezone FROM campaign_people WHERE campaign = :id AND due_at IS NOT NULL",
        id=campaign.id,
    )
    moments = {(each["due_at"], each["timezone"]) for each in waiting}
    moved = {(at, zone): stamp(later(_at(at), zone)) for at, zone in moments}
    run_many(
        db,
        "UPDATE campaign_people SET due_at = :due_at WHERE campaign = :campaign AND place = :place",
        (
            {"campaign": campaign.id, "place": each["place"], "due_at": moved[each["due_at"], each["timezone"]]}
            for each in waiting
        ),
    )


def _at(text: str) -> datetime:
    known = moment(text)
    assert known is not None
    return known


def tallies(db: Connection, campaign: Campaign) -> list[Tally]:
    """What has become of everybody of a campaign."""
    found = rows(
        db,
        "SELECT left_out, state, reason, answered, commented, COUNT(*) AS n FROM ("
        "SELECT CASE WHEN p.invitation != '' AND i.key IS NULL THEN 'forgotten' ELSE p.left_out END AS left_out, "
        "COALESCE(i.state, '') AS state, COALESCE(i.reason, '') AS reason, "
        f"{answers.ANSWERED} AS answered, {answers.COMMENTED} AS commented "
        "FROM campaign_people AS p LEFT JOIN invitations AS i ON i.key = p.invitation WHERE p.campaign = :id) "
        "AS people GROUP BY left_out, state, reason, answered, commented",
        id=campaign.id,
    )
    return [
        Tally(**{**each, "answered": bool(each["answered"]), "commented": bool(each["commented"])}) for each in found
    ]


def of_invitation(db: Connection, key: str) -> Member | None:
    """The person of a campaign to whom an invitation belongs, or None."""
    kept = row(
        db,
        "SELECT address, email, company, locale, timezone FROM campaign_people WHERE invitation = :key "
        "AND invitation != ''",
        key=key,
    )
    return None if kept is None else Member(**kept)

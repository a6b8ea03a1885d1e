"""The schema as numbered steps. A released step never changes."""

from cxbot.store.engine.connection import Connection, Migrations
from cxbot.store.engine.steps import (
    agents_by_id,
    attributions,
    campaigns,
    closes,
    customers_by_id,
    first,
    interactions,
    invitations_by_id,
    names_to_ids,
    rules,
    seconds_by_day,
    short_rows,
    workflow_steps,
)

migrations = Migrations("cxbot")


@migrations()
def m001_main_job(db: Connection) -> None:
    """Teams, invitations, answers, cases and the outbox."""
    first.make(db)


@migrations()
def m002_if_unknown(db: Connection) -> None:
    """A task in the outbox remembers what to do if its outcome is unknown."""
    db.execute("ALTER TABLE outbox ADD COLUMN if_unknown TEXT NOT NULL DEFAULT ''")


@migrations()
def m003_names(db: Connection) -> None:
    """Teams, people and things are rows with ids; what holds their names holds the ids."""
    names_to_ids.bring_over(db)


@migrations()
def m004_short_rows(db: Connection) -> None:
    """Answers take half as much space."""
    short_rows.shorten(db)


@migrations()
def m005_seconds_by_day(db: Connection) -> None:
    """The daily sums of handling times are sums of seconds instead of logarithms: verdicts judge the average."""
    seconds_by_day.add_up(db)


@migrations()
def m006_invitations(db: Connection) -> None:
    """Invitations hold ids of teams, topics and touchpoints."""
    invitations_by_id.bring_over(db)


@migrations()
def m007_audit(db: Connection) -> None:
    """A log of who saw and changed what, which is only added to."""
    db.execute(
        "CREATE TABLE audit (id INTEGER PRIMARY KEY, at TEXT NOT NULL, who TEXT NOT NULL, what TEXT NOT NULL, "
        "about TEXT NOT NULL DEFAULT '') STRICT"
    )
    for deed in ("UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER audit_no_{deed.lower()} BEFORE {deed} ON audit "
            "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END"
        )


@migrations()
def m008_first_days(db: Connection) -> None:
    """The first day on which a team was answered to the bot itself is found at once, however much was imported."""
    db.execute("DROP INDEX daily_answers_begun")
    db.execute(
        "CREATE INDEX daily_answers_own ON daily_answers (metric, batch, asked_by, team, day, n) "
        "WHERE batch = 0 AND n > 0"
    )


@migrations()
def m009_interactions(db: Connection) -> None:
    """Interactions are rows of their own; invitations can go by e-mail and link, and have a history."""
    interactions.bring_over(db)


@migrations()
def m010_customers(db: Connection) -> None:
    """Customers of invitations and interactions are ids, whatever their addresses."""
    customers_by_id.bring_over(db)


@migrations()
def m011_rules(db: Connection) -> None:
    """Teams have conditions, holidays, a reminder, surveys by source, and wait until a thread is quiet."""
    rules.bring_over(db)


@migrations()
def m012_campaigns(db: Connection) -> None:
    """Surveys to lists of people, spread over some days."""
    campaigns.bring_over(db)


@migrations()
def m013_attributions(db: Connection) -> None:
    """Who served a customer can be corrected, and an agent can name the customer of a close."""
    attributions.bring_over(db)


@migrations()
def m014_steps(db: Connection) -> None:
    """A step of a workflow waits for what becomes of its survey."""
    workflow_steps.bring_over(db)


@migrations()
def m015_agents(db: Connection) -> None:
    """Agents of invitations, interactions and corrections are ids, whatever their spelling."""
    agents_by_id.bring_over(db)


@migrations()
def m016_contacts(db: Connection) -> None:
    """Interactions know the customer's id at the tool that told of them, by which it can ask to forget somebody."""
    db.execute("ALTER TABLE interactions ADD COLUMN contact TEXT NOT NULL DEFAULT ''")
    db.execute("CREATE INDEX interactions_contact ON interactions (contact) WHERE contact != ''")


@migrations()
def m017_closes(db: Connection) -> None:
    """Closes are in the figures under the ids of their surveys; interactions know how often who wrote."""
    closes.bring_over(db)


def unknown_steps(db: Connection) -> list[str]:
    """The steps of a file that this version doesn't have, in the order in which they were applied."""
    known = {step.name for step in migrations.pending(Connection(memory=True))}  # an empty file has all steps pending
    return [step.name for step in migrations.applied(db) if step.name not in known]


def missing(db: Connection) -> list[str]:
    """Tables and columns that a file lacks although its steps were carried out; such as in a file of a version that was
    never released. A step is known by what it made, not by its name."""
    expected = Connection(memory=True)
    applied = {step.name for step in migrations.applied(db)}
    later = [step.name for step in migrations.pending(expected) if step.name not in applied]
    migrations.apply(expected, stop_before=later)
    gaps = sorted(_columns(expected) - _columns(db))
    expected.close()
    return gaps


def _columns(db: Connection) -> set[str]:
    sql = (
        "SELECT m.name || '.' || c.name FROM sqlite_master AS m, pragma_table_info(m.name) AS c WHERE m.type = 'table' "
        "AND m.name NOT LIKE 'sqlite_%' AND m.name != '_sqlite_migrations'"
    )
    return {name for (name,) in db.execute(sql)}

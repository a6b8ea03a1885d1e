"""The daily sums of handling times, in seconds."""

from cxbot.store.engine.connection import Connection


def add_up(db: Connection) -> None:
    """Add up what the file has."""
    shown = db.execute("SELECT COALESCE(MAX(id), 0) FROM imports WHERE published_at IS NOT NULL").fetchone()[0]
    db.execute("DELETE FROM daily_handled")
    db.execute(SECONDS_BY_DAY, {"shown": shown})


_SHOWN = "{row}.batch <= :shown AND ({row}.until_batch = 0 OR {row}.until_batch > :shown)"
_NEWER = (
    "SELECT 1 FROM ratings AS newer WHERE newer.external_id = r.external_id AND newer.id > r.id "
    f"AND newer.closed_at IS NOT NULL AND {_SHOWN.format(row='newer')}"
)
_SECONDS = (
    "SELECT s.handling_seconds FROM ratings AS s WHERE s.external_id = r.external_id AND s.closed_at IS NOT NULL "
    f"AND s.handling_seconds IS NOT NULL AND {_SHOWN.format(row='s')} ORDER BY s.id DESC LIMIT 1"
)
SECONDS_BY_DAY = (
    "INSERT INTO daily_handled (team, day, batch, n, total, squares) SELECT team, day, 0, COUNT(*), SUM(seconds), "
    f"SUM(seconds * seconds) FROM (SELECT r.team, SUBSTR(r.closed_at, 1, 8) AS day, ({_SECONDS}) AS seconds "
    f"FROM ratings AS r WHERE r.closed_at IS NOT NULL AND {_SHOWN.format(row='r')} AND NOT EXISTS ({_NEWER})) "
    "AS handled WHERE seconds IS NOT NULL GROUP BY team, day"
)

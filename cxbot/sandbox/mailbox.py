"""The mailbox of people outside Slack: mails are read once, when they come."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from .errors import N_, NotPossible
from .workspace import Workspace
from .world import Mail

MOST = 200  # mails that are kept
IN_NEW_TABS = '<base target="_blank">'


def take(ws: Workspace, to: list[str], content: bytes) -> None:
    """Put a mail into the mailbox."""
    message = message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    with ws.world.change():
        ws.world.mails.append(
            Mail(
                id=ws.world.new_id("M"),
                at=ws.world.new_ts(),
                sender=str(message["From"] or ""),
                to=", ".join(to),
                subject=str(message["Subject"] or ""),
                text=_part(message, "plain"),
                html=_part(message, "html"),
            )
        )
        del ws.world.mails[:-MOST]


def _part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    return "" if found is None else str(found.get_content()).replace("\r\n", "\n")


def find(ws: Workspace, mail_id: str) -> Mail | None:
    with ws.world.lock:
        return next((mail for mail in ws.world.mails if mail.id == mail_id), None)


def mark_read(ws: Workspace, mail_id: str) -> None:
    """Note that somebody has looked at a mail. Raises NotPossible if there is none."""
    with ws.world.change():
        mail = find(ws, mail_id)
        if mail is None:
            raise NotPossible(N_("This mail is not there any more."))
        mail.read = True


def as_page(mail: Mail) -> str:
    """The mail's HTML, with links that open new tabs. A `base` counts wherever it stands."""
    return mail.html + IN_NEW_TABS

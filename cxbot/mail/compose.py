"""A mail with its headers."""

from __future__ import annotations

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from cxbot.core.invitations.rules import Invitation
from cxbot.language import Language
from cxbot.mail import letter, markup
from cxbot.mail.addresses import address
from cxbot.mail.letter import Letterhead

LONGEST_LINE = 998  # characters, by RFC 5322


def compose(
    invitation: Invitation,
    head: Letterhead,
    language: Language,
    token: str,
    reference: str,
    now: datetime,
    reminds_of: str = "",
) -> EmailMessage:
    """The mail of an invitation, as plain text and HTML. `reference` is the same at every attempt, so that most
    receivers drop a second copy. A reminder follows the mail with the reference `reminds_of` in its thread. Raises
    NoAddressError if mail can't be sent to the customer."""
    customer = address(invitation.customer)
    says = letter.write(invitation, head, language, token, reminds=bool(reminds_of))
    mail = EmailMessage(SMTP if customer.username.isascii() else SMTPUTF8)
    mail["From"] = head.sender
    mail["Reply-To"] = head.sender
    mail["To"] = customer
    mail["Subject"] = says.question
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{reference}@{head.sender.domain}>"
    for header in ("In-Reply-To", "References") if reminds_of else ():
        mail[header] = f"<{reminds_of}@{head.sender.domain}>"
    mail["List-Unsubscribe"] = f"<{head.public_url}/u/{token}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058: the receiver's own button needs one press
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834, and Outlook's: no answer by machines
    mail["X-Auto-Response-Suppress"] = "All"
    mail["Feedback-ID"] = f"{invitation.survey.name}:{invitation.team_id}:survey:cxbot"
    mail.set_content(letter.as_text(says), cte="quoted-printable")
    mail.add_alternative(markup.page(says), subtype="html", cte="quoted-printable")
    mail["Content-Language"] = says.code
    return mail


def written(mail: EmailMessage) -> bytes:
    """A mail as it goes over the line. Headers are not folded: an address in one would be taken apart, and no receiver
    would know the way to unsubscribe."""
    return mail.as_bytes(policy=mail.policy.clone(max_line_length=LONGEST_LINE))

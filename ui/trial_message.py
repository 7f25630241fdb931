"""A message that only says that it arrived."""

from __future__ import annotations

import uuid
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from model.email_address import wire_address
from model.provider import MailServer
from ui import formats
from ui.i18n import _, language


def write_trial(server: MailServer, recipient: str, now: datetime) -> str:
    """The message as 7-bit text; raises InvalidInput for an address that can't be written to."""
    sender = wire_address(server.sender)
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = Address(server.sender_name, addr_spec=sender)
    message["To"] = Address(addr_spec=wire_address(recipient))
    if server.reply_to:
        message["Reply-To"] = Address(addr_spec=wire_address(server.reply_to))
    message["Subject"] = _("Test message from Tarifwechsel")
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{uuid.uuid4()}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = language()
    text = _("This message was sent on {instant}: the mail server {host} takes messages of this program.")
    words = text.format(instant=formats.instant(now), host=server.host)
    message.set_content(f"{words}\n", charset="utf-8", cte="quoted-printable")
    return message.as_string()

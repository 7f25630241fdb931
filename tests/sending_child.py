"""Programs that send what an outbox holds until they are killed or nothing is due.

`python -m tests.sending_child` forks so many of them for every line [database, server, authority, minutes, count] and
tells their numbers; for an empty line it waits for them and tells how each ended.
"""

from __future__ import annotations

import json
import os
import ssl
import sys
import traceback
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import sqlite_utils  # noqa: F401 - so that what is forked needn't import it

from model.postman import Postman
from model.provider import MailServer, Provider
from model.records import OrderMail
from model.smtp import Outcome, Verdict
from model.store import Store, open_store
from tests.examples import NOW, FixedClock


def compose(
    mail: OrderMail, _provider: Provider, server: MailServer, message_id: str, recipient: str, now: datetime
) -> str:
    """A short letter; written at another time it would be another one."""
    message = EmailMessage()
    message["From"] = server.sender
    message["To"] = recipient
    message["Message-ID"] = f"<{message_id}@example.org>"
    message["Date"] = now
    message["Subject"] = f"Bestellung {mail.order_number}"
    message.set_content(f"Grüße {os.getpid()}")
    return message.as_string()


def send_all(store: Store, server: MailServer, context: ssl.SSLContext, minutes: int) -> list[Outcome]:
    """Everything that is due so many minutes after the orders, with a clock that stands still."""
    postman = Postman(store.outbox, store.settings, FixedClock(NOW + timedelta(minutes=minutes)), compose, context)
    outcomes = []
    while outcome := postman.deliver_one(server, ""):
        outcomes.append(outcome)
    return outcomes


def fork_on_request() -> None:
    """Until nobody asks any more."""
    children: list[int] = []
    for line in sys.stdin:
        if line.strip():
            children = _start(*json.loads(line))
            told: list[int] = children
        else:
            told = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        os.write(1, json.dumps(told).encode() + b"\n")


def _start(path: str, server: dict[str, object], authority: str, minutes: int, count: int) -> list[int]:
    children = []
    for _ in range(count):
        child = os.fork()
        if not child:
            os._exit(_send_until_killed(Path(path), MailServer(**server), authority, minutes))  # type: ignore[arg-type]
        children.append(child)
    return children


def _send_until_killed(path: Path, server: MailServer, authority: str, minutes: int) -> int:
    """The exit status: 0 if every try delivered a mail."""
    try:
        store = open_store(path, create=False)
        # What is killed loses nothing it has written; waiting for the disk would only make the test slow.
        store._engine.execute("PRAGMA synchronous=OFF")
        outcomes = send_all(store, server, ssl.create_default_context(cadata=authority), minutes)
    except Exception:  # noqa: BLE001 - told by the exit status
        traceback.print_exc()
        return 1
    return 0 if {outcome.verdict for outcome in outcomes} <= {Verdict.SENT} else 2


if __name__ == "__main__":
    fork_on_request()

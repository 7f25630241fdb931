"""Takes mails out of the outbox, one after the other, and hands them to the mail server; at least once each."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from model.clock import Clock
from model.email_address import wire_address
from model.outbox import LONGEST_WAIT, Delivery, Outbox
from model.provider import MailServer, Provider, Settings
from model.records import OrderMail
from model.refusals import InvalidInput
from model.smtp import REPLY_S, WHOLE_TRY_S, Attempt, Outcome, Trouble, Verdict

# While the server is away a mail waits no longer than this: it is to go out soon after the server is back.
LONGEST_SERVER_WAIT = timedelta(minutes=15)
WAITS = {
    Verdict.DEFERRED: LONGEST_WAIT,
    Verdict.SERVER_FAULT: LONGEST_SERVER_WAIT,
    Verdict.SETTINGS_WRONG: timedelta(0),
}
Compose = Callable[[OrderMail, Provider, MailServer, str, str, datetime], str]


class Postman:
    """Sends for one program; any number of programs may do so over one database."""

    def __init__(
        self,
        outbox: Outbox,
        settings: Settings,
        clock: Clock,
        compose: Compose,
        context: ssl.SSLContext | None = None,
        *,
        reply_s: float = REPLY_S,
        whole_try_s: float = WHOLE_TRY_S,
    ) -> None:
        """`compose` writes the whole message as 7-bit text; for the rest see model.smtp.Attempt."""
        self._outbox = outbox
        self._settings = settings
        self._clock = clock
        self._compose = compose
        self._context = context
        self._reply_s, self._whole_try_s = reply_s, whole_try_s
        self._lock = threading.Lock()
        self._attempts: set[Attempt] = set()
        self._stopped = False

    def deliver_one(self, server: MailServer, password: str) -> Outcome | None:
        """Send what is due earliest; None if nothing is due or may be sent now. Raises StoreUnavailable."""
        if self._stopped:
            return None
        delivery = self._outbox.claim(self._clock.now())
        return None if delivery is None else self._deliver(delivery, server, password)

    def hand_in(self, server: MailServer, password: str, recipient: str, message: str) -> Outcome:
        """Send a message that isn't in the outbox, once."""
        attempt = Attempt(server, password, self._context, reply_s=self._reply_s, whole_try_s=self._whole_try_s)
        with self._lock:
            self._attempts.add(attempt)
            if self._stopped:
                attempt.abort()
        try:
            return attempt.send(recipient, message)
        finally:
            with self._lock:
                self._attempts.discard(attempt)

    def stop(self, grace_s: float) -> None:
        """Begin nothing more; a try that is under way has so many seconds to end well."""
        with self._lock:
            self._stopped = True
            for attempt in self._attempts:
                timer = threading.Timer(grace_s, attempt.abort)
                timer.daemon = True
                timer.start()

    def _deliver(self, delivery: Delivery, server: MailServer, password: str) -> Outcome:
        try:
            recipient = wire_address(delivery.recipient)
        except InvalidInput:
            outcome = Outcome(Verdict.REFUSED, Trouble.ADDRESS)
            self._record(delivery, outcome, written_now=False)
            return outcome
        kept = self._outbox.message(delivery)
        text = kept or self._outbox.keep_message(delivery, self._write(delivery, server))
        outcome = self.hand_in(server, password, recipient, text)
        self._record(delivery, outcome, written_now=not kept)
        return outcome

    def _write(self, delivery: Delivery, server: MailServer) -> str:
        """A mail that can't be written mustn't hold up the others."""
        provider, now = self._settings.provider(), self._clock.now()
        try:
            text = self._compose(delivery.mail, provider, server, delivery.message_id, delivery.recipient, now)
            text.encode("ascii")
        except Exception:
            self._record(delivery, Outcome(Verdict.DEFERRED, Trouble.UNWRITTEN), written_now=False)
            raise
        return text

    def _record(self, delivery: Delivery, outcome: Outcome, *, written_now: bool) -> None:
        now = self._clock.now()
        if outcome.verdict is Verdict.SENT:
            self._outbox.sent(delivery, outcome.answer, now)
        elif outcome.verdict is Verdict.REFUSED:
            self._outbox.refused(delivery, outcome.answer, now)
        else:
            forget = written_now and not outcome.handed_over
            self._outbox.deferred(delivery, outcome.answer, now, longest=WAITS[outcome.verdict], forget=forget)

"""Mail goes out beside everything else: the worker that sends, and what a clerk can do about mails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from model.clock import Clock
from model.email_address import checked_email, wire_address
from model.errors import ModelError
from model.outbox import Delivery, OutboxCounts
from model.passwords import known_password, remember_password
from model.postman import Postman
from model.provider import MailServer, Provider
from model.refusals import Fault, InvalidInput
from model.smtp import Outcome, Verdict
from model.store import Store
from ui.background import Background
from ui.logo import preview, read_logo
from ui.message import compose, draft_eml
from ui.saving import saved_whole
from ui.trial_message import write_trial

START_MS = 2_000
POLL_MS = 30_000
FIRST_PAUSE_MS = 60_000
LONGEST_PAUSE_MS = 15 * 60_000
GRACE_S = 2.0
Failed = Callable[[ModelError], None]


@dataclass(frozen=True, slots=True)
class PostState:
    """How sending stands; `fault` is what keeps everything from being sent."""

    server: MailServer
    counts: OutboxCounts
    fault: Outcome | None = None
    password_missing: bool = False


@dataclass(frozen=True, slots=True)
class MailSettings:
    """What the settings begin with."""

    provider: Provider
    logo: QImage
    server: MailServer


@dataclass(frozen=True, slots=True)
class _Round:
    """What one look into the outbox found and did; without an outcome there was nothing to do."""

    server: MailServer
    counts: OutboxCounts
    password: str | None = ""
    outcome: Outcome | None = None


class Post(QObject):
    """Sends one mail after the other on a thread of its own, after orders, at the start and whenever one is due.

    `rested` when nothing is left to do after something was done.
    """

    changed = Signal(object)
    password_wanted = Signal(object)
    rested = Signal()

    def __init__(self, store: Store, clock: Clock, parent: QObject) -> None:
        super().__init__(parent)
        self.state = PostState(MailServer(), OutboxCounts(0, 0))
        self._store = store
        self._clock = clock
        self._postman = Postman(store.outbox, store.settings, clock, compose)
        self._sending = Background("sending", self)
        self._office = Background("post", self)
        self._testing = Background("testing", self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.wake)
        self._running = self._again = self._worked = False
        self._faults = 0
        self._wrong: tuple[MailServer, str | None] | None = None
        self._asked: set[MailServer] = set()
        if not store.read_only:
            self._timer.start(START_MS)

    # ------------------------------------------------------------------ sending

    def wake(self) -> None:
        """There may be something to send."""
        if self._store.read_only:
            return
        if self._running:
            self._again = True
            return
        self._timer.stop()
        self._running = True
        self._sending.run(self._send_one, self._sent_one, self._failed)

    def resume(self) -> None:
        """What stood in the way may be gone: everything that waits is due now."""
        self._wrong, self._faults = None, 0
        self._show(fault=None)
        now = self._clock.now()
        self._sending.run(lambda: self._store.outbox.hurry(now), lambda _nothing: self.wake(), self._failed)

    def _send_one(self) -> _Round:
        """On the thread."""
        outbox, server = self._store.outbox, self._store.settings.mail_server()
        # Leases are told by the clock: one that is wrong would take what another desk is sending.
        if not server.ready or not outbox.is_due(self._clock.now()) or self._store.is_apart(self._clock):
            return _Round(server, outbox.counts())
        password = known_password(server) if server.account else ""
        outcome = None
        if password is not None and (server, password) != self._wrong:
            outcome = self._postman.deliver_one(server, password)
        return _Round(server, outbox.counts(), password, outcome)

    def _sent_one(self, done: _Round) -> None:
        self._running = False
        outcome, missing = done.outcome, done.password is None
        if outcome is not None:
            self._worked = True
            bad = outcome.verdict in (Verdict.SERVER_FAULT, Verdict.SETTINGS_WRONG)
            self._faults = self._faults + 1 if bad else 0
            self._wrong = (done.server, done.password) if outcome.verdict is Verdict.SETTINGS_WRONG else None
            self._show(fault=outcome if bad else None)
        elif self._wrong is not None and self._wrong[0] != done.server:
            self._wrong, self._faults = None, 0
            self._show(fault=None)
        self._show(server=done.server, counts=done.counts, password_missing=missing)
        if missing and done.server not in self._asked:
            self._asked.add(done.server)
            self.password_wanted.emit(done.server)
        self._go_on(tried=outcome is not None)

    def _go_on(self, *, tried: bool) -> None:
        """The next mail at once, unless the server needs a pause or nothing is due.

        Who asked meanwhile doesn't wait for the pause: settings or password may be others since this try began.
        """
        again, self._again = self._again, False
        if again or (tried and self._faults == 0):
            self.wake()
            return
        if self._worked:
            self._worked = False
            self.rested.emit()
        pause = min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS << min(self._faults - 1, 8)) if self._faults else POLL_MS
        self._timer.start(POLL_MS if self._wrong else pause)

    def _failed(self, _error: ModelError) -> None:
        """The database can't be read or written, or a mail can't be made: the window says so; later again."""
        self._running = self._again = False
        self._timer.start(POLL_MS)

    def _show(self, **changes: object) -> None:
        state = replace(self.state, **changes)  # type: ignore[arg-type] # fields by name
        if state != self.state:
            self.state = state
            self.changed.emit(state)

    # ------------------------------------------------------------------ what a clerk asks for

    def look(self) -> None:
        """Read how much waits."""

        def show(found: tuple[MailServer, OutboxCounts]) -> None:
            self._show(server=found[0], counts=found[1])

        store = self._store
        self._office.run(lambda: (store.settings.mail_server(), store.outbox.counts()), show, lambda _error: None)

    def unfinished(self, done: Callable[[list[Delivery]], None], failed: Failed) -> None:
        """What waits and what was refused."""
        self._office.run(self._store.outbox.unfinished, done, failed)

    def send_again(self, message_id: str, recipient: str, done: Callable[[None], None], failed: Failed) -> None:
        """A new delivery of a mail; raises StillWaiting, InvalidInput."""
        now = self._clock.now()

        def sent(_nothing: None) -> None:
            done(None)
            self.wake()

        self._office.run(lambda: self._store.outbox.send_again(message_id, recipient, now), sent, failed)

    def write_draft(self, delivery: Delivery, path: Path, done: Callable[[Path], None], failed: Failed) -> None:
        """A mail as a file that a mail program opens as a draft; whole or not at all."""
        settings, now = self._store.settings, self._clock.now()

        def write() -> Path:
            text = draft_eml(delivery.mail, settings.provider(), settings.mail_server(), delivery.recipient, now)
            with saved_whole(path) as unfinished:
                unfinished.write_bytes(text.encode("ascii"))
            return path

        self._office.run(write, done, failed)

    # ------------------------------------------------------------------ settings

    def settings(self, done: Callable[[MailSettings], None], failed: Failed) -> None:
        """What holds now for every desk."""
        settings = self._store.settings

        def read() -> MailSettings:
            provider = settings.provider()
            return MailSettings(provider, _preview(provider), settings.mail_server())

        self._office.run(read, done, failed)

    def knows_password(self, server: MailServer, done: Callable[[bool], None]) -> None:
        """Whether the account's password needn't be asked for; the keyring may take its time."""
        if server.account:
            self._testing.run(lambda: known_password(server) is not None, done, lambda _error: None)

    def read_logo(self, path: Path, done: Callable[[tuple[str, QImage]], None], failed: Failed) -> None:
        """A file as the provider's logo, and its preview; raises InvalidInput."""
        self._office.run(lambda: read_logo(path), done, failed)

    def change_settings(
        self,
        provider: Provider | None,
        server: MailServer | None,
        password: str,
        done: Callable[[None], None],
        failed: Failed,
    ) -> None:
        """Keep what was changed, all or nothing; raises InvalidInput."""
        now, settings = self._clock.now(), self._store.settings

        def change() -> None:
            with self._store.together():
                if provider is not None:
                    settings.change_provider(provider, now)
                if server is not None:
                    settings.change_mail_server(server, now)
            kept = settings.mail_server()
            if password and kept.account:
                remember_password(kept, password)

        def changed(_nothing: None) -> None:
            self.resume()
            done(None)

        self._office.run(change, changed, failed)

    def enter_password(self, server: MailServer, password: str) -> None:
        """The password that was asked for."""
        self._office.run(
            lambda: remember_password(server, password), lambda _nothing: self.resume(), lambda _error: None
        )

    def send_test(
        self, server: MailServer, password: str, recipient: str, done: Callable[[Outcome], None], failed: Failed
    ) -> None:
        """A message that only says that it arrived, by a server that isn't kept yet; raises InvalidInput."""
        now = self._clock.now()

        def send() -> Outcome:
            checked = server.checked()
            if not checked.host:
                raise InvalidInput("host", Fault.EMPTY)
            to = _test_recipient(recipient or checked.sender)
            known = password or (known_password(checked) if checked.account else "")
            if known is None:
                raise InvalidInput("password", Fault.EMPTY)
            return self._postman.hand_in(checked, known, wire_address(to), write_trial(checked, to, now))

        self._testing.run(send, done, failed)

    def close(self) -> None:
        """Keep what was asked to be kept; a mail on its way has a moment to arrive, else it goes out again later."""
        self._timer.stop()
        self._postman.stop(GRACE_S)
        self._testing.close(finish=False)
        self._sending.close(finish=False)
        self._office.close(finish=True)


def _preview(provider: Provider) -> QImage:
    """A logo that can't be drawn any more is none."""
    try:
        return preview(provider.logo)
    except InvalidInput:
        return QImage()


def _test_recipient(text: str) -> str:
    try:
        return checked_email(text)
    except InvalidInput as error:
        raise InvalidInput("test_recipient", error.fault, error.value) from None

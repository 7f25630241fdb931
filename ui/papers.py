"""Letters and dossiers as files and on paper, made beside everything else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject
from PySide6.QtSvg import QSvgRenderer

from model.account import Quote
from model.clock import Clock
from model.errors import ModelError
from model.installation import Language
from model.order_file import order_file
from model.records import OrderMail
from model.store import Store
from ui.background import Background
from ui.dossier import dossier_paper, write_dossier
from ui.letter import write_draft, write_letter
from ui.pdf import Paper, letter_paper
from ui.saving import saved_whole

Failed = Callable[[ModelError], None]
Make = Callable[[], Paper]


class Papers(QObject):
    """Has a thread of its own: setting a document takes longer than a click may."""

    def __init__(self, store: Store, clock: Clock, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._clock = clock
        self._background = Background("papers", self)

    def letter(self, mail: OrderMail) -> Paper:
        """What a customer was told about an order."""
        provider = self._store.settings.provider()
        return letter_paper(write_letter(mail, provider), provider, self._clock.now())

    def draft(self, quote: Quote, reader: Language) -> Paper:
        """What the summary shows, marked as not ordered."""
        provider = self._store.settings.provider()
        return letter_paper(write_draft(quote, provider, reader), provider, self._clock.now())

    def dossier(self, installation_id: int, order_number: int) -> Paper:
        """Everything there is about an order."""
        now = self._clock.now()
        return dossier_paper(write_dossier(order_file(self._store, installation_id, order_number), now), now)

    def save(self, make: Make, path: Path, done: Callable[[None], None], failed: Failed) -> None:
        """Write a document as PDF, whole or not at all; FileNotSaved if it can't be."""

        def write() -> None:
            document = make().pdf()
            with saved_whole(path) as unfinished:
                unfinished.write_bytes(document)

        self._background.run(write, done, failed)

    def draw(self, make: Make, done: Callable[[list[QSvgRenderer]], None], failed: Failed) -> None:
        """The pages of a document as drawings for a printer."""

        def read() -> list[QSvgRenderer]:
            pages = [QSvgRenderer(QByteArray(page)) for page in make().pages()]
            for page in pages:
                page.moveToThread(self.thread())
            return pages

        self._background.run(read, done, failed)

    def close(self) -> None:
        """Finish the file that is being written; what was only asked for isn't begun."""
        self._background.close(finish=False)

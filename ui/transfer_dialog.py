"""Moving a whole database: where to, how far it is, and what was found to be the same."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QProgressBar, QWidget

from model.errors import ModelError, StorageFault, StoreUnavailable
from model.installation import checked_text
from model.refusals import InvalidInput
from model.server_place import LONGEST_PATH, ServerPlace
from model.transfer import Stage, Transferred
from ui import errors, formats, transfer_words
from ui.form import LongFormDialog
from ui.i18n import _
from ui.server_form import ServerForm
from ui.widgets import Notice, button, label, readable, wrapped


class TransferDialog(LongFormDialog):
    """Stays open until the clerk closes it.

    `cancel_wanted` while data go, `work_wanted` to go on where they are.
    """

    CHANGES = False

    work_wanted = Signal()

    def __init__(self, name: str, title: str, words: str, parent: QWidget) -> None:
        super().__init__(name, title, _("&Transfer"), parent)
        self.characters = 96
        self.is_done = False
        self.explained = wrapped(label(words, name="transferWords"))
        self.parts: list[QWidget] = [self.form]
        self._stage = wrapped(label(name="transferStage", bold=True))
        self._progress = QProgressBar()
        self._progress.setObjectName("transferProgress")
        self._progress.setAccessibleName(_("Progress of the transfer"))
        self._figures = readable(wrapped(label(name="transferFigures")))
        self._work = button(_("&Work with the new database now"), "workThereButton", self.work_wanted.emit)
        self.told = Notice("transferBar", "transferText", "info", "info")
        self.body.insertWidget(0, self.told)
        self.body.insertWidget(1, self.explained)
        for part in (self._stage, self._progress, self._figures):
            self.body.addWidget(part)
            part.hide()
        row = QHBoxLayout()
        row.addWidget(self._work)
        row.addStretch(1)
        self.body.addLayout(row)
        self._work.hide()

    def show_progress(self, stage: Stage, percent: int) -> None:
        """What is being done, and how far it is; of a check nobody knows."""
        known = stage in (Stage.COPYING, Stage.COMPARING)
        self._stage.setText(transfer_words.stage(stage))
        self._progress.setRange(0, 100 if known else 0)
        self._progress.setValue(percent if known else -1)
        self._progress.setFormat(formats.percent(100 * percent))

    def show_done(self, done: Transferred) -> None:
        """Everything is there."""
        self.is_done = True
        self.set_busy(busy=False)
        words = _("Everything is in {place} now, and the same on both sides. This database stays as an archive.")
        self.explained.setText(words.format(place=done.place))
        compared = _("Today’s and the pending tariff of every installation were compared.")
        self._figures.setText(f"{transfer_words.figures(done)}\n\n{compared}")
        for part in (*self.parts, self.submit_button):
            part.hide()
        for shown in (self._figures, self._work):
            shown.show()
        self.cancel_button.setText(_("Close"))
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.resize(self.width(), 0)
        self._grow()

    def show_given_up(self) -> None:
        """Nothing has happened."""
        self.set_busy(busy=False)
        self.told.show_text("", _("Cancelled: nothing was transferred, and you can go on working as before."))
        self._grow()

    def set_busy(self, *, busy: bool) -> None:
        """While data go nothing else can be chosen; Cancel undoes it."""
        super().set_busy(busy=busy)
        self.told.show_text("", "")
        for part in self.parts:
            part.setEnabled(not busy)
        if busy:
            self.show_progress(Stage.LOOKING, 0)
        for shown in (self._stage, self._progress):
            shown.setVisible(busy)
        self._grow()


class ToServerDialog(TransferDialog):
    """Which server; an empty database is set up there once that was said."""

    def __init__(self, parent: QWidget) -> None:
        words = _(
            "Customers, orders, history, mails and settings go to an empty database on a server, and are compared"
            " there. Only if everything is the same does it stay. This file remains as an archive to look at. Until it"
            " is done, which may take minutes, nobody can change or order anything. Copies of the server’s database"
            " are then made by whoever looks after the server, not by this program any more."
        )
        super().__init__("toServerDialog", _("Transfer to a server"), words, parent)
        self.server = ServerForm()
        self.parts = [self.server]
        self.sets_up = False
        self.form.hide()
        self.body.insertWidget(2, self.server)
        self.server.changed.connect(self._ask_again)

    def value(self) -> ServerPlace:
        """The server; raises InvalidInput."""
        return self.server.value()

    def focus_first(self) -> None:
        """The server's name."""
        if not self.is_done:
            self.server.form.fields["host"].widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_error(self, error: ModelError) -> None:
        """Under its field; or what pressing the button again will do."""
        self.set_busy(busy=False)
        fault = error.fault if isinstance(error, StoreUnavailable) else None
        if fault is StorageFault.NOT_SET_UP:
            self.sets_up = True
            self.submit_button.setText(_("Set up there and &transfer"))
            self.told.show_text(errors.message(error), _("This program’s tables are made there first."))
        elif fault is StorageFault.LOGIN or isinstance(error, InvalidInput):
            self.server.show_fault(error)
        else:
            self.notice.show_text("", errors.message(error))
        self._grow()

    def _ask_again(self) -> None:
        """Another server."""
        self.sets_up = False
        self.submit_button.setText(_("&Transfer"))
        self.told.show_text("", "")


class ToFileDialog(TransferDialog):
    """Which new file; nothing is overwritten."""

    def __init__(self, path: Path, parent: QWidget) -> None:
        words = _(
            "Customers, orders, history, mails and settings go into a new file on this computer, and are compared"
            " there. Only if everything is the same does it stay. The database on the server remains as an archive to"
            " look at, for every desk: nobody can change or order anything there any more."
        )
        super().__init__("toFileDialog", _("Transfer into a file"), words, parent)
        self._path = self.form.add_text("file", _("New &file"), "transferFileField", str(path))
        self._choose = button(_("&Choose …"), "transferFileButton", self._choose_file)
        self.parts = [self.form, self._choose]
        row = QHBoxLayout()
        row.addWidget(self._choose)
        row.addStretch(1)
        self.body.insertLayout(3, row)

    def value(self) -> Path:
        """Where the file is to be; raises InvalidInput."""
        return Path(checked_text("file", self._path.text(), LONGEST_PATH)).absolute()

    def _choose_file(self) -> None:
        name, _kind = QFileDialog.getSaveFileName(self, _("New database"), self._path.text(), _("Databases (*.db)"))
        if name:
            self._path.setText(name)

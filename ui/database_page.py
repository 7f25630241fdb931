"""The settings' page "Database": which one is open, and with which one to work instead."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QFileDialog, QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from model.engine import is_server
from model.installation import checked_text
from model.refusals import InvalidInput
from model.server_place import LONGEST_PATH, place_if_any
from ui.arrangement import tab_in_reading_order
from ui.form import Form
from ui.i18n import _
from ui.server_form import ServerForm
from ui.widgets import button, label, readable, separator, wrapped


class DatabasePage(QWidget):
    """`use_wanted` carries a file's path or a server's address that can be worked with."""

    use_wanted = Signal(str)

    def __init__(self, database: str, chosen: str, file: Path) -> None:
        """`database` is the one that is open, `chosen` the one of the next start, `file` the program's own."""
        super().__init__()
        on_server = is_server(database)
        address = chosen if is_server(chosen) else database
        self.file_form, self.server = Form(), ServerForm(place_if_any(address) if is_server(address) else None)
        shown = str(file) if on_server else database
        self._path = self.file_form.add_text("file", _("F&ile"), "databaseFileField", shown)
        self._choose = button(_("Choose file …"), "databaseFileButton", self._choose_file)
        self._choices = QButtonGroup(self)
        self._on_file = self._offer(_("File on this com&puter"), "databaseFileChoice")
        self._on_server = self._offer(_("PostgreSQL server, for several &desks"), "databaseServerChoice")
        (self._on_server if on_server else self._on_file).setChecked(True)
        self._use = button(_("Wor&k with this database"), "useDatabaseButton", self._ask_to_use)
        self._now = readable(
            wrapped(label(_("Open now: {place}").format(place=database), name="databaseLabel", bold=True))
        )
        self._zone = readable(wrapped(label(name="zoneLabel", tone="muted")))
        self._lay_out()
        self._choices.buttonToggled.connect(lambda _button, _on: self._follow())
        self._follow()

    def show_zone(self, zone: str) -> None:
        """The office's time zone. It can't be changed: orders would take effect on other days than was shown (R21)."""
        text = _(
            "Time zone of the office: {zone}. It decides at every desk what day it is, and stays as it was when the"
            " database was made."
        )
        self._zone.setText(text.format(zone=zone))

    def _ask_to_use(self) -> None:
        self.file_form.clear_faults()
        if self._on_server.isChecked():
            self.server.use(self.use_wanted.emit)
            return
        try:
            path = checked_text("file", self._path.text(), LONGEST_PATH)
        except InvalidInput as error:
            self.file_form.show_fault(error)
        else:
            self.use_wanted.emit(str(Path(path).absolute()))

    def _choose_file(self) -> None:
        name, _kind = QFileDialog.getOpenFileName(
            self, _("Open database"), str(Path(self._path.text()).parent), _("Databases (*.db)")
        )
        if name:
            self._path.setText(str(Path(name)))

    def _follow(self) -> None:
        on_server = self._on_server.isChecked()
        self.server.setVisible(on_server)
        for part in (self.file_form, self._choose):
            part.setVisible(not on_server)
        tab_in_reading_order(self.window())

    def _offer(self, text: str, name: str) -> QRadioButton:
        made = QRadioButton(text)
        made.setObjectName(name)
        made.setAccessibleName(text.replace("&", ""))
        self._choices.addButton(made)
        return made

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self._now)
        layout.addWidget(self._zone)
        layout.addWidget(separator())
        for part in (self._on_file, self._on_server, self.file_form):
            layout.addWidget(part)
        for made in (self._choose, self._use):
            row = QHBoxLayout()
            row.addWidget(made)
            row.addStretch(1)
            if made is self._use:
                layout.addWidget(self.server)
            layout.addLayout(row)
        note = _("The settings are saved, and this window opens again with that database, also at the next start.")
        layout.addWidget(wrapped(label(note, tone="muted")))
        layout.addStretch(1)

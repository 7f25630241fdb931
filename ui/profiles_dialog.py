"""The profiles clerks have made: renamed, removed, given to others as a file and taken from one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from model.import_profile import ImportProfile
from ui.arrangement import resize_within_screen
from ui.changes import ChangeButton, change_button
from ui.form import FormDialog
from ui.i18n import _
from ui.widgets import LINE_SPACING, button, label, wrapped


class ProfilesDialog(FormDialog):
    """Submits a new name for the profile chosen; the other ways on are signals with the profile."""

    remove_wanted = Signal(object)
    export_wanted = Signal(object)
    import_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__("profilesDialog", _("Own import profiles"), _("Rename"), parent, cancel=_("Close"))
        self._list = QListWidget()
        self._list.setSpacing(LINE_SPACING)
        self._list.setObjectName("profileList")
        self._list.setAccessibleName(_("Profiles"))
        self._list.currentItemChanged.connect(lambda _now, _before: self._show_chosen())
        self._name = self.form.add_text("profile", _("&Name of the system"), "profileName")
        self._export = button(_("&Export …"), "profileExport", self._ask_to_export, "file-down")
        self._remove = change_button(_("&Remove"), "profileRemove", self._ask_to_remove, "trash-2")
        self._import: ChangeButton = change_button(
            _("&Import …"), "profileImport", self.import_wanted.emit, "file-input"
        )
        self._empty = wrapped(label(name="profilesEmpty", tone="muted"))
        self._put_together()
        self.show_profiles(())
        resize_within_screen(self, 74, 24)

    @property
    def chosen(self) -> ImportProfile | None:
        """The profile that is chosen."""
        item = self._list.currentItem()
        profile = item.data(Qt.ItemDataRole.UserRole) if item else None
        return profile if isinstance(profile, ImportProfile) else None

    def show_profiles(self, profiles: Sequence[ImportProfile]) -> None:
        """What there is; what was chosen stays chosen, by its name or else its place."""
        self.notice.show_text("", "")
        before, place = self.chosen, self._list.currentRow()
        self._list.clear()
        for profile in profiles:
            item = QListWidgetItem(profile.system)
            item.setData(Qt.ItemDataRole.UserRole, profile)
            self._list.addItem(item)
        names = [profile.system for profile in profiles]
        wanted = names.index(before.system) if before and before.system in names else max(0, place)
        self._list.setCurrentRow(min(wanted, len(names) - 1))
        self._empty.setVisible(not names)
        self._show_chosen()

    def value(self) -> str:
        """The new name as it was typed."""
        return self._name.text()

    def _show_chosen(self) -> None:
        profile = self.chosen
        self._name.setText(profile.system if profile else "")
        self.form.clear_faults()
        for part in (self._name, self._export, self._remove):
            part.setEnabled(profile is not None)
        self.allow(possible=profile is not None)

    def _ask_to_export(self) -> None:
        if self.chosen is not None:
            self.export_wanted.emit(self.chosen)

    def _ask_to_remove(self) -> None:
        if self.chosen is not None:
            self.remove_wanted.emit(self.chosen)

    def _put_together(self) -> None:
        self._empty.setText(_("There are none yet. One is made when the columns of an unknown table are chosen."))
        buttons = QVBoxLayout()
        for part in (self._import, self._export, self._remove):
            buttons.addWidget(part)
        buttons.addStretch(1)
        row = QHBoxLayout()
        row.addWidget(self._list, 1)
        row.addLayout(buttons)
        self.body.insertLayout(0, row)
        self.body.insertWidget(1, self._empty)
        self.outer.setStretchFactor(self.body, 100)

"""What was typed and isn't saved: said wherever the clerk goes on to, asked about before the window closes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMessageBox

from ui import formats, labels
from ui.drafts import Draft
from ui.i18n import _, ngettext
from ui.widgets import Notice, button, message_icon
from ui.words import breakable

if TYPE_CHECKING:
    from ui.case import Case
    from ui.main_window import MainWindow

MOST_NAMES = 3


class DraftWork(QObject):
    """Belongs to a window; `bar` names the customers whose settings page isn't in front.

    Nothing is asked when the window closes for `followed_by`, which takes the drafts over.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._drafts = window.settings_page.drafts
        self._drafts.changed.connect(self.show_bar)
        self._wanted: int | None = None
        self.followed_by: Callable[[], None] | None = None
        self.bar = Notice("draftBar", "draftText", "warning", "pencil")
        self.bar.add_button(button(_("Show"), "showDraftButton", self._show))

    def show_case(self, case: Case) -> None:
        """A customer is shown: on the settings page, if the clerk wants to go on there."""
        if self._wanted == case.account.installation.id:
            self._wanted = None
            self._window.open_settings()
        self.show_bar()

    def show_bar(self) -> None:
        """Name what isn't saved, apart from what the clerk is typing."""
        names = _names(self._elsewhere())
        text = _("Typed but not saved yet: {customers}").format(customers=names)
        self.bar.show_text("", text if names else "")

    def must_ask(self) -> bool:
        """Whether something typed would be lost with the window; then the clerk is asked."""
        is_followed = self.followed_by is not None and self.followed_by is self._window.then
        if is_followed or not self._drafts.all():
            return False
        if self._window.findChild(QMessageBox, "unsavedBox") is None:
            self._make_box().open()
        return True

    def go_on_from(self, earlier: DraftWork) -> None:
        """The window takes the place of one in another language: what was typed there is still here."""
        case, page = earlier._window.case, earlier._window.page_name()
        self._wanted = case.account.installation.id if case and page == "settingsPage" else None
        self._drafts.take_over(earlier._drafts)

    def _elsewhere(self) -> dict[int, Draft]:
        """The drafts, without the one that is in front."""
        drafts, case = self._drafts.all(), self._window.case
        if case is not None and self._window.page_name() == "settingsPage":
            drafts.pop(case.account.installation.id, None)
        return drafts

    def _show(self) -> None:
        """To the oldest draft."""
        for installation_id in list(self._elsewhere())[:1]:
            self._wanted = installation_id
            self._window.choose(installation_id)

    def _make_box(self) -> QMessageBox:
        box = QMessageBox(self._window)
        box.setObjectName("unsavedBox")
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(_("Not saved yet"))
        box.setIconPixmap(message_icon("warning"))
        box.setText(_("What was typed is not saved yet"))
        box.setInformativeText(breakable(_names(self._drafts.all())))
        stay = box.addButton(_("Do not close"), QMessageBox.ButtonRole.RejectRole)
        stay.clicked.connect(self._stay)
        box.setDefaultButton(stay)
        box.addButton(_("Discard and close"), QMessageBox.ButtonRole.DestructiveRole).clicked.connect(self._discard)
        return box

    def _stay(self) -> None:
        self._window.then = None
        self._show()

    def _discard(self) -> None:
        self._drafts.discard()
        self._window.close()


def _names(drafts: dict[int, Draft]) -> str:
    """Whose drafts they are; the first ones by name."""
    names = [draft.before.name for draft in drafts.values()]
    more = len(names) - MOST_NAMES
    if more > 0:
        text = ngettext("{count} more customer", "{count} more customers", more)
        names = [*names[:MOST_NAMES], text.format(count=formats.number(more))]
    return labels.listed(names)

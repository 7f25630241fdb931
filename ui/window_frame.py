"""What is around the window's pages: menus, bars, dialogs; each is loaded and made when it is first needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, cast

from PySide6 import QtCore
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from model.engine import is_server
from ui.arrangement import tab_in_order
from ui.i18n import _
from ui.late_bar import LateBar

if TYPE_CHECKING:
    from ui.actions import Actions
    from ui.changes import Changes
    from ui.desk import Desk
    from ui.dialogs import Dialogs
    from ui.leaving import Leaving
    from ui.main_window import MainWindow
    from ui.program_work import ProgramWork
    from ui.widgets import Notice

# From top to bottom; they are made in any order.
BARS = (
    "readOnlyBar",
    "databaseBar",
    "networkBar",
    "clockBar",
    "faultBar",
    "backupBar",
    "mailBar",
    "draftBar",
    "importedBar",
)


class WindowFrame(QMainWindow):
    """Menus, bars above the pages, dialogs over them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._pages = QStackedWidget()
        self._bars = QVBoxLayout()
        self._shown_bars: list[QWidget] = []
        self._fault_bar = LateBar(self, self._make_fault_bar)
        desk.asked.connect(self._forget_fault)

    def is_made(self, name: str) -> bool:
        """Whether a part was needed yet; what isn't there needn't be told anything."""
        return name in self.__dict__ or self.__dict__.get(f"_{name}") is not None

    def show_page(self, page: QWidget) -> None:
        """Bring a page to the front."""
        self._pages.setCurrentWidget(page)

    def page_name(self) -> str:
        """The name of the page in front."""
        page = self._pages.currentWidget()
        return page.objectName() if page else ""

    def refresh(self) -> None:
        """The clerk wants everything to be read again: what went wrong is forgotten, or found anew."""
        self._forget_fault()
        self._window.reload()

    def show_done(self, text: str) -> None:
        """A quiet word in the status bar."""
        self.statusBar().showMessage(text, 8000)

    def place_bar(self, bar: QWidget) -> None:
        """Put a bar above the page, in the order of BARS."""
        self._shown_bars = sorted([*self._shown_bars, bar], key=lambda made: BARS.index(made.objectName()))
        self._bars.insertWidget(self._shown_bars.index(bar), bar)
        self.changes.apply_to(bar)
        self._order_tabs()

    @cached_property
    def changes(self) -> Changes:
        """Whether anything may be changed."""
        from ui.changes import Changes

        return Changes(self._window)

    @cached_property
    def dialogs(self) -> Dialogs:
        """The dialogs that are open."""
        from ui.dialogs import Dialogs

        return Dialogs(self._window)

    @cached_property
    def leaving(self) -> Leaving:
        """Waits for what is being saved."""
        from ui.leaving import Leaving

        return Leaving(self._window)

    @cached_property
    def program(self) -> ProgramWork:
        """What a clerk does with the program itself."""
        from ui.program_work import ProgramWork

        return ProgramWork(self._window)

    @cached_property
    def actions_by_name(self) -> Actions:
        """The entries of the menus."""
        from ui.actions import Actions

        made = Actions(self, self._window.what_to_do(), on_server=is_server(self.desk.place))
        made.forbid_changes(self.changes.reason)
        return made

    def _add_menus(self) -> None:
        """Their titles, which are seen at once."""
        titles = {
            "fileMenu": _("&File"),
            "editMenu": _("&Edit"),
            "viewMenu": _("&View"),
            "installationMenu": _("&Installation"),
            "helpMenu": _("&Help"),
        }
        for name, title in titles.items():
            self.menuBar().addMenu(title).setObjectName(name)

    def _add_page(self, page: QWidget) -> None:
        self._pages.addWidget(page)
        self.changes.apply_to(page)
        self._order_tabs()

    def _order_tabs(self) -> None:
        """Tab goes from the list over the bars to the page, whichever was made first."""
        groups = [*self._shown_bars, self._pages, self.statusBar()]

        def group(part: QWidget) -> int:
            return next((place for place, area in enumerate(groups) if area.isAncestorOf(part)), -1)

        chain, part = list[QWidget](), self.nextInFocusChain()
        while part is not None and part is not self:
            chain.append(part)
            part = part.nextInFocusChain()
        by_tab = QtCore.Qt.FocusPolicy.TabFocus
        tab_in_order(*sorted((part for part in chain if part.focusPolicy() & by_tab), key=group))

    def _make_fault_bar(self) -> Notice:
        from ui.widgets import Notice, button

        made = Notice("faultBar", "faultText", "danger", "triangle-alert")
        made.add_button(button(_("Reload"), "retryButton", self.refresh))
        return made

    def _forget_fault(self) -> None:
        """The clerk goes on; what others do takes no word away that may not have been read yet."""
        self._fault_bar.show_text("", "")

    @property
    def _window(self) -> MainWindow:
        return cast("MainWindow", self)

"""The menus: every action once, with its shortcut, for menus, context menus and the help."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from model.list_query import Sorting
from ui.i18n import _
from ui.icons import icon
from ui.words import tooltip

Key = QKeySequence.StandardKey
CHANGING = frozenset(
    (
        "import",
        "importAmi",
        "importBatch",
        "new",
        "prices",
        "transfer",
        "paste",
        "addExtension",
        "addDevice",
        "addFeature",
        "cancelOrder",
    )
)


class Actions:
    """The window's actions by name; the window connects them to what they do."""

    def __init__(self, window: QMainWindow, do: dict[str, Callable[[], object]], *, on_server: bool) -> None:
        self._window = window
        self._on_server = on_server
        self._do = do
        self.named: dict[str, QAction] = {}
        self._possible: dict[str, bool] = {}
        self._reason = ""
        for build in (self._file, self._edit, self._view, self._installation, self._help):
            build()

    def enable(self, names: tuple[str, ...], *, on: bool) -> None:
        """Allow or forbid actions."""
        self._possible.update(dict.fromkeys(names, on))
        self._show_state()

    def forbid_changes(self, reason: str) -> None:
        """What changes something is off for a reason, which its tooltip says; without one it is as it was."""
        self._reason = reason
        for menu in self._window.menuBar().findChildren(QMenu):
            menu.setToolTipsVisible(bool(reason))
        self._show_state()

    def _show_state(self) -> None:
        for name, action in self.named.items():
            forbidden = self._reason if name in CHANGING else ""
            action.setEnabled(self._possible.get(name, True) and not forbidden)
            action.setToolTip(tooltip(forbidden) if forbidden else "")

    def _file(self) -> None:
        menu = self._menu("fileMenu")
        self._add(menu, "import", _("&Import installation …"), "Ctrl+I", "file-input")
        self._add(menu, "importBatch", _("Import se&veral installations …"))
        self._add(menu, "importAmi", _("Import from a running &Asterisk …"))
        self._add(menu, "new", _("&New customer …"), "Ctrl+N", "plus")
        menu.addSeparator()
        self._add(menu, "export", _("E&xport …"), "Ctrl+E", "file-down")
        menu.addSeparator()
        self._add(menu, "prices", _("Load &price list …"))
        self._add(menu, "restore", _("&Restore a copy …"), "", "history")
        self._add(menu, "transfer", _("Move to a &file …") if self._on_server else _("&Move to a server …"))
        self._add(menu, "demo", _("Open &example data"), "", "sparkles")
        menu.addSeparator()
        self._add(menu, "preferences", _("&Settings …"), "Ctrl+,", "settings").setMenuRole(
            QAction.MenuRole.PreferencesRole
        )
        menu.addSeparator()
        self._add(menu, "quit", _("&Quit"), Key.Quit).setMenuRole(QAction.MenuRole.QuitRole)

    def _edit(self) -> None:
        menu = self._menu("editMenu")
        # The tables and fields answer Ctrl+C and Ctrl+V themselves; here they are only named.
        self._add(menu, "copy", _shown(_("&Copy rows"), Key.Copy), "", "copy")
        self._add(menu, "copyHeader", _shown(_("Copy with &headings"), "Ctrl+Shift+C"))
        self._add(menu, "paste", _shown(_("&Paste extensions …"), Key.Paste))
        menu.addSeparator()
        self._add(menu, "search", _("&Search"), Key.Find, "search")

    def _view(self) -> None:
        menu = self._menu("viewMenu")
        group = QActionGroup(self._window)
        for sorting, text in ((Sorting.NAME, _("Sort by &name")), (Sorting.NUMBER, _("Sort by &customer number"))):
            action = self._add(menu, f"sort{sorting}", text)
            action.setCheckable(True)
            action.setChecked(sorting is Sorting.NAME)
            group.addAction(action)
        menu.addSeparator()
        self._add(menu, "outbox", _("&Outbox"), "Ctrl+Shift+O", "mail")
        menu.addSeparator()
        self._add(menu, "refresh", _("&Refresh"), "F5", "refresh-cw")

    def _installation(self) -> None:
        menu = self._menu("installationMenu")
        self._add(menu, "addExtension", _("Add e&xtension …"), "Ctrl+Shift+N", "plus")
        self._add(menu, "addDevice", _("Add &device …"), "Ctrl+Shift+D", "plus")
        self._add(menu, "addFeature", _("Use a Pro &function …"), "", "plus")
        menu.addSeparator()
        self._add(menu, "settings", _("&advanced settings"), "Ctrl+Shift+E", "settings")
        self._add(menu, "adjust", _("Adjust &tariff …"), "Ctrl+T", "calendar-clock")
        self._add(menu, "cancelOrder", _("&Cancel order …"))

    def _help(self) -> None:
        menu = self._menu("helpMenu")
        self._add(menu, "help", _("&Help on this view"), Key.HelpContents, "circle-help")
        self._add(menu, "verify", _("&Check database"), "", "circle-check")
        menu.addSeparator()
        self._add(menu, "about", _("&About Tarifwechsel"), "", "info").setMenuRole(QAction.MenuRole.AboutRole)

    def _menu(self, name: str) -> QMenu:
        """A menu that the window has, with nothing in it yet."""
        return next(menu for menu in self._window.menuBar().findChildren(QMenu) if menu.objectName() == name)

    def _add(self, menu: QMenu, name: str, text: str, keys: str | Key = "", icon_name: str = "") -> QAction:
        action = QAction(text, self._window)
        action.setObjectName(f"{name}Action")
        if icon_name:
            action.setIcon(icon(icon_name))
        if keys:
            action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda _checked=False: self._do[name]())
        menu.addAction(action)
        self.named[name] = action
        return action


def _shown(text: str, keys: str | Key) -> str:
    """A menu's text with keys that are only shown."""
    return f"{text}\t{QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)}"

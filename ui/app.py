"""The application around the window: language, palette, databases to open, and `build(store, clock)`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import (
    QLibraryInfo,
    QLocale,
    QMessageLogContext,
    QObject,
    QSettings,
    QStandardPaths,
    Qt,
    QtMsgType,
    QTranslator,
    qInstallMessageHandler,
)
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox

from model.backups import Backup, restore
from model.clock import Clock
from model.errors import ModelError, StoreUnavailable
from model.store import Store
from ui import errors, i18n, last_resort, preflight, theme
from ui.desk import Desk
from ui.i18n import _
from ui.icons import icon
from ui.main_window import MainWindow
from ui.preferences import Preferences, load_preferences, save_preferences
from ui.widgets import message_icon, show_message

NAME = "Tarifwechsel"
DATABASE = "Tarifwechsel.db"


class OpenStore(Protocol):
    """`model.store.open_store`."""

    def __call__(self, target: Path, *, create: bool, now: datetime) -> Store: ...  # noqa: D102 - a protocol


def build(store: Store, clock: Clock, settings: QSettings | None = None) -> MainWindow:
    """The main window over a store and a clock, not yet shown."""
    return MainWindow(Desk(store, clock), settings or QSettings(NAME, NAME))


def application(arguments: list[str]) -> QApplication:
    """The QApplication with its name and icon; where Qt would abort, the program ends with a message instead."""
    qInstallMessageHandler(_QtMessages())
    app = QApplication(arguments)
    app.setApplicationName(NAME)
    app.setDesktopFileName(NAME.lower())
    app.setWindowIcon(icon("phone", "accent"))
    return app


def data_folder() -> Path:
    """The operating system's place for this program's data."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation))


class Program(QObject):
    """The windows and the stores they show; a window is built anew when the language changes."""

    def __init__(
        self,
        app: QApplication,
        clock: Clock,
        open_store: OpenStore,
        open_demo: Callable[[Path, datetime, int], Store],
        settings: QSettings | None = None,
    ) -> None:
        super().__init__(app)
        self._app = app
        self._clock = clock
        self._open_store = open_store
        self._open_demo = open_demo
        self._settings = settings or QSettings(NAME, NAME)
        self._windows: list[MainWindow] = []
        self._translators: list[QTranslator] = []
        last_resort.install(data_folder())
        QGuiApplication.styleHints().colorSchemeChanged.connect(lambda _scheme: self._use_appearance())

    def start(self, database: Path | None, demo: int | None, language: str | None) -> bool:
        """Open the database or the example data and show a window; False if the clerk gave up."""
        self._use_language(language or load_preferences(self._settings).language)
        self._use_appearance()
        store = self._demo(max(1, demo)) if demo is not None else self._database(database or data_folder() / DATABASE)
        if store is not None:
            self._show(store)
        return store is not None

    def _database(self, path: Path) -> Store | None:
        """The store; a database that was known and is gone is never replaced by an empty one unasked."""
        path = path.absolute()
        known = self._known()
        try:
            store = self._open_store(path, create=str(path) not in known, now=self._clock.now())
        except StoreUnavailable as error:
            other = self._ask_for_another(error)
            return self._database(other) if other else None
        self._settings.setValue("known_databases", sorted({*known, str(path)}))
        return store

    def _known(self) -> list[str]:
        known = self._settings.value("known_databases", [])
        return [known] if isinstance(known, str) else list(known or [])  # type: ignore[call-overload]

    def _demo(self, count: int = 48) -> Store | None:
        try:
            return self._open_demo(data_folder() / "Beispiel", self._clock.now(), count)
        except ModelError as error:
            self._explain(error)
            return None

    def _ask_for_another(self, error: ModelError) -> Path | None:
        if not self._explain(error, _("Choose another file …")):
            return None
        name, _kind = QFileDialog.getOpenFileName(None, _("Open database"), "", _("Databases (*.db)"))
        return Path(name) if name else None

    @staticmethod
    def _explain(error: ModelError, way_on: str = "") -> bool:
        """Say why nothing can be opened; whether the clerk takes the way on."""
        box = QMessageBox(QMessageBox.Icon.NoIcon, NAME, errors.message(error))
        box.setIconPixmap(message_icon("warning"))
        box.setObjectName("databaseFaultBox")
        box.setTextFormat(Qt.TextFormat.PlainText)
        chosen = box.addButton(way_on, QMessageBox.ButtonRole.AcceptRole) if way_on else None
        box.addButton(_("Quit"), QMessageBox.ButtonRole.RejectRole)
        box.exec()
        return chosen is not None and box.clickedButton() is chosen

    # ------------------------------------------------------------------ windows

    def _show(self, store: Store) -> MainWindow:
        window = build(store, self._clock, self._settings)
        window.preferences_changed.connect(self._change_preferences)
        window.demo_requested.connect(lambda: self._show_demo(window))
        window.restore_requested.connect(lambda backup: self._restore(window, store, backup))
        window.closed.connect(lambda: self._close(window, store))
        self._windows.append(window)
        window.show()
        return window

    def _show_demo(self, asking: MainWindow) -> None:
        try:
            self._show(self._open_demo(data_folder() / "Beispiel", self._clock.now(), 48))
        except ModelError as error:
            show_message(asking, _("The example data cannot be opened"), errors.message(error))

    def _restore(self, window: MainWindow, store: Store, backup: Backup) -> None:
        """Close the database, put the copy in its place, open it again; the old file stays beside it."""
        place = Path(store.target).absolute()
        self._app.setQuitOnLastWindowClosed(False)
        window.close()
        aside = None
        try:
            aside = restore(backup.path, place, self._clock.now())
        except StoreUnavailable as error:
            self._explain(error)
        opened = self._database(place)
        if opened is not None:
            made = self._show(opened)
            if aside is not None:
                text = _("The database as it was before is in {place}").format(place=aside)
                show_message(made, _("The copy is restored"), text, tone="info")
        self._app.setQuitOnLastWindowClosed(True)
        if opened is None:
            self._app.quit()

    def _close(self, window: MainWindow, store: Store) -> None:
        """A window was closed; when its language is being changed, the same store gets another one."""
        self._windows.remove(window)
        window.deleteLater()
        if window.rebuilding:
            self._show(store)
        else:
            store.close()

    def _change_preferences(self, chosen: Preferences) -> None:
        save_preferences(self._settings, chosen)
        self._use_appearance()
        windows = list(self._windows)
        if chosen.language == i18n.language():
            for window in windows:
                window.use_preferences(chosen)
            return
        self._use_language(chosen.language)
        self._app.setQuitOnLastWindowClosed(False)
        for window in windows:
            window.rebuild()
        self._app.setQuitOnLastWindowClosed(True)

    # ------------------------------------------------------------------ language and look

    def _use_appearance(self) -> None:
        theme.apply_theme(self._app, load_preferences(self._settings).appearance)

    def _use_language(self, code: str) -> None:
        """Our texts and Qt's own, such as those of file dialogs."""
        i18n.use_language(code)
        QLocale.setDefault(QLocale("de_DE" if i18n.language() == "de" else "en_GB"))
        for translator in self._translators:
            self._app.removeTranslator(translator)
        self._translators = []
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        translator = QTranslator(self._app)
        if i18n.language() == "de" and translator.load("qtbase_de", folder):
            self._app.installTranslator(translator)
            self._translators.append(translator)


class _QtMessages:
    """Qt's own messages go to the log; a fatal one ends the program with words made of those before it."""

    def __init__(self) -> None:
        self._before: list[str] = []

    def __call__(self, kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
        if kind is QtMsgType.QtFatalMsg:
            preflight.explain_fatal([*self._before, text])
        self._before = [*self._before[-4:], text]
        last_resort.LOGGER.warning("Qt: %s", text)

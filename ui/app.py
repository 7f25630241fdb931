"""The application around the window: language, palette, databases to open, and `build(store, clock)`."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QLibraryInfo,
    QLocale,
    QMessageLogContext,
    QObject,
    QSettings,
    QStandardPaths,
    QTimer,
    QtMsgType,
    QTranslator,
    qInstallMessageHandler,
)
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from model.engine import is_server
from model.errors import GivenUp, ModelError
from ui import i18n, last_resort, preflight, theme
from ui.desk import Desk
from ui.i18n import _
from ui.main_window import MainWindow
from ui.opening import Opening, OpenStore, explain
from ui.preferences import Preferences, load_database, load_preferences, save_database, save_preferences

if TYPE_CHECKING:
    from model.clock import Clock
    from model.opened import Opened
    from ui.server_opening import ServerOpening

NAME = "Tarifwechsel"
DATABASE = "Tarifwechsel.db"
LONGEST_WAIT_MS = 300
OpenDemo = Callable[[Path, datetime, int, Callable[[int, int], object]], "Opened"]
# By then everything is loaded that stays to the end; looking through it for cycles again and again would stop the
# window for a tenth of a second each time, mostly while a large customer is opened.
SETTLED_MS = 3_000


def build(store: Opened, clock: Clock, settings: QSettings | None = None) -> MainWindow:
    """The main window over a store, perhaps one that is not yet loaded, and a clock; not yet shown."""
    return MainWindow(Desk(store, clock), settings or QSettings(NAME, NAME))


def application(arguments: list[str]) -> QApplication:
    """The QApplication with its name; where Qt would abort, the program ends with a message instead."""
    qInstallMessageHandler(_QtMessages())
    # For each tall picture Qt would hand a part of the painting to other threads and wait for them, while those that
    # search have the processors.
    os.environ.setdefault("QT_NO_GUI_THREADPOOL", "1")
    app = QApplication([*arguments, *theme.STYLE])
    app.setApplicationName(NAME)
    app.setDesktopFileName(NAME.lower())
    return app


def data_folder() -> Path:
    """The operating system's place for this program's data."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation))


def own_database() -> Path:
    """The file that is opened unless another database is chosen."""
    return data_folder() / DATABASE


class Program(QObject):
    """The windows and the stores they show; a window is built anew when the language changes."""

    def __init__(
        self,
        app: QApplication,
        clock: Clock,
        open_store: OpenStore,
        open_demo: OpenDemo,
        settings: QSettings | None = None,
    ) -> None:
        super().__init__(app)
        self._app = app
        self._clock = clock
        self._open_demo = open_demo
        self._settings = settings or QSettings(NAME, NAME)
        self._opening = Opening(clock, open_store, self._settings)
        self._open_store = open_store
        self._windows: dict[MainWindow, Opened] = {}
        self._translators: list[QTranslator] = []
        last_resort.install(data_folder())
        QGuiApplication.styleHints().colorSchemeChanged.connect(lambda _scheme: self._use_appearance())

    def start(self, database: Path | str | None, demo: int | None, language: str | None) -> bool:
        """Open the database or the example data and show a window; False if the clerk gave up."""
        self._use_language(language or load_preferences(self._settings).language)
        self._use_appearance()
        if demo is None:
            return self._open(database or load_database(self._settings) or own_database(), create=True)
        try:
            self._show(self._demo(demo))
        except GivenUp:
            return False
        except ModelError as error:
            explain(error, (), _("Quit"))
            return False
        return True

    def _open(self, place: Path | str, *, create: bool, last: str = "") -> bool:
        """Open a database and show a window; False if the clerk gave up, which may be called `last`."""
        if is_server(place):
            store = self._servers.open(str(place), last)
        else:
            store = self._opening.open(Path(place), create=create, last=last)
        if store is None:
            return False
        window, news = self._show(store), self._opening.take_news()
        if news:
            from ui.widgets import show_message

            show_message(window, _("The copy is restored"), news, tone="info")
        return True

    @cached_property
    def _servers(self) -> ServerOpening:
        from ui.server_opening import ServerOpening

        now = self._clock.now
        return ServerOpening(
            lambda address, create: self._open_store(address, create=create, now=now()),
            lambda path: self._opening.open(path, create=False),
            partial(save_database, self._settings),
        )

    def _demo(self, count: int = 48) -> Opened:
        from ui.beside import Progress, beside

        progress = Progress()
        folder, now = data_folder() / "Beispiel", self._clock.now()
        words = _("The example data are being made …")
        return beside(words, lambda: self._open_demo(folder, now, count, progress), progress)

    # ------------------------------------------------------------------ windows

    def _show(self, store: Opened) -> MainWindow:
        window, place = build(store, self._clock, self._settings), Path(store.target).absolute()
        window.preferences_changed.connect(self._change_preferences)
        window.demo_requested.connect(lambda: self._show_demo(window))
        window.restore_requested.connect(
            lambda backup: self._replace(window, store, lambda: self._opening.put_back(backup, place))
        )
        window.reopen_requested.connect(lambda: self._replace(window, store, lambda: None))
        window.database_chosen.connect(lambda other: self._switch(store, other))
        window.closed.connect(lambda: self._close(window, store))
        window.panel.list.painted.connect(_give_icon)
        self._windows[window] = store
        # With its first rows, not as an empty frame; but not later than this if they take long.
        self._app.setQuitOnLastWindowClosed(False)
        window.ready.connect(lambda: self._appear(window))
        QTimer.singleShot(LONGEST_WAIT_MS, window, lambda: self._appear(window))
        return window

    def _appear(self, window: MainWindow) -> None:
        if window in self._windows and not window.isVisible():
            window.show()
            QTimer.singleShot(SETTLED_MS, self, gc.freeze)
        self._app.setQuitOnLastWindowClosed(True)

    def _show_demo(self, asking: MainWindow) -> None:
        try:
            store = self._demo()
        except GivenUp:
            return
        except ModelError as error:
            from ui import errors
            from ui.widgets import show_message

            show_message(asking, _("The example data cannot be opened"), errors.message(error))
            return
        for window, shown in self._windows.items():
            if shown.target == store.target:
                store.close()
                window.raise_()
                window.activateWindow()
                return
        self._show(store)

    def _replace(self, window: MainWindow, store: Opened, between: Callable[[], None]) -> None:
        """Close a database, do something with its file, and open it again, with the clerk's help if need be."""

        def again() -> None:
            store.close()
            between()
            self._open(store.target, create=False)

        window.leave(again)

    def _switch(self, store: Opened, place: str) -> None:
        """Work with another database, now and from the next start on; whoever gives that up gets the former again."""
        # Another language may have built the window anew by now.
        window = next(window for window, shown in self._windows.items() if shown is store)

        def other() -> None:
            store.close()
            before = load_database(self._settings)
            save_database(self._settings, place)
            if not self._open(place, create=Path(place) == own_database(), last=_("Back")):
                save_database(self._settings, before)
                self._open(store.target, create=False)

        window.leave(other)

    def _close(self, window: MainWindow, store: Opened) -> None:
        """A window was closed, for good or for what is to follow; the program ends with the last one."""
        del self._windows[window]
        if window.then is None:
            store.close()
        else:
            self._app.setQuitOnLastWindowClosed(False)
            window.hide()
            try:
                window.then()
            finally:
                self._app.setQuitOnLastWindowClosed(True)
            if not self._windows:
                self._app.quit()
        window.deleteLater()

    def _change_preferences(self, chosen: Preferences) -> None:
        save_preferences(self._settings, chosen)
        self._use_appearance()
        if chosen.language == i18n.language():
            for window in self._windows:
                window.use_preferences(chosen)
            return
        self._use_language(chosen.language)
        for window, store in list(self._windows.items()):
            window.drafts.followed_by = then = partial(self._rebuild, window, store)
            window.leave(then)

    def _rebuild(self, window: MainWindow, store: Opened) -> None:
        """The same in another language, with what was typed."""
        self._show(store).drafts.go_on_from(window.drafts)

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


def _give_icon() -> None:
    """To the program's windows; the list needn't wait for it."""
    from ui import icons

    icons.give_program_its_own()

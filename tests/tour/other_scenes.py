"""The remaining dialogs: messages, new customers, exports, preferences, help."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLabel, QMessageBox, QWidget

from model.refusals import FileFault, FileNotSaved
from tests.screen import dialog
from tests.tour.stage import LOOK_MS, Scenes, Stage
from ui import last_resort
from ui.export_dialog import ExportDialog
from ui.exporting import Exported

SCENES = Scenes()


@SCENES.add
def message(stage: Stage) -> QWidget:
    stage.go("100423")
    stage.import_text("Name;Mobil\nZentrale;0170 1\n")
    return dialog("messageBox")


@SCENES.add
def crash(stage: Stage) -> QWidget:
    last_resort.show_crash(ValueError, None, stage.home / "tarifwechsel.log")
    return dialog("crashBox")


@SCENES.add
def new_customer(stage: Stage) -> QWidget:
    stage.act("new")
    return dialog("newCustomerDialog")


@SCENES.add
def new_customer_fault(stage: Stage) -> QWidget:
    form = new_customer(stage)
    stage.write("customerNumberField", "100423", form)
    stage.write("nameField", "Autohaus Brenner", form)
    return stage.submit(form)


@SCENES.add
def export(stage: Stage) -> QWidget:
    """The list as it is filtered and searched."""
    stage.click("filterOver")
    stage.write("searchField", "b")
    stage.act("export")
    return dialog("exportDialog")


@SCENES.add
def export_table(stage: Stage) -> QWidget:
    window = stage.go("100423")
    stage.tab(1).setFocus()
    window.page.devices.hideColumn(2)
    stage.act("export")
    return dialog("exportDialog")


@SCENES.add
def export_without_library(stage: Stage) -> QWidget:
    kept, absent = sys.modules.get("xlsxwriter"), cast("Any", None)
    sys.modules["xlsxwriter"] = absent
    try:
        stage.act("export")
    finally:
        sys.modules.pop("xlsxwriter")
        sys.modules.update({"xlsxwriter": kept} if kept else {})
    return dialog("exportDialog")


def _export_dialog(stage: Stage) -> ExportDialog:
    shown = export_table(stage)
    assert isinstance(shown, ExportDialog)
    return shown


@SCENES.add
def export_under_way(stage: Stage) -> QWidget:
    shown = _export_dialog(stage)
    shown.set_busy(busy=True)
    shown.show_progress(45)
    return shown


@SCENES.add
def export_done(stage: Stage) -> QWidget:
    shown = _export_dialog(stage)
    shown.show_done(Exported(Path("Dokumente/Endgeräte 100423 2026-11-22.xlsx"), 8, one_state=False))
    return shown


@SCENES.add
def export_cancelled(stage: Stage) -> QWidget:
    shown = _export_dialog(stage)
    shown.show_error(FileNotSaved(FileFault.CANCELLED))
    return shown


@SCENES.add
def export_fault(stage: Stage) -> QWidget:
    shown = _export_dialog(stage)
    shown.show_error(FileNotSaved(FileFault.IN_USE, "Dokumente/Endgeräte 100423 2026-11-22.xlsx"))
    return shown


@SCENES.add
def preferences(stage: Stage) -> QWidget:
    stage.act("preferences")
    return dialog("preferencesDialog")


@SCENES.add
def help_page(stage: Stage) -> QWidget:
    stage.go("100423")
    stage.act("help")
    return dialog("helpWindow")


@SCENES.add
def about(stage: Stage) -> QWidget:
    """Looked at from a timer, whether or not the box waits to be closed."""
    stage.go("100423")
    seen = QLabel()

    def look() -> None:
        box = next(entry for entry in QApplication.topLevelWidgets() if isinstance(entry, QMessageBox))
        seen.setPixmap(box.grab())
        box.close()

    QTimer.singleShot(LOOK_MS, look)
    stage.act("about")
    while seen.pixmap().isNull():
        QApplication.processEvents()
    seen.resize(seen.sizeHint())
    return seen

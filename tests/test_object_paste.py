"""Rows from a spreadsheet are pasted as extensions, all or nothing (R11)."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from model.installation import ExtensionKind
from model.store import Store
from tests.examples import install
from tests.object_forms import Show, submit
from tests.screen import click, dialog, find, is_open, rows, settle, text
from ui.main_window import MainWindow

CONTROL = Qt.KeyboardModifier.ControlModifier


def paste(qtbot: QtBot, window: MainWindow, lines: str) -> QWidget:
    """Ctrl+V on the table of the extensions."""
    QGuiApplication.clipboard().setText(lines)
    find(window, QTabWidget, "tabs").setCurrentIndex(0)
    qtbot.keyClick(window.page.extensions, Qt.Key.Key_V, CONTROL)
    return dialog("pasteDialog")


def test_r11_twenty_pasted_rows_are_one_offer_all_or_nothing(
    qtbot: QtBot, window: MainWindow, memory: Store, show: Show
) -> None:
    account = show(install(memory, "C10", 8))
    lines = "".join(f"{number}\tArbeitsplatz {number}\n" for number in range(200, 220))
    form = paste(qtbot, window, lines)
    assert text(form, "pasteCount") == "20 Zeilen"
    submit(qtbot, window, form)
    question = dialog("decisionDialog")
    assert text(question, "decisionTitle") == "28 Nebenstellen brauchen einen größeren Tarif"
    assert "Classic 50 passt" in text(question, "decisionText")
    click(qtbot, question, "declineButton")
    assert len(account().extensions) == 8
    assert find(form, QPlainTextEdit, "pasteField").toPlainText().count("\n") == 19
    submit(qtbot, window, form)
    click(qtbot, dialog("decisionDialog"), "acceptOfferButton")
    change = dialog("tariffChangeDialog")
    click(qtbot, change, "selectButton")
    click(qtbot, change, "orderButton")
    settle(qtbot, window)
    assert len(account().extensions) == 28
    assert [entry.tariff.code for entry in account().orders] == ["classic-50"]
    assert not is_open("pasteDialog")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("200\tEins\n\n2o1\tZwei\n", "Zeile 3: „2o1“ ist keine gültige Nummer"),
        ("200\tEins\n201\n", "Zeile 2: Bitte ausfüllen."),
        ("\tOhne Nummer\n", "Zeile 1: Bitte ausfüllen."),
    ],
)
def test_a_pasted_row_that_is_wrong_is_named(
    qtbot: QtBot, window: MainWindow, memory: Store, show: Show, lines: str, words: str
) -> None:
    account = show(install(memory))
    form = paste(qtbot, window, lines)
    submit(qtbot, window, form)
    assert text(form, "pasteFieldFault").startswith(words)
    assert not find(form, QWidget, "pasteDialogNotice").isVisible(), "it is said once"
    assert account().extensions == ()


@pytest.mark.parametrize(("lines", "row"), [("200\tEins\n200\tZwei\n", 2), ("200\tEins\n100\tZwei\n", 2)])
def test_a_pasted_number_that_is_taken_is_named_with_its_row_and_nothing_is_created(
    qtbot: QtBot, window: MainWindow, memory: Store, show: Show, lines: str, row: int
) -> None:
    account = show(install(memory, "C10", 1))
    form = paste(qtbot, window, lines)
    submit(qtbot, window, form)
    number = lines.splitlines()[row - 1][:3]
    assert text(form, "pasteFieldFault") == f"Zeile {row}: Die Nebenstelle {number} gibt es in dieser Anlage schon."
    assert find(form, QPlainTextEdit, "pasteField").toPlainText() == lines.strip()
    assert len(account().extensions) == 1


def test_rows_are_pasted_from_the_menu_with_semicolons_too(
    qtbot: QtBot, window: MainWindow, memory: Store, show: Show
) -> None:
    account = show(install(memory))
    QGuiApplication.clipboard().setText("0123; Zentrale ;Ressource\r\n20;Empfang\r\n")
    window.actions_by_name.named["paste"].trigger()
    submit(qtbot, window, dialog("pasteDialog"))
    assert [(entry.number, entry.name, entry.kind) for entry in account().extensions] == [
        ("0123", "Zentrale", ExtensionKind.RESOURCE), ("20", "Empfang", ExtensionKind.USER),
    ]  # fmt: skip


def test_nothing_to_paste_is_said(qtbot: QtBot, window: MainWindow, memory: Store, show: Show) -> None:
    account = show(install(memory, "C10", 1))
    form = paste(qtbot, window, " \n")
    submit(qtbot, window, form)
    assert is_open("pasteDialog")
    assert len(account().extensions) == 1
    assert len(rows(window, "auditTable")) == 1, "an empty entry of the history says nothing"

"""Every visible text is marked for translation, and complete and right in both languages."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.pofile import read_po
from babel.util import pathmatch
from PySide6.QtCore import QSettings
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QApplication, QGroupBox, QLabel, QMainWindow, QMenu, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from model.store import Store
from tests.examples import FixedClock
from tests.gallery import screens
from ui import app, i18n

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "translations"
KEYWORDS = {**DEFAULT_KEYWORDS, **parse_keywords(["pgettext:1c,2"])}
TRANSLATORS = {"_", "ngettext", "pgettext"}
MNEMONIC = re.compile(r"&(\w)")
Key = tuple[str | None, tuple[str, ...]]

# Which arguments of which functions a person reads.
VISIBLE = {
    "QAction": (0,), "QCheckBox": (0,), "QGroupBox": (0,), "QLabel": (0,), "QListWidgetItem": (0,), "QMenu": (0,),
    "QMessageBox": (1, 2), "QPlainTextEdit": (0,), "QPushButton": (0,), "QRadioButton": (0,), "QTreeWidgetItem": (0,),
    "about": (1, 2), "add": (1,), "addAction": (0, 1), "addButton": (0,), "addItem": (0, 1), "addMenu": (0,),
    "addTab": (1, 2), "add_choice": (1,), "add_text": (1, 4), "button": (0,), "change_button": (0,),
    "drawText": (1, 2, 6),
    "getOpenFileName": (1, 3), "getSaveFileName": (1, 3), "insertItem": (1, 2), "insertTab": (2, 3), "label": (0,),
    "link": (0,), "setAccessibleDescription": (0,), "setAccessibleName": (0,), "setDetailedText": (0,),
    "setFormat": (0,), "setInformativeText": (0,), "setItemText": (1,), "setPlaceholderText": (0,),
    "setStatusTip": (0,), "setTabText": (1,), "setTabToolTip": (1,), "setText": (0,), "setTitle": (0,),
    "setToolTip": (0,), "setWhatsThis": (0,), "setWindowTitle": (0,), "showMessage": (0,), "show_done": (0,),
    "show_message": (1, 2), "show_text": (0, 1), "Capacity": (3,), "CapacityBar": (1,), "Column": (1, 2),
    "ChangeButton": (0,), "FormDialog": (1, 2), "OrderButton": (0,), "Table": (1, 3), "_add": (2,),
    "_object_tab": (2,),
}  # fmt: skip
VISIBLE_KEYWORDS = {"text", "title", "hint", "empty"}
# The product's name, and every language by its own name.
NOT_TRANSLATED = {"Tarifwechsel", "Deutsch", "English"}


@lru_cache
def catalogue(path: str) -> Catalog:
    with (FOLDER / path).open("rb") as file:
        return read_po(file)


def po(language: str) -> Catalog:
    return catalogue(f"{language}/LC_MESSAGES/tarifwechsel.po")


def key(message: Message) -> Key:
    return message.context, _forms(message.id)


def messages(found: Catalog) -> dict[Key, Message]:
    return {key(message): message for message in found if message.id}


def _forms(texts: object) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else tuple(str(text) for text in texts if text)  # type: ignore[attr-defined]


@lru_cache
def extracted() -> frozenset[Key]:
    """What the program's source asks for."""
    with (FOLDER / "babel.cfg").open(encoding="utf-8") as file:
        methods, _options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
    found = set()
    for path in [ROOT / "main.py", *(ROOT / "ui").rglob("*.py"), *(ROOT / "model").rglob("*.py")]:
        for pattern, method in methods:
            if pathmatch(pattern, path.relative_to(ROOT).as_posix()):
                entries = extract_from_file(method, str(path), keywords=KEYWORDS)
                found |= {(context, _forms(texts)) for _line, texts, _comments, context in entries}
    return frozenset(found)


def both(language: str) -> Iterator[tuple[str, str]]:
    """Every message with its translation; the plural is compared with every plural form."""
    for message in messages(po(language)).values():
        originals, translations = _forms(message.id), _forms(message.string)
        yield from zip((originals[0], *[originals[-1]] * (len(translations) - 1)), translations, strict=True)


def fields(text: str) -> set[str]:
    return {field for _literal, field, _spec, _conversion in Formatter().parse(text) if field is not None}


# ---------------------------------------------------------------------- the catalogues


def test_the_template_has_what_the_source_asks_for() -> None:
    assert set(messages(catalogue("tarifwechsel.pot"))) == extracted()


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_catalogue_has_every_message_and_no_other(language: str) -> None:
    found = po(language)
    assert set(messages(found)) == extracted()
    assert not found.obsolete
    assert not [message.id for message in found if message.id and message.fuzzy]
    assert not [message.id for message in found if not all(_forms(message.string)) or not message.string]


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_plural_forms_are_complete(language: str) -> None:
    found = po(language)
    plurals = [message for message in found if message.pluralizable]
    assert plurals
    assert not [message.id for message in plurals if len(_forms(message.string)) != found.num_plurals]


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_placeholders_and_mnemonics_are_kept(language: str) -> None:
    for original, translation in both(language):
        assert fields(translation) == fields(original), original
        assert len(MNEMONIC.findall(translation)) == len(MNEMONIC.findall(original)) <= 1, original


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_every_text_can_be_filled_in(language: str) -> None:
    for original, translation in both(language):
        filled = translation.format(**dict.fromkeys(fields(original), "x"))
        assert "{" not in filled.replace("{{", ""), original


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_a_text_begins_and_ends_as_the_original(language: str) -> None:
    for original, translation in both(language):
        for mark in (".", "…", ":", "?", "!", " "):
            assert original.endswith(mark) == translation.endswith(mark), translation
        assert translation == translation.strip(" "), translation
        assert "  " not in translation, translation


def test_german_is_typed_as_german_is_printed() -> None:
    for _original, text in both("de"):
        assert '"' not in text, text
        assert "'" not in text, text
        assert "..." not in text, text
        assert "”" not in text, text
        assert re.sub(r"[^„“]", "", text) == "„“" * text.count("„"), text
        assert not re.search(r"\w - \w", text), text
        assert not re.search(r"\w\s[.,;:?!](\s|$)", text), text
        assert not re.search(r"\d [€%]", text), text


def test_english_is_typed_as_english_is_printed() -> None:
    for _original, text in both("en"):
        assert '"' not in text, text
        assert "..." not in text, text
        assert "„" not in text, text
        assert text.count("“") == text.count("”"), text


def test_german_is_formal() -> None:
    familiar = re.compile(r"\b(du|dir|dich|dein\w*|euch|euer|eure\w*)\b", re.IGNORECASE)
    small = re.compile(r"\b([Bb]itte \w+n|[Kk]önnen|[Mm]öchten|[Mm]üssen|[Ww]enn|[Ff]alls) (sie|ihre[rmns]?|ihnen)\b")
    command = re.compile(r"\bBitte \w+ (?!Sie\b)\w")
    addressed = re.compile(r"\b(Sie|Ihr(e|em|en|er|es)?|Ihnen|[Bb]itte)\b")
    for original, text in both("de"):
        for wrong in (familiar, small, command):
            assert not wrong.search(text), text
        if re.search(r"\b(you|your)\b", original, re.IGNORECASE):
            assert addressed.search(text), text


# ---------------------------------------------------------------------- the source


def test_no_visible_literal_stands_outside_a_translation() -> None:
    found = []
    for path in sorted((ROOT / "ui").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                texts = [text for argument in _read(node) for text in _literals(argument)]
                found += [f"{path.name}:{node.lineno} {text!r}" for text in texts if _has_words(text)]
    assert not found


def test_no_sentence_stands_outside_a_translation() -> None:
    """Whatever function it is given to: a constant of two or more words is a text."""
    words = re.compile(r"[A-Za-zÄÖÜäöüß]{2,}[,:]? [A-Za-zÄÖÜäöüß]{2,}")
    found = []
    for path in sorted((ROOT / "ui").rglob("*.py")):
        module = ast.parse(path.read_text(encoding="utf-8"))
        for text in _literals(module, skip=_docstrings(module)):
            if words.search(text) and not _is_code(text):
                found.append(f"{path.name} {text!r}")
    assert not found


def test_no_translation_is_made_of_pieces() -> None:
    """Babel finds constants only; an f-string or a sum would be lost silently."""
    found = []
    for path in sorted((ROOT / "ui").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in TRANSLATORS and path.name != "i18n.py":
                texts = node.args[:2] if _name(node.func) != "_" else node.args[:1]
                found += [f"{path.name}:{node.lineno}" for text in texts if not isinstance(text, ast.Constant)]
    assert not found


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Subscript):
        return _name(function.value)
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _read(call: ast.Call) -> list[ast.expr]:
    """The arguments of a call that a person reads."""
    function = _name(call.func)
    if function == "__init__" and isinstance(call.func, ast.Attribute):
        function = "FormDialog"
    if function not in VISIBLE:
        return []
    named = [keyword.value for keyword in call.keywords if keyword.arg in VISIBLE_KEYWORDS]
    return [*(argument for place, argument in enumerate(call.args) if place in VISIBLE[function]), *named]


def _literals(node: ast.AST, skip: frozenset[int] = frozenset()) -> Iterator[str]:
    """The constants below a node that aren't translated; keys, names of icons and what is compared left out."""
    if isinstance(node, ast.Compare | ast.Assert):
        return
    if isinstance(node, ast.Call) and _name(node.func) in {*TRANSLATORS, "icon"}:
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skip:
        yield node.value
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.Subscript) and child is node.slice):
            yield from _literals(child, skip)


def _docstrings(module: ast.Module) -> frozenset[int]:
    documented = ast.Module | ast.ClassDef | ast.FunctionDef
    parts = [part for node in ast.walk(module) if isinstance(node, documented) for part in node.body]
    return frozenset(id(part.value) for part in parts if isinstance(part, ast.Expr))


def _has_words(text: str) -> bool:
    is_key = text.startswith(("Ctrl+", "Alt+", "Shift+"))
    return any(character.isalpha() for character in text) and not is_key and text not in NOT_TRANSLATED


def _is_code(text: str) -> bool:
    """Style sheets, commands for a shell, formats of a log."""
    return any(mark in text for mark in (" { ", "sudo ", "%("))


# ---------------------------------------------------------------------- mnemonics


@pytest.fixture(params=i18n.LANGUAGES)
def language(
    request: pytest.FixtureRequest,
    german: QApplication,  # noqa: ARG001 - has to be there first
) -> Iterator[str]:
    i18n.use_language(request.param)
    yield request.param
    i18n.use_language("de")


@pytest.mark.usefixtures("language")
def test_mnemonics_are_unique_wherever_they_meet(
    qtbot: QtBot, memory: Store, clock: FixedClock, settings: QSettings, tmp_path: Path
) -> None:
    window = app.build(memory, clock, settings)
    qtbot.addWidget(window)
    window.show()
    found = {f"menu {menu.title()}": twice([action.text() for action in menu.actions()]) for menu in menus(window)}
    for title, shown in screens(qtbot, window, memory, clock, tmp_path):
        found[title] = twice(list(visible_texts(shown)))
    window.close()
    assert not {title: letters for title, letters in found.items() if letters}


def menus(window: QMainWindow) -> list[QMenu]:
    return [entry for entry in window.menuBar().findChildren(QMenu) if entry.objectName()]


def twice(texts: list[str]) -> dict[str, list[str]]:
    """The letters that belong to several texts."""
    letters = Counter(letter.lower() for text in texts for letter in MNEMONIC.findall(text))
    return {
        letter: [text for text in texts if f"&{letter}" in text.lower()] for letter in letters if letters[letter] > 1
    }


def visible_texts(shown: QWidget) -> Iterator[str]:
    """Everything that answers to Alt and a letter: menus, tabs, buttons, labels of fields."""
    if isinstance(shown, QMainWindow):
        yield from (action.text() for action in shown.menuBar().actions() if isinstance(action, QAction))
    for widget in shown.findChildren(QWidget):
        if widget.window() is not shown or not widget.isVisible():
            continue
        if isinstance(widget, QTabBar):
            yield from (widget.tabText(place) for place in range(widget.count()))
        elif isinstance(widget, QAbstractButton) or (isinstance(widget, QLabel) and widget.buddy()):
            yield widget.text()
        elif isinstance(widget, QGroupBox):
            yield widget.title()

"""Objects that are made when they are looked at behave like the tuple of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from model.lazy import Lazy, values_of
from model.store import Store
from tests.examples import TODAY, install
from ui.installation_rows import DeviceRow, ExtensionRow, device_rows, extension_rows
from ui.installation_tables import device_table, extension_table
from ui.table import Table

PAIRS = st.lists(st.tuples(st.integers(), st.text(max_size=3)), max_size=6)


def lazy(pairs: list[tuple[int, str]]) -> Lazy[tuple[int, str]]:
    return Lazy(lambda key, text: (key, text), {"key": [key for key, _ in pairs], "text": [text for _, text in pairs]})


@given(PAIRS, st.slices(6))
def test_it_is_like_a_tuple(pairs: list[tuple[int, str]], part: slice) -> None:
    made, plain = lazy(pairs), tuple(pairs)
    assert (len(made), list(made), made[part]) == (len(plain), list(plain), plain[part])
    assert [made[-place] for place in range(1, len(plain) + 1)] == list(plain[::-1])
    assert made == plain
    assert plain == made
    assert made == lazy(pairs)
    assert hash(made) == hash(plain)
    assert made != (*plain, (0, ""))
    assert made != list(plain)
    assert list(made.column("key")) == [key for key, _text in pairs]


def test_there_is_nothing_beyond_its_ends() -> None:
    for place in (1, -2):
        with pytest.raises(IndexError):
            lazy([(1, "a")])[place]


def test_each_is_made_once_and_only_when_it_is_looked_at() -> None:
    keys: list[int] = []

    def make(key: int) -> object:
        keys.append(key)
        return object()

    values = Lazy(make, {"key": [1, 2, 3]})
    assert values[1] is values[1]
    assert keys == [2]


def test_the_lines_of_a_customer_make_no_object_that_is_not_looked_at(memory: Store) -> None:
    account = memory.account(install(memory, "C50", 40))
    rows = extension_rows(account, TODAY)
    assert isinstance(account.extensions, Lazy)
    assert account.extensions._made == {}
    assert rows[3].extension is account.extensions[account.extensions.index(rows[3].extension)]


@pytest.mark.parametrize("table", [extension_table, device_table])
def test_the_same_lines_again_are_known_by_their_keys_alone(
    german: QApplication,  # noqa: ARG001 - has to be there first
    memory: Store,
    qtbot: QtBot,
    table: Callable[[], Table[ExtensionRow | DeviceRow]],
) -> None:
    key = install(memory, "C50", 40, 30)
    made, lines = table(), extension_rows if table is extension_table else device_rows
    qtbot.addWidget(made)
    for _time in range(2):
        rows = lines(memory.account(key), TODAY)
        made.set_rows(rows)
        assert isinstance(rows, Lazy)
        assert rows._made == {}
        assert made.rows.keys() == [made.rows.key(row) for row in lines(memory.account(key), TODAY)]


def test_a_column_is_read_without_making_anything_and_of_plain_objects_too(memory: Store) -> None:
    extensions = memory.account(install(memory, "C50", 12)).extensions
    numbers = list(values_of(extensions, "number"))
    assert numbers == values_of(tuple(extensions), "number")

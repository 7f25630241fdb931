"""Many files at once: each is imported as a whole or not at all, and the rest goes on."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import sqlite_connections
from model.account import Limits
from model.audit import Action
from model.errors import NoSuchInstallation, StoreUnavailable
from model.import_archive import FolderFiles, open_files
from model.import_batch import MOST_FILES_OF_A_GROUP, Batch, BatchOptions, FileReport, Outcome, examples
from model.import_naming import NameColumns, Named, NamePattern
from model.import_result import ImportedFile, SkipReason
from model.installation import Customer, NewExtension
from model.refusals import Fault, ImportFault, ImportRefused, InvalidInput
from model.store import Store, open_store
from model.tariff import Edition
from tests.examples import NOW, dump, install, order, tariff
from tests.import_examples import FREEPBX, SECRET, written

BY_NUMBER = NamePattern("{number}.csv")
SKIPPING = BatchOptions(BY_NUMBER)
CREATING = BatchOptions(BY_NUMBER, Edition.CLASSIC)
FUSION = "extension_uuid,extension,directory_first_name,directory_last_name,password"
FUSION_DEVICES = "device_uuid,device_address,device_label,user_id"


def silent(_reports: Sequence[FileReport]) -> None:
    """Nobody listens."""


def always(_done: int, _total: int) -> bool:
    return True


def run(
    store: Store,
    path: Path,
    options: BatchOptions = SKIPPING,
    tell: Callable[[Sequence[FileReport]], None] = silent,
    goes_on: Callable[[int, int], bool] = always,
) -> list[FileReport]:
    """What became of each file, by file name."""
    reports: list[FileReport] = []

    def told(found: Sequence[FileReport]) -> None:
        reports.extend(found)
        tell(found)

    with closing(open_files(path)) as files:
        Batch(store, files, options, lambda: NOW, told, goes_on).run()
    return sorted(reports, key=lambda report: report.files)


def freepbx(*numbers: str, name: str = "Anna") -> str:
    """An export with an extension, and its account, for each number."""
    return "".join(f"{line}\n" for line in [FREEPBX, *(f"{n},,{name} {n},sip,SIP/{n},{SECRET}," for n in numbers)])


def outcomes(reports: Sequence[FileReport]) -> list[tuple[str, Outcome]]:
    return [(", ".join(report.files), report.outcome) for report in reports]


def faults(reports: Sequence[FileReport]) -> list[tuple[str, ImportFault | Fault | None]]:
    return [(", ".join(report.files), getattr(report.error, "fault", None)) for report in reports]


def numbers(store: Store, customer: str) -> list[str]:
    key = store.find_customer(customer)
    assert key is not None
    return sorted(entry.number for entry in store.account(key).extensions)


# ---------------------------------------------------------------------- customers


def test_customers_that_are_not_there_are_skipped(memory: Store, tmp_path: Path) -> None:
    written(tmp_path, freepbx("10"), "K-9.csv")
    before = dump(memory._engine)
    assert outcomes(run(memory, tmp_path)) == [("K-9.csv", Outcome.NO_CUSTOMER)]
    assert dump(memory._engine) == before


@pytest.mark.parametrize(("edition", "code"), [(Edition.CLASSIC, "C25"), (Edition.PRO, "P25")])
def test_r10_customers_are_created_with_the_cheapest_fitting_tariff(
    memory: Store, tmp_path: Path, edition: Edition, code: str
) -> None:
    written(tmp_path, freepbx(*(str(n) for n in range(10, 21))), "K-9.csv")
    (report,) = run(memory, tmp_path, BatchOptions(BY_NUMBER, edition))
    assert (report.outcome, report.new, report.tariff) == (Outcome.CREATED, 11, tariff(code).name)
    key = memory.find_customer("K-9")
    assert key is not None
    account = memory.account(key)
    assert (account.first_tariff.code, account.installation.name) == (tariff(code).code, "K-9")
    assert [entry.action for entry in memory.audit_entries(key)] == [Action.INSTALLATION_CREATED]


def test_r12_more_than_the_largest_tariff_is_loaded_and_said(memory: Store, tmp_path: Path) -> None:
    largest = max(memory.prices_on(NOW.date()).editions(Edition.CLASSIC), key=lambda entry: entry.max_extensions)
    count = largest.max_extensions + 2
    written(tmp_path, freepbx(*(str(1000 + n) for n in range(count))), "K-9.csv")
    (report,) = run(memory, tmp_path, CREATING)
    assert (report.new, report.tariff, report.over) == (count, largest.name, Limits(2, 2))


def test_r12_r13_an_existing_customer_is_brought_up_to_date_and_nothing_is_removed(
    memory: Store, tmp_path: Path
) -> None:
    key = install(memory, "C10", 9, number="K-1")
    written(tmp_path, freepbx("100", "101", "500", "501"), "k-1.csv")
    (report,) = run(memory, tmp_path)
    assert (report.outcome, report.number, report.name) == (Outcome.CHANGED, "K-1", "Muster GmbH")
    assert (report.new, report.changed, report.unchanged, report.missing) == (2, 2, 0, 7)
    assert report.over == Limits(1, 0)
    assert len(memory.account(key).extensions) == 11
    assert memory.audit_entries(key)[0].action is Action.OBJECTS_IMPORTED


def test_the_same_files_again_change_nothing(memory: Store, tmp_path: Path) -> None:
    for n in range(45):
        written(tmp_path, freepbx("10", "11"), f"{n}.csv")
    assert {report.outcome for report in run(memory, tmp_path, CREATING)} == {Outcome.CREATED}
    before = dump(memory._engine)
    assert {report.outcome for report in run(memory, tmp_path, CREATING)} == {Outcome.UNCHANGED}
    assert dump(memory._engine) == before


# ---------------------------------------------------------------------- whose file it is


@pytest.mark.parametrize(
    ("pattern", "file", "named"),
    [
        ("{number}.csv", "100423.csv", Named("100423")),
        ("{number}.csv", "100423.CSV", Named("100423")),
        ("{number}.csv", "exports/2026/100423.csv", Named("100423")),
        ("{number}.csv", "100423.txt", None),
        ("{number}_*.csv", "100423_export_2026.csv", Named("100423")),
        ("{number}_*.csv", "100423_.csv", Named("100423")),
        ("*-{number}.csv", "export-alt-7.csv", Named("alt-7")),
        ("{number} {name}.csv", "100423 Autohaus Brenner.csv", Named("100423", "Autohaus Brenner")),
        ("{name} ({number})*", "Bäckerei Ährensack (77).csv", Named("77", "Bäckerei Ährensack")),
        ("{NUMBER}.csv", "7.csv", Named("7")),
        ("{number}", "7.csv", Named("7.csv")),
        ("{number}.c+v", "7.ccv", None),
    ],
)
def test_a_pattern_tells_the_customer(pattern: str, file: str, named: Named | None) -> None:
    assert NamePattern(pattern).named(file) == named


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "*.csv",
        "{number}{name}",
        "{number}*.csv",
        "{number}_{number}",
        "{nummer}.csv",
        "{number} {name} {name}",
        "{number}.csv" + "x" * 200,
    ],
)
def test_a_pattern_that_tells_no_customer_is_refused(pattern: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        NamePattern(pattern)
    assert (caught.value.field, caught.value.fault) == ("pattern", Fault.PATTERN_FORM)


@given(st.text(alphabet="a*{}number_.", max_size=40), st.text(alphabet="a_.", max_size=400))
def test_any_pattern_is_refused_or_answers_in_no_time(pattern: str, file: str) -> None:
    try:
        made = NamePattern(pattern + "{number}" + "a*" * 20)
    except InvalidInput:
        return
    made.named(file)


def test_a_name_that_does_not_fit_or_is_no_number_is_reported(memory: Store, tmp_path: Path) -> None:
    for name in ("liesmich.txt", "§1.csv", ".versteckt.csv", "Thumbs.db", "~$7.csv"):
        written(tmp_path, freepbx("10"), name)
    (tmp_path / "unterordner").mkdir()
    reports = run(memory, tmp_path, CREATING)
    assert outcomes(reports) == [("liesmich.txt", Outcome.NOT_FITTING), ("§1.csv", Outcome.REFUSED)]
    assert faults(reports)[1] == ("§1.csv", Fault.NUMBER_FORM)


def test_a_column_tells_the_customer(memory: Store, tmp_path: Path) -> None:
    rows = [
        f"{FREEPBX},Kundennummer,Firma",
        f"10,,Anna,sip,SIP/10,{SECRET},,K-9,Ährensack",
        f"11,,Bea,sip,,{SECRET},,,",
    ]
    written(tmp_path, "\n".join(rows) + "\n", "a.csv")
    (report,) = run(memory, tmp_path, BatchOptions(NameColumns("kundennummer", "Firma"), Edition.CLASSIC))
    assert (report.outcome, report.number, report.name, report.new) == (Outcome.CREATED, "K-9", "Ährensack", 2)


@pytest.mark.parametrize(
    ("column", "rows", "fault", "row"),
    [
        ("Kundennummer", ["10,,A,sip,,x,,K-1", "11,,B,sip,,x,,K-2"], ImportFault.CUSTOMERS_DIFFER, 3),
        ("Kundennummer", ["10,,A,sip,,x,,", "11,,B,sip,,x,,"], ImportFault.NO_CUSTOMER_NUMBER, 1),
        ("Kunde", ["10,,A,sip,,x,,K-1"], ImportFault.NO_CUSTOMER_NUMBER, 1),
        ("secret", ["10,,A,sip,,x,,K-1"], ImportFault.SECRET_COLUMN, 0),
    ],
)
def test_a_column_that_tells_no_customer_is_refused_with_the_row(
    memory: Store, tmp_path: Path, column: str, rows: list[str], fault: ImportFault, row: int
) -> None:
    written(tmp_path, "\n".join([f"{FREEPBX},Kundennummer", *rows]) + "\n", "a.csv")
    before = dump(memory._engine)
    (report,) = run(memory, tmp_path, BatchOptions(NameColumns(column), Edition.CLASSIC))
    assert isinstance(report.error, ImportRefused)
    assert (report.error.fault, report.error.row, report.error.file) == (fault, row, "a.csv")
    assert dump(memory._engine) == before


def test_r37_a_cell_that_moved_is_no_customer_number(memory: Store, tmp_path: Path) -> None:
    """A delimiter is missing before the secret, so that it would stand below the customer's number."""
    rows = ["extension,name,tech,dial,Kundennummer,secret", f"10,Anna,sip,SIP/10 K-1,{SECRET}"]
    written(tmp_path, "\n".join(rows) + "\n", "a.csv")
    (report,) = run(memory, tmp_path, BatchOptions(NameColumns("Kundennummer"), Edition.CLASSIC, takes_faulty=True))
    assert report.outcome is Outcome.REFUSED
    assert SECRET not in repr(report) + str(dump(memory._engine))


def test_a_file_that_tells_another_customer_by_now_is_refused(memory: Store, tmp_path: Path) -> None:
    table = f"{FREEPBX},Kundennummer\n10,,A,sip,,x,,K-1\n"
    path = written(tmp_path, table, "a.csv")
    written(tmp_path, table.replace("K-1", "K-3"), "b.csv")

    def goes_on(done: int, _total: int) -> bool:
        if done == 2:
            path.write_text(table.replace("K-1", "K-2"), encoding="utf-8")
        return True

    reports = run(memory, tmp_path, BatchOptions(NameColumns("Kundennummer"), Edition.CLASSIC), goes_on=goes_on)
    assert faults(reports) == [("a.csv", ImportFault.CHANGED), ("b.csv", None)]


def test_the_first_files_are_shown_as_examples(tmp_path: Path) -> None:
    for name in ("10.csv", "9.csv", "x.txt", "11.csv"):
        written(tmp_path, freepbx("10"), name)
    told = examples(FolderFiles(tmp_path), SKIPPING, 3)
    assert [(entry.file, entry.named) for entry in told] == [
        ("9.csv", Named("9")), ("10.csv", Named("10")), ("11.csv", Named("11"))
    ]  # fmt: skip
    (columned,) = examples(FolderFiles(tmp_path), BatchOptions(NameColumns("Kunde")), 1)
    assert isinstance(columned.error, ImportRefused)
    assert columned.error.file == "9.csv"


# ---------------------------------------------------------------------- several files of one customer


def test_the_second_file_of_a_customer_is_refused(memory: Store, tmp_path: Path) -> None:
    for name, number in (("k-1_a.csv", "10"), ("K-1_b.csv", "11"), ("K-2_a.csv", "12")):
        written(tmp_path, freepbx(number), name)
    reports = run(memory, tmp_path, BatchOptions(NamePattern("{number}_*.csv"), Edition.CLASSIC))
    assert faults(reports) == [("K-1_b.csv", ImportFault.CUSTOMER_TWICE), ("K-2_a.csv", None), ("k-1_a.csv", None)]
    assert numbers(memory, "K-1") == ["10"]


@pytest.mark.parametrize("names", [("K-1_a.csv", "K-1_b.csv"), ("K-1_b.csv", "K-1_a.csv")])
def test_extensions_and_devices_of_a_fusionpbx_belong_together(
    memory: Store, tmp_path: Path, names: tuple[str, str]
) -> None:
    written(tmp_path, f"{FUSION}\nu1,201,Anna,Bach,{SECRET}\n", names[0])
    written(tmp_path, f"{FUSION_DEVICES}\nd1,001565aabbcc,Telefon,201\n", names[1])
    written(tmp_path, f"{FUSION}\nu1,202,Bea,Bach,{SECRET}\n", "K-1_c.csv")
    reports = run(memory, tmp_path, BatchOptions(NamePattern("{number}_*.csv"), Edition.CLASSIC))
    assert faults(reports) == [("K-1_a.csv, K-1_b.csv", None), ("K-1_c.csv", ImportFault.CUSTOMER_TWICE)]
    key = memory.find_customer("K-1")
    assert key is not None
    assert [entry.extensions for entry in memory.account(key).devices] == [("201",)]


# ---------------------------------------------------------------------- all or nothing


def test_a_file_with_a_faulty_row_is_refused_whole_and_the_rest_goes_on(memory: Store, tmp_path: Path) -> None:
    install(memory, "C10", 1, number="K-1")
    written(tmp_path, freepbx("10", "11", "10"), "K-1.csv")
    written(tmp_path, "Name,Telefon\nAnna,1\n", "K-2.csv")
    written(tmp_path, freepbx("10"), "K-3.csv")
    reports = run(memory, tmp_path, CREATING)
    assert outcomes(reports) == [
        ("K-1.csv", Outcome.REFUSED), ("K-2.csv", Outcome.REFUSED), ("K-3.csv", Outcome.CREATED)
    ]  # fmt: skip
    (fault,) = reports[0].faults
    assert (reports[0].faulty, fault.row, fault.reason, fault.cell) == (1, 4, SkipReason.NUMBER_TWICE, "extension")
    assert numbers(memory, "K-1") == ["100"]


def test_files_are_imported_without_their_faulty_rows_if_wanted(memory: Store, tmp_path: Path) -> None:
    written(tmp_path, freepbx("10", "11", "10", "1o", "x", "y"), "K-1.csv")
    (report,) = run(memory, tmp_path, BatchOptions(BY_NUMBER, Edition.CLASSIC, takes_faulty=True))
    assert (report.outcome, report.new, report.faulty, len(report.faults)) == (Outcome.CREATED, 2, 4, 3)


def test_a_change_that_fails_is_undone_alone(store: Store) -> None:
    """R22: of the customer whose second extension can't be, nothing is there; those beside are."""
    with store.together():
        install(store, "C10", 1, number="K-1")
        key = install(store, "C10", 1, number="K-2")
        with pytest.raises(InvalidInput):
            store.change_extension(key, store.account(key).extensions[0].id, NewExtension("x", "x"), NOW)
        with pytest.raises(InvalidInput):
            store.create_installation(Customer("K-2", "Zweite"), tariff("C10"), NOW)
        with suppress(NoSuchInstallation), store.together():
            install(store, "C10", 1, number="K-3")
            store.account(99)
        install(store, "C10", 1, number="K-4")
    assert [store.find_customer(f"K-{n}") is None for n in (1, 2, 3, 4)] == [False, False, True, False]
    assert not store.verify().findings


def test_what_was_reported_is_stored_for_good(tmp_path: Path) -> None:
    """Seen by another program at the moment of the report."""
    for n in range(2 * MOST_FILES_OF_A_GROUP + 3):
        written(tmp_path, freepbx("10"), f"{n}.csv")
    path = tmp_path / "tarifwechsel.db"
    groups: list[int] = []

    def look(reports: Sequence[FileReport]) -> None:
        groups.append(len(reports))
        with closing(open_store(path)) as other:
            assert all(other.find_customer(report.number) for report in reports if report.number)

    with closing(open_store(path)) as store:
        run(store, tmp_path, CREATING, look)
        assert not store.verify().findings
    assert [size for size in groups if size > 1] == [MOST_FILES_OF_A_GROUP, MOST_FILES_OF_A_GROUP, 3]


def test_a_batch_is_cancelled_between_files_and_what_is_done_stays(memory: Store, tmp_path: Path) -> None:
    for n in range(3 * MOST_FILES_OF_A_GROUP):
        written(tmp_path, freepbx("10"), f"{n}.csv")
    reports = run(memory, tmp_path, CREATING, goes_on=lambda done, _total: done < MOST_FILES_OF_A_GROUP + 5)
    assert len(reports) == MOST_FILES_OF_A_GROUP
    assert memory.counts(NOW.date()).all == MOST_FILES_OF_A_GROUP


def test_an_order_of_another_desk_goes_on_meanwhile(tmp_path: Path) -> None:
    for n in range(2 * MOST_FILES_OF_A_GROUP):
        written(tmp_path, freepbx("10"), f"{n}.csv")
    path = tmp_path / "tarifwechsel.db"
    with closing(open_store(path)) as store, closing(open_store(path)) as desk:
        key = install(desk, "C10", 3, number="K-1")
        ordered = []

        def goes_on(done: int, _total: int) -> bool:
            if done == MOST_FILES_OF_A_GROUP + 3:
                ordered.append(order(desk, key, "C25"))
            return True

        run(store, tmp_path, CREATING, goes_on=goes_on)
        assert ordered
        assert store.account(key).pending(NOW.date()) is not None


def test_a_batch_waits_for_another_program_that_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_connections, "TIMEOUT_S", 0.01)
    written(tmp_path, freepbx("10"), "K-1.csv")
    path = tmp_path / "tarifwechsel.db"
    with closing(open_store(path)) as store, closing(open_store(path)) as other:
        writing = other._engine.write()
        writing.__enter__()
        asked = []

        def goes_on(done: int, _total: int) -> bool:
            asked.append(done)
            if len(asked) == 3:
                writing.__exit__(None, None, None)
            return True

        (report,) = [entry for entry in run(store, tmp_path, CREATING, goes_on=goes_on) if entry.number]
        assert report.outcome is Outcome.CREATED
        with other._engine.write(), pytest.raises(StoreUnavailable):
            run(store, tmp_path, BatchOptions(BY_NUMBER, Edition.CLASSIC), goes_on=always)


# ---------------------------------------------------------------------- damage and memory


def test_a_folder_may_change_meanwhile(memory: Store, tmp_path: Path) -> None:
    for n in range(4):
        written(tmp_path, freepbx("10"), f"{n}.csv")

    def goes_on(_done: int, _total: int) -> bool:
        if (tmp_path / "1.csv").exists():
            (tmp_path / "1.csv").unlink()
            (tmp_path / "2.csv").replace(tmp_path / "8.csv")
            (tmp_path / "2.csv").mkdir()
            written(tmp_path, freepbx("10"), "9.csv")
        return True

    reports = run(memory, tmp_path, CREATING, goes_on=goes_on)
    assert faults(reports) == [
        ("0.csv", None), ("1.csv", ImportFault.MISSING), ("2.csv", ImportFault.NOT_A_FILE), ("3.csv", None)
    ]  # fmt: skip


def test_what_is_neither_folder_nor_archive_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "fehlt", written(tmp_path, "kein Archiv"), written(tmp_path, b"", "leer.zip")):
        with pytest.raises(ImportRefused) as caught:
            open_files(path)
        assert (caught.value.file, caught.value.fault) == (
            path.name, ImportFault.MISSING if path.name == "fehlt" else ImportFault.NO_ARCHIVE
        )  # fmt: skip


def test_r37_no_secret_is_in_reports_or_kept_alive_by_them(memory: Store, tmp_path: Path) -> None:
    written(tmp_path, freepbx("10", "10"), "K-1.csv")
    written(tmp_path, f'{FREEPBX}\n10,,"Anna,sip,SIP/10,{SECRET},\n', "K-2.csv")
    written(tmp_path, b"extension,name\n\xff\x81" + SECRET.encode() + b"\0\n", "K-3.csv")
    reports = run(memory, tmp_path, CREATING)
    assert {report.outcome for report in reports} == {Outcome.REFUSED}
    assert SECRET not in repr(reports) + str(dump(memory._engine))
    for report in reports:
        error = report.error
        assert error is None or (error.__traceback__, error.__context__, error.__cause__) == (None, None, None)


def alive_files() -> int:
    """How many read files there are, those that other tests hold among them."""
    return sum(type(entry) is ImportedFile for entry in gc.get_objects())


def test_files_do_not_pile_up_in_memory(memory: Store, tmp_path: Path) -> None:
    for n in range(5 * MOST_FILES_OF_A_GROUP):
        written(tmp_path, freepbx("10"), f"{n}.csv")
    alive: list[int] = []

    def goes_on(done: int, _total: int) -> bool:
        if done % 7 == 0:
            alive.append(alive_files())
        return True

    before = alive_files()
    run(memory, tmp_path, CREATING, goes_on=goes_on)
    assert len(alive) > 10
    assert max(alive) <= before + MOST_FILES_OF_A_GROUP + 1

"""Choosing a database on a server: addresses, TLS, what a look at it shows, and working with it from then on."""

from __future__ import annotations

import shutil
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import psycopg
import pytest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton, QRadioButton
from pytestqt.qtbot import QtBot

from model import passwords, postgres_address, schema
from model.errors import NoWay, StorageFault, StoreUnavailable
from model.opened import open_database
from model.passwords import known_password, remember_password
from model.postgres_address import ServerAddress
from model.refusals import Fault, InvalidInput
from model.server_check import Holds, May, Seen, check_server
from model.server_place import ServerPlace, Tls, has_password, is_local, place_if_any, place_of, with_password
from model.store import open_store
from tests import postgres
from tests.examples import dump, install, order
from tests.postgres import Cluster
from tests.screen import click, find, write
from tests.smtp_server import authority, free_port, server_pem
from tests.test_server_accounts import ROLES
from ui.database_page import DatabasePage
from ui.server_form import ServerForm

PASSWORD = "Gehe:im@ /?&=ü%1"
NAME = "db.example.org"
LOOPBACK = "127.0.0.1"
ACCOUNTS = """
CREATE ROLE anna LOGIN PASSWORD '{0}'; CREATE ROLE viewer LOGIN PASSWORD '{0}';
CREATE ROLE owner_of_it LOGIN PASSWORD '{0}'; CREATE ROLE nobody_there LOGIN PASSWORD '{0}'
"""


@dataclass(frozen=True)
class Server:
    """A server that only talks encrypted on its port; its certificate is for NAME and the number of this computer."""

    port: int
    socket: str
    certificate: str

    def place(self, database: str = "postgres", account: str = "owner_of_it") -> ServerPlace:
        return ServerPlace(LOOPBACK, self.port, database, account, Tls.VERIFY_FULL, self.certificate)

    def do(self, statements: str, database: str = "postgres") -> None:
        """What an administrator does."""
        with psycopg.connect(self.socket.format(database), autocommit=True) as connection:
            for statement in statements.split(";"):
                connection.execute(statement.encode())


def run_server(folder: Path, pem: bytes) -> Iterator[Server]:
    try:
        made, port = Cluster(folder), free_port()
        made.listen(port, pem)
        made.start()
    except postgres.NoServer:
        postgres.without()
    certificate = folder / "authority.pem"
    certificate.write_text(authority(), encoding="ascii")
    server = Server(port, f"postgresql:///{{}}?host={folder}&port={port}&user=owner", str(certificate))
    server.do(ACCOUNTS.format(PASSWORD))
    yield server
    made.kill()


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="tarifwechsel-"))
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Server]:
    yield from run_server(folder, server_pem(NAME))


@pytest.fixture(scope="module")
def plain() -> Iterator[Server]:
    """A server that knows no encryption."""
    made = Path(tempfile.mkdtemp(prefix="tarifwechsel-"))
    yield from run_server(made, b"")
    shutil.rmtree(made)


@pytest.fixture(autouse=True)
def nothing_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test knows a password of another."""
    monkeypatch.setattr(passwords, "_of_this_run", {})


@pytest.fixture
def database(server: Server) -> Iterator[str]:
    """An empty database of an account of its own."""
    server.do("CREATE DATABASE tarif OWNER owner_of_it")
    yield "tarif"
    server.do("DROP DATABASE tarif WITH (FORCE)")


def refused(place: ServerPlace, password: str = PASSWORD) -> tuple[StorageFault, NoWay | None]:
    with pytest.raises(StoreUnavailable) as caught:
        check_server(place, password)
    return caught.value.fault, caught.value.cause


# ---------------------------------------------------------------------- addresses

PLACES = [
    ServerPlace("db.example.org", 5433, "tarif", "anna", Tls.VERIFY_CA, "/etc/zentrale 1.pem"),
    ServerPlace("2001:db8::1", 5432, "tä/ri?f", "a@b:c", Tls.VERIFY_FULL),
    ServerPlace("/run/postgresql", 5432, "tarif", "anna", Tls.DISABLE),
    ServerPlace("localhost", 1, "a b+c", "ü", Tls.PREFER, more=(("options", "-c search_path=x"), ("hostaddr", "::1"))),
]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.host)
def test_an_address_says_what_was_entered_and_the_driver_reads_the_same(place: ServerPlace) -> None:
    assert place_of(place.address) == place.checked()
    parts = ServerAddress(with_password(place.address, PASSWORD))._parts
    assert (parts["host"], int(parts["port"]), parts["dbname"], parts["user"], parts["sslmode"], parts["password"]) == (
        place.host, place.port, place.database, place.account, place.tls, PASSWORD
    )  # fmt: skip


def test_r37_a_form_never_shows_a_password() -> None:
    for address in ("postgresql://anna:geheim@localhost/tarif", "postgresql://anna@localhost/tarif?password=geheim"):
        assert has_password(address)
        assert place_of(address) == ServerPlace("localhost", 5432, "tarif", "anna", Tls.PREFER)
    assert not has_password("postgresql://anna@localhost/tarif?sslmode=disable")


def test_an_address_that_no_form_can_show_is_none() -> None:
    assert place_if_any("postgresql://a:1,b:2/tarif") is None
    assert place_if_any("postgresql://[::1/tarif") is None


@pytest.mark.parametrize(
    "host", ["localhost", LOOPBACK, "127.9.9.9", "::1", "", "/run/postgresql", "@abstract", "localhost,::1"]
)
def test_this_computer_needs_no_certificate(host: str) -> None:
    assert is_local(host)


@pytest.mark.parametrize(
    "host", ["localhost.example.org", "127.example.org", "192.0.2.1", "::1.example.org", "localhost,db.example.org"]
)
def test_every_other_has_to_prove_who_it_is(host: str) -> None:
    assert not is_local(host)
    assert place_of(f"postgresql://anna@{host.replace('::1', 'x')}/tarif").tls is Tls.VERIFY_FULL
    assert ServerAddress(f"postgresql:///tarif?host={host}")._parts["sslmode"] == "verify-full"


@pytest.mark.parametrize("name", ["PGHOST", "PGHOSTADDR", "PGSERVICE"])
def test_where_the_systems_variables_lead_has_to_prove_it_too(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for known in ("PGHOST", "PGHOSTADDR", "PGSERVICE"):
        monkeypatch.delenv(known, raising=False)
    assert "sslmode" not in ServerAddress("postgresql:///tarif")._parts
    monkeypatch.setenv(name, "192.0.2.1")
    assert ServerAddress("postgresql:///tarif")._parts["sslmode"] == "verify-full"


def test_whom_the_system_trusts_is_only_asked_where_everything_is_checked() -> None:
    roots = [ServerAddress(f"postgresql://db.example.org/t?sslmode={mode}")._parts.get("sslrootcert") for mode in Tls]
    assert roots == ["system", None, None, None, None]


@pytest.mark.parametrize(
    ("place", "field", "fault"),
    [
        (ServerPlace("", 5432, "tarif", "anna"), "host", Fault.EMPTY),
        (ServerPlace("db.example.org:5432", 5432, "tarif", "anna"), "host", Fault.HOST_FORM),
        (ServerPlace("db.example.org", 0, "tarif", "anna"), "port", Fault.DATABASE_PORT_FORM),
        (ServerPlace("db.example.org", 65_536, "tarif", "anna"), "port", Fault.DATABASE_PORT_FORM),
        (ServerPlace("db.example.org", 5432, " ", "anna"), "database", Fault.EMPTY),
        (ServerPlace("db.example.org", 5432, "tarif", ""), "account", Fault.EMPTY),
        (ServerPlace("db.example.org", 5432, "tarif", "x" * 64), "account", Fault.TOO_LONG),
        (ServerPlace("db.example.org", 5432, "tarif", "anna", Tls.VERIFY_CA), "certificate", Fault.EMPTY),
    ],
)
def test_what_cannot_be_is_told_by_its_field(place: ServerPlace, field: str, fault: Fault) -> None:
    with pytest.raises(InvalidInput) as error:
        place.checked()
    assert (error.value.field, error.value.fault) == (field, fault)


# ---------------------------------------------------------------------- TLS


def test_the_right_name_with_the_right_authority_is_let_through(server: Server) -> None:
    seen = check_server(server.place(), PASSWORD)
    assert (seen.tls, seen.encoding, seen.holds, seen.is_old) == ("TLSv1.3", "UTF8", Holds.NOTHING, False)


def test_the_systems_authorities_are_trusted_where_no_other_is_named(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = replace(server.place(), certificate="")
    assert refused(place) == (StorageFault.NO_TRUST, NoWay.OTHER_AUTHORITY)
    monkeypatch.setenv("SSL_CERT_FILE", server.certificate)
    assert check_server(place, PASSWORD).tls


def test_another_authority_is_not_trusted(server: Server, tmp_path: Path) -> None:
    other = tmp_path / "andere.pem"
    other.write_bytes(server_pem("andere.example.org"))
    for tls in (Tls.VERIFY_FULL, Tls.VERIFY_CA):
        place = replace(server.place(), tls=tls, certificate=str(other))
        assert refused(place) == (StorageFault.NO_TRUST, NoWay.OTHER_AUTHORITY)


def test_a_certificate_for_another_name_is_not_trusted(server: Server) -> None:
    elsewhere = replace(server.place(), host="localhost")
    assert refused(elsewhere) == (StorageFault.NO_TRUST, NoWay.OTHER_NAME)
    assert check_server(replace(elsewhere, tls=Tls.VERIFY_CA), PASSWORD).tls
    named = replace(server.place(), host=NAME, more=(("hostaddr", LOOPBACK),))
    assert check_server(named, PASSWORD).tls


@pytest.mark.parametrize("tls", [Tls.VERIFY_FULL, Tls.VERIFY_CA, Tls.REQUIRE])
def test_a_server_without_encryption_never_hears_the_password(plain: Server, tls: Tls) -> None:
    place = replace(plain.place(), tls=tls)
    assert refused(place) == (StorageFault.NO_TRUST, NoWay.NO_TLS)
    assert check_server(replace(place, tls=Tls.PREFER), PASSWORD).tls == ""


def test_a_certificate_file_that_is_none_is_told(server: Server, tmp_path: Path) -> None:
    (tmp_path / "leer.pem").write_bytes(b"")
    for name in ("fehlt.pem", "leer.pem"):
        place = replace(server.place(), certificate=str(tmp_path / name))
        assert refused(place) == (StorageFault.NO_TRUST, NoWay.NO_CERTIFICATE)


def test_why_else_there_is_no_connection(server: Server) -> None:
    place = server.place()
    assert refused(place, "falsch") == (StorageFault.LOGIN, None)
    assert refused(place, "") == (StorageFault.LOGIN, None)
    assert refused(replace(place, account="niemand")) == (StorageFault.LOGIN, None)
    assert refused(replace(place, database="nirgends")) == (StorageFault.NO_DATABASE, None)
    assert refused(replace(place, tls=Tls.DISABLE)) == (StorageFault.NO_TRUST, NoWay.NOT_ADMITTED)
    assert refused(replace(place, port=free_port())) == (StorageFault.UNREACHABLE, NoWay.REFUSED)
    assert refused(replace(place, host="nirgends.invalid")) == (StorageFault.UNREACHABLE, NoWay.HOST)


class Answering(socketserver.BaseRequestHandler):
    """Some other service."""

    def handle(self) -> None:
        self.request.recv(1024)
        self.request.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")


@pytest.mark.parametrize("tls", [Tls.VERIFY_FULL, Tls.DISABLE])
def test_another_service_at_the_port_is_told(tls: Tls) -> None:
    with socketserver.TCPServer((LOOPBACK, 0), Answering) as other:
        threading.Thread(target=other.handle_request).start()
        place = ServerPlace(LOOPBACK, other.server_address[1], "tarif", "anna", tls)
        assert refused(place) == (StorageFault.UNREACHABLE, NoWay.OTHER_SERVICE)


def test_a_server_that_says_nothing_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(postgres_address.SETTINGS, "connect_timeout", 2)
    with socket.create_server((LOOPBACK, 0)) as silent:
        place = ServerPlace(LOOPBACK, silent.getsockname()[1], "tarif", "anna", Tls.DISABLE)
        assert refused(place) == (StorageFault.UNREACHABLE, NoWay.SILENT)


# ---------------------------------------------------------------------- what a look shows


def test_a_look_shows_whose_the_database_is_and_changes_nothing(server: Server, database: str) -> None:
    place = server.place(database)
    for _time in range(2):
        assert check_server(place, PASSWORD).holds is Holds.NOTHING
    open_store(with_password(place.address, PASSWORD)).close()
    assert check_server(place, PASSWORD).holds is Holds.OURS
    server.do(f"UPDATE schema_version SET version = {schema.VERSION + 1}", database)
    assert check_server(place, PASSWORD).holds is Holds.NEWER
    server.do(f"UPDATE schema_version SET version = {schema.VERSION - 1}", database)
    assert check_server(place, PASSWORD).holds is Holds.OLDER
    server.do("UPDATE schema_version SET application = 1", database)
    assert check_server(place, PASSWORD).holds is Holds.ELSE


def test_a_look_shows_what_the_account_may_do(server: Server, database: str) -> None:
    place = server.place(database)

    def may(account: str) -> tuple[May, bool]:
        seen = check_server(replace(place, account=account), PASSWORD)
        return seen.may, seen.usable

    assert [may(name) for name in ("owner_of_it", "anna")] == [(May.OWN, True), (May.NOTHING, False)]
    open_store(with_password(place.address, PASSWORD)).close()
    script = "\n".join(line for line in ROLES.read_text("utf-8").splitlines() if not line.startswith("\\"))
    with psycopg.connect(server.socket.format(database), autocommit=True) as connection:
        connection.execute(script.encode())
    server.do("GRANT tarifwechsel_clerk TO anna; GRANT tarifwechsel_viewer TO viewer")
    assert {name: may(name) for name in ("owner_of_it", "anna", "viewer", "nobody_there")} == {
        "owner_of_it": (May.OWN, True),
        "anna": (May.CHANGE, True),
        "viewer": (May.LOOK, True),
        "nobody_there": (May.NOTHING, False),
    }


def test_a_server_too_old_or_without_utf8_is_not_worked_with() -> None:
    good = Seen("TLSv1.3", "18.1", is_old=False, encoding="UTF8", holds=Holds.OURS, may=May.CHANGE)
    assert good.usable
    assert not replace(good, is_old=True).usable
    assert not replace(good, encoding="LATIN1").usable


def test_a_kept_password_is_used_for_the_look(server: Server, database: str) -> None:
    place = replace(server.place(database), account="anna")
    assert refused(place, "")[0] is StorageFault.LOGIN
    remember_password(place, PASSWORD)
    assert check_server(place).may is May.NOTHING


def test_an_owner_who_chooses_an_empty_database_sets_it_up(server: Server, database: str) -> None:
    address = with_password(server.place(database).address, PASSWORD)
    with pytest.raises(StoreUnavailable, match="NOT_SET_UP"):
        open_database(address, create=False)
    with closing(open_database(address)) as opened:
        assert opened.has_prices()
        assert PASSWORD not in opened.target


# ---------------------------------------------------------------------- the administrator's back-up


def test_what_was_dumped_comes_back_whole_and_guarded(server: Server, database: str, tmp_path: Path) -> None:
    place, copy = server.place(database), tmp_path / "tarif.dump"
    with closing(open_store(with_password(place.address, PASSWORD))) as store:
        order(store, install(store, "C10", 3, 3), "C25")
        before = dump(store._engine)
    server.do("CREATE DATABASE restored OWNER owner_of_it")
    try:
        for program, *arguments in (
            ("pg_dump", "--format=custom", f"--file={copy}", server.socket.format(database)),
            ("pg_restore", "--exit-on-error", f"--dbname={server.socket.format('restored')}", str(copy)),
        ):
            subprocess.run([postgres.programs() / program, *arguments], check=True)
        address = with_password(replace(place, database="restored").address, PASSWORD)
        with closing(open_store(address, create=False)) as store:
            assert dump(store._engine) == before
            assert store.verify().findings == ()
            assert store._engine.damage() == []
            order(store, install(store, "C10", 3, 3, number="K-2"), "C25")
    finally:
        server.do("DROP DATABASE restored WITH (FORCE)")


# ---------------------------------------------------------------------- the form


@pytest.fixture
def form(
    german: QApplication,  # noqa: ARG001 - has to be there first
    qtbot: QtBot,
) -> ServerForm:
    made = ServerForm()
    qtbot.addWidget(made)
    made.show()
    return made


def enter(qtbot: QtBot, form: ServerForm, place: ServerPlace, password: str = "") -> None:
    for name, value in (
        ("serverHostField", place.host),
        ("serverPortField", str(place.port)),
        ("serverDatabaseField", place.database),
        ("serverAccountField", place.account),
        ("serverAccountPasswordField", password),
    ):
        write(qtbot, form, name, value)
    find(form, QComboBox, "serverTlsField").setCurrentIndex(list(Tls).index(place.tls))
    if place.certificate:
        write(qtbot, form, "serverCertificateField", place.certificate)


def check(qtbot: QtBot, form: ServerForm) -> str:
    """What is said under the button, or under a field."""
    click(qtbot, form, "serverCheckButton")
    said = find(form, QLabel, "serverCheckResult")
    qtbot.waitUntil(lambda: said.text() != "Verbindung zum Server wird hergestellt …")
    faults = [
        label.text() for label in form.findChildren(QLabel) if "Fault" in label.objectName() and label.isVisible()
    ]
    return said.text() or faults[0]


def test_a_look_is_told_in_plain_words(qtbot: QtBot, form: ServerForm, server: Server, database: str) -> None:
    enter(qtbot, form, server.place(database), PASSWORD)
    with psycopg.connect(server.socket.format("postgres")) as connection:
        version = connection.info.server_version // 10_000
    lines = check(qtbot, form).splitlines()
    assert lines[0] == "Der Server antwortet, verschlüsselt (TLS 1.3)."
    assert lines[1].startswith(f"PostgreSQL {version}.")
    assert lines[2] == "Die Datenbank ist noch leer; vor dem Anlegen fragt das Programm."
    assert lines[3].startswith("Dem Konto gehört die Datenbank;")


FAULTS: list[tuple[dict[str, object], str]] = [
    ({"certificate": ""}, "Dem Zertifikat von {0} ist nicht zu trauen: Es ist abgelaufen oder von einer anderen"),
    ({"host": "localhost"}, "Das Zertifikat des Servers lautet auf einen anderen Namen als postgresql://localhost:"),
    (
        {"tls": Tls.DISABLE},
        "Der Server {0} lässt diesen Computer, dieses Konto oder diese Art der Verbindung nicht zu.",
    ),
    ({"host": "nirgends.invalid"}, "Einen Server dieses Namens gibt es nicht: postgresql://nirgends.invalid:"),
    ({"port": 1}, "Der Computer antwortet, aber an diesem Port ist kein Datenbankserver: postgresql://127.0.0.1:1/"),
    ({"port": 0}, "Bitte geben Sie eine Zahl von 1 bis 65535 ein; üblich ist 5432."),
    ({"database": "nirgends"}, "Diese Datenbank gibt es auf dem Server nicht: "),
    ({"account": "niemand"}, "{0} nimmt Konto oder Kennwort nicht an."),
    ({"certificate": "/nirgends.pem"}, "Die Zertifikatsdatei der Zertifizierungsstelle ist nicht lesbar."),
    ({"tls": Tls.VERIFY_CA, "certificate": ""}, "Bitte ausfüllen."),
]


@pytest.mark.parametrize(("change", "words"), FAULTS, ids=lambda value: str(value)[:30])
def test_every_failure_is_told_in_words(
    qtbot: QtBot, form: ServerForm, server: Server, change: dict[str, object], words: str
) -> None:
    place = replace(server.place(), **change)  # type: ignore[arg-type]
    enter(qtbot, form, place, PASSWORD)
    said = check(qtbot, form)
    assert said.startswith(words.format(ServerAddress(server.place().address).shown))
    assert PASSWORD not in said


def test_without_encryption_on_the_server_that_is_said(qtbot: QtBot, form: ServerForm, plain: Server) -> None:
    enter(qtbot, form, replace(plain.place(), tls=Tls.REQUIRE), PASSWORD)
    assert check(qtbot, form).startswith("Der Server bietet keine Verschlüsselung an: ")
    find(form, QComboBox, "serverTlsField").setCurrentIndex(list(Tls).index(Tls.PREFER))
    assert check(qtbot, form).startswith("Der Server antwortet, ohne Verschlüsselung.")


def test_without_the_driver_one_sentence_says_so(
    qtbot: QtBot, form: ServerForm, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "model.postgres_check", None)
    enter(qtbot, form, server.place())
    assert "uv run --extra server main.py" in check(qtbot, form)


def test_the_protection_follows_the_server_until_it_is_chosen(qtbot: QtBot, form: ServerForm) -> None:
    box = find(form, QComboBox, "serverTlsField")
    chosen = []
    for host in ("localhost", "db.example.org"):
        write(qtbot, form, "serverHostField", host)
        chosen.append(box.currentData())
    box.setCurrentIndex(list(Tls).index(Tls.VERIFY_CA))
    box.activated.emit(box.currentIndex())
    write(qtbot, form, "serverHostField", "localhost")
    assert [*chosen, box.currentData()] == [Tls.PREFER, Tls.VERIFY_FULL, Tls.VERIFY_CA]


def test_what_was_found_out_goes_when_something_else_is_entered(qtbot: QtBot, form: ServerForm, server: Server) -> None:
    enter(qtbot, form, server.place(), PASSWORD)
    assert check(qtbot, form)
    write(qtbot, form, "serverDatabaseField", "andere")
    assert not find(form, QLabel, "serverCheckResult").isVisible()


@pytest.mark.usefixtures("german")
def test_r37_the_password_goes_into_the_keyring_and_only_when_the_database_can_be_worked_with(
    qtbot: QtBot,
    server: Server,
    database: str,
    tmp_path: Path,
) -> None:
    page = DatabasePage(str(tmp_path / "Tarifwechsel.db"), server.place(database).address, tmp_path)
    qtbot.addWidget(page)
    page.show()
    find(page, QRadioButton, "databaseServerChoice").setChecked(True)
    place = page.server.value()
    write(qtbot, page, "serverAccountPasswordField", "falsch")
    click(qtbot, page, "useDatabaseButton")
    fault = find(page, QLabel, "serverAccountPasswordFieldFault")
    qtbot.waitUntil(fault.isVisible)
    assert known_password(place) is None
    write(qtbot, page, "serverAccountPasswordField", PASSWORD)
    with qtbot.waitSignal(page.use_wanted) as wanted:
        click(qtbot, page, "useDatabaseButton")
    assert wanted.args == [place.address]
    assert known_password(place) == PASSWORD
    assert not has_password(place.address)


@pytest.mark.usefixtures("german")
def test_a_file_is_named_before_it_is_opened(qtbot: QtBot, tmp_path: Path) -> None:
    page = DatabasePage("postgresql://db.example.org/tarif", "", tmp_path / "Tarifwechsel.db")
    qtbot.addWidget(page)
    page.show()
    assert find(page, QLineEdit, "serverHostField").text() == "db.example.org"
    find(page, QRadioButton, "databaseFileChoice").setChecked(True)
    write(qtbot, page, "databaseFileField", "")
    click(qtbot, page, "useDatabaseButton")
    assert find(page, QLabel, "databaseFileFieldFault").isVisible()
    write(qtbot, page, "databaseFileField", str(tmp_path / "andere.db"))
    with qtbot.waitSignal(page.use_wanted) as wanted:
        find(page, QPushButton, "useDatabaseButton").click()
    assert wanted.args == [str(tmp_path / "andere.db")]

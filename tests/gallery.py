"""Opens every window and dialog of the program in turn, for tests that look at all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from PySide6.QtCore import QItemSelectionModel
from PySide6.QtWidgets import QMessageBox, QPushButton, QRadioButton, QTableView, QTabWidget, QWidget
from pytestqt.qtbot import QtBot

from model.errors import StorageFault, StoreUnavailable
from model.installation import Additions, Customer
from model.moved import Moved
from model.outbox import OutboxCounts
from model.provider import MailServer
from model.refusals import TransferFault, TransferRefused
from model.server_place import ServerPlace
from model.smtp import Outcome, Trouble, Verdict
from model.store import Store
from model.transfer import Stage as TransferStage
from model.transfer import Transferred
from model.transfer_check import Sum
from tests.examples import EMAIL, NOW, FixedClock, objects, order, tariff
from tests.screen import click, dialog, find, settle, write
from ui import transfer_words
from ui.export_dialog import ExportDialog
from ui.exporting import Exported
from ui.mail_dialogs import PasswordDialog, SendAgainDialog
from ui.main_window import MainWindow
from ui.sending import PostState
from ui.server_opening import ServerDialog, ServerPasswordDialog
from ui.settle_dialog import SettleDialog
from ui.table import Table
from ui.tariff_change_dialog import TariffChangeDialog
from ui.transfer_dialog import ToFileDialog, ToServerDialog

Shown = Iterator[tuple[str, QWidget]]
TABS = ("extensions", "devices", "features", "orders", "history")
EXPORT = "extension,password,name,tech,dial,secret,callerid\n10,,Anna{mark},sip,SIP/10,x,\n,,ohne{mark},sip,,,\n"


@dataclass(frozen=True)
class Stage:
    """What the screens are shown with; `mark` is added to everything a customer has a say in."""

    qtbot: QtBot
    window: MainWindow
    store: Store
    clock: FixedClock
    folder: Path
    mark: str = ""
    email: str = EMAIL

    def install(self, short: str, name: str, extensions: int, devices: int = 0, email: str | None = None) -> int:
        """A customer; the number is made of the tariff."""
        adding = self.marked(objects(extensions, devices, call_flow=short.startswith("P")))
        customer = Customer(f"K-{short}-{extensions}", name + self.mark, self.email if email is None else email)
        return self.store.create_installation(customer, tariff(short), self.clock.now(), adding)

    def marked(self, adding: Additions) -> Additions:
        """The same objects with the mark in every name."""
        return Additions(
            tuple(replace(entry, name=entry.name + self.mark) for entry in adding.extensions),
            tuple(replace(entry, name=entry.name + self.mark) for entry in adding.devices),
            tuple(replace(entry, name=entry.name + self.mark) for entry in adding.features),
        )

    def go_to(self, installation: int) -> None:
        """Show an installation."""
        self.window.choose(installation)
        self.settle()
        self.window.show_page(self.window.page)
        self.window.page.tabs.setCurrentIndex(0)

    def settle(self) -> None:
        """Wait until everything asked for is shown."""
        settle(self.qtbot, self.window)

    def opened(self, title: str, name: str) -> Shown:
        """The dialog of a name, as a screen; closed afterwards."""
        self.settle()
        shown = dialog(name)
        yield title, shown
        shown.close()
        self.settle()


def screens(
    qtbot: QtBot,
    window: MainWindow,
    store: Store,
    clock: FixedClock,
    folder: Path,
    mark: str = "",
    email: str = EMAIL,
) -> Shown:
    """A title and what is open, from an empty store on; every screen is closed when the next one is asked for."""
    stage = Stage(qtbot, window, store, clock, folder, mark, email)
    stage.settle()
    yield "welcome", window
    pro = stage.install("P10", "Çelikbaş & Söhne", 3, email="")
    large = stage.install("C25", "Dröschwitz", 13, 12)
    over = stage.install("C10", "Autohaus Brenner GmbH", 12, 8)
    pending = _install_pending(stage)
    down = stage.install("C25", "Ebbenhorst e. K.", 8)
    order(store, down, "C10")
    window.reload()
    stage.settle()
    yield "nothing chosen", window
    yield from _pages(stage, pro, over, pending)
    yield from _tariff_dialogs(stage, pro, large, over, pending)
    yield from _questions(stage, over, pending, down)
    yield from _form_dialogs(stage, pro, over)
    yield from _import_dialogs(stage)
    yield from _drafts(stage, over, pro)
    yield from _bars(stage)
    yield from _transfer_dialogs(stage)
    yield from _mail_bar(stage)
    yield from _messages(stage)
    yield from _database_bars(stage)


def _install_pending(stage: Stage) -> int:
    """Ten and ten in Classic 10, Classic 25 ordered, two more in use already."""
    pending = stage.install("C10", "Bäckerei Ährensack", 10, 10)
    order(stage.store, pending, "C25")
    stage.store.add_objects(pending, stage.marked(objects(2, 0, start=10)), stage.clock.now())
    return pending


def _pages(stage: Stage, pro: int, over: int, pending: int) -> Shown:
    window = stage.window
    for title, installation in (("over", over), ("pending", pending), ("pro", pro)):
        stage.go_to(installation)
        for place, tab in enumerate(TABS):
            window.page.tabs.setCurrentIndex(place)
            stage.settle()
            yield f"installation {title}, {tab}", window
        click(stage.qtbot, window, "advancedSettingsButton")
        stage.settle()
        yield f"settings {title}", window


def _tariff_dialogs(stage: Stage, pro: int, large: int, over: int, pending: int) -> Shown:
    qtbot, window = stage.qtbot, stage.window
    for title, installation, size in (("obstacles", large, "size10"), ("Pro in use", pro, "editionClassic")):
        stage.go_to(installation)
        window.orders.adjust()
        find(dialog("tariffChangeDialog"), QRadioButton, size).click()
        yield from stage.opened(f"tariff, {title}", "tariffChangeDialog")
    for title, installation in (("offer", over), ("replacing", pending), ("no address", pro)):
        stage.go_to(installation)
        window.orders.adjust()
        find(dialog("tariffChangeDialog"), QRadioButton, "size50").click()
        click(qtbot, dialog("tariffChangeDialog"), "selectButton")
        yield from stage.opened(f"summary, {title}", "tariffChangeDialog")


def _questions(stage: Stage, over: int, pending: int, down: int) -> Shown:
    qtbot, window = stage.qtbot, stage.window
    for title, installation, count in (("offer", over, 1), ("choice", down, 5), ("individual", over, 300)):
        stage.go_to(installation)
        window.objects.paste("".join(f"{number}\tNeu\n" for number in range(500, 500 + count)))
        source = dialog("pasteDialog")
        click(qtbot, source, "pasteDialogSubmit")
        yield from stage.opened(f"decision, {title}", "decisionDialog")
        source.close()
    for title, installation in (("cancelling", down), ("cancelling, blocked", pending)):
        stage.go_to(installation)
        window.orders.cancel()
        yield from stage.opened(title, "cancelOrderDialog")


def _form_dialogs(stage: Stage, pro: int, over: int) -> Shown:
    qtbot, window = stage.qtbot, stage.window
    stage.go_to(over)
    window.objects.add("Extension")
    form = dialog("extensionDialog")
    click(qtbot, form, "extensionDialogSubmit")
    yield from stage.opened("new extension, fault", "extensionDialog")
    for tab, kind in ((0, "Extension"), (1, "Device")):
        window.page.tabs.setCurrentIndex(tab)
        _select_first(window.page.tables[tab])
        click(qtbot, window, f"edit{kind}Button")
        yield from stage.opened(f"edit {kind}", f"{kind.lower()}Dialog")
    window.objects.paste(f"900\tEmpfang{stage.mark}\n901\n")
    click(qtbot, dialog("pasteDialog"), "pasteDialogSubmit")
    yield from stage.opened("paste, fault", "pasteDialog")
    stage.go_to(pro)
    window.objects.add("Feature")
    yield from stage.opened("feature", "featureDialog")
    _select_first(window.page.extensions)
    click(qtbot, window, "removeExtensionButton")
    yield from stage.opened("removal", "removalDialog")
    window.actions_by_name.named["new"].trigger()
    yield from stage.opened("new customer", "newCustomerDialog")
    window.actions_by_name.named["preferences"].trigger()
    yield from stage.opened("preferences", "preferencesDialog")
    yield from _mail_dialogs(stage, over)
    yield from _exports(stage)
    window.actions_by_name.named["help"].trigger()
    yield from stage.opened("help", "helpWindow")


def _mail_dialogs(stage: Stage, over: int) -> Shown:
    """The settings of mail and provider, and what can be done about a mail that was refused."""
    window = stage.window
    window.actions_by_name.named["preferences"].trigger()
    form = dialog("preferencesDialog")
    stage.qtbot.waitUntil(lambda: find(form, QWidget, "mailHostField").isEnabled())
    for place, title in ((1, "mail"), (2, "provider")):
        find(form, QTabWidget, "preferencesTabs").setCurrentIndex(place)
        stage.settle()
        yield f"preferences, {title}", form
    yield from _database(stage, form)
    form.close()
    order(stage.store, over, "C25")
    waiting = stage.store.outbox.claim(stage.clock.now())
    assert waiting
    stage.store.outbox.refused(waiting, f"RECIPIENT: 550 5.1.1 unknown{stage.mark}", stage.clock.now())
    window.actions_by_name.named["outbox"].trigger()
    stage.qtbot.waitUntil(lambda: find(dialog("outboxWindow"), Table, "outboxTable").rows.rowCount() > 0)
    yield from stage.opened("outbox", "outboxWindow")
    server = MailServer("mail.example.org", account=f"versand{stage.mark}", sender=EMAIL)
    window.dialogs.open_once("password", lambda: PasswordDialog(server, window), modal=False)
    yield from stage.opened("password", "passwordDialog")
    deliveries = stage.store.outbox.of_order(waiting.mail.order_number)
    window.dialogs.open_once("sendAgain", lambda: SendAgainDialog(deliveries, "neu@example.org", window))
    yield from stage.opened("send again", "sendAgainDialog")


def _database(stage: Stage, form: QWidget) -> Shown:
    """The settings' page for the database, and what is asked before there is a window."""
    find(form, QTabWidget, "preferencesTabs").setCurrentIndex(3)
    for choice in ("databaseFileChoice", "databaseServerChoice"):
        find(form, QRadioButton, choice).setChecked(True)
        stage.settle()
        yield f"preferences, {choice}", form
    write(stage.qtbot, form, "serverHostField", "")
    click(stage.qtbot, form, "serverCheckButton")
    stage.settle()
    yield "preferences, server missing", form
    asking = ServerDialog(ServerPlace("db.example.org", account=f"anna{stage.mark}")), ServerPasswordDialog(stage.mark)
    for made in asking:
        stage.qtbot.addWidget(made)
        made.show()
        yield from stage.opened(made.objectName(), made.objectName())


def _exports(stage: Stage) -> Shown:
    stage.window.actions_by_name.named["export"].trigger()
    stage.settle()
    shown = dialog("exportDialog")
    assert isinstance(shown, ExportDialog)
    yield "export", shown
    shown.set_busy(busy=True)
    yield "export, under way", shown
    shown.show_done(Exported(stage.folder / f"Anlagen{stage.mark.replace('/', '_')}.csv", 3, one_state=False))
    yield from stage.opened("export, done", "exportDialog")


def _select_first(table: QTableView) -> None:
    flags = QItemSelectionModel.SelectionFlag
    table.selectionModel().setCurrentIndex(table.model().index(0, 0), flags.ClearAndSelect | flags.Rows)


def _import_dialogs(stage: Stage) -> Shown:
    path = stage.folder / "export.csv"
    path.write_text(EXPORT.format(mark=stage.mark), encoding="utf-8")
    stage.window.imports.read([path])
    stage.settle()
    yield "import, new customer", dialog("importDialog")
    form = dialog("importDialog")
    find(form, QRadioButton, "importExistingCustomer").click()
    write(stage.qtbot, form, "importCustomerNumber", "K-C10-12")
    stage.settle()
    yield "import, existing customer", form
    find(form, QTabWidget, "importTabs").setCurrentIndex(2)
    yield "import, file", form
    click(stage.qtbot, form, "importProfilesButton")
    yield from stage.opened("import, profiles", "profilesDialog")
    find(form, QTabWidget, "importTabs").setCurrentIndex(0)
    click(stage.qtbot, form, "importDialogSubmit")
    stage.settle()
    yield "imported", stage.window
    click(stage.qtbot, stage.window, "importedTakeBack")
    yield from stage.opened("take an import back", "takeBackDialog")
    click(stage.qtbot, stage.window, "importedHide")
    (stage.folder / "unknown.csv").write_text(f"Teiln.;Wer{stage.mark};PIN\n10;Anna{stage.mark};1\n", encoding="utf-8")
    stage.window.imports.read([stage.folder / "unknown.csv"])
    stage.settle()
    yield from stage.opened("import, unknown table", "mappingDialog")
    path.write_bytes("Nebenstelle;Name\n10;Jürgen\n".encode("cp850"))
    stage.window.imports.read([path])
    yield from stage.opened("import, unknown encoding", "encodingDialog")
    path.write_text(EXPORT.format(mark=stage.mark), encoding="utf-8")
    yield from _import_of_a_folder(stage)
    stage.window.actions_by_name.named["importAmi"].trigger()
    yield from stage.opened("import from a running Asterisk", "amiDialog")
    yield from _batch_dialog(stage, path)


def _import_of_a_folder(stage: Stage) -> Shown:
    """An Asterisk's: several files, of which remarks say the name, and no table."""
    folder = stage.folder / "asterisk"
    folder.mkdir()
    endpoint = f"[10]\ntype=endpoint\ncallerid=Anna{stage.mark} <10>\n[11](fehlt{stage.mark.replace('[', '')})\n"
    (folder / "pjsip.conf").write_text(endpoint + "type=endpoint\n", encoding="utf-8")
    (folder / "queues.conf").write_text("[general]\n[sales]\nstrategy=ringall\n", encoding="utf-8")
    stage.window.imports.take([folder])
    stage.settle()
    form = dialog("importDialog")
    for place, title in ((1, "remarks"), (2, "files")):
        find(form, QTabWidget, "importTabs").setCurrentIndex(place)
        yield f"import, folder, {title}", form
    form.close()


def _batch_dialog(stage: Stage, export: Path) -> Shown:
    """Files of customers that aren't there, and one of nobody: a wrong pattern, files chosen, by column, imported."""
    folder = stage.folder / "exports"
    folder.mkdir()
    for name in ("K-77.csv", "K-78.csv", "readme.txt"):
        (folder / name).write_bytes(export.read_bytes() if name != "K-78.csv" else b"Name;Mobil\nAnna;1\n")
    stage.window.actions_by_name.named["importBatch"].trigger()
    form = dialog("batchDialog")
    write(stage.qtbot, form, "batchPattern", "*.csv")
    stage.settle()
    yield "batch, wrong pattern", form
    write(stage.qtbot, form, "batchPattern", "{number}.csv")
    write(stage.qtbot, form, "batchPath", str(folder))
    stage.qtbot.waitUntil(lambda: find(form, QPushButton, "batchDialogSubmit").isEnabled())
    stage.settle()
    yield "batch, files", form
    find(form, QRadioButton, "batchByColumn").click()
    stage.qtbot.waitUntil(lambda: find(form, QPushButton, "batchDialogSubmit").isEnabled())
    stage.settle()
    yield "batch, by column", form
    click(stage.qtbot, form, "batchDialogSubmit")
    stage.qtbot.waitUntil(lambda: find(form, QPushButton, "batchSaveReport").isEnabled())
    yield from stage.opened("batch, report", "batchDialog")


def _drafts(stage: Stage, one: int, other: int) -> Shown:
    """What was typed for a customer and isn't saved: on its page, on another customer's, before the window closes."""
    window = stage.window
    stage.go_to(one)
    click(stage.qtbot, window, "advancedSettingsButton")
    write(stage.qtbot, window.settings_page, "emailField", "neu@example.org")
    stage.settle()
    yield "settings, draft", window
    stage.go_to(other)
    yield "draft elsewhere", window
    window.close()
    yield from stage.opened("draft, closing", "unsavedBox")
    window.settings_page.drafts.discard()


def _transfer_dialogs(stage: Stage) -> Shown:
    """Where everything is to go, how far it is, what was the same; a transfer that was cut off."""
    place = f"postgresql://server.example.org/office{stage.mark}"
    stage.window.actions_by_name.named["transfer"].trigger()
    stage.settle()
    shown = dialog("toServerDialog")
    assert isinstance(shown, ToServerDialog)
    yield "transfer to a server", shown
    shown.show_error(StoreUnavailable(StorageFault.NOT_SET_UP, place))
    yield "transfer to an empty database", shown
    shown.set_busy(busy=True)
    shown.show_progress(TransferStage.COPYING, 42)
    yield "transfer under way", shown
    rows = dict.fromkeys(transfer_words.tables(), 1_234)
    shown.show_done(Transferred(place, place, rows, (Sum("", 5, 9_900),), "0" * 64))
    yield from stage.opened("transfer done", "toServerDialog")
    file = ToFileDialog(Path(f"/home/anna/Dokumente{stage.mark}/Tarifwechsel.db"), stage.window)
    file.open()
    file.show_error(TransferRefused(TransferFault.TAKEN, place))
    yield from stage.opened("transfer into a file", "toFileDialog")
    SettleDialog(Moved(place, place, NOW, f"anna{stage.mark}", "", done=False), NOW.tzinfo, stage.window).open()
    yield from stage.opened("transfer cut off", "settleDialog")


def _bars(stage: Stage) -> Shown:
    """The two bars that say that something is wrong."""
    right = stage.clock.instant
    stage.clock.instant = right - timedelta(days=2)
    stage.window.reload()
    stage.settle()
    stage.window.show_error(StoreUnavailable(StorageFault.BUSY, "Tarifwechsel.db"))
    yield "clock and fault", stage.window
    stage.clock.instant = right
    stage.window.reload()
    stage.settle()


def _database_bars(stage: Stage) -> Shown:
    """What is the matter with the database as a whole; damage stays."""
    window, place = stage.window, f"/home/anna/Dokumente{stage.mark}/Tarifwechsel.db"
    for fault in (
        StorageFault.BUSY,
        StorageFault.REPLACED,
        StorageFault.NO_ACCESS,
        StorageFault.MOVING,
        StorageFault.MOVED,
        StorageFault.DAMAGED,
    ):
        window.desk.unreadable.emit(StoreUnavailable(fault, place))
        yield f"database bar, {fault}", window
    window.orders.adjust()
    shown = dialog("tariffChangeDialog")
    assert isinstance(shown, TariffChangeDialog)
    shown.show_slow()
    yield from stage.opened("tariff dialog, slow", "tariffChangeDialog")


def _mail_bar(stage: Stage) -> Shown:
    """The mail server can't be trusted, and one mail was refused before."""
    post = stage.window.desk.post
    fault = Outcome(Verdict.SERVER_FAULT, Trouble.CERTIFICATE, f"self-signed certificate{stage.mark}")
    post.changed.emit(PostState(MailServer("mail.example.org", sender=EMAIL), OutboxCounts(2, 1), fault))
    yield "mail bar", stage.window
    post.changed.emit(post.state)


def _messages(stage: Stage) -> Shown:
    """A message: a price list that can't be loaded."""
    path = stage.folder / f"preise{stage.mark.replace('/', '_')}.toml"
    path.write_text("[", encoding="utf-8")
    stage.window.customers.load_price_file(path)
    stage.settle()
    shown = stage.window.findChild(QMessageBox, "messageBox")
    assert isinstance(shown, QMessageBox)
    yield "message", shown
    shown.close()

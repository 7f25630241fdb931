"""The ways of an import, from the preview to taking it back, and of many files at once."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton, QTabWidget, QWidget

from tests.screen import dialog, find
from tests.tour.stage import Scenes, Stage
from ui.table import Table

SCENES = Scenes()
EXPORT = """extension,password,name,tech,dial,secret,callerid
10,,Zentrale,sip,SIP/10,geheim,x <10>
11,,"Müßig, Zoë",sip,SIP/11,geheim,x <11>
12,,,sip,SIP/12,geheim,x <12>
12,,Doppelt,sip,SIP/12,geheim,x <12>
,,ohne Nummer,sip,,,
13,,Warteschlange Ersatzteile und Zubehör (Außenlager),sip,SIP/13,geheim,x <13>
14 a,,Empfang,sip,SIP/14,geheim,x <14>
100,,Łukasz Brzęczyszczykiewicz,pjsip,PJSIP/100,geheim,x <100>
"""


@SCENES.add
def import_new(stage: Stage) -> QWidget:
    stage.import_text(EXPORT)
    return dialog("importDialog")


@SCENES.add
def import_fault(stage: Stage) -> QWidget:
    form = import_new(stage)
    stage.write("customerNumberField", "100900", form)
    return stage.submit(form)


@SCENES.add
def import_existing(stage: Stage) -> QWidget:
    form = import_new(stage)
    stage.click("importExistingCustomer", form)
    stage.write("importCustomerNumber", "100423", form)
    return form


@SCENES.add
def import_existing_unknown(stage: Stage) -> QWidget:
    form = import_new(stage)
    stage.click("importExistingCustomer", form)
    stage.write("importCustomerNumber", "1004", form)
    return stage.submit(form)


@SCENES.add
def import_remarks(stage: Stage) -> QWidget:
    form = import_new(stage)
    find(form, QTabWidget, "importTabs").setCurrentIndex(1)
    return form


@SCENES.add
def import_file(stage: Stage) -> QWidget:
    form = import_new(stage)
    find(form, QTabWidget, "importTabs").setCurrentIndex(2)
    return form


@SCENES.add
def import_asterisk(stage: Stage) -> QWidget:
    """The folder of an Asterisk: several files, Pro hints, no table."""
    folder = stage.home / "asterisk"
    folder.mkdir(exist_ok=True)
    endpoints = [f"[{n}]\ntype=endpoint\ncallerid=Arbeitsplatz {n} <{n}>\n" for n in range(1101, 1109)]
    (folder / "pjsip.conf").write_text("".join(endpoints) + "[trunk](fehlt)\ntype=endpoint\n", encoding="utf-8")
    (folder / "queues.conf").write_text("[general]\n[vertrieb]\nstrategy=ringall\n", encoding="utf-8")
    stage.window.imports.take([folder])
    stage.settle()
    return dialog("importDialog")


@SCENES.add
def import_asterisk_remarks(stage: Stage) -> QWidget:
    form = import_asterisk(stage)
    find(form, QTabWidget, "importTabs").setCurrentIndex(1)
    return form


@SCENES.add
def import_asterisk_file(stage: Stage) -> QWidget:
    form = import_asterisk(stage)
    find(form, QTabWidget, "importTabs").setCurrentIndex(2)
    return form


@SCENES.add
def import_ticked(stage: Stage) -> QWidget:
    """What is missing in the file is ticked, and a function goes along."""
    form = import_existing(stage)
    table = find(form, Table, "comparisonTable")
    stage.click("comparisonMissing", form)
    table.rows.ticked.emit(list(table.rows.rows())[:3])
    stage.click("comparisonAll", form)
    return form


@SCENES.add
def imported(stage: Stage) -> QWidget:
    """An import into a customer, and the bar that offers to take it back."""
    stage.submit(import_existing(stage))
    return stage.window


@SCENES.add
def take_back(stage: Stage) -> QWidget:
    imported(stage)
    stage.click("importedTakeBack")
    return dialog("takeBackDialog")


@SCENES.add
def mapping(stage: Stage) -> QWidget:
    """A table of a system nobody knows."""
    lines = [f"{n};Löhnfeld, Maike;Arbeitsplatz;00156500{n:04};geheim\n" for n in range(30, 50)]
    stage.import_text("Teilnehmer;Wer;Sorte;Adresse;Kennung PIN\n" + "".join(lines), "Anlage Nord.csv")
    return dialog("mappingDialog")


@SCENES.add
def profiles(stage: Stage) -> QWidget:
    stage.submit(mapping(stage))
    form = dialog("importDialog")
    find(form, QTabWidget, "importTabs").setCurrentIndex(2)
    stage.click("importProfilesButton", form)
    return dialog("profilesDialog")


@SCENES.add
def encoding(stage: Stage) -> QWidget:
    """A file whose characters can't be told."""
    stage.import_text("Nebenstelle;Name\n10;Jürgen Müller\n", "Export alt.csv", "cp850")
    return dialog("encodingDialog")


@SCENES.add
def batch(stage: Stage) -> QWidget:
    """Files of customers, one with faulty rows, and one of nobody."""
    folder = stage.home / "Exporte"
    folder.mkdir(exist_ok=True)
    for number, count in (("100423", 6), ("100077", 9), ("100900", 3)):
        lines = [f"{n},,Arbeitsplatz {n},sip,SIP/{n},geheim,x\n" for n in range(200, 200 + count)]
        (folder / f"{number}.csv").write_text("".join([EXPORT.splitlines()[0] + "\n", *lines]), encoding="utf-8")
    (folder / "100424.csv").write_text(EXPORT, encoding="utf-8")
    (folder / "liesmich.txt").write_text("Exporte vom 22.11.\n", encoding="utf-8")
    stage.act("importBatch")
    form = dialog("batchDialog")
    stage.write("batchPath", str(folder), form)
    stage.until(lambda: find(form, QAbstractButton, "batchDialogSubmit").isEnabled())
    return form


@SCENES.add
def batch_report(stage: Stage) -> QWidget:
    form = batch(stage)
    stage.click("batchClassic", form)
    stage.until(lambda: find(form, QAbstractButton, "batchDialogSubmit").isEnabled())
    stage.submit(form)
    stage.until(lambda: find(form, QAbstractButton, "batchSaveReport").isEnabled())
    return form

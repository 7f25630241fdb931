"""Adding, changing, pasting and removing extensions, devices and Pro functions."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QWidget

from tests.screen import dialog, find
from tests.tour.stage import Scenes, Stage

SCENES = Scenes()
PASTED = "17\tEmpfang\n18\tFax Lager\tRessource\n19\tMaike Löhnfeld\n"


@SCENES.add
def extension(stage: Stage) -> QWidget:
    return stage.add("100077", "extension")


@SCENES.add
def extension_fault(stage: Stage) -> QWidget:
    form = stage.add("100077", "extension")
    stage.write("extensionNumberField", "1 2", form)
    return stage.submit(form)


@SCENES.add
def extension_taken(stage: Stage) -> QWidget:
    form = stage.add("100077", "extension")
    stage.write("extensionNumberField", "01", form)
    stage.write("extensionNameField", "Empfang", form)
    return stage.submit(form)


@SCENES.add
def extension_edit(stage: Stage) -> QWidget:
    stage.go("100423")
    stage.tab(0, 3)
    stage.click("editExtensionButton")
    return dialog("extensionDialog")


@SCENES.add
def device(stage: Stage) -> QWidget:
    return stage.add("100077", "device")


@SCENES.add
def device_fault(stage: Stage) -> QWidget:
    form = stage.add("100077", "device")
    stage.write("deviceNameField", "Yealink T54W", form)
    stage.write("deviceMacField", "00:15:65:gg:00:01", form)
    return stage.submit(form)


@SCENES.add
def device_edit(stage: Stage) -> QWidget:
    stage.go("100423")
    stage.tab(1, 0)
    stage.click("editDeviceButton")
    return dialog("deviceDialog")


@SCENES.add
def feature(stage: Stage) -> QWidget:
    return stage.add("100118", "feature")


@SCENES.add
def feature_fault(stage: Stage) -> QWidget:
    form = stage.add("100118", "feature")
    find(form, QLineEdit, "featureNameField").clear()
    return stage.submit(form)


@SCENES.add
def paste(stage: Stage) -> QWidget:
    return stage.paste("100077", PASTED)


@SCENES.add
def paste_fault(stage: Stage) -> QWidget:
    return stage.submit(stage.paste("100077", PASTED + "2O\tMarkt\n"))


@SCENES.add
def removal(stage: Stage) -> QWidget:
    stage.go("100423")
    stage.tab(0, 10, 11)
    stage.click("removeExtensionButton")
    return dialog("removalDialog")


@SCENES.add
def removal_along(stage: Stage) -> QWidget:
    window = stage.go("100271")
    numbers = {use.extension for use in stage.store.account(stage.id_of("100271")).features}
    rows = window.page.extensions.rows.rows()
    stage.tab(0, *(place for place, row in enumerate(rows) if row.extension.number in numbers))
    stage.click("removeExtensionButton")
    return dialog("removalDialog")


@SCENES.add
def removal_many(stage: Stage) -> QWidget:
    stage.go("100180")
    stage.tab(0, *range(40))
    stage.click("removeExtensionButton")
    return dialog("removalDialog")

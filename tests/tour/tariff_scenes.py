"""The tariff dialog, the decisions that lead to it, and the cancellation of an order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from PySide6.QtWidgets import QAbstractButton, QComboBox, QWidget

from model.installation import Customer
from model.store import Removal
from tests import examples
from tests.screen import dialog, find
from tests.tour.stage import START, Scenes, Stage
from ui.tariff_change_dialog import TariffChangeDialog

SCENES = Scenes()
CHOICES = {
    "choice-current": ("100077",),
    "choice-size-obstacles": ("100269", "size10"),
    "choice-many-obstacles": ("100180", "size100"),
    "choice-edition-obstacle": ("100257", "editionClassic"),
    "choice-both-obstacles": ("100244", "editionClassic", "size10"),
    "choice-all-features": ("100271", "editionClassic", "size10"),
    "choice-already-ordered": ("100139", "size25"),
    "choice-current-while-pending": ("100205",),
    "choice-current-blocked": ("100139", "size10"),
    "choice-retired": ("100042", "size25"),
    "choice-downgrade": ("100244", "editionClassic"),
}
SUMMARIES = {
    "summary-upgrade": ("100077", "size25"),
    "summary-extras": ("100423", "size25"),
    "summary-edition": ("100077", "editionPro"),
    "summary-down": ("100244", "editionClassic"),
    "summary-replacing": ("100139", "size50"),
    "summary-retired": ("100042", "size25"),
    "summary-no-email": ("100193", "size25"),
    "summary-long-name": ("100271", "size50"),
}


def _choice(way: Sequence[str], stage: Stage) -> QWidget:
    return stage.adjust(*way)


def _summary(way: Sequence[str], stage: Stage) -> QWidget:
    return stage.summary(*way)


@SCENES.add
def choice_offer(stage: Stage) -> QWidget:
    stage.go("100423")
    stage.click("offerButton")
    return dialog("tariffChangeDialog")


@SCENES.add
def choice_focused(stage: Stage) -> QWidget:
    shown = stage.adjust("100423", "size25")
    find(shown, QAbstractButton, "size25").setFocus()
    return shown


@SCENES.add
def choice_ticked_off(stage: Stage) -> QWidget:
    shown = stage.adjust("100257", "editionClassic")
    key = stage.id_of("100257")
    uses = tuple(use.id for use in stage.store.account(key).features)
    stage.store.remove_objects(key, Removal(features=uses), stage.clock.now())
    stage.window.reload()
    stage.settle()
    return shown


@SCENES.add
def choice_half_ticked_off(stage: Stage) -> QWidget:
    shown = stage.adjust("100269", "size10")
    key = stage.id_of("100269")
    extension = stage.store.account(key).extensions[-1].id
    stage.store.remove_objects(key, Removal(extensions=(extension,)), stage.clock.now())
    stage.window.reload()
    stage.settle()
    return shown


@SCENES.add
def choice_with_objects(stage: Stage) -> QWidget:
    """The offer that came up while an extension was being added."""
    question = decision_offer(stage)
    stage.click("acceptOfferButton", question)
    return dialog("tariffChangeDialog")


@SCENES.add
def summary_with_objects(stage: Stage) -> QWidget:
    shown = choice_with_objects(stage)
    stage.click("selectButton", shown)
    return shown


@SCENES.add
def summary_changed(stage: Stage) -> QWidget:
    """Between the summary and the click the address and the month have changed."""
    shown = stage.summary("100226", "size25")
    key = stage.id_of("100226")
    known = stage.store.account(key).installation
    customer = Customer(known.customer_number, known.name, "buero@fahrschule-immergruen.example", known.language)
    stage.store.change_customer(key, customer, stage.clock.now())
    stage.clock.instant = START + timedelta(days=40)
    stage.click("orderButton", shown)
    return shown


@SCENES.add
def summary_not_ordered(stage: Stage) -> QWidget:
    shown = stage.summary("100226", "size25")
    stage.clock.instant = START - timedelta(days=15)
    stage.click("orderButton", shown)
    return shown


@SCENES.add
def summary_order_focused(stage: Stage) -> QWidget:
    shown = stage.summary("100077", "size25")
    find(shown, QAbstractButton, "orderButton").setFocus()
    return shown


@SCENES.add
def summary_saving(stage: Stage) -> QWidget:
    """The order takes longer than a second."""
    shown = stage.summary("100423", "size25")
    assert isinstance(shown, TariffChangeDialog)
    shown.show_slow()
    return shown


# ---------------------------------------------------------------------- decisions


@SCENES.add
def decision_offer(stage: Stage) -> QWidget:
    form = stage.add("100112", "extension")
    stage.write("extensionNameField", "Empfang", form)
    stage.submit(form)
    return dialog("decisionDialog")


@SCENES.add
def decision_individual(stage: Stage) -> QWidget:
    form = stage.add("100180", "extension")
    stage.write("extensionNameField", "Station 9", form)
    stage.submit(form)
    return dialog("decisionDialog")


@SCENES.add
def decision_choice(stage: Stage) -> QWidget:
    """Three more fit what is billed, but not what is ordered."""
    stage.submit(stage.paste("100205", "27\tEmpfang\n28\tFax Lager\tRessource\n29\tMaike Löhnfeld\n"))
    return dialog("decisionDialog")


@SCENES.add
def decision_pro(stage: Stage) -> QWidget:
    stage.submit(_feature_of(stage, "100077"))
    return dialog("decisionDialog")


@SCENES.add
def decision_pro_pending(stage: Stage) -> QWidget:
    examples.order(stage.store, stage.id_of("100077"), "P10", stage.clock.now())
    stage.submit(_feature_of(stage, "100077"))
    return dialog("decisionDialog")


def _feature_of(stage: Stage, number: str) -> QWidget:
    form = stage.add(number, "feature")
    find(form, QComboBox, "featureExtensionField").setCurrentIndex(1)
    return form


# ---------------------------------------------------------------------- cancelling


@SCENES.add
def cancel(stage: Stage) -> QWidget:
    stage.go("100205")
    stage.click("cancelOrderButton")
    return dialog("cancelOrderDialog")


@SCENES.add
def cancel_blocked(stage: Stage) -> QWidget:
    stage.go("100139")
    stage.click("cancelOrderButton")
    return dialog("cancelOrderDialog")


@SCENES.add
def cancel_fault(stage: Stage) -> QWidget:
    return stage.submit(cancel(stage))


SCENES.update({name: partial(_choice, way) for name, way in CHOICES.items()})
SCENES.update({name: partial(_summary, way) for name, way in SUMMARIES.items()})

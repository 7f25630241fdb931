"""Every word in German and English: amounts and dates, every member, every error, every entry of the history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

import pytest

from model.account import Coverage, Decision, Flag, Obstacle, ObstacleKind, Verdict
from model.audit import Action, AuditEntry
from model.clock import ClockCheck, ClockState
from model.errors import ClockSuspect, ModelError, NoSuchInstallation, StorageFault, StoreUnavailable, Unexpected
from model.installation import (
    Additions,
    Customer,
    DeviceKind,
    ExtensionKind,
    Language,
    NewDevice,
    NewExtension,
    ProFeature,
    ProFeatureUse,
)
from model.refusals import (
    AmiFailed,
    AmiFault,
    Fault,
    FileFault,
    FileNotSaved,
    ImportFault,
    ImportRefused,
    ImportStale,
    InvalidInput,
    LimitReached,
    NoSuchObject,
    OrderRefused,
    PriceFault,
    PriceListInvalid,
    QuoteStale,
    Refusal,
    StillWaiting,
    TransferFault,
    TransferRefused,
)
from model.store import Removal, Store
from model.tariff import Edition
from tests.examples import NOW, TODAY, install, objects, order, quote, tariff
from tests.faults import WORDS
from ui import clock_words, errors, formats, history, i18n, labels
from ui.import_words import skip_reason, warning_reason

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture(params=["de", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """Both languages, one after the other."""
    i18n.use_language(request.param)
    yield str(request.param)
    i18n.use_language("de")


def in_both(words: Callable[[], str]) -> tuple[str, str]:
    """What is said in German and in English."""
    said = []
    for code in ("de", "en"):
        i18n.use_language(code)
        said.append(words())
    i18n.use_language("de")
    return said[0], said[1]


FORMATS: list[tuple[Callable[[], str], str, str]] = [
    (lambda: labels.extensions(0), "0 Nebenstellen", "0 extensions"),
    (lambda: labels.extensions(1), "1 Nebenstelle", "1 extension"),
    (lambda: labels.extensions(2), "2 Nebenstellen", "2 extensions"),
    (lambda: labels.devices(1), "1 Endgerät", "1 device"),
    (lambda: labels.devices(1234), "1.234 Endgeräte", "1,234 devices"),
    (lambda: formats.number(8431), "8.431", "8,431"),
    (lambda: formats.money(Decimal("1234.5")), f"1.234,50{NBSP}€", "€1,234.50"),
    (lambda: formats.signed_money(Decimal(10)), f"+10,00{NBSP}€", "+€10.00"),
    (lambda: formats.signed_money(Decimal(-10)), f"−10,00{NBSP}€", "−€10.00"),
    (lambda: formats.signed_money(Decimal(0)), f"0,00{NBSP}€", "€0.00"),
    (lambda: formats.net_price(tariff("C10")), f"9,90{NBSP}€", "€9.90"),
    (lambda: formats.percent(1900), f"19{NBSP}%", "19%"),
    (lambda: formats.percent(750), f"7,5{NBSP}%", "7.5%"),
    (lambda: formats.day(TODAY), "22.11.2026", "22/11/2026"),
    (lambda: formats.long_day(TODAY), "Sonntag, 22. November 2026", "Sunday, 22 November 2026"),
    (lambda: formats.instant(NOW), "22.11.2026, 10:00", "22/11/2026, 10:00"),
    (lambda: labels.limits(tariff("C10")), "10 Nebenstellen und 10 Endgeräte", "10 extensions and 10 devices"),
    (lambda: labels.listed([]), "", ""),
    (lambda: labels.listed(["A"]), "A", "A"),
    (lambda: labels.listed(["A", "B", "C"]), "A, B und C", "A, B and C"),
    (lambda: labels.excess(2), "2 zu viel", "2 too many"),
]


@pytest.mark.parametrize(("words", "german_words", "english"), FORMATS)
def test_amounts_dates_and_numbers_are_written_as_each_language_does(
    words: Callable[[], str], german_words: str, english: str
) -> None:
    assert in_both(words) == (german_words, english)


def test_an_unknown_language_is_german() -> None:
    i18n.use_language("kl")
    assert i18n.language() == "de"
    assert labels.extensions(1) == "1 Nebenstelle"


def obstacle(kind: ObstacleKind, excess: int) -> Obstacle:
    return Obstacle(kind, excess, 10, ())


OF_A_MAIL = (Action.MAIL_SENT, Action.MAIL_REFUSED, Action.MAIL_AGAIN)
SAME_IN_BOTH = {"Classic", "Pro", "App", "Call Flow", "Analytics", "Version"}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (Edition, labels.edition),
        (ExtensionKind, labels.extension_kind),
        (DeviceKind, labels.device_kind),
        (ProFeature, labels.feature),
        (Language, labels.language),
        (tuple(ClockState)[1:], lambda value: clock_words.clock(ClockCheck(value, timedelta(minutes=3)))),
        (Refusal, errors.refusal),
        (Coverage, lambda value: labels.coverage(Flag(value, 11, 10), TODAY)),
        (ObstacleKind, lambda value: labels.obstacle(obstacle(value, 1))),
        (ObstacleKind, lambda value: labels.obstacle(obstacle(value, 2))),
        (Action, lambda value: labels.action(AuditEntry(1, NOW, "", value, {}, {}, ""))),
        (Fault, lambda value: errors.fault(InvalidInput("name", value, "x"))),
        (Fault, lambda value: errors.fault(InvalidInput("customer_number", value, "x"))),
        (StorageFault, lambda value: errors.message(StoreUnavailable(value, "ort.db"))),
        (ImportFault, lambda value: errors.message(ImportRefused(value))),
        (PriceFault, lambda value: errors.message(PriceListInvalid("Zeile 3", value))),
        (TransferFault, lambda value: errors.message(TransferRefused(value, "office.db", "device 3"))),
        (Refusal, lambda value: errors.message(OrderRefused(value, (obstacle(ObstacleKind.DEVICES, 2),)))),
    ],
)  # fmt: skip
def test_every_member_has_words_in_both_languages(values: type[StrEnum], words: Callable[[StrEnum], str]) -> None:
    for value in values:
        german_words, english = in_both(lambda value=value: words(value))  # type: ignore[misc]
        assert german_words
        assert english
        assert "{" not in german_words + english, value
        assert german_words != english or german_words in SAME_IN_BOTH, value


def test_every_reason_of_an_import_has_words() -> None:
    from model.import_result import SkipReason, WarningReason

    for reason in SkipReason:
        assert len(set(in_both(lambda reason=reason: skip_reason(reason)))) == 2  # type: ignore[misc]
    for remark in WarningReason:
        assert len(set(in_both(lambda remark=remark: warning_reason(remark)))) == 2  # type: ignore[misc]


def test_every_error_of_the_model_has_words(memory: Store) -> None:
    fresh = quote(memory, install(memory), "C25")
    known: list[ModelError] = [
        InvalidInput("name", Fault.EMPTY),
        LimitReached(Decision(Verdict.OFFER, objects(1))),
        OrderRefused(Refusal.NO_EMAIL),
        QuoteStale(fresh, frozenset({"mail_to"})),
        ClockSuspect(ClockState.AHEAD),
        NoSuchInstallation(1),
        NoSuchObject(1),
        Unexpected(),
        PriceListInvalid("Zeile 3", PriceFault.TWICE),
        StillWaiting(),
        FileNotSaved(FileFault.FULL, "liste.csv"),
        TransferRefused(TransferFault.TAKEN, "office.db"),
        AmiFailed(AmiFault.REFUSED),
        StoreUnavailable(StorageFault.FULL, "ort.db"),
        ImportRefused(ImportFault.EMPTY),
        ImportStale(),
    ]
    assert {type(error) for error in known} == set(ModelError.__subclasses__())
    for error in known:
        german_words, english = in_both(lambda error=error: errors.message(error))  # type: ignore[misc]
        assert german_words != english
        assert german_words[-1] in ".?"


def test_objects_are_named_with_what_they_belong_to(language: str) -> None:
    use = ProFeatureUse(1, ProFeature.CALL_FLOW, "Zentrale", "30", NOW)
    everything = ProFeatureUse(1, ProFeature.ANALYTICS, "Alles", "", NOW)
    assert [labels.thing(use), labels.thing(everything)] == {
        "de": ["Call Flow „Zentrale“ (Nebenstelle 30)", "Analytics „Alles“"],
        "en": ["Call Flow “Zentrale” (extension 30)", "Analytics “Alles”"],
    }[language]


def told(store: Store, installation: int) -> list[AuditEntry]:
    """Everything that can happen to an installation, once."""
    store.change_customer(installation, Customer("K-2", "Andere AG", "neu@example.org", Language.ENGLISH), NOW)
    store.add_objects(installation, Additions((NewExtension("10", "A"),), (NewDevice("D", extensions=("10",)),)), NOW)
    store.load_objects(installation, objects(8, 2, start=2), NOW)
    account = store.account(installation)
    extension = next(entry for entry in account.extensions if entry.number == "10")
    device = next(entry for entry in account.devices if entry.name == "D")
    store.change_extension(installation, extension.id, NewExtension("11", "B", ExtensionKind.RESOURCE), NOW)
    store.change_extension(installation, extension.id, NewExtension("11", "C", ExtensionKind.RESOURCE), NOW)
    store.change_device(installation, device.id, NewDevice("E", extensions=("11", "100")), NOW)
    store.change_device(installation, device.id, NewDevice("F", extensions=("11", "100")), NOW)
    store.remove_objects(installation, Removal((extension.id,), (device.id,)), NOW)
    order(store, installation, "P25")
    second = order(store, installation, "P50")
    store.cancel_order(installation, second.order_number, "Grund", NOW)
    return store.audit_entries(installation)


def test_every_entry_of_the_history_says_before_and_after(memory: Store) -> None:
    entries = [
        *told(memory, install(memory, "P10", 2, call_flow=True)),
        AuditEntry(98, NOW, "", Action.PRICES_ADDED, {}, {"valid_from": "2027-01-01"}, ""),
        AuditEntry(99, NOW, "", Action.CLOCK_CONFIRMED, {}, {}, ""),
        *(AuditEntry(99, NOW, "", action, {}, {"order": 7, "kind": "CANCELLED"}, "") for action in OF_A_MAIL),
        AuditEntry(99, NOW, "", Action.PROVIDER_CHANGED, {}, {"changed": ["name"]}, ""),
        AuditEntry(99, NOW, "", Action.MAIL_SERVER_CHANGED, {}, {"changed": ["host"]}, ""),
        AuditEntry(99, NOW, "", Action.PROFILE_CHANGED, {"profile": "Alt"}, {"profile": "Neu"}, ""),
        AuditEntry(99, NOW, "", Action.ZONE_SET, {}, {"zone": "Europe/Lisbon"}, ""),
        AuditEntry(99, NOW, "", Action.TRANSFER_BEGUN, {}, {"to": "office.db"}, ""),
        AuditEntry(99, NOW, "", Action.TRANSFER_GIVEN_UP, {}, {"to": "office.db"}, ""),
    ]
    assert {entry.action for entry in entries} == set(Action)
    german_words, english = in_both(lambda: "\n".join(history.details(entry) for entry in entries))
    assert "Pro 10 · Nebenstellen 100, 101 · Call Flow (Nebenstelle 100)" in german_words.splitlines()
    assert "Kundennummer, Name, E-Mail-Adresse und Sprache" in german_words.splitlines()
    assert "Pro 10 → Pro 25 ab 01.12.2026" in german_words.splitlines()
    assert "Nummer 10 → 11 · Benutzer → Ressource · Name" in german_words.splitlines()
    assert "ab 01.01.2027" in german_words.splitlines()
    assert "TW-000007 · Stornierung" in german_words.splitlines()
    assert "from 01/01/2027" in english.splitlines()
    assert "{" not in german_words + english


def test_every_fault_has_its_words() -> None:
    assert set(WORDS) == set(StorageFault)
    assert {fault for fault, words in WORDS.items() if "{place}" not in words} == {
        StorageFault.FULL,
        StorageFault.BUSY,
        StorageFault.NO_DRIVER,
        StorageFault.VIEWER,
    }

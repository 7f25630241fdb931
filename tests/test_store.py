"""What every database has to do alike: search, sort, count, page, refuse, change and remove."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

import pytest

from model.account import NOTHING, Account
from model.audit import Action
from model.engine import Engine
from model.errors import NoSuchInstallation
from model.installation import (
    Additions,
    Customer,
    DeviceKind,
    ExtensionKind,
    Language,
    NewDevice,
    NewExtension,
    NewProFeatureUse,
    ProFeature,
    checked_mac,
    checked_number,
    checked_text,
    number_key,
    without_unseen,
)
from model.list_query import Filter, ListQuery, Sorting
from model.records import customer_columns
from model.refusals import Fault, InvalidInput, NoSuchObject, OrderRefused
from model.store import Removal, Store
from model.tariff import PriceList
from tests.examples import CLERK, EMAIL, NOW, TODAY, install, objects, order

CHANGE = date(2026, 12, 1)


def named(store: Store, *names: str) -> dict[str, int]:
    """Installations of these names, numbered K-1, K-2, …"""
    return {name: install(store, name=name, number=f"K-{n}") for n, name in enumerate(names, start=1)}


def found(store: Store, text: str = "", sorting: Sorting = Sorting.NAME) -> list[str]:
    query = ListQuery(TODAY, text, sorting=sorting)
    rows = store.find_installations(query)
    assert store.count_installations(query) == len(rows)
    return [row.name for row in rows]


def fault_of(call: Callable[[], object]) -> tuple[str, Fault]:
    with pytest.raises(InvalidInput) as caught:
        call()
    return caught.value.field, caught.value.fault


# Search


@pytest.mark.parametrize(
    "stored", ["Müller & Söhne", "Mueller & Soehne", "MÜLLER & SÖHNE", "Mu\u0308ller & So\u0308hne"]
)
@pytest.mark.parametrize(
    "typed", ["müller", "Mueller", "MUELLER", "Mü", "mue", "üller", "ueller soehne", "sohne  muell"]
)
def test_umlauts_are_found_however_they_are_written(store: Store, stored: str, typed: str) -> None:
    named(store, stored, "Meyer")
    assert found(store, typed) == [Customer("K", stored).checked().name]


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("Straße", "strasse"),
        ("Strasse", "straße"),
        ("Café Sørensen", "cafe sorensen"),
        ("Łódź", "lodz"),
        ("Neuer", "neue"),
        ("Bauer", "baue"),
        ("Æther", "aether"),
        ("Ångström", "angstroem"),
    ],
)
def test_letters_are_found_in_their_plain_form(store: Store, stored: str, typed: str) -> None:
    named(store, stored, "Xylo")
    assert found(store, typed) == [stored]


def test_the_customer_number_is_found_in_part(store: Store) -> None:
    install(store, number="K-4711", name="Eins")
    install(store, number="K-4712", name="Zwei")
    assert found(store, "k-4711") == ["Eins"]
    assert found(store, "4711") == ["Eins"]
    assert found(store, "k-471") == ["Eins", "Zwei"]


def test_an_extension_is_found_by_its_whole_number(store: Store) -> None:
    install(store, name="Eins", extensions=3)
    install(store, name="Zwei", number="L")
    assert found(store, "102") == ["Eins"]
    assert found(store, "10") == []


@pytest.mark.parametrize("form", ["TW-{0:06}", "tw-{0}", "TW{0}", "{0}", "{0:06}"])
def test_an_order_is_found_by_its_number(store: Store, form: str) -> None:
    named(store, "Eins", "Zwei")
    ids = {row.name: row.id for row in store.find_installations(ListQuery(TODAY))}
    for name in ("Zwei", "Eins"):
        number = order(store, ids[name], "C25").order_number
        assert name in found(store, form.format(number))
        if "T" in form.upper():
            assert found(store, form.format(number)) == [name]


@pytest.mark.parametrize(
    "typed",
    ["00:15:65:AA:BB:CC", "00-15-65-aa-bb-cc", "0015.65aa.bbcc", "001565AABBCC", "00:15:65", "SEP001565AABBCC"],
)
def test_a_device_is_found_by_its_mac_address(store: Store, typed: str) -> None:
    installations = named(store, "Eins", "Zwei")
    for name, mac in (("Eins", "00:15:65:aa:bb:cc"), ("Zwei", "00:15:66:aa:bb:cc"), ("Zwei", "")):
        store.add_objects(installations[name], Additions(devices=(NewDevice("Telefon", mac=mac),)), NOW)
    assert found(store, typed) == ["Eins"]


def test_every_word_has_to_be_found(store: Store) -> None:
    named(store, "Bäckerei Huber", "Metzgerei Huber")
    install(store, number="L-9", name="Huber IT", extensions=1)
    assert found(store, "huber bäck") == ["Bäckerei Huber"]
    assert found(store, "huber 100") == ["Huber IT"]
    assert found(store, "L-9 huber") == ["Huber IT"]
    assert found(store, "huber schmidt") == []


@pytest.mark.parametrize("sign", ["%", "_", "\\", "'", '"'])
def test_signs_mean_themselves(store: Store, sign: str) -> None:
    named(store, "Hundert", f"100{sign} Bio", "Bio")
    assert found(store, sign) == [f"100{sign} Bio"]
    assert found(store, f"100{sign}") == [f"100{sign} Bio"]
    assert found(store, f"{sign}{sign}") == []


def test_names_that_begin_with_the_text_come_first(store: Store) -> None:
    named(store, "Am Bär", "Bär & Co", "Abär", "Baer", "Zum Bär")
    assert found(store, "bär") == ["Baer", "Bär & Co", "Abär", "Am Bär", "Zum Bär"]
    assert found(store, " bär ") == found(store, "baer")
    assert found(store, "bär") == found(store, "bär", Sorting.NAME)


def test_blanks_alone_search_for_nothing(store: Store) -> None:
    named(store, "Zwei", "Eins")
    assert found(store, "  ") == ["Eins", "Zwei"]


# Order, filters, pages


def test_names_are_sorted_as_germans_do(store: Store) -> None:
    names = [
        "Aal",
        "Ähre",
        "Ahrens",
        "Zebra",
        "Öl",
        "Ofen",
        "Straße",
        "Strasse",
        "Strauß",
        "Haus 9",
        "Haus 10",
        "haus 1",
    ]
    named(store, *names)
    expected = ["Aal", "Ähre", "Ahrens", "haus 1", "Haus 9", "Haus 10", "Ofen", "Öl", "Strasse", "Straße", "Strauß"]
    assert found(store) == [*expected, "Zebra"]


def test_customer_numbers_are_sorted_by_value(store: Store) -> None:
    for number in ("K-10", "K-9", "K-009b", "10", "9", "K-1"):
        install(store, number=number, name=number)
    assert found(store, sorting=Sorting.NUMBER) == ["9", "10", "K-1", "K-9", "K-009b", "K-10"]


def test_numbers_of_extensions_sort_by_value_then_as_text() -> None:
    assert sorted(["10", "9", "01", "1", "*", "*9"], key=number_key) == ["*", "01", "1", "*9", "9", "10"]


def many_installations(store: Store, count: int, chance: random.Random) -> list[int]:
    """Random tariffs, orders of this month and of an earlier one, cancellations, counts below and beyond the limits."""
    shorts, earlier = ("C10", "C25", "P10", "P25", "C50"), NOW - timedelta(days=40)
    ids = [install(store, chance.choice(shorts), number=f"K-{n}", now=earlier) for n in range(count)]
    for now, installation in [(earlier, i) for i in ids] + [(NOW, i) for i in ids]:
        with suppress(OrderRefused):
            placed = order(store, installation, chance.choice(shorts), now)
            if chance.random() < 0.2:
                store.cancel_order(installation, placed.order_number, "Irrtum", now)
    for installation in ids:
        store.load_objects(installation, objects(chance.randrange(30), chance.randrange(30)), NOW)
    return ids


def expected_rows(accounts: list[Account], day: date, wanted: Filter) -> set[tuple[int, str, int, bool]]:
    """The list as it follows from each account alone."""
    rows = set()
    for account in accounts:
        uncovered = account.uncovered(day)
        row = (
            account.installation.id,
            account.billed(day).name,
            uncovered.extensions + uncovered.devices,
            account.pending(day) is not None,
        )
        if {Filter.ALL: True, Filter.OVER: row[2] > 0, Filter.PENDING: row[3]}[wanted]:
            rows.add(row)
    return rows


@pytest.mark.parametrize("seed", range(3))
def test_filters_and_counts_agree_with_every_account(store: Store, seed: int) -> None:
    ids = many_installations(store, 40, random.Random(seed))
    accounts = [store.account(installation) for installation in ids]
    for day in (TODAY - timedelta(days=30), TODAY, date(2026, 11, 30), CHANGE, date(2030, 1, 1)):
        sizes = []
        for wanted in Filter:
            query = ListQuery(day, filter=wanted)
            rows = store.find_installations(query, limit=100)
            shown = {(row.id, row.tariff_name, row.uncovered, row.pending) for row in rows}
            assert shown == expected_rows(accounts, day, wanted)
            assert store.count_installations(query) == len(rows)
            sizes.append(len(rows))
        counts = store.counts(day)
        assert [counts.all, counts.over, counts.pending] == sizes
        assert day > TODAY or 0 < min(sizes) < max(sizes) == len(ids)


@pytest.mark.parametrize(
    "query",
    [
        ListQuery(TODAY),
        ListQuery(TODAY, sorting=Sorting.NUMBER),
        ListQuery(TODAY, filter=Filter.OVER),
        ListQuery(TODAY, "kunde"),
        ListQuery(TODAY, "k 1"),
    ],
)
def test_pages_and_places_make_up_the_list(store: Store, query: ListQuery) -> None:
    chance = random.Random(7)
    ids = [install(store, number=f"K-{n}", name=f"Kunde {chance.randrange(9)}", devices=n % 12) for n in range(30)]
    whole = [row.id for row in store.find_installations(query, limit=100)]
    pages = [row.id for offset in range(0, 40, 7) for row in store.find_installations(query, offset, 7)]
    assert pages == whole
    places = [store.place_of(installation, query) for installation in ids]
    assert places == [whole.index(installation) if installation in whole else None for installation in ids]


def test_nothing_is_found_in_an_empty_database(store: Store) -> None:
    assert store.find_installations(ListQuery(TODAY)) == []
    counts = store.counts(TODAY)
    assert (counts.all, counts.over, counts.pending) == (0, 0, 0)
    assert store.place_of(1, ListQuery(TODAY)) is None


@pytest.mark.parametrize(
    "typed", ["\0", "\ud800", "a\0b", "\u202e", "9" * 500, "x" * 10_000_000, "ü" * 1_000_000, "%" * 300]
)
def test_odd_input_finds_nothing_and_does_no_harm(store: Store, typed: str) -> None:
    install(store, extensions=1)
    assert found(store, f"{typed} gibtesnicht") == []
    found(store, typed)
    assert store.find_customer(typed) is None


def test_characters_that_nobody_sees_do_not_hide_a_name(store: Store) -> None:
    named(store, "نمی\u200cخواهم", "Brenner")
    assert found(store, "نمیخواهم") == ["نمی\u200cخواهم"]
    assert found(store, "Bren\u00adner\u200b") == ["Brenner"]


def test_find_customer(store: Store) -> None:
    installation = install(store, number="K-1")
    assert store.find_customer(" K-1 ") == installation
    assert store.find_customer("K-2") is None


# What can't be stored

# Overrides and isolates of direction, marks, zero-width characters, a soft hyphen, fillers, private use, line ends.
UNSEEN = (
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
    "\u200b\u2060\ufeff\u00ad\u180e\U000e0041\u3164\u115f\uffa0\u2800\u034f\ue000\u0378\u2028\u2029\x85\x1b"
)
TEXT_FAULTS = [
    ("", Fault.EMPTY),
    (" \t ", Fault.EMPTY),
    ("x" * 201, Fault.TOO_LONG),
    ("a\0b", Fault.UNPRINTABLE),
    ("a\nb", Fault.UNPRINTABLE),
    ("a\x7fb", Fault.UNPRINTABLE),
    ("a\ud800b", Fault.UNPRINTABLE),
    *((f"a{character}b", Fault.UNPRINTABLE) for character in UNSEEN),
    ("a\u200d", Fault.UNPRINTABLE),
    ("\u200cb", Fault.UNPRINTABLE),
    ("a \u200d b", Fault.UNPRINTABLE),
    ("\u200b\u2800", Fault.UNPRINTABLE),
    ("\u200b", Fault.EMPTY),
    ("x" * 10_000_000, Fault.TOO_LONG),
    ("e\u0301" * 201, Fault.TOO_LONG),
]


@pytest.mark.parametrize(("text", "fault"), TEXT_FAULTS, ids=lambda value: ascii(value)[:30])
def test_names_that_can_not_be_stored(text: str, fault: Fault) -> None:
    for entry in (
        Customer("K-1", text),
        NewExtension("1", text),
        NewDevice(text),
        NewProFeatureUse(ProFeature.ANALYTICS, text),
    ):
        assert fault_of(entry.checked) == ("name", fault)
    assert fault_of(lambda: checked_text("reason", text)) == ("reason", fault)


def test_a_name_is_trimmed_and_composed() -> None:
    assert checked_text("name", "  Mu\u0308ller ") == "Müller"
    assert checked_text("name", "x" * 200) == "x" * 200
    assert checked_text("name", "e\u0301" * 200) == "é" * 200


@pytest.mark.parametrize(
    "name",
    [
        "😀 مرحبا",
        "כהן & בנו בע״מ",
        "شركة برينر 12",
        "نمی\u200cخواهم",
        "क्\u200dष",
        "👩\u200d👧 Familie",
        "❤️",
        "山田\u3000商店",
    ],
)
def test_names_of_every_language_are_taken(name: str) -> None:
    assert checked_text("name", name) == name


def test_what_nobody_sees_can_be_left_out_of_a_name() -> None:
    assert without_unseen("\ufeffAnna\u202e Mus\u00adter\u3164") == "Anna Muster"
    assert without_unseen("نمی\u200cخواهم\u200d") == "نمی\u200cخواهم"
    assert without_unseen("Zwei\nZeilen\0") == "Zwei\nZeilen\0"


def test_what_is_wrong_with_a_text_is_told_with_the_limit_or_the_character() -> None:
    for text, value in (("x" * 201, "200"), ("a\u202eb", "U+202E"), ("a\U000e0041", "U+E0041")):
        with pytest.raises(InvalidInput) as caught:
            checked_text("name", text)
        assert caught.value.value == value


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("", Fault.EMPTY),
        ("-1", Fault.NUMBER_FORM),
        ("K" * 33, Fault.TOO_LONG),
        ("K\u00a01", Fault.NUMBER_FORM),
        ("Ü1", Fault.NUMBER_FORM),
        ("K\0", Fault.UNPRINTABLE),
    ],
)
def test_customer_numbers_that_can_not_be_stored(number: str, fault: Fault) -> None:
    assert fault_of(Customer(number, "Muster").checked) == ("customer_number", fault)


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("", Fault.EMPTY),
        (" ", Fault.EMPTY),
        ("12a", Fault.NUMBER_FORM),
        ("1" * 21, Fault.NUMBER_FORM),
        ("1 2", Fault.NUMBER_FORM),
        ("1\0", Fault.NUMBER_FORM),
        ("\ud800", Fault.NUMBER_FORM),
        ("١", Fault.NUMBER_FORM),
    ],
)
def test_extension_numbers_that_can_not_be_stored(number: str, fault: Fault) -> None:
    assert fault_of(lambda: NewExtension(number, "Empfang").checked()) == ("number", fault)


@pytest.mark.parametrize("number", ["0", "007", "*21#", "+49301234", "1" * 20])
def test_extension_numbers_keep_their_zeros(number: str) -> None:
    assert checked_number(f" {number} ") == number


@pytest.mark.parametrize(
    "mac", ["00:15:65:AA:BB:CC", "00-15-65-aa-bb-cc", "0015.65aa.bbcc", " 00 15 65 aa bb cc", "SEP001565AABBCC"]
)
def test_mac_addresses_in_any_notation(mac: str) -> None:
    assert checked_mac(mac) == NewDevice("T", mac=mac).checked().mac == "001565aabbcc"


@pytest.mark.parametrize(
    "mac",
    ["00:15:65:AA:BB", "00:15:65:AA:BB:CC:DD", "00:15:65:AA:BB:CG", "000000000000", "FF" * 6, "\0" * 12, "\ud800" * 12],
)
def test_mac_addresses_that_are_none(mac: str) -> None:
    assert fault_of(lambda: NewDevice("T", mac=mac).checked()) == ("mac", Fault.MAC_FORM)


def test_a_pro_function_belongs_to_an_extension() -> None:
    for feature in (ProFeature.CALL_FLOW, ProFeature.DESKTOP_CLIENT):
        assert fault_of(NewProFeatureUse(feature, "Zentrale").checked) == ("extension", Fault.EMPTY)
    assert NewProFeatureUse(ProFeature.ANALYTICS, " Zentrale ").checked().name == "Zentrale"


def test_additions_are_true_if_there_are_any() -> None:
    assert not NOTHING
    assert objects(1)
    assert objects(0, 1)
    assert objects(call_flow=True)


ANALYTICS = NewProFeatureUse(ProFeature.ANALYTICS, "Analytics")
FLOW = NewProFeatureUse(ProFeature.CALL_FLOW, "Zentrale", "100")


@pytest.mark.parametrize(
    ("adding", "field", "fault"),
    [
        (objects(1), "number", Fault.NUMBER_TAKEN),
        (Additions((NewExtension("5", "A"), NewExtension(" 5", "B"))), "number", Fault.NUMBER_TAKEN),
        (Additions(devices=(NewDevice("T", extensions=("9",)),)), "extensions", Fault.NO_SUCH_EXTENSION),
        (
            Additions(features=(NewProFeatureUse(ProFeature.CALL_FLOW, "F", "9"),)),
            "extensions",
            Fault.NO_SUCH_EXTENSION,
        ),
        (Additions(features=(ANALYTICS, ANALYTICS)), "extension", Fault.FEATURE_TAKEN),
        (Additions(features=(FLOW, FLOW)), "extension", Fault.FEATURE_TAKEN),
        (Additions((NewExtension("", "A"),)), "number", Fault.EMPTY),
    ],
)
def test_objects_that_can_not_be_added(store: Store, adding: Additions, field: str, fault: Fault) -> None:
    installation = install(store, "P10", 1)
    assert fault_of(lambda: store.add_objects(installation, adding, NOW)) == (field, fault)


def test_one_number_may_exist_in_two_installations(store: Store) -> None:
    install(store, extensions=1)
    install(store, extensions=1, number="K-2")
    assert len(found(store, "100")) == 2


def test_a_customer_number_is_taken_once(store: Store) -> None:
    first, second = install(store, number="K-1"), install(store, number="K-2")
    assert fault_of(lambda: install(store, number=" K-1")) == ("customer_number", Fault.CUSTOMER_TAKEN)
    taken = Customer("K-1", "Zwei")
    assert fault_of(lambda: store.change_customer(second, taken, NOW)) == ("customer_number", Fault.CUSTOMER_TAKEN)
    assert store.find_customer("K-1") == first


def test_capitals_and_small_letters_make_no_other_customer_number(store: Store) -> None:
    first, second = install(store, number="A1"), install(store, number="A01")
    assert [store.find_customer(number) for number in ("a1", "A1", " a01 ", "A001", "A", "A1 ")] == [
        first, first, second, None, None, first,
    ]  # fmt: skip
    assert fault_of(lambda: install(store, number="a1")) == ("customer_number", Fault.CUSTOMER_TAKEN)
    taken = Customer("a1", "Zwei")
    assert fault_of(lambda: store.change_customer(second, taken, NOW)) == ("customer_number", Fault.CUSTOMER_TAKEN)
    store.change_customer(first, Customer("a1", "Eins"), NOW)
    assert store.account(first).installation.customer_number == "a1"


def test_numbers_an_earlier_version_took_for_two_stay_two(store: Store, engine: Engine) -> None:
    small, large = install(store, number="a1"), install(store, number="B1")
    old = Customer("A1", "Muster GmbH")
    engine.execute(
        "UPDATE installation SET customer_number = :customer_number, sort_number = :sort_number WHERE id = :id",
        {**{k: v for k, v in customer_columns(old).items() if k in ("customer_number", "sort_number")}, "id": large},
    )
    assert (store.find_customer("a1"), store.find_customer("A1")) == (small, large)
    store.change_customer(large, Customer("A1", "Neuer Name"), NOW)
    store.change_customer(small, Customer("a1", "Auch neu"), NOW)
    swapped = Customer("A1", "Auch neu")
    assert fault_of(lambda: store.change_customer(small, swapped, NOW)) == ("customer_number", Fault.CUSTOMER_TAKEN)


# Changes


def counters(engine: Engine, installation: int) -> tuple[int, int]:
    (row,) = engine.query("SELECT * FROM installation WHERE id = :id", {"id": installation})
    return row["extension_count"], row["device_count"]


def test_counters_follow_what_is_added_and_removed(store: Store, engine: Engine) -> None:
    installation, other = install(store, "C50", 5, 6), install(store, number="K-2", extensions=2)
    assert counters(engine, installation) == (5, 6)
    store.add_objects(installation, objects(2, 3, start=10), NOW)
    assert counters(engine, installation) == (7, 9)
    account = store.account(installation)
    extensions, devices = [e.id for e in account.extensions], [d.id for d in account.devices]
    store.remove_objects(installation, Removal(tuple(extensions[:3]), tuple(devices[:1])), NOW)
    assert counters(engine, installation) == (4, 8)
    assert counters(engine, other) == (2, 0)


def test_a_changed_customer_is_found_anew(store: Store) -> None:
    installation = install(store, name="Alt")
    placed = order(store, installation, "C25")
    store.change_customer(installation, Customer(" K-9 ", "Öhler", "neu@example.org", Language.ENGLISH), NOW)
    changed = store.account(installation).installation
    assert (changed.customer_number, changed.name, changed.email, changed.language) == (
        "K-9",
        "Öhler",
        "neu@example.org",
        Language.ENGLISH,
    )
    assert (found(store, "oehler"), found(store, "k-9"), found(store, "alt")) == (["Öhler"], ["Öhler"], [])
    assert store.account(installation).orders == (placed,)
    entry = store.audit_entries(installation)[0]
    assert (entry.action, entry.after["changed"]) == (
        Action.CUSTOMER_CHANGED,
        ["customer_number", "name", "email", "language"],
    )


def test_the_mail_is_in_the_customers_language_and_goes_to_the_latest_address(store: Store, engine: Engine) -> None:
    installation = install(store)
    placed = order(store, installation, "C25")
    store.change_customer(installation, Customer("K-1", "Muster", "neu@example.org", Language.ENGLISH), NOW)
    store.cancel_order(installation, placed.order_number, "Irrtum", NOW)
    assert [mail.recipient for mail in store.mails(installation)] == [EMAIL, "neu@example.org"]
    assert [row["language"] for row in engine.query("SELECT language FROM outbox ORDER BY kind DESC")] == ["de", "en"]
    second = order(store, installation, "C25")
    store.change_customer(installation, Customer("K-1", "Muster"), NOW)
    store.cancel_order(installation, second.order_number, "Irrtum", NOW)
    assert store.mails(installation)[-1].recipient == "neu@example.org"


def test_a_changed_extension_keeps_its_place(store: Store) -> None:
    installation = install(store, extensions=2)
    first, second = sorted(store.account(installation).extensions, key=lambda entry: entry.number)
    store.change_extension(installation, first.id, NewExtension("007", " Fax ", ExtensionKind.RESOURCE), NOW)
    changed = store.account(installation).extension(first.id)
    assert (changed.number, changed.name, changed.kind) == ("007", "Fax", ExtensionKind.RESOURCE)
    assert changed.created_at == first.created_at
    taken = NewExtension(second.number, "Fax")
    assert fault_of(lambda: store.change_extension(installation, first.id, taken, NOW)) == (
        "number",
        Fault.NUMBER_TAKEN,
    )
    store.change_extension(installation, second.id, NewExtension(second.number, "Nur der Name"), NOW)
    entry = store.audit_entries(installation)[0]
    assert entry.before == {"number": second.number, "kind": "USER"}
    assert entry.after.items() >= {"number": second.number, "kind": "USER", "name_changed": True}.items()


def test_a_changed_device_serves_other_extensions(store: Store) -> None:
    installation = install(store, extensions=3, devices=1)
    (device,) = store.account(installation).devices
    new = NewDevice(" App ", DeviceKind.APP, "00:15:65:aa:bb:cc", ("102", "100", "102"))
    store.change_device(installation, device.id, new, NOW)
    changed = store.account(installation).device(device.id)
    assert (changed.name, changed.kind, changed.mac) == ("App", DeviceKind.APP, "001565aabbcc")
    assert changed.extensions == ("100", "102")
    assert changed.created_at == device.created_at
    store.change_device(installation, device.id, NewDevice("App", extensions=("101",)), NOW)
    assert store.account(installation).device(device.id).extensions == ("101",)
    entry = store.audit_entries(installation)[0]
    assert (entry.before["extensions"], entry.after["extensions"]) == (["100", "102"], ["101"])


def test_what_belongs_to_a_removed_extension_goes_with_it(store: Store) -> None:
    installation = install(store, "P10", 2, call_flow=True)
    device = NewDevice("Telefon", extensions=("100", "101"))
    client = NewProFeatureUse(ProFeature.DESKTOP_CLIENT, "Client", "101")
    store.add_objects(installation, Additions(devices=(device,), features=(client, ANALYTICS)), NOW)
    extension = next(e for e in store.account(installation).extensions if e.number == "100")
    store.remove_objects(installation, Removal(extensions=(extension.id,)), NOW)
    account = store.account(installation)
    assert [entry.number for entry in account.extensions] == ["101"]
    assert [entry.extensions for entry in account.devices] == [("101",)]
    assert {entry.feature for entry in account.features} == {ProFeature.DESKTOP_CLIENT, ProFeature.ANALYTICS}
    entry = store.audit_entries(installation)[0]
    assert (entry.action, entry.before) == (
        Action.OBJECTS_REMOVED,
        {"extensions": ["100"], "devices": [], "features": [["CALL_FLOW", "100"]]},
    )


def test_a_device_is_removed_and_its_extension_stays(store: Store, engine: Engine) -> None:
    installation = install(store, extensions=1)
    store.add_objects(installation, Additions(devices=(NewDevice("Telefon", extensions=("100",)),)), NOW)
    (device,) = store.account(installation).devices
    store.remove_objects(installation, Removal(devices=(device.id,)), NOW)
    assert counters(engine, installation) == (1, 0)
    assert engine.query("SELECT * FROM device_extension") == []
    entry = store.audit_entries(installation)[0]
    assert entry.before == {"extensions": [], "devices": [device.id], "features": []}


def test_nothing_of_another_installation_is_touched(store: Store) -> None:
    mine, other = install(store, extensions=1, devices=1), install(store, number="K-2", extensions=1, devices=1)
    account = store.account(other)
    extension, device = account.extensions[0].id, account.devices[0].id
    store.remove_objects(mine, Removal((extension,), (device,)), NOW)
    with pytest.raises(NoSuchObject):
        store.change_extension(mine, extension, NewExtension("1", "Fremd"), NOW)
    with pytest.raises(NoSuchObject):
        store.change_device(mine, device, NewDevice("Fremd"), NOW)
    assert store.account(other) == account


def test_a_change_of_an_installation_that_is_gone(store: Store) -> None:
    with pytest.raises(NoSuchInstallation):
        store.change_customer(99, Customer("K-1", "Muster"), NOW)


def test_several_changes_together_are_all_or_nothing(store: Store) -> None:
    def two(second: str) -> None:
        with store.together():
            install(store, number="K-1")
            install(store, number=second)

    with pytest.raises(InvalidInput):
        two("K-1")
    assert store.counts(TODAY).all == 0
    two("K-2")
    assert store.counts(TODAY).all == 2


def test_saving_without_a_change_leaves_no_entry(store: Store) -> None:
    installation = install(store, "C10", 1, 1)
    account = store.account(installation)
    extension, device = account.extensions[0], account.devices[0]
    before = store.audit_entries(installation)
    unchanged = NewExtension(extension.number, extension.name, extension.kind)
    store.change_extension(installation, extension.id, unchanged, NOW)
    store.change_device(
        installation, device.id, NewDevice(device.name, device.kind, device.mac, device.extensions), NOW
    )
    store.remove_objects(installation, Removal(), NOW)
    store.add_objects(installation, Additions(), NOW)
    assert store.audit_entries(installation) == before


class LateStore(Store):
    """Looks for price lists once before another program has loaded them."""

    looks = 0

    def price_lists(self) -> tuple[PriceList, ...]:
        self.looks += 1
        return () if self.looks == 1 else super().price_lists()


def test_two_programs_load_the_shipped_prices_once(engine: Engine) -> None:
    Store(engine, CLERK).load_shipped_prices()
    late = LateStore(engine, CLERK)
    late.load_shipped_prices()
    assert len(late.price_lists()) == 2

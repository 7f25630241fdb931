"""An import beside what a customer has: what is new, changed, missing, what is written and taken back (R12, R13)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.account import Account, Coverage
from model.audit import Action
from model.import_book import MOST_KEPT
from model.import_comparison import Aspect, Comparison, Difference, ImportChanges, compare
from model.import_files import read_import
from model.import_result import ImportedDevice, ImportedExtension, ImportedFile, SourceFile
from model.installation import (
    Additions,
    DeviceKind,
    ExtensionKind,
    NewDevice,
    NewExtension,
    NewProFeatureUse,
    ProFeature,
)
from model.refusals import ImportStale, InvalidInput, LimitReached
from model.sqlite_engine import MEMORY
from model.store import Removal, Store, open_store
from tests.examples import CALL_FLOW, NOW, TODAY, dump, install, objects, order
from tests.import_examples import imported, written

LIST = "Nebenstelle;Name;Art;MAC;Gerät"
CTI = "Number,FirstName,LastName,MAC,UseCTI"
LINES = "device_uuid,device_address,device_label,user_id,user_id|2"
LATER = NOW + timedelta(hours=1)
RESOURCE, USER = ExtensionKind.RESOURCE, ExtensionKind.USER
Shape = tuple[list[tuple[object, ...]], ...]


def listed(folder: Path, *rows: str) -> ImportedFile:
    return imported(folder, *rows, header=LIST)


def customer(store: Store, *extensions: NewExtension, devices: tuple[NewDevice, ...] = (), short: str = "P25") -> int:
    installation = install(store, short)
    store.load_objects(installation, Additions(extensions, devices), NOW)
    return installation


def states(found: Comparison) -> list[tuple[str, Difference, tuple[Aspect, ...]]]:
    return [(entry.number, entry.difference, entry.aspects) for entry in found.extensions]


def shape(account: Account) -> Shape:
    """Everything of a customer's objects but the ids, which nobody sees."""
    return (
        sorted((entry.number, entry.name, entry.kind, entry.created_at) for entry in account.extensions),
        sorted(
            (entry.name, entry.kind, entry.mac, sorted(entry.extensions), entry.created_at) for entry in account.devices
        ),
        sorted((entry.feature, entry.name, entry.extension, entry.created_at) for entry in account.features),
    )


def take_back(store: Store, installation: int, seq: int) -> ImportChanges:
    kept = store.kept_import(installation, seq)
    assert kept is not None
    comparison = kept.compare(store.account(installation))
    return comparison.changes(removing=kept.created_extensions, removing_devices=kept.created_devices)


# ---------------------------------------------------------------------- comparing


def test_extensions_are_compared_by_number(memory: Store, tmp_path: Path) -> None:
    known = [NewExtension(number, name) for number, name in (("9", "Alt"), ("10", "Anna"), ("11", "Erik"))]
    account = memory.account(customer(memory, *known))
    found = compare(account, listed(tmp_path, "10;Anna;Benutzer;;", "11;Erika;Fax;;", "12;Neu;Benutzer;;"))
    assert states(found) == [
        ("9", Difference.MISSING, ()),
        ("10", Difference.UNCHANGED, ()),
        ("11", Difference.CHANGED, (Aspect.NAME, Aspect.KIND)),
        ("12", Difference.NEW, ()),
    ]
    assert [found.counts[difference] for difference in Difference] == [1, 1, 1, 1]


def test_devices_are_compared_by_mac_address_and_change_their_extensions(memory: Store, tmp_path: Path) -> None:
    phones = (NewDevice("Yealink", mac="001565aa0001", extensions=("10",)), NewDevice("Snom", extensions=("11",)))
    account = memory.account(customer(memory, NewExtension("10", "A"), NewExtension("11", "B"), devices=phones))
    found = compare(account, listed(tmp_path, "10;A;;001565AA0009;Neu", "11;B;;00:15:65:AA:00:01;Yealink"))
    assert states(found) == [
        ("10", Difference.CHANGED, (Aspect.DEVICES,)),
        ("11", Difference.CHANGED, (Aspect.DEVICES,)),
    ]
    assert [(entry.known.name if entry.known else "", entry.difference) for entry in found.devices] == [
        ("", Difference.NEW),
        ("Yealink", Difference.CHANGED),
        ("Snom", Difference.MISSING),
    ]
    changes = found.changes()
    assert changes.changed_devices == ((1, NewDevice("Yealink", mac="001565aa0001", extensions=("11",))),)
    assert (changes.removed_devices, changes.created.devices[0].name) == ((), "Neu")


def test_phones_of_one_name_are_told_apart_by_their_extensions(memory: Store, tmp_path: Path) -> None:
    phones = tuple(NewDevice("Yealink T46S", extensions=(number,)) for number in ("10", "11"))
    account = memory.account(customer(memory, NewExtension("10", "A"), NewExtension("11", "B"), devices=phones))
    found = compare(account, listed(tmp_path, "11;B;;;Yealink T46S", "10;A;;001565AA0001;Yealink T46S"))
    assert [entry.difference for entry in found.devices] == [Difference.UNCHANGED, Difference.CHANGED]
    assert found.changes().changed_devices == ((1, NewDevice("Yealink T46S", mac="001565aa0001", extensions=("10",))),)


def test_two_mac_addresses_are_two_devices_whatever_their_name(memory: Store, tmp_path: Path) -> None:
    phone = NewDevice("Yealink", mac="001565aa0001", extensions=("10",))
    account = memory.account(customer(memory, NewExtension("10", "A"), devices=(phone,)))
    found = compare(account, listed(tmp_path, "10;A;;001565AA0002;Yealink"))
    assert [entry.difference for entry in found.devices] == [Difference.NEW, Difference.MISSING]


def test_what_a_file_makes_up_or_only_guesses_overwrites_nothing(memory: Store, tmp_path: Path) -> None:
    """A number for a name, a kind told by the name, a MAC address for a device's name, a MAC address that is spoilt."""
    known = (NewExtension("10", "Anna"), NewExtension("11", "Fax Vertrieb", USER), NewExtension("12", "Tor"))
    phones = (
        NewDevice("Empfang", DeviceKind.EXTERNAL_PHONE, "001565aa0001", ("10",)),
        NewDevice("Snom", mac="001565aa0002", extensions=("12",)),
    )
    account = memory.account(customer(memory, *known, devices=phones))
    found = compare(account, listed(tmp_path, "10;;;001565AA0001;", "11;Fax Vertrieb;;;", "12;Tor;;1,565E+09;Snom"))
    assert {entry.difference for entry in found.extensions} == {Difference.UNCHANGED}
    assert {entry.difference for entry in found.devices} == {Difference.UNCHANGED}
    assert not found.changes()


def test_a_file_speaks_only_of_what_it_holds(memory: Store, tmp_path: Path) -> None:
    phone = NewDevice("Halle", mac="001565aa0002", extensions=("11", "12"))
    account = memory.account(
        customer(memory, *(NewExtension(number, "X") for number in ("10", "11", "12")), devices=(phone,))
    )
    without_devices = compare(account, listed(tmp_path, "10;X;;;"))
    assert [entry.difference for entry in without_devices.devices] == [Difference.UNCHANGED]
    assert without_devices.extensions[1].told is None
    devices_alone = compare(account, read_import(written(tmp_path, f"{LINES}\nb,001565aa0002,Halle,11,10\n")))
    assert states(devices_alone) == [
        ("10", Difference.CHANGED, (Aspect.DEVICES,)),
        ("11", Difference.UNCHANGED, ()),
        ("12", Difference.CHANGED, (Aspect.DEVICES,)),
    ]
    assert devices_alone.changes().changed_devices[0][1].extensions == ("11", "10")


def test_a_device_goes_on_serving_an_extension_that_is_only_missing(memory: Store, tmp_path: Path) -> None:
    phone = NewDevice("Halle", mac="001565aa0002", extensions=("10", "11"))
    installation = customer(memory, NewExtension("10", "X"), NewExtension("11", "X"), devices=(phone,))
    found = compare(memory.account(installation), listed(tmp_path, "10;Y;;001565AA0002;Halle neu"))
    assert found.changes().changed_devices[0][1].extensions == ("10", "11")
    memory.import_objects(installation, found.changes(removing=("11",)), NOW)
    assert memory.account(installation).devices[0].extensions == ("10",)


def test_the_kind_is_the_clerks(memory: Store, tmp_path: Path) -> None:
    found = compare(memory.account(customer(memory)), listed(tmp_path, "10;Fax;;;", "11;Anna;;;"))
    assert [entry.is_guessed for entry in found.extensions] == [True, False]
    assert [new.kind for new in found.changes().created.extensions] == [RESOURCE, USER]
    assert [new.kind for new in found.changes({"10": USER, "99": RESOURCE}).created.extensions] == [USER, USER]


def test_pro_hints_stand_beside_their_extension_and_nothing_is_used(memory: Store, tmp_path: Path) -> None:
    found = compare(memory.account(customer(memory)), imported(tmp_path, "10,Anna,,,1", header=CTI))
    assert [(hint.feature, hint.extension) for hint in found.extensions[0].hints] == [(ProFeature.DESKTOP_CLIENT, "10")]
    assert found.extensions[0].features == ()
    assert found.changes().additions.features == ()


# ---------------------------------------------------------------------- writing


def test_r13_nothing_is_removed_unless_it_is_ticked(memory: Store, tmp_path: Path) -> None:
    phones = (NewDevice("Halle", mac="001565aa0002", extensions=("11",)), NewDevice("Keller"))
    installation = customer(memory, NewExtension("10", "X"), NewExtension("11", "X"), devices=phones)
    memory.add_objects(installation, Additions(features=(NewProFeatureUse(ProFeature.CALL_FLOW, "A", "11"),)), NOW)
    account = memory.account(installation)
    found = compare(account, listed(tmp_path, "10;X;;001565AA0001;"))
    unticked = found.changes()
    assert (unticked.removed_extensions, unticked.removed_devices, unticked.removed_features) == ((), (), ())
    ticked = found.changes(removing=("10", "11", "99"))
    assert [entry.number for entry in ticked.removed_extensions] == ["11"], "what is in the file can't be removed"
    assert [entry.name for entry in ticked.removed_devices] == ["Halle"], "what serves nobody else goes along"
    assert [entry.name for entry in ticked.removed_features] == ["A"]
    both = found.changes(removing_devices=(account.devices[0].id, account.devices[1].id))
    assert [entry.name for entry in both.removed_devices] == ["Halle", "Keller"]


def test_an_import_is_one_entry_with_counts_and_no_names(memory: Store, tmp_path: Path) -> None:
    phone = NewDevice("Halle", mac="001565aa0002", extensions=("11",))
    installation = customer(memory, NewExtension("10", "Anna"), NewExtension("11", "Erik"), devices=(phone,))
    before = memory.last_entry()
    found = compare(memory.account(installation), listed(tmp_path, "10;Erika;;001565AA0001;Neu", "12;Zoe;;;"))
    seq = memory.import_objects(installation, found.changes(removing=("11",)), NOW)
    assert seq == memory.last_entry() == before + 1
    entry = memory.audit_entries(installation)[0]
    assert entry.action is Action.OBJECTS_IMPORTED
    told = {name: value for name, value in entry.after.items() if name not in ("digests", "kept_digest")}
    assert told == {
        "extension_count": 1,
        "extensions": ["12"],
        "device_count": 1,
        "feature_count": 0,
        "features": [],
        "changed_extension_count": 1,
        "changed_extensions": ["10"],
        "changed_device_count": 0,
    }
    assert entry.before == {
        "extension_count": 1,
        "extensions": ["11"],
        "device_count": 1,
        "feature_count": 0,
        "features": [],
    }
    assert not any(name in repr(entry) for name in ("Anna", "Erik", "Zoe", "Halle", "Neu"))
    assert memory.verify().findings == ()


def test_no_change_leaves_no_entry(memory: Store, tmp_path: Path) -> None:
    installation = customer(memory, NewExtension("10", "Anna"))
    before = dump(memory._engine)
    found = compare(memory.account(installation), listed(tmp_path, "10;Anna;;;"))
    assert memory.import_objects(installation, found.changes(), NOW) == 0
    assert dump(memory._engine) == before


def test_a_customer_that_changed_meanwhile_is_compared_again(memory: Store, tmp_path: Path) -> None:
    installation = customer(memory, NewExtension("10", "Anna"))
    changes = compare(memory.account(installation), listed(tmp_path, "10;Erika;;;")).changes()
    memory.add_objects(installation, Additions((NewExtension("11", "X"),)), NOW)
    before = dump(memory._engine)
    with pytest.raises(ImportStale):
        memory.import_objects(installation, changes, NOW)
    assert dump(memory._engine) == before


def test_what_cannot_be_stored_is_refused_and_nothing_is_written(memory: Store) -> None:
    installation = customer(memory, NewExtension("10", "Anna"), devices=(NewDevice("A"),))
    revision, before = memory.account(installation).installation.revision, dump(memory._engine)
    wrong = (
        ImportChanges(revision, Additions((NewExtension("x", "Anna"),))),
        ImportChanges(revision, restored=((NOW, Additions((NewExtension("11", " "),))),)),
        ImportChanges(revision, changed_extensions=((1, NewExtension("10", "\n")),)),
        ImportChanges(revision, changed_devices=((1, NewDevice("A", mac="1")),)),
        ImportChanges(revision, Additions((NewExtension("12", "A"),), (NewDevice("B", extensions=("99",)),))),
    )
    for changes in wrong:
        with pytest.raises(InvalidInput):
            memory.import_objects(installation, changes, NOW)
    assert dump(memory._engine) == before


def test_r12_an_import_beyond_the_limit_is_loaded_and_flagged(memory: Store, tmp_path: Path) -> None:
    installation = install(memory, "C10", 8, 0)
    found = compare(memory.account(installation), listed(tmp_path, *(f"{number};X;;;" for number in range(200, 204))))
    memory.import_objects(installation, found.changes(), LATER)
    account = memory.account(installation)
    flags = [flag.coverage for flag in account.extension_flags(TODAY).values()]
    assert (len(account.extensions), flags.count(Coverage.UNCOVERED)) == (12, 2)


# ---------------------------------------------------------------------- taking back


def test_an_import_that_is_taken_back_leaves_everything_as_it_was(memory: Store, tmp_path: Path) -> None:
    phones = (
        NewDevice("Halle", mac="001565aa0002", extensions=("11", "10")),
        NewDevice("Keller"),
        NewDevice("App", DeviceKind.APP, "", ("11",)),
    )
    installation = customer(memory, NewExtension("10", "X"), NewExtension("11", "11", RESOURCE), devices=phones)
    uses = (NewProFeatureUse(ProFeature.CALL_FLOW, "A", "11"), NewProFeatureUse(ProFeature.ANALYTICS, "Alles"))
    memory.add_objects(installation, Additions(features=uses), LATER)
    before = memory.account(installation)
    found = compare(before, listed(tmp_path, "10;Y;Fax;001565AA0002;Neu", "12;Z;;001565AA0003;"))
    keller = next(device.id for device in before.devices if device.name == "Keller")
    seq = memory.import_objects(installation, found.changes(removing=("11",), removing_devices=(keller,)), LATER)
    assert shape(memory.account(installation)) != shape(before)
    back = memory.import_objects(installation, take_back(memory, installation, seq), LATER + timedelta(days=1))
    assert shape(memory.account(installation)) == shape(before)
    assert memory.audit_entries(installation)[0].after["takes_back"] == seq
    assert not take_back(memory, installation, seq), "twice is once"
    again = memory.import_objects(installation, take_back(memory, installation, back), LATER + timedelta(days=2))
    assert again
    assert [entry.name for entry in memory.account(installation).extensions] == ["Y", "Z"]
    assert memory.verify().findings == ()


def test_what_was_created_since_stays_when_an_import_is_taken_back(memory: Store, tmp_path: Path) -> None:
    installation = customer(memory, NewExtension("10", "X"))
    found = compare(memory.account(installation), listed(tmp_path, "10;X;;;", "11;Y;;;A"))
    seq = memory.import_objects(installation, found.changes(), NOW)
    memory.add_objects(installation, Additions((NewExtension("12", "Z"),), (NewDevice("B"),)), LATER)
    memory.import_objects(installation, take_back(memory, installation, seq), LATER)
    account = memory.account(installation)
    assert [entry.number for entry in account.extensions] == ["10", "12"]
    assert [entry.name for entry in account.devices] == ["B"]


def test_a_device_changed_since_is_the_same_device(memory: Store, tmp_path: Path) -> None:
    installation = customer(memory, NewExtension("10", "X"), devices=(NewDevice("Keller"),))
    before = memory.account(installation)
    seq = memory.import_objects(installation, compare(before, listed(tmp_path, "10;Y;;;")).changes(), NOW)
    memory.change_device(installation, before.devices[0].id, NewDevice("Dach", mac="001565aa0009"), NOW)
    memory.import_objects(installation, take_back(memory, installation, seq), LATER)
    assert shape(memory.account(installation)) == shape(before)


def test_r7_a_pro_function_comes_back_only_while_pro_is_billed(memory: Store, tmp_path: Path) -> None:
    installation = install(memory, "P25", 2, call_flow=True)
    found = compare(memory.account(installation), listed(tmp_path, "101;Nebenstelle 1;;;"))
    seq = memory.import_objects(installation, found.changes(removing=(CALL_FLOW.extension,)), NOW)
    order(memory, installation, "C25")
    december = NOW + timedelta(days=20)
    before = dump(memory._engine)
    with pytest.raises(LimitReached):
        memory.import_objects(installation, take_back(memory, installation, seq), december)
    assert dump(memory._engine) == before


def test_only_the_latest_imports_of_a_customer_are_kept(memory: Store) -> None:
    installation, other = install(memory), install(memory, number="K-2")
    numbers = []
    for place in range(MOST_KEPT + 2):
        revision = memory.account(installation).installation.revision
        changes = ImportChanges(revision, objects(1, start=place))
        numbers.append(memory.import_objects(installation, changes, NOW))
    assert [memory.kept_import(installation, seq) is not None for seq in numbers] == [False] * 2 + [True] * MOST_KEPT
    assert memory.kept_import(other, numbers[-1]) is None, "another customer's"
    assert memory.verify().findings == ()


# ---------------------------------------------------------------------- whatever is there

names = st.sampled_from(["Anna", "Fax", "Halle 3", "Zoë", "12"])
macs = st.sampled_from(["", "001565aa0001", "001565aa0002", "001565aa0003"])
numbers = st.sampled_from([str(number) for number in range(10, 16)])
new_extensions = st.lists(
    st.builds(NewExtension, numbers, names, st.sampled_from(list(ExtensionKind))),
    max_size=6,
    unique_by=lambda new: new.number,
)


@st.composite
def systems(draw: Callable[..., object], *, keyed: bool = False) -> tuple[list[NewExtension], list[NewDevice]]:
    """Extensions, and devices that serve some of them; `keyed`: as a reader gives them, a MAC address once."""
    extensions = draw(new_extensions)
    assert isinstance(extensions, list)
    served = st.lists(st.sampled_from([new.number for new in extensions]), max_size=3, unique=True)
    device = st.builds(
        NewDevice,
        names,
        st.sampled_from([DeviceKind.IP_PHONE, DeviceKind.APP] if keyed else list(DeviceKind)),
        macs,
        (served if extensions else st.just([])).map(tuple),
    )
    unique = (lambda new: new.mac or id(new)) if keyed else id
    devices = draw(st.lists(device, max_size=5, unique_by=unique))
    assert isinstance(devices, list)
    return extensions, devices


def as_file(extensions: list[NewExtension], devices: list[NewDevice]) -> ImportedFile:
    return ImportedFile(
        "X",
        (SourceFile("x.csv", (), "UTF-8"),),
        None,
        tuple(ImportedExtension(row, new, is_guessed=new.name == "Fax") for row, new in enumerate(extensions)),
        tuple(ImportedDevice(row, new, f"mac {new.mac}" if new.mac else "") for row, new in enumerate(devices)),
        (),
        (),
        (),
        len(extensions),
        0,
    )


System = tuple[list[NewExtension], list[NewDevice]]


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(systems(), systems(keyed=True), st.sets(numbers), st.booleans(), st.data())
def test_the_same_file_again_changes_nothing_and_taking_back_gives_exactly_what_was(
    there: System, file: System, ticked: set[str], with_devices: bool, data: st.DataObject
) -> None:
    store = open_store(MEMORY)
    try:
        installation = customer(store, *there[0], devices=tuple(there[1]))
        before = store.account(installation)
        for number in data.draw(st.sets(st.sampled_from([entry.number for entry in before.extensions] or [""]))) - {""}:
            store.load_objects(installation, Additions(features=(use(number),)), LATER)
        before = store.account(installation)
        found = compare(before, as_file(*file))
        gone = [entry.known.id for entry in found.devices if with_devices and entry.known]
        seq = store.import_objects(installation, found.changes(removing=ticked, removing_devices=gone), LATER)
        after = store.account(installation)
        again = compare(after, as_file(*file))
        assert not again.changes()
        assert {entry.difference for entry in again.extensions} <= {Difference.UNCHANGED, Difference.MISSING}
        if seq:
            store.import_objects(installation, take_back(store, installation, seq), LATER)
        assert shape(store.account(installation)) == shape(before)
        assert store.verify().findings == ()
    finally:
        store.close()


def use(number: str) -> NewProFeatureUse:
    return NewProFeatureUse(ProFeature.DESKTOP_CLIENT, "Client", number)


def test_removing_by_hand_does_not_hinder_taking_back(memory: Store, tmp_path: Path) -> None:
    installation = customer(memory, NewExtension("10", "X"))
    found = compare(memory.account(installation), listed(tmp_path, "10;Y;;;A", "11;Z;;;"))
    seq = memory.import_objects(installation, found.changes(), NOW)
    created = [entry.id for entry in memory.account(installation).extensions if entry.number == "11"]
    memory.remove_objects(installation, Removal(extensions=tuple(created)), NOW)
    memory.import_objects(installation, take_back(memory, installation, seq), NOW)
    assert [(entry.number, entry.name) for entry in memory.account(installation).extensions] == [("10", "X")]

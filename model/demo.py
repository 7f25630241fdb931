"""The example database: invented customers and what happened to them, the same ones for the same number.

What happened is planned for all customers first and then told to the Store in the order of time, so that history,
orders and outbox agree as they would after years of work.
"""

from __future__ import annotations

import re
import shutil
import tomllib
import uuid
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, groupby
from itertools import count as endless
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from model.clock import ClockState
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
)
from model.search import fold
from model.sqlite_file import name_without_replacing, translated
from model.store import Store, open_store
from model.tariff import Edition, PriceList, Tariff, price_list_on

DEFAULT_COUNT = 48
KEPT = timedelta(days=7)
DEMO = Path(__file__).parents[1] / "resources" / "demo.toml"
EXAMPLE_FILE = re.compile(r"\.?Beispiel-(\d{4}-\d\d-\d\d)-\d+\.db.*")
FIRST_INVENTED_NUMBER = 101_000
EVERY_RESOURCE = 6
EVERY_SHARED_DEVICE = 8
MAC_MIXER = 0x9E3779B97F4B7C15
IN_ADDRESSES = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ı": "i"})
PRO_SHARE = 0.2
Words = Mapping[str, Any]
# What is done, and how much there is.
Progress = Callable[[int, int], object]
TOLD_EVERY = 100
MOST_STEPS = 64


@dataclass(frozen=True, slots=True)
class Step:
    """What happened `ago` months before: an order, a cancellation, objects loaded (R12) or just added."""

    ago: int
    extensions: int = 0
    devices: int = 0
    order: str = ""
    cancel: str = ""
    load: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """A customer, `age` months old, with how it began and the steps since, oldest first."""

    number: str
    name: str
    email: str
    tariff: str
    age: int
    first_number: str
    extensions: int
    devices: int
    language: str = Language.GERMAN
    names: Sequence[str] = ()
    features: Sequence[str] = ()
    steps: Sequence[Step] = ()


def demo_path(folder: Path, now: datetime, count: int) -> Path:
    """The example file of a day and a number of customers."""
    return folder / f"Beispiel-{now.date().isoformat()}-{count}.db"


def open_demo(
    folder: Path, now: datetime, count: int = DEFAULT_COUNT, progress: Progress = lambda _done, _all: None
) -> Store:
    """Open the day's example database, made if it isn't there; files older than a week are removed.

    `progress` is told how much is done, and may end the making by raising; nothing is left of it then.
    Raises StoreUnavailable.
    """
    path = demo_path(folder, now, count)
    with translated(str(path)):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _remove_old(folder, now)
        if not path.exists():
            _make_file(path, now, count, progress)
    return open_store(path, create=False)


def fill_demo(
    store: Store, now: datetime, count: int = DEFAULT_COUNT, progress: Progress = lambda _done, _all: None
) -> None:
    """Fill an empty store with customers whose past ends before `now`, all or nothing."""
    cast = _Cast(store, now, count)
    acts = cast.in_order()
    with store.together():
        for done, packed in enumerate(acts):
            if done % TOLD_EVERY == 0:
                progress(done, len(acts))
            index, place = divmod(packed, MOST_STEPS)
            cast.customer(index).act(place, now)
        # Midnight, not now: the file may be opened again under a clock that shows an earlier hour of the day.
        _believe(store, now, now.replace(hour=0, minute=0, second=0, microsecond=0, fold=0))


class _Cast:
    """All customers, made from their numbers whenever they are needed: a million would fill the memory."""

    def __init__(self, store: Store, now: datetime, count: int) -> None:
        self._store, self._now, self._count = store, now, count
        self._words, self._lists = tomllib.loads(DEMO.read_text(encoding="utf-8")), store.price_lists()
        self._prices = price_list_on(now.date(), self._lists)

    def customer(self, index: int) -> _DemoCustomer:
        """A customer before anything has happened: the special cases first, then invented ones."""
        special = self._words["customer"]
        if index < len(special):
            steps = [Step(**step) for step in special[index].get("steps", ())]
            story = Story(**{**special[index], "steps": steps})
        else:
            story = _invented(index, self._words, self._prices)
        return _DemoCustomer(self._store, self._lists, story, self._words, index)

    def in_order(self) -> array[int]:
        """Who comes when, in the order of time: the number of a customer * MOST_STEPS + the place in its story."""
        instants, acts = array("d"), array("q")
        for index in range(self._count):
            for place, instant in enumerate(self.customer(index).instants(self._now)):
                instants.append(instant.timestamp())
                acts.append(index * MOST_STEPS + place)
        return array("q", (acts[at] for at in sorted(range(len(acts)), key=instants.__getitem__)))


class _DemoCustomer:
    """Does one customer's story; no two of its objects have the same number or MAC address."""

    def __init__(self, store: Store, lists: Sequence[PriceList], story: Story, words: Words, index: int) -> None:
        self._store, self._lists, self._story, self._words, self._index = store, lists, story, words, index
        self._rng = Random(f"objects {index}")
        self._names = _names(story.names, words, self._rng)
        self._extensions: list[NewExtension] = []
        self._devices = 0

    def instants(self, now: datetime) -> list[datetime]:
        """When it begins, and when each step comes."""
        ago = [self._story.age, *(step.ago for step in self._story.steps)]
        return _instants(ago, now, Random(f"instants {self._index}"))

    def act(self, place: int, now: datetime) -> None:
        """What comes at a place of the story; what came before has happened, and is only gone through again."""
        instant, story = self.instants(now)[place], self._story
        for earlier in range(place):
            self._prepare(earlier)
        adding, quote_id = self._prepare(place)
        _believe(self._store, instant, instant)
        if place == 0:
            customer = Customer(story.number, story.name, story.email, Language(story.language))
            self._store.create_installation(customer, self._tariff(story.tariff, instant), instant, adding)
        else:
            self._take(story.steps[place - 1], adding, quote_id, instant)

    def _prepare(self, place: int) -> tuple[Additions, str]:
        """The objects that come at a place, and the id of an order's quote."""
        story = self._story
        if place == 0:
            adding = self._objects(story.extensions, story.devices)
            return replace(adding, features=tuple(self._use(ProFeature(name)) for name in story.features)), ""
        step = story.steps[place - 1]
        adding = self._objects(step.extensions, step.devices)
        return adding, str(uuid.UUID(int=self._rng.getrandbits(128), version=4)) if step.order else ""

    def _take(self, step: Step, adding: Additions, quote_id: str, instant: datetime) -> None:
        key = self._store.find_customer(self._story.number)
        assert key is not None
        if step.order:
            target, prices = self._tariff(step.order, instant), price_list_on(instant.date(), self._lists)
            quote = self._store.account(key).quote(target, prices, instant, quote_id, adding)
            self._store.place_order(quote, instant, adding)
        elif step.cancel:
            latest = self._store.account(key).orders[-1]
            self._store.cancel_order(key, latest.order_number, step.cancel, instant)
        elif step.load:
            self._store.load_objects(key, adding, instant)
        else:
            self._store.add_objects(key, adding, instant)

    def _tariff(self, code: str, instant: datetime) -> Tariff:
        prices = price_list_on(instant.date(), self._lists)
        return {tariff.code: tariff for tariff in (*prices.tariffs, *prices.retired)}[code]

    def _objects(self, extensions: int, devices: int) -> Additions:
        new = tuple(self._extension() for _ in range(extensions))
        return Additions(new, tuple(self._device() for _ in range(devices)))

    def _extension(self) -> NewExtension:
        first, name = self._story.first_number, next(self._names)
        number = str(int(first) + len(self._extensions)).zfill(len(first))
        kind = ExtensionKind.RESOURCE if name in self._words["resources"] else ExtensionKind.USER
        self._extensions.append(NewExtension(number, name, kind))
        return self._extensions[-1]

    def _device(self) -> NewDevice:
        place, models = self._devices, self._words["model"]
        self._devices += 1
        model = self._rng.choices(models, [entry["share"] for entry in models])[0]
        kind, at = DeviceKind(model["kind"]), place % len(self._extensions)
        served = self._extensions[at : at + (2 if place % EVERY_SHARED_DEVICE == 3 else 1)]
        mac = _mac(self._index, place) if kind is DeviceKind.IP_PHONE else ""
        return NewDevice(f"{model['name']} {served[0].name}", kind, mac, tuple(entry.number for entry in served))

    def _use(self, feature: ProFeature) -> NewProFeatureUse:
        if feature is ProFeature.ANALYTICS:
            return NewProFeatureUse(feature, self._words["analytics"])
        kind = ExtensionKind.RESOURCE if feature is ProFeature.CALL_FLOW else ExtensionKind.USER
        owner = next(entry for entry in self._extensions if entry.kind is kind)
        return NewProFeatureUse(feature, owner.name, owner.number)


def _invented(index: int, words: Words, prices: PriceList) -> Story:
    """A customer of a realistic size: most are small, one in five has Pro."""
    rng = Random(f"customer {index}")
    edition = Edition.PRO if rng.random() < PRO_SHARE else Edition.CLASSIC
    # Few enough that the largest tariff is left to order.
    extensions = min(95, max(4, round(rng.lognormvariate(2.15, 0.7))))
    devices = max(2, round(extensions * rng.uniform(0.55, 1.05)))
    sizes = prices.editions(edition)
    fitting = next(place for place, size in enumerate(sizes) if size.fits(extensions, devices))
    story = Story(
        *_company(rng, index, words),
        tariff=sizes[fitting].code,
        age=rng.randint(4, 35),
        first_number=rng.choice(("10", "10", "11", "20", "100", "200")),
        extensions=extensions,
        devices=devices,
        features=rng.sample(list(ProFeature), rng.randint(0, 3)) if edition is Edition.PRO else (),
    )
    return _lived(rng, story, sizes[fitting], sizes[fitting + 1])


def _lived(rng: Random, story: Story, fitting: Tariff, larger: Tariff) -> Story:
    """What happened to an invented customer: mostly nothing, or its system grew a little."""
    chance, ago = rng.random(), rng.randint(1, story.age - 1)
    if chance < 0.04:
        beyond = Step(ago, rng.randint(1, 4), rng.randint(0, 4), load=True)
        return replace(story, extensions=fitting.max_extensions, steps=[beyond])
    if chance < 0.12:
        return _changed(rng, story, 0 if chance < 0.07 else ago, fitting, larger)
    if chance < 0.5:
        return replace(story, extensions=story.extensions - 1, devices=story.devices - 1, steps=[Step(ago, 1, 1)])
    return story if chance < 0.95 else replace(story, email="")


def _changed(rng: Random, story: Story, ago: int, fitting: Tariff, larger: Tariff) -> Story:
    """With an order up, and some more extensions, or down."""
    if rng.random() < 0.7:
        return replace(story, steps=[Step(ago, rng.randint(0, 3), order=larger.code)])
    return replace(story, tariff=larger.code, steps=[Step(ago, order=fitting.code)])


def _company(rng: Random, index: int, words: Words) -> tuple[str, str, str]:
    """Number, name and e-mail address; a name comes back only after every trade has met every surname."""
    trade = words["trades"][index % len(words["trades"])]
    surname = words["surnames"][index % len(words["surnames"])]
    other, town = rng.choice(words["surnames"]), rng.choice(words["towns"])
    name = rng.choice(words["company_patterns"]).format(trade=trade, surname=surname, other=other, town=town)
    host = "-".join(re.findall("[a-z0-9]+", fold(f"{trade} {surname}".lower().translate(IN_ADDRESSES))))
    return str(FIRST_INVENTED_NUMBER + 7 * index), name, f"info@{host}.example"


def _names(named: Sequence[str], words: Words, rng: Random) -> Iterator[str]:
    """Names of extensions without end: the given ones, then people with a resource now and then."""
    resources = (name for name in words["resources"] if name not in named)
    first = rng.sample(words["first_names"], k=len(words["first_names"]))
    last = rng.sample(words["surnames"], k=len(words["surnames"]))

    def invented(place: int) -> str:
        resource = next(resources, "") if place % EVERY_RESOURCE == 0 else ""
        return resource or f"{first[place % len(first)]} {last[place % len(last)]}"

    return chain(named, map(invented, endless()))


def _mac(index: int, place: int) -> str:
    """A locally administered address; the mixing is a bijection, so that no two are the same."""
    return f"02{(index * 1024 + place + 1) * MAC_MIXER % 2**40:010x}"


def _instants(ago: Sequence[int], now: datetime, rng: Random) -> list[datetime]:
    """An instant in each of the months so long ago, in the given order, none after now."""
    return [instant for months, group in groupby(ago) for instant in _moments(months, len(list(group)), now, rng)]


def _moments(ago: int, count: int, now: datetime, rng: Random) -> list[datetime]:
    """Instants of one month in office hours, before today; on a 1st there is only today for the current month."""
    year, month = divmod(now.year * 12 + now.month - 1 - ago, 12)
    first = now.replace(year=year, month=month + 1, day=1, hour=0, minute=0, second=0, microsecond=0, fold=0)
    if ago == 0 and now.day == 1:
        return [first + (now - first) * place / (count + 1) for place in range(1, count + 1)]
    days = 28 if ago else now.day - 1
    return sorted(
        first.replace(day=rng.randint(1, days), hour=rng.randint(8, 17), minute=rng.randint(0, 59))
        for _ in range(count)
    )


def _believe(store: Store, now: datetime, confirmed: datetime) -> None:
    """Confirm a jump that would pause ordering: a small example has long gaps between its events (R35)."""
    if store.clock_state(now) is not ClockState.RIGHT:
        store.confirm_clock(confirmed)


def _make_file(path: Path, now: datetime, count: int, progress: Progress) -> None:
    """Make the file aside and name it when it is whole and closed: killed in between, nothing has the name."""
    with TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent, ignore_cleanup_errors=True) as aside:
        unfinished = Path(aside) / path.name
        with closing(open_store(unfinished, now=now)) as store:
            fill_demo(store, now, count, progress)
        name_without_replacing(unfinished, path)


def _remove_old(folder: Path, now: datetime) -> None:
    """Remove example files of long ago and what a killed program left of one; best effort."""
    oldest = (now.date() - KEPT).isoformat()
    for entry in list(folder.glob("*Beispiel-*")):
        found = EXAMPLE_FILE.fullmatch(entry.name)
        if found and found[1] < oldest:
            with suppress(OSError):
                shutil.rmtree(entry) if entry.is_dir() else entry.unlink()

"""Page 1 of "Tarif anpassen": edition, size, what stands in the way, the difference in price."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from model.account import Choice, ObstacleKind
from model.installation import Additions
from model.orders import order_label
from model.tariff import Edition, Tariff
from ui import formats, labels
from ui.case import Case
from ui.i18n import _, ngettext
from ui.obstacle_list import ObstacleList
from ui.widgets import Notice, icon_line, label, link, scrolled, separator, set_state, set_tone, wrapped

Size = tuple[int, int]


class ChoicePage(QWidget):
    """Edition and size; `changed` when something else is chosen, `reveal_requested` with an object in the way."""

    changed = Signal()
    reveal_requested = Signal(object)
    product_page_requested = Signal()
    guide_requested = Signal()

    def __init__(self, case: Case, adding: Additions, chosen: Tariff, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._case = case
        self._adding = adding
        self._choices: tuple[Choice, ...] = ()
        self._size: Size = (chosen.max_extensions, chosen.max_devices)
        self._cards = {edition: EditionCard(edition) for edition in Edition}
        self._cards[chosen.edition].radio.setChecked(True)
        self._sizes = SizeList()
        self._obstacles = ObstacleList()
        self._hint = Notice("choiceHint", "choiceHintText", "info", "info")
        self._difference = label(name="priceDifference", scale=1.5, bold=True)
        self._difference_words = wrapped(label(name="priceDifferenceWords", tone="muted"))
        self._put_together()
        self._connect()
        self.show_case(case)

    def choice(self) -> Choice | None:
        """What is chosen; None while the edition isn't sold in this size."""
        for choice in self._choices:
            if choice.tariff.edition is self._edition and _size(choice.tariff) == self._size:
                return choice
        return None

    def focus_edition(self) -> None:
        """Go to the edition that is chosen."""
        self._cards[self._edition].radio.setFocus()

    def show_case(self, case: Case) -> None:
        """Judge everything anew: obstacles that are gone tick themselves off (R15)."""
        self._case = case
        self._choices = case.choices(self._adding)
        self._show()

    @property
    def _edition(self) -> Edition:
        return Edition.PRO if self._cards[Edition.PRO].radio.isChecked() else Edition.CLASSIC

    def _show(self) -> None:
        choices = self._choices
        for edition, card in self._cards.items():
            card.show_choices([choice for choice in choices if choice.tariff.edition is edition], self._case)
        self._sizes.show_choices([choice for choice in choices if choice.tariff.edition is self._edition], self._size)
        choice = self.choice()
        self._obstacles.show_obstacles(choice.obstacles if choice else ())
        self._show_hint(choice)
        self._show_difference(choice)
        self.changed.emit()

    def _choose_size(self, size: Size) -> None:
        self._size = size
        self._obstacles.forget()
        self._show()

    def _choose_edition(self) -> None:
        self._obstacles.forget()
        self._show()

    def _show_hint(self, choice: Choice | None) -> None:
        """Words for what can't be ordered although nothing stands in the way, and for leaving a retired tariff."""
        day = self._case.now.date()
        pending, billed = self._case.account.pending(day), self._case.account.billed(day)
        if choice is None:
            stays = self._size == _size(billed) and self._edition is billed.edition
            text = retired_warning(billed) if stays else _("This edition is not sold in this size.")
            self._hint.show_text("", text)
        elif choice.is_pending and pending:
            self._hint.show_text(
                "",
                _("Already ordered on {instant} as {order}.").format(
                    instant=formats.instant(pending.placed_at.astimezone(self._case.now.tzinfo)),
                    order=order_label(pending.order_number),
                ),
            )
        elif choice.is_current and pending:
            self._hint.show_text(
                "",
                _("This is the current tariff. “Select” cancels the pending order {order} for {tariff}.").format(
                    order=order_label(pending.order_number), tariff=pending.tariff.name
                ),
            )
        elif self._case.prices.on_sale(billed.code) is None:
            self._hint.show_text("", retired_warning(billed))
        else:
            self._hint.show_text("", "")

    def _show_difference(self, choice: Choice | None) -> None:
        if choice is None or choice.is_current:
            price = formats.net_price(self._case.account.billed(self._case.now.date()))
            self._difference.setText(formats.money(Decimal(0)))
            self._difference_words.setText(_("{price} net a month, as before").format(price=price))
            return
        quote = self._case.quote(choice.tariff, self._adding)
        self._difference.setText(formats.signed_money(quote.monthly_difference))
        self._difference_words.setText(
            _("net a month from {day}: {new} instead of {old}. The change itself is free of charge.").format(
                day=formats.day(quote.effective_on),
                new=formats.net_price(quote.target),
                old=formats.net_price(quote.current),
            )
        )

    # ------------------------------------------------------------------ how it is put together

    def _put_together(self) -> None:
        body = QVBoxLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(8)
        body.addWidget(label(_("Version of the Cloud Telefonanlage"), bold=True))
        cards = QHBoxLayout()
        cards.setSpacing(12)
        group = QButtonGroup(self)
        for card in self._cards.values():
            group.addButton(card.radio)
            cards.addWidget(card, 1)
        body.addLayout(cards)
        body.addWidget(
            link(
                _("More on the product page of the Cloud Telefonanlage"),
                "productPageLink",
                self.product_page_requested.emit,
            ),
            0,
            Qt.AlignmentFlag.AlignLeft,
        )
        body.addWidget(label(_("Extensions and devices"), bold=True))
        body.addWidget(self._sizes)
        body.addWidget(self._hint)
        body.addWidget(self._obstacles)
        body.addStretch(1)
        body.addWidget(
            link(
                _("Change a SIP trunk or minute packages: to the other guide"), "guideLink", self.guide_requested.emit
            ),
            0,
            Qt.AlignmentFlag.AlignLeft,
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(scrolled(body), 1)
        layout.addWidget(separator())
        layout.addLayout(self._difference_row())

    def _difference_row(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(0)
        note = self._case.prices.note
        words.addWidget(wrapped(label(_("Difference in price") + (f" ({note})" if note else ""), bold=True)))
        words.addWidget(self._difference_words)
        row = QHBoxLayout()
        row.addLayout(words, 1)
        row.addWidget(self._difference, 0, Qt.AlignmentFlag.AlignVCenter)
        return row

    def _connect(self) -> None:
        self._cards[Edition.PRO].radio.toggled.connect(lambda _on: self._choose_edition())
        self._sizes.chosen.connect(self._choose_size)
        self._obstacles.reveal_requested.connect(self.reveal_requested)


class EditionCard(QFrame):
    """A card that holds a real radio button; a click anywhere on it chooses it."""

    def __init__(self, edition: Edition) -> None:
        super().__init__()
        self.setProperty("card", "choice")
        name = labels.edition(edition)
        self.radio = QRadioButton(name)
        self.radio.setObjectName(f"edition{edition.capitalize()}")
        self.radio.setFont(label(scale=1.15, bold=True).font())
        self.radio.toggled.connect(lambda on: set_state(self, "card", "chosen" if on else "choice"))
        self._price = label(tone="muted")
        self._mark = label(tone="success")
        self._obstacle = wrapped(label(tone="warning"))
        head = QHBoxLayout()
        head.addWidget(self.radio)
        head.addStretch(1)
        head.addWidget(self._mark)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(4)
        layout.addLayout(head)
        layout.addWidget(self._price)
        for text in _functions(edition):
            layout.addLayout(_ticked(text))
        layout.addWidget(self._obstacle)
        layout.addStretch(1)
        self.radio.setAccessibleDescription(", ".join(_functions(edition)))

    def show_choices(self, choices: list[Choice], case: Case) -> None:
        """The smallest price, whether it is the current edition, and Pro functions that stand in the way."""
        cheapest = min((choice.tariff for choice in choices), key=lambda tariff: tariff.net_cents, default=None)
        self._price.setText(_("from {price} net a month").format(price=formats.net_price(cheapest)) if cheapest else "")
        current = case.account.billed(case.now.date()).edition
        self._mark.setText(_("current") if any(choice.tariff.edition is current for choice in choices) else "")
        found = [entry for choice in choices for entry in choice.obstacles if entry.kind is ObstacleKind.EDITION]
        text = ""
        if found:
            text = ngettext("{count} Pro function in use", "{count} Pro functions in use", found[0].excess)
            text = text.format(count=formats.number(found[0].excess))
        self._obstacle.setText(text)
        self._obstacle.setVisible(bool(text))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: a click on the card is a click on its radio button."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.radio.click()
            self.radio.setFocus()


class SizeList(QFrame):
    """A radio button for each size, with its price and whether it fits; `chosen` with both limits."""

    chosen = Signal(tuple)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("sizeList")
        self.setAccessibleName(_("Size"))
        self.setProperty("card", "true")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(14, 8, 14, 8)
        self._grid.setVerticalSpacing(6)
        self._grid.setHorizontalSpacing(18)
        self._grid.setColumnStretch(0, 1)
        self._group = QButtonGroup(self)
        self._rows: dict[Size, tuple[QRadioButton, QLabel, QLabel]] = {}

    def show_choices(self, choices: Iterable[Choice], chosen: Size) -> None:
        """Show the sizes of one edition; a row once made stays the same widget."""
        shown = {_size(choice.tariff): choice for choice in choices}
        for size in sorted({*shown, *self._rows}):
            if size not in self._rows:
                self._add_row(size)
            for part in self._rows[size]:
                part.setVisible(size in shown)
        for size, choice in shown.items():
            radio, status, price = self._rows[size]
            status.setText(_status(choice))
            set_tone(status, _status_tone(choice))
            price.setText(formats.net_price(choice.tariff))
            radio.setAccessibleDescription(f"{price.text()}, {status.text()}")
            if size == chosen:
                radio.setChecked(True)

    def _add_row(self, size: Size) -> None:
        text = _("up to {extensions} and {devices}").format(
            extensions=labels.extensions(size[0]), devices=labels.devices(size[1])
        )
        radio = QRadioButton(text)
        radio.setObjectName(f"size{size[0]}")
        radio.clicked.connect(lambda: self.chosen.emit(size))
        self._group.addButton(radio)
        status, price = label(), label()
        price.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = self._grid.rowCount()
        for column, part in enumerate((radio, status, price)):
            self._grid.addWidget(part, row, column)
        self._rows[size] = (radio, status, price)


def retired_warning(tariff: Tariff) -> str:
    """R33: leaving a tariff that is no longer sold can't be taken back."""
    return _("{tariff} can no longer be booked: after the change there is no way back to it.").format(
        tariff=tariff.name
    )


def _size(tariff: Tariff) -> Size:
    return tariff.max_extensions, tariff.max_devices


def _status(choice: Choice) -> str:
    """What the size says of itself; the edition's obstacle stands on its card (R15)."""
    if choice.is_current:
        return _("Your current tariff")
    if choice.is_pending:
        return _("already ordered")
    excess = sum(entry.excess for entry in choice.obstacles if entry.kind is not ObstacleKind.EDITION)
    return labels.excess(excess) if excess else _("fits")


def _status_tone(choice: Choice) -> str:
    if choice.is_current or choice.is_pending:
        return "muted"
    small = any(entry.kind is not ObstacleKind.EDITION for entry in choice.obstacles)
    return "warning" if small else "success"


def _functions(edition: Edition) -> tuple[str, ...]:
    if edition is Edition.CLASSIC:
        return _("Telephony for all extensions"), _("Phones, apps and external phones")
    return _("Everything in Classic"), _("Call Flow Creator, Analytics and desktop client")


def _ticked(text: str) -> QHBoxLayout:
    return icon_line("check", "success", text)

"""What a letter tells of a tariff change: read from the snapshot of an order information, or from a quote."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime

from model.account import Limits, Quote
from model.clock import from_text
from model.installation import without_unseen
from model.records import OrderMail, tariff_from
from model.tariff import Tariff

# Line breaks, controls and halves of characters: none of them is part of a name.
NO_TEXT = frozenset({"Cc", "Cs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """A change from `current` to `target`; without an `order_number` it is not ordered yet.

    `placed_at` and `told_at` (when the order or its cancellation was told) are local instants of the desk; snapshots
    of older versions have them in UTC. `in_use` is what existed then.
    """

    order_number: int | None
    customer_number: str
    customer_name: str
    current: Tariff
    target: Tariff
    in_use: Limits
    placed_at: datetime
    told_at: datetime
    effective_on: date
    cancellable_until: date
    replaces: int | None
    replaced_tariff: str

    @property
    def usable(self) -> Limits:
        """R7: what may be used until the change, per dimension the larger of both tariffs."""
        return Limits(
            max(self.current.max_extensions, self.target.max_extensions),
            max(self.current.max_devices, self.target.max_devices),
        )

    @property
    def grows(self) -> bool:
        """Whether more can be used at once than is billed until the change (R7)."""
        return self.usable != Limits(self.current.max_extensions, self.current.max_devices)

    @property
    def extras(self) -> Limits:
        """R9: how many of each exist beyond the current tariff."""
        return Limits(
            max(0, self.in_use.extensions - self.current.max_extensions),
            max(0, self.in_use.devices - self.current.max_devices),
        )


def facts_of_mail(mail: OrderMail) -> OrderFacts:
    """From the snapshot alone: what changed since then makes no difference (R23)."""
    content = mail.content
    told_at = content.get("told_at")
    return OrderFacts(
        content["order_number"],
        one_line(content["customer_number"]),
        one_line(content["customer_name"]),
        _shown(tariff_from(content["current"])),
        _shown(tariff_from(content["target"])),
        Limits(content["extensions"], content["devices"]),
        from_text(content["placed_at"]),
        from_text(told_at) if told_at else mail.created_at,
        date.fromisoformat(content["effective_on"]),
        date.fromisoformat(content["cancellable_until"]),
        content["replaces"],
        one_line(content.get("replaced_tariff") or ""),
    )


def facts_of_quote(quote: Quote) -> OrderFacts:
    """From what the summary shows, before it is ordered (R17)."""
    return OrderFacts(
        None,
        one_line(quote.customer_number),
        one_line(quote.customer_name),
        _shown(quote.current),
        _shown(quote.target),
        Limits(quote.extensions, quote.devices),
        quote.shown_at,
        quote.shown_at,
        quote.effective_on,
        quote.cancellable_until,
        quote.replaces,
        one_line(quote.replaced_tariff.name) if quote.replaced_tariff else "",
    )


def _shown(tariff: Tariff) -> Tariff:
    return replace(tariff, name=one_line(tariff.name))


def one_line(text: str) -> str:
    """A text as a letter shows it: one line, without what can't be seen or would turn round what follows."""
    shown = (" " if unicodedata.category(character) in NO_TEXT else character for character in without_unseen(text))
    return " ".join("".join(shown).split())

"""Which e-mail addresses can be written to, and how they go over the wire (R25)."""

from __future__ import annotations

from email.headerregistry import Address

import idna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.email_address import LONGEST_ADDRESS, PLAIN_DOMAIN, checked_email, is_email, wire_address
from model.installation import Customer
from model.refusals import Fault, InvalidInput, Refusal
from model.store import Store
from tests.examples import install, quote, tamper

TAKEN = [
    ("kunde@example.org", "kunde@example.org"),
    ("Kunde@Example.ORG", "Kunde@example.org"),
    ("a.b+c@mail.example.org", "a.b+c@mail.example.org"),
    ("o'neil@example.org", "o'neil@example.org"),
    ("a@bücher.example", "a@xn--bcher-kva.example"),
    ("a@BU\u0308CHER.example", "a@xn--bcher-kva.example"),
    ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
    ("a@straße.example", "a@xn--strae-oqa.example"),
    ("a@דוגמה.קום", "a@xn--6dbbec0c.xn--9dbq2a"),
    ("a@b.co", "a@b.co"),
    ("x" * 64 + "@example.org", "x" * 64 + "@example.org"),
    ("a@" + "x" * 63 + ".org", "a@" + "x" * 63 + ".org"),
]


@pytest.mark.parametrize(("typed", "wire"), TAKEN, ids=lambda address: address[:24])
def test_an_address_is_kept_as_read_and_sent_in_ascii(typed: str, wire: str) -> None:
    email = checked_email(f" {typed}\n")
    assert Customer("K-1", "Muster", typed).checked().email == email
    assert checked_email(email) == email
    assert email.partition("@")[0] == typed.partition("@")[0]
    assert wire_address(email) == Address(addr_spec=wire).addr_spec == wire


ONE_LABEL = ["a@example", "a@example.", "a@.example", "a@example.o"]
TWO_ADDRESSES = [
    "a@example.org,b@example.org", "a@example.org, b@example.org", "a@example.org;b@example.org",
    "a@example.org b@example.org", "a@example.org\nBcc: b@example.org", "a@example.org\rb@example.org",
    "a@b@example.org", "a@example.org(b@example.org)", "A <a@example.org>", "a@example.org\u2028b@example.org",
]  # fmt: skip
DOTS = [".a@example.org", "a.@example.org", "a..b@example.org", "a@.example.org", "a@example.org.", "a@example..org"]
DOMAINS = [
    "a@-example.org", "a@example-.org", "a@exa mple.org", "a@exa_mple.org", "a@ab--cd.org", "a@127.0.0.1",
    "a@[127.0.0.1]", "a@😀.example", "a@xn--zzzz.example", "a@" + "x" * 64 + ".org", "a@" + "ü" * 64 + ".org",
    "a@example\u200b.org", "a@\u202eexample.org", "a@exam\u00adple.org", "a@\ud800.org", "a@example.org\0",
]  # fmt: skip
LOCAL_PARTS = ["@example.org", '"a b"@example.org', "a b@example.org", "a\0@example.org", "a\\b@example.org"]


@pytest.mark.parametrize(
    "email", ["", "a", "@", "a@", *ONE_LABEL, *TWO_ADDRESSES, *DOTS, *DOMAINS, *LOCAL_PARTS], ids=ascii
)
def test_r25_what_is_no_address(email: str) -> None:
    for check in (checked_email, wire_address):
        with pytest.raises(InvalidInput) as caught:
            check(email)
        assert (caught.value.field, caught.value.fault) == ("email", Fault.EMAIL_FORM)
    assert not is_email(email)


@pytest.mark.parametrize("email", ["müller@example.org", "a\u200b@example.org", "\ud800@example.org", "и@example.org"])
def test_before_the_at_sign_only_ascii_is_taken_and_said(email: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        checked_email(email)
    assert caught.value.fault is Fault.EMAIL_LOCAL_PART


LABELS = ".".join(["x" * 60] * 4)


@pytest.mark.parametrize(
    "email",
    ["x" * 65 + "@example.org", f"{'a' * 8}@{LABELS}.org", "a" * 10_000_000, "a@" + "ü" * 10_000_000 + ".org"],
    ids=lambda email: str(len(email)),
)
def test_an_address_that_is_too_long_is_told_so(email: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        checked_email(email)
    assert caught.value.fault is Fault.EMAIL_TOO_LONG


def test_the_longest_address_is_counted_as_it_is_sent() -> None:
    local = "a" * (LONGEST_ADDRESS - len(f"@{LABELS}.org"))
    assert len(checked_email(f"{local}@{LABELS}.org")) == LONGEST_ADDRESS
    shorter_to_read = f"{'a' * 40}@{'ü' * 50}.{'ü' * 50}.{'ü' * 50}.{'ü' * 50}.org"
    assert len(shorter_to_read) < LONGEST_ADDRESS
    with pytest.raises(InvalidInput) as caught:
        checked_email(shorter_to_read)
    assert caught.value.fault is Fault.EMAIL_TOO_LONG


@given(st.text(max_size=40) | st.from_regex(r"[a-z.@ü,\-\u05d0]{1,20}@[a-zü.\-]{1,20}\.[a-z]{1,4}", fullmatch=True))
def test_whatever_is_typed_is_one_address_for_a_mail_program_or_none(typed: str) -> None:
    if is_email(typed):
        wire = wire_address(typed)
        assert wire.isascii()
        assert Address(addr_spec=wire).addr_spec == wire
        assert wire_address(checked_email(typed)) == wire


@given(st.from_regex(r"[a-z0-9\-.]{1,70}", fullmatch=True) | st.from_regex(r"[a-z\-]{1,6}\.[a-z]{2}", fullmatch=True))
def test_a_plain_domain_is_judged_as_an_international_one_is(domain: str) -> None:
    """The tables are only loaded for others."""
    try:
        known = idna.encode(idna.uts46_remap(domain)).decode() == domain and not domain.endswith(".")
    except idna.IDNAError:
        known = False
    assert known == bool(PLAIN_DOMAIN.fullmatch(domain)) or "xn--" in domain


def test_r25_an_address_of_an_earlier_version_that_nobody_can_write_to_orders_nothing(memory: Store) -> None:
    installation = install(memory)
    tamper(memory, "UPDATE installation SET email = 'büro@example.org'")
    assert quote(memory, installation, "C25").refusal is Refusal.NO_EMAIL

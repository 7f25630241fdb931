"""What is imported from a running Asterisk: the same as from its files, and nothing that is secret (R37)."""

from __future__ import annotations

import logging

import pytest

from model.ami import AmiConnection
from model.import_ami import AmiAnswer, read_ami, try_ami
from model.import_files import read_sources
from model.import_preview import preview
from model.import_result import ImportedFile, SkipReason, WarningReason
from model.import_source import Source
from model.installation import DeviceKind, ExtensionKind, ProFeature
from model.refusals import AmiFailed, AmiFault, ImportFault, ImportRefused
from tests.ami_server import (
    BANNER,
    CONTACTS,
    ENDPOINT,
    ENDPOINTS,
    MAILBOXES,
    PASSWORD,
    QUEUES,
    SECRET,
    Pbx,
    Phone,
    ami_server,
)
from tests.import_examples import hints, people, phones, skips, warned

VERSION = BANNER.decode().strip()


def read(pbx: Pbx) -> ImportedFile:
    with ami_server(pbx) as server:
        return read_ami(AmiConnection(server), PASSWORD, lambda _done, _total: None)


def failing(pbx: Pbx) -> AmiFailed:
    with pytest.raises(AmiFailed) as caught:
        read(pbx)
    return caught.value


def test_endpoints_queues_and_mailboxes_become_extensions_and_devices() -> None:
    pbx = Pbx(
        [Phone("0019159BF772", "<1109>"), Phone("1108"), Phone("1107", '"Erika Muster" <1107>', "0019159bf771")],
        queues=("500", "sales"),
        mailboxes={"1108": "Max Muster", "1109": "1109", "x": "Niemand"},
    )
    found = read(pbx)
    assert people(found) == [("1107", "Erika Muster"), ("1108", "Max Muster"), ("1109", "1109"), ("500", "500")]
    assert [entry.extension.kind for entry in found.extensions] == [ExtensionKind.USER] * 3 + [ExtensionKind.RESOURCE]
    assert [entry.row for entry in found.extensions] == [1, 2, 3, 4]
    assert [entry.is_guessed for entry in found.extensions] == [False, False, True, False]
    assert phones(found) == [
        ("PJSIP/1107", "0019159bf771", ("1107",)),
        ("PJSIP/1108", "", ("1108",)),
        ("PJSIP/0019159BF772", "0019159bf772", ("1109",)),
    ]
    assert hints(found) == [(ProFeature.ANALYTICS, "500", "500"), (ProFeature.ANALYTICS, "sales", "")]
    assert skips(found) == [(5, SkipReason.NO_NUMBER, "sales")]
    assert warned(found) == [(3, WarningReason.NAME_MISSING, "1109")]


def test_it_is_the_same_as_of_the_files() -> None:
    found = read(Pbx([Phone("1107", "Erika <1107>", "0019159bf771")], ("500",), {"1107": "Erika"}))
    endpoint = b"[1107]\ntype=endpoint\nauth=1107\ncallerid=Erika <1107>\n[1107]\ntype=auth\nusername=0019159bf771\n"
    files = read_sources([Source("pjsip.conf", endpoint), Source("queues.conf", b"[500]\nstrategy=ringall\n")])
    assert preview(found).additions == preview(files).additions
    assert (found.system, found.profile, found.counts) == (files.system, None, files.counts)
    assert [(entry.feature, entry.name) for entry in found.hints] == [
        (entry.feature, entry.name) for entry in files.hints
    ]


def test_the_source_says_where_it_is_from() -> None:
    with ami_server(Pbx([Phone("1107")])) as server:
        found = read_ami(AmiConnection(server), PASSWORD, lambda _done, _total: None)
    source = found.sources[0]
    assert (source.name, source.recognised_by, source.encoding) == (f"localhost:{server.port}", (VERSION,), "UTF-8")
    assert {entry.file for entry in found.extensions} == {source.name}


def test_names_in_latin_1_and_utf_8_side_by_side() -> None:
    phones_of_two = [Phone("1107", '"Jörg Müller" <1107>', encoding="latin-1"), Phone("1108", "Änne Öl <1108>")]
    found = read(Pbx(phones_of_two))
    assert people(found) == [("1107", "Jörg Müller"), ("1108", "Änne Öl")]
    assert found.encoding == "windows-1252"


def test_an_endpoint_is_asked_for_by_the_bytes_of_its_name() -> None:
    found = read(Pbx([Phone("büro", "Büro <1107>", encoding="latin-1"), Phone("küche", "Küche <1108>")]))
    assert phones(found) == [("PJSIP/büro", "", ("1107",)), ("PJSIP/küche", "", ("1108",))]


@pytest.mark.parametrize(
    ("phone", "kind"),
    [
        (Phone("1107"), DeviceKind.IP_PHONE),
        (Phone("1107", webrtc="yes"), DeviceKind.APP),
        (Phone("1107", webrtc="true", agents=("Yealink SIP-T46G 28.83.0.50",)), DeviceKind.APP),
        (Phone("1107", agents=("Yealink SIP-T46G 28.83.0.50",)), DeviceKind.IP_PHONE),
        (Phone("1107", agents=("Zoiper v2.10.20.4",)), DeviceKind.APP),
        (Phone("1107", agents=("Linphone Desktop/5.1.2 (PC)", "MicroSIP/3.21.3")), DeviceKind.APP),
        (Phone("1107", agents=("Zoiper v2.10.20.4", "snomD715/8.9.3.80")), DeviceKind.IP_PHONE),
        (Phone("1107", agents=("",)), DeviceKind.IP_PHONE),
        (Phone("1107", agents=("Fanvil V65 2.12.1", "Grandstream GXP2170 1.0.11")), DeviceKind.IP_PHONE),
    ],
)
def test_what_a_device_calls_itself_tells_whether_it_is_an_app(phone: Phone, kind: DeviceKind) -> None:
    assert [entry.device.kind for entry in read(Pbx([phone])).devices] == [kind]


def test_a_trunk_is_no_extension() -> None:
    found = read(Pbx([Phone("provider", outbound_auth="provider"), Phone("anonymous"), Phone("1107")]))
    assert people(found) == [("1107", "1107")]
    assert skips(found) == [(1, SkipReason.NOT_AN_EXTENSION, "anonymous"), (2, SkipReason.NOT_AN_EXTENSION, "provider")]


def test_r1_a_number_counts_once() -> None:
    found = read(Pbx([Phone("1107"), Phone("9107", "Erika <1107>")], ("1107",)))
    assert people(found) == [("1107", "1107")]
    assert skips(found) == [(2, SkipReason.NUMBER_TWICE, "1107"), (3, SkipReason.NUMBER_TWICE, "1107")]


@pytest.mark.parametrize("refusing", ["unknown", "forbidden"])
def test_what_it_does_not_tell_is_left_out_with_a_warning(refusing: str) -> None:
    pbx = Pbx([Phone("1107")], ("500",), {"1107": "Erika"})
    setattr(pbx, refusing, (CONTACTS, QUEUES, MAILBOXES))
    found = read(pbx)
    assert people(found) == [("1107", "1107")]
    missing = [(0, WarningReason.PART_MISSING, action) for action in (CONTACTS, QUEUES, MAILBOXES)]
    assert warned(found) == [*missing, (1, WarningReason.NAME_MISSING, "1107")]
    assert preview(found).warnings[:3] == found.warnings[:3]


def test_without_the_list_of_endpoints_there_is_nothing() -> None:
    assert failing(Pbx()).fault is AmiFault.NO_ENDPOINTS
    assert failing(Pbx(unknown=(ENDPOINTS,))).fault is AmiFault.UNKNOWN_ACTION
    assert failing(Pbx([Phone("1107")], forbidden=(ENDPOINTS,))).fault is AmiFault.PERMISSION


@pytest.mark.parametrize("action", [ENDPOINTS, ENDPOINT, CONTACTS, QUEUES, MAILBOXES])
def test_any_list_that_ends_early_imports_nothing(action: str) -> None:
    class Forgetful(Pbx):
        def answer(self, asked: dict[str, str]) -> bytes:
            whole = super().answer(asked)
            return whole.replace(b"ListItems: ", b"ListItems: 1") if asked["Action"] == action else whole

    pbx = Forgetful([Phone("1107", agents=("Zoiper",))], ("500",), {"1107": "Erika"})
    assert (failing(pbx).fault, failing(pbx).detail) == (AmiFault.INCOMPLETE, action)


def test_a_detail_without_the_endpoint_is_not_whole() -> None:
    end = b"Event: EndpointDetailComplete\r\nActionID: %s\r\nEventList: Complete\r\nListItems: 0\r\n\r\n"
    assert failing(Pbx([Phone("1107")], instead={ENDPOINT: end})).fault is AmiFault.INCOMPLETE


def test_an_endpoint_that_goes_meanwhile_is_named() -> None:
    class Leaving(Pbx):
        def answer(self, asked: dict[str, str]) -> bytes:
            whole = super().answer(asked)
            if asked["Action"] == ENDPOINTS:
                del self.known["1108"]
            return whole

    found = read(Leaving([Phone("1107"), Phone("1108")]))
    assert (people(found), skips(found)) == ([("1107", "1107")], [(2, SkipReason.GONE, "1108")])


def test_older_versions_do_not_count_the_logins() -> None:
    assert people(read(Pbx([Phone("1107")], counts_logins=False))) == [("1107", "1107")]


def test_r37_no_password_is_in_anything(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    pbx = Pbx([Phone("1107", "Erika <1107>")], ("500",), {"1107": "Erika"})
    with ami_server(pbx) as server:
        connection = AmiConnection(server)
        found = read_ami(connection, PASSWORD, lambda _done, _total: None)
    told = f"{found!r}{preview(found)!r}{connection!r}{vars(connection)!r}{server!r}{caplog.text}"
    assert SECRET not in told
    assert PASSWORD not in told
    assert "example.org" not in told
    assert "PJSIPShowAuths" not in pbx.asked()
    assert found.secret_columns == ("Password", "Md5Cred")


def test_r37_an_error_tells_nothing_the_server_said() -> None:
    answer = f"Response: Error\r\nActionID: %s\r\nMessage: {SECRET} {PASSWORD}\r\n\r\n".encode()
    for action in ("Login", "Challenge", ENDPOINTS, QUEUES):
        failed = failing(Pbx([Phone("1107")], instead={action: answer}, hangs_up=(action,)))
        assert SECRET not in f"{failed!r}{failed.detail}{failed.__cause__!r}"


def test_progress_is_told_endpoint_by_endpoint() -> None:
    told: list[tuple[int, int]] = []
    with ami_server(Pbx([Phone("1107"), Phone("1108")])) as server:
        read_ami(AmiConnection(server), PASSWORD, lambda done, total: told.append((done, total)))
    assert told == [(0, 2), (1, 2), (2, 2)]


def test_a_trial_says_who_answers_and_how_much_there_is() -> None:
    pbx = Pbx([Phone("1107"), Phone("1108")])
    with ami_server(pbx) as server:
        assert try_ami(AmiConnection(server), PASSWORD) == AmiAnswer(VERSION, 2)
    assert pbx.asked() == ["Challenge", "Login", ENDPOINTS, "Logoff"]


def test_ten_thousand_endpoints() -> None:
    pbx = Pbx([Phone(str(10_000 + place), f"Platz {place} <{10_000 + place}>") for place in range(10_000)])
    found = read(pbx)
    assert (len(found.extensions), len(found.devices), found.skipped) == (10_000, 10_000, ())
    assert people(found)[-1] == ("19999", "Platz 9999")


def test_more_than_one_system_can_have_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.import_ami.MOST_EXTENSIONS", 1)
    with pytest.raises(ImportRefused) as caught:
        read(Pbx([Phone("1107"), Phone("1108")]))
    assert caught.value.fault is ImportFault.TOO_MANY_ROWS


def test_a_connection_is_always_closed() -> None:
    pbx = Pbx(unknown=(ENDPOINTS,))
    failing(pbx)
    assert pbx.asked()[-1] == "Logoff"

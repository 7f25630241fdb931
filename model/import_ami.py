"""Reads the installation of a running Asterisk; the same comes of it as of its files."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from model.ami import UTF_8, AmiConnection, Message, decoded
from model.import_asterisk_dialplan import Found
from model.import_asterisk_objects import (
    LONGEST_VALUE,
    SYSTEM,
    YES,
    Endpoint,
    note_mailbox,
    take_endpoint,
    take_thing,
)
from model.import_result import MOST_EXTENSIONS, Collector, ImportedFile, SkipReason, SourceFile, WarningReason
from model.installation import LONGEST_NAME, NUMBER, ProFeature, number_key
from model.refusals import AmiFailed, AmiFault, ImportFault, ImportRefused

ENDPOINTS, ENDPOINT = "PJSIPShowEndpoints", "PJSIPShowEndpoint"
CONTACTS = "PJSIPShowRegistrationInboundContactStatuses"
QUEUES, MAILBOXES = "QueueStatus", "VoicemailUsersList"
# How programs on a computer, a mobile phone or in a browser introduce themselves.
APPS = re.compile(
    r"zoiper|linphone|microsip|\bbria|x-lite|eyebeam|\bblink\b|jitsi|acrobits|groundwire|soft ?phone|\bsip\.?js\b|jssip"
    r"|webrtc|browser phone|phoner|baresip|portsip|mizu|3cxphone|twinkle|csipsimple|grandstream wave|sangoma (?:phone|"
    r"connect|talk)|pjsua|sipnetic|telephone \d|counterpath|ringotel|softclient",
    re.IGNORECASE,
)
UNKNOWN_CALLER = "<unknown>"
SECRET_FIELDS = ("Password", "Md5Cred")
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class AmiAnswer:
    """What came of a trial: how Asterisk calls its interface, and how many endpoints it has."""

    version: str
    endpoints: int


def try_ami(connection: AmiConnection, password: str) -> AmiAnswer:
    """Whether an Asterisk answers, knows the account and lets it read; raises AmiFailed."""
    with contextlib.closing(connection):
        return AmiAnswer(connection.log_in(password), len(connection.ask(ENDPOINTS)))


def read_ami(connection: AmiConnection, password: str, progress: Progress) -> ImportedFile:
    """Read a running Asterisk, and say how many endpoints of how many are read; the rows are the endpoints' places.

    A part whose module isn't loaded or that the account may not read is left out with a warning. Raises AmiFailed, and
    ImportRefused for more than one telephone system can have.
    """
    with contextlib.closing(connection):
        version = connection.log_in(password)
        reader = _Reader(connection)
        reader.read(progress)
        source = SourceFile(connection.server.address, (version,), reader.encoding, secret_columns=SECRET_FIELDS)
        return reader.collector.imported(SYSTEM, (source,), None)


class _Reader:
    """Asks for one part after the other."""

    def __init__(self, connection: AmiConnection) -> None:
        self.collector = Collector()
        self.collector.file = connection.server.address
        self.encoding = UTF_8
        self._connection = connection
        self._agents: dict[str, list[str]] = {}
        self._names: dict[str, str] = {}

    def read(self, progress: Progress) -> None:
        """Endpoints with their devices, then queues."""
        # Asterisk lists them in no order at all.
        listed = sorted(self._connection.ask(ENDPOINTS), key=_place)
        if not listed:
            raise AmiFailed(AmiFault.NO_ENDPOINTS)
        if len(listed) > MOST_EXTENSIONS:
            raise ImportRefused(ImportFault.TOO_MANY_ROWS, file=self.collector.file)
        for contact in self._part(CONTACTS):
            self._agents.setdefault(contact.text("aor"), []).append(contact.text("useragent"))
        queues = _of(self._part(QUEUES), "QueueParams")
        for mailbox in self._part(MAILBOXES):
            note_mailbox(self._names, mailbox.text("voicemailbox"), self._name(mailbox, "fullname"))
        for row, entry in enumerate(listed, 1):
            progress(row - 1, len(listed))
            self._take_endpoint(row, entry)
        progress(len(listed), len(listed))
        for row, queue in enumerate(queues, len(listed) + 1):
            self._take_queue(row, self._name(queue, "queue"))

    def _part(self, action: str) -> list[Message]:
        """A list that may be missing."""
        try:
            return self._connection.ask(action)
        except AmiFailed as failed:
            if failed.fault not in (AmiFault.UNKNOWN_ACTION, AmiFault.PERMISSION):
                raise
        self.collector.warn(0, WarningReason.PART_MISSING, action)
        return []

    def _take_endpoint(self, row: int, listed: Message) -> None:
        name = listed.raw("objectname")
        try:
            # Older versions of Asterisk don't count the logins among the objects of an endpoint.
            events = self._connection.ask(ENDPOINT, {"Endpoint": name}, at_least=True)
        except AmiFailed as failed:
            if failed.fault is not AmiFault.REFUSED:
                raise
            self.collector.skip(row, SkipReason.GONE, decoded(name)[0][:LONGEST_VALUE])
            return
        take_endpoint(self._endpoint(row, events), self._names, self.collector)

    def _endpoint(self, row: int, events: list[Message]) -> Endpoint:
        details = _of(events, "EndpointDetail")
        if not details:
            raise AmiFailed(AmiFault.INCOMPLETE, ENDPOINT)
        detail, logins = details[0], _entries(details[0].text("auth"))
        users = [login.text("username") for login in _of(events, "AuthDetail") if login.text("objectname") in logins]
        agents = [contact.text("useragent") for contact in _of(events, "ContactStatusDetail")]
        agents += [agent for aor in _entries(detail.text("aors")) for agent in self._agents.get(aor, ())]
        agents = list(filter(None, agents))
        is_app = detail.text("webrtc").casefold() in YES or (bool(agents) and all(map(APPS.search, agents)))
        return Endpoint(
            row,
            self._name(detail, "objectname"),
            self._name(detail, "callerid").replace(UNKNOWN_CALLER, ""),
            tuple(users),
            is_outbound=bool(detail.raw("outboundauth")),
            is_app=is_app,
        )

    def _take_queue(self, row: int, name: str) -> None:
        number = name if NUMBER.fullmatch(name) else ""
        take_thing(Found(self.collector.file, row, name, number), ProFeature.ANALYTICS, self.collector)

    def _name(self, message: Message, field: str) -> str:
        text, encoding = decoded(message.raw(field))
        if encoding != UTF_8:
            self.encoding = encoding
        return text


def _place(listed: Message) -> tuple[int, str]:
    return number_key(listed.text("objectname")[:LONGEST_NAME])


def _of(events: list[Message], kind: str) -> list[Message]:
    return [event for event in events if event.text("event") == kind]


def _entries(text: str) -> list[str]:
    return [entry.strip() for entry in text.split(",") if entry.strip()]

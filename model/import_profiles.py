"""The profiles clerks made for tables of systems the program doesn't know; every desk at this database has them."""

from __future__ import annotations

from datetime import datetime

from model.audit import Action, Journal
from model.engine import Engine
from model.import_profile import ImportProfile, parse_profile, profile_to_toml, shipped_profiles
from model.installation import checked_text
from model.refusals import Fault, ImportRefused, InvalidInput


class ImportProfiles:
    """Profiles by name; a profile's name is what it calls its system. A change leaves the name in the history."""

    def __init__(self, engine: Engine, journal: Journal) -> None:
        self._engine = engine
        self._journal = journal

    def all(self) -> tuple[ImportProfile, ...]:
        """Every profile kept, by name; one that a newer program wrote and this one can't read is left out."""
        if not self._engine.has_table("import_profile"):
            return ()
        rows = self._engine.query("SELECT toml FROM import_profile ORDER BY name")
        return tuple(profile for row in rows if (profile := _readable(row["toml"])))

    def keep(self, profile: ImportProfile, now: datetime) -> None:
        """Keep a new profile; raises InvalidInput for a name that is taken."""
        with self._engine.write():
            self._require_free(_checked_name(profile.system))
            self._insert(profile)
            self._journal.append(Action.PROFILE_CHANGED, now, after={"profile": profile.system})

    def replace(self, name: str, profile: ImportProfile, now: datetime) -> None:
        """Put another profile, perhaps of another name, in the place of one; raises InvalidInput."""
        with self._engine.write():
            if _checked_name(profile.system).casefold() != name.casefold():
                self._require_free(profile.system)
            self._delete(name)
            self._insert(profile)
            before, after = {"profile": name}, {"profile": profile.system}
            self._journal.append(Action.PROFILE_CHANGED, now, before=before, after=after)

    def remove(self, name: str, now: datetime) -> None:
        """Remove a profile; what was imported with it stays."""
        with self._engine.write():
            if self._delete(name):
                self._journal.append(Action.PROFILE_CHANGED, now, before={"profile": name})

    def _require_free(self, name: str) -> None:
        taken = [profile.system for profile in (*self.all(), *shipped_profiles())]
        if name.casefold() in map(str.casefold, taken):
            raise InvalidInput("profile", Fault.PROFILE_TAKEN, name)

    def _insert(self, profile: ImportProfile) -> None:
        self._engine.insert("import_profile", {"name": profile.system, "toml": profile_to_toml(profile)})

    def _delete(self, name: str) -> int:
        return self._engine.execute("DELETE FROM import_profile WHERE name = :name", {"name": name})


def _checked_name(name: str) -> str:
    return checked_text("profile", name)


def _readable(toml: str) -> ImportProfile | None:
    try:
        return parse_profile(toml)
    except ImportRefused:
        return None

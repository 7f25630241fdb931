"""What the program is started with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ui.i18n import LANGUAGES

EXAMPLE_CUSTOMERS = 48


class Arguments(NamedTuple):
    """A file or a server's address instead of what is in the settings, example data instead of both, a language."""

    database: str | None = None
    demo: int | None = None
    language: str | None = None


def parse(given: Sequence[str]) -> Arguments:
    """Ends the program with a message for what can't be understood.

    Clerks start it without any, and don't wait for the parser.
    """
    if not given:
        return Arguments()
    from argparse import ArgumentParser

    parser = ArgumentParser(prog="main.py")
    parser.add_argument("--database", metavar="PATH|postgresql://ACCOUNT@SERVER/DATABASE")
    parser.add_argument("--demo", type=int, nargs="?", const=EXAMPLE_CUSTOMERS, metavar="N")
    parser.add_argument("--language", choices=LANGUAGES)
    return Arguments(**vars(parser.parse_args(given)))

"""A bar above the page that is made when it first has something to say."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ui.widgets import Notice
    from ui.window_frame import WindowFrame


class LateBar:
    """Shown as a Notice is; until then, five of them would take longer to make than the list."""

    def __init__(self, window: WindowFrame, make: Callable[[], Notice]) -> None:
        self._window = window
        self._make = make

    def show_text(self, title: str, text: str) -> None:
        """Say something; no title and no text hides the bar."""
        if title or text or "notice" in self.__dict__:
            self.notice.show_text(title, text)

    @cached_property
    def notice(self) -> Notice:
        """The bar itself, in its place."""
        made = self._make()
        self._window.place_bar(made)
        return made

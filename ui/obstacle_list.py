"""What stands in the way of a tariff, with the objects' names and a way to each (R15)."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from model.account import Obstacle, ObstacleKind
from ui import formats, labels
from ui.i18n import _, ngettext
from ui.widgets import button, icon_line, label, wrapped

MOST_OBJECTS = 30


class ObstacleList(QWidget):
    """What is gone since it was first shown stays, ticked off."""

    reveal_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("obstacleList")
        self.setAccessibleName(_("Prerequisites"))
        self._seen: dict[ObstacleKind, Obstacle] = {}
        self._shown: tuple[Obstacle, ...] | None = None
        self._body = QWidget()
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.addWidget(self._body)

    def forget(self) -> None:
        """Another choice: what was ticked off before is no longer of interest."""
        self._seen, self._shown = {}, None

    def show_obstacles(self, obstacles: tuple[Obstacle, ...]) -> None:
        """Show what is in the way now."""
        if obstacles == self._shown:
            return
        self._shown = obstacles
        kinds = {entry.kind for entry in obstacles}
        gone = [entry for kind, entry in self._seen.items() if kind not in kinds]
        self._seen |= {entry.kind: entry for entry in obstacles}
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for entry in obstacles:
            self._add_obstacle(layout, entry)
        for entry in gone:
            layout.addLayout(icon_line("circle-check", "success", _done(entry)))
        self._layout.replaceWidget(self._body, body)
        self._body.hide()
        self._body.deleteLater()
        self._body = body
        body.show()
        self.setVisible(bool(obstacles or gone))

    def _add_obstacle(self, layout: QVBoxLayout, obstacle: Obstacle) -> None:
        layout.addLayout(icon_line("triangle-alert", "warning", labels.obstacle(obstacle)))
        for number, entry in enumerate(obstacle.objects[:MOST_OBJECTS]):
            name = f"show{obstacle.kind.capitalize()}{number}"
            show = button(_("Show"), name, partial(self.reveal_requested.emit, entry))
            show.setAccessibleName(_("Show {object}").format(object=labels.thing(entry)))
            row = QHBoxLayout()
            row.setContentsMargins(round(self.fontMetrics().height() * 1.1) + 8, 0, 0, 0)
            row.addWidget(wrapped(label(labels.thing(entry))), 1)
            row.addWidget(show)
            layout.addLayout(row)
        if len(obstacle.objects) > MOST_OBJECTS:
            more = len(obstacle.objects) - MOST_OBJECTS
            text = ngettext("and {count} more", "and {count} more", more).format(count=formats.number(more))
            layout.addWidget(label(text, tone="muted"))


def _done(obstacle: Obstacle) -> str:
    return {
        ObstacleKind.EDITION: _("No Pro function in use any more."),
        ObstacleKind.EXTENSIONS: _("The extensions fit now."),
        ObstacleKind.DEVICES: _("The devices fit now."),
    }[obstacle.kind]

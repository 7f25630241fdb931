"""A file whose encoding can't be told: the clerk says which it is."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from model.import_files import Choices
from model.refusals import Fault, ImportRefused, InvalidInput
from ui import errors
from ui.form import FormDialog
from ui.i18n import _
from ui.import_file_page import SourceForm


class EncodingDialog(FormDialog):
    """Says why the file can't be read, and stays until it can or the clerk gives up."""

    CHANGES = False

    def __init__(self, refused: ImportRefused, parent: QWidget) -> None:
        self._source = SourceForm("refused", systems=False)
        title = _("{file} cannot be read").format(file=refused.file)
        super().__init__("encodingDialog", title, _("Read again"), parent, self._source)
        self.notice.show_text("", errors.message(refused))

    def value(self) -> Choices:
        """What was chosen; raises InvalidInput without an encoding."""
        choices = self._source.choices()
        if choices.encoding is None:
            raise InvalidInput("encoding", Fault.EMPTY)
        return choices

"""Pictures of every state of the program, light and dark: python -m tests.tour DIR [--only NAME] [--font 15]."""

from __future__ import annotations

import argparse
import fnmatch
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

if not __package__:
    sys.path.insert(0, str(Path(__file__).parents[1]))

from PySide6.QtCore import QEvent, QItemSelectionModel, QLibraryInfo, QPoint, QSettings, QStandardPaths, QTranslator
from PySide6.QtGui import QAction, QGuiApplication, QTextCursor
from PySide6.QtWidgets import QApplication, QListView, QMenu, QPushButton, QTabWidget, QWidget

from model.demo import fill_demo
from model.errors import ModelError, StorageFault, StoreUnavailable
from model.installation import Additions, Customer, NewExtension
from model.sqlite_engine import MEMORY
from model.store import Removal, Store, open_store
from tests import examples
from tests.examples import BERLIN, FixedClock
from tests.screen import dialog, find, show_in_front
from ui import app as program
from ui import i18n, last_resort, theme
from ui.main_window import MainWindow
from ui.table import Table
from ui.theme import Appearance

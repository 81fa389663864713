"""Imports begun, read, checked, decided on, applied and undone; callers need only this name."""

from tracker.imports.operations.batches import (
    NewImport,
    ReadingOptions,
    apply_import,
    begin_import,
    choose_columns,
    discard_import,
    read_again,
    undo_import,
)
from tracker.imports.operations.decisions import decide_row
from tracker.imports.operations.upkeep import forget_old_imports
from tracker.imports.operations.work import (
    apply_all,
    apply_some,
    finish_applying,
    finish_undoing,
    give_up,
    keep_check,
    keep_reading,
    refuse_rows,
    undo_some,
)

__all__ = [
    "NewImport",
    "ReadingOptions",
    "apply_all",
    "apply_import",
    "apply_some",
    "begin_import",
    "choose_columns",
    "decide_row",
    "discard_import",
    "finish_applying",
    "finish_undoing",
    "forget_old_imports",
    "give_up",
    "keep_check",
    "keep_reading",
    "read_again",
    "refuse_rows",
    "undo_import",
    "undo_some",
]

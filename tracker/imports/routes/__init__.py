"""Pages of imports."""

from tracker.imports.routes import batches, files, rows, steps
from tracker.imports.routes.blueprint import bp

__all__ = ["batches", "bp", "files", "rows", "steps"]

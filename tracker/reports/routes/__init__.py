"""Pages of reports."""

from tracker.reports.routes.pages import bp

__all__ = ["bp"]

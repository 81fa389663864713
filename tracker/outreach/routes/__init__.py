"""Pages of outreach: exposures, matches, public pages; and the directory that everybody reads."""

from tracker.outreach.routes import directory, exposures, leads, machines, pages, resources
from tracker.outreach.routes.blueprint import bp

__all__ = ["bp", "directory", "exposures", "leads", "machines", "pages", "resources"]

"""Pages of assessments: filled in, weighed, closed, compared and printed."""

from tracker.assessments.routes import answers, assessments, components, decisions, follow_up, results
from tracker.assessments.routes.blueprint import bp

__all__ = ["answers", "assessments", "bp", "components", "decisions", "follow_up", "results"]

"""Pages of proofs of concept: what they are about, their money, their acceptance, and the camps."""

from tracker.poc.routes import pocs
from tracker.poc.routes.blueprint import bp

__all__ = ["bp", "pocs"]

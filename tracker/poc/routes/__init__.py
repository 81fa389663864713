"""Pages of proofs of concept: what they are about, their money, their acceptance, and the camps."""

from tracker.poc.routes import (
    acceptance,
    asking,
    camps,
    dossiers,
    funding,
    lists,
    plan,
    pocs,
    public,
    trials,
    verification,
)
from tracker.poc.routes.blueprint import bp

__all__ = [
    "acceptance",
    "asking",
    "bp",
    "camps",
    "dossiers",
    "funding",
    "lists",
    "plan",
    "pocs",
    "public",
    "trials",
    "verification",
]

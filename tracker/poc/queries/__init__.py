"""Reads of proofs of concept, narrowed by the actor."""

from tracker.poc.queries.pocs import find_poc_of, get_poc

__all__ = ["find_poc_of", "get_poc"]

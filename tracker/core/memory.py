"""How often a process looks for garbage: seldom, for what it loaded at its start lives as long as itself."""

import gc

NEW_OBJECTS, YOUNG_ROUNDS, OLD_ROUNDS = 50_000, 20, 50
"""Python looks after 700 new objects, and an import of 20,000 rows spends a quarter of its time on that."""


def settle() -> None:
    """Take all that was loaded out of the collector's rounds, which also keeps it shared between forks, and look less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, YOUNG_ROUNDS, OLD_ROUNDS)

"""What a gate asks of sandboxes: none that has expired may still stand."""

from tracker.core.text import N_, Message
from tracker.journey.models import Engagement
from tracker.journey.rules import EvidenceKind, Missing, Party
from tracker.sandboxes.queries.figures import expired_of


def missing(engagement: Engagement) -> list[Missing]:
    """Name every sandbox of the engagement that has expired and is not destroyed."""
    return [
        Missing(
            Message(
                N_("The sandbox “%(title)s” has expired and still stands. Have it destroyed."), {"title": one.title}
            ),
            Party.VENDOR,
            EvidenceKind.RECORD,
        )
        for one in expired_of(engagement)
    ]

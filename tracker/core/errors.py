"""The errors that a reader may meet, each with a sentence that says what was wrong and what to do."""

from typing import TYPE_CHECKING

from tracker.core.text import N_, Message

if TYPE_CHECKING:
    from tracker.core.db import Versioned


class CloudStepsError(Exception):
    """A refusal that can be said in a sentence of the reader's language."""

    status = 422

    def __init__(self, msgid: str, *, field: str | None = None, **params: object) -> None:
        """Keep the untranslated sentence, its values and, where there is one, the form field it speaks of."""
        self.message = Message(msgid, params)
        self.field = field
        super().__init__(str(self.message))


class Refused(CloudStepsError):
    """A rule of the programme or of the product does not allow this."""


class NotAllowed(CloudStepsError):
    """The actor may not do this."""

    status = 403


class NotFound(CloudStepsError):
    """There is no such thing, or the actor is not to know that there is."""

    status = 404

    def __init__(
        self, msgid: str = N_("This page does not exist, or you have no access to it."), **params: object
    ) -> None:
        """Say that nothing is here, without telling why."""
        super().__init__(msgid, field=None, **params)


class Gone(CloudStepsError):
    """A one-time link that was used, revoked or has expired."""

    status = 410


class TooMany(CloudStepsError):
    """A limit was reached; it ends after `retry_after` seconds."""

    status = 429

    def __init__(self, msgid: str, *, retry_after: int, **params: object) -> None:
        """Keep how many seconds the limit still lasts."""
        super().__init__(msgid, field=None, **params)
        self.retry_after = retry_after


class StaleRecord(CloudStepsError):
    """Somebody else saved the record after this form was opened."""

    status = 409

    def __init__(self, record: "Versioned") -> None:
        """Keep the record as it stands now, for the page that shows both texts."""
        super().__init__(
            N_(
                "Someone else saved this record while you were editing. Nothing was overwritten: compare both texts below."
            )
        )
        self.record = record


class AlreadyPosted(CloudStepsError):
    """The same form was sent before; its change stands and is not made again."""

    status = 303

    def __init__(self) -> None:
        """Say that the first sending was saved."""
        super().__init__(N_("This was already saved."))

"""How a form's change is made: as one unit of work, a refusal shown on the form."""

from collections.abc import Callable

from tracker.core.db import unit_of_work
from tracker.core.errors import NotAllowed, Refused
from tracker.web.forms import Form


def save(form: Form, change: Callable[[], object]) -> bool:
    """Make the change and tell whether it was made; when it was refused, the form says why."""
    try:
        with unit_of_work():
            change()
    except (Refused, NotAllowed) as error:
        form.refuse(error)
        return False
    return True

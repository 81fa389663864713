"""Where an assessment stands, and what may be done with it then."""

from tracker.core.errors import Refused
from tracker.core.text import N_, Labelled

MOST_COMPONENTS = 40
"""More parts than this are no inventory that people decide on one by one."""


class AssessmentState(Labelled):
    """Where an assessment stands."""

    OPEN = "open", N_("Being filled in"), "progress"
    CLOSED = "closed", N_("Closed"), "done"


def check_open(state: AssessmentState) -> None:
    """Refuse to change an assessment that is closed."""
    if state is not AssessmentState.OPEN:
        raise Refused(N_("This assessment is closed and stays as it is. Begin another one to assess again."))


def check_closable(answered: int) -> None:
    """Refuse to close an assessment that says nothing."""
    if answered == 0:
        raise Refused(N_("Nothing is answered yet, so there is no result to keep. Answer the questions first."))


def check_beginnable(open_ones: int) -> None:
    """Refuse a second assessment beside one that is still being filled in."""
    if open_ones:
        raise Refused(
            N_("An assessment of this engagement is still being filled in. Close it before you begin another.")
        )


def check_reason(reason: str, *, field: str) -> str:
    """Give the reason, or refuse a blank one."""
    text = reason.strip()
    if not text:
        raise Refused(N_("Write the reason; it is kept with the assessment."), field=field)
    return text


def check_component(name: str, others: frozenset[str]) -> str:
    """Give the name of a component, or refuse one that says nothing or is taken."""
    text = " ".join(name.split())
    if not text:
        raise Refused(N_("Write what the component is called."), field="name")
    if text.casefold() in others:
        raise Refused(N_("There is a component of this name already. Choose another name."), field="name")
    if len(others) >= MOST_COMPONENTS:
        raise Refused(
            N_("An assessment has at most %(most)s components. Put small ones together."),
            field="name",
            most=MOST_COMPONENTS,
        )
    return text

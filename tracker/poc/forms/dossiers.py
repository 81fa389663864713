"""The form by which a dossier is asked for."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.validators import InputRequired

from tracker.poc.rules.dossiers import Redaction
from tracker.web.forms import Form, choices


class DossierForm(Form):
    """How much of the people in it a dossier shows."""

    level = RadioField(_l("Level"), [InputRequired(_l("Choose how much it shows."))], choices=[])

    def offer(self, *, full: bool) -> "DossierForm":
        """Offer the levels that the reader may ask for."""
        self.level.choices = choices(level for level in Redaction if full or level is not Redaction.FULL)
        return self

    def chosen(self) -> Redaction:
        """Give the level that was chosen."""
        return Redaction(self.level.data)

"""Published questionnaires, each read once per process."""

from tracker.assessments.models import QuestionnaireVersion
from tracker.assessments.questionnaire import Questionnaire
from tracker.assessments.questionnaire_file import parse_questionnaire

_MOST = 16
_read: dict[tuple[int, str], Questionnaire] = {}


def questionnaire_of(version: QuestionnaireVersion) -> Questionnaire:
    """Read a published questionnaire; the digest keeps a process from mistaking one text for another."""
    key = (version.id, version.digest)
    if key not in _read:
        _read[key] = parse_questionnaire(version.source, f"{version.questionnaire}.toml")
        for oldest in list(_read)[:-_MOST]:
            _read.pop(oldest, None)
    return _read[key]

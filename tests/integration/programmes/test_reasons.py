"""Why a criterion is met or not is said in the reader's language, names and days included."""

from datetime import date
from pathlib import Path

import pytest
from flask import Flask, g

from tracker.programmes.facts import Facts, Paper
from tracker.programmes.rulebook_file import load_rulebook
from tracker.programmes.rules import judge
from tracker.web.forms import translate

BOOK = load_rulebook(Path(__file__).parents[3] / "playbooks/programmes/111/thematic-rd.toml")
LATE: Facts = {"applicant.credit-statement": Paper(date(2022, 2, 19)), "window.closes": date(2022, 8, 20)}


@pytest.mark.parametrize(
    ("language", "rule_id", "facts", "sentence"),
    [
        ("zh-Hant", "applicants.credit-statement", LATE, "票據信用查覆單於民國111年2月19日核發，須為民國111年2月20日以後核發。"),
        ("en", "applicants.credit-statement", LATE, "Statement of bill credit was issued on 2022-02-19; it must be of 2022-02-20 or later."),
        ("zh-Hant", "budget.subsidy-share", {"budget.subsidy": 6, "budget.total": 10}, "申請的政府補助占總計畫經費的比率：60 %，不得高於 50 %。"),
        ("zh-Hant", "categories.kind", {"proposal.category": "micro"}, "領域類別：小微企業雲服務。要求：小微企業雲服務、製造業雲服務、服務業雲服務。"),
        ("zh-Hant", "budget.subsidy-cap", {}, "尚未填寫：申請的政府補助。"),
        ("zh-Hant", "window.closes", {"proposal.submitted-on": date(2022, 6, 1)}, "尚未設定日期：公告的收件截止日（簡報未寫日期）。"),
        ("zh-Hant", "applicants.prc-investment", {"applicant.has-prc-investment": True}, "有陸資投資：是。要求：否。"),
    ],
)  # fmt: skip
def test_a_reason_is_a_sentence_in_the_reader_s_language(
    made_app: Flask, language: str, rule_id: str, facts: Facts, sentence: str
) -> None:
    with made_app.test_request_context(f"/?lang={language}"):
        made_app.preprocess_request()
        assert g.language == language
        assert translate(judge(BOOK, rule_id, facts, on=date(2022, 6, 1)).why) == sentence

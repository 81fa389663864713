"""A plan as text for the terminal, in one language."""

from collections.abc import Iterator

from infra_templates.backup.digits import State
from infra_templates.guardrails.rule import SEVERITY_WORDS
from infra_templates.plan.prices import grouped
from infra_templates.plan.report import PlanReport
from infra_templates.sentences import Sentence

LANGUAGES = ("zh-Hant", "en")

_RESOURCES = Sentence("資源", "Resources")
_COUNTS = Sentence(
    "共 {all} 個：在模擬雲上 {emulated} 個可實際使用，{recorded} 個只記錄、不會部署。變更：{changes}",
    "{all} in all: in the practice cloud {emulated} are emulated and can be used, {recorded} are recorded only and not deployed. Changes: {changes}",
)
_NOTES = Sentence("範本的提醒", "What the template warns of")
_FINDINGS = Sentence("防護規則", "Guardrails")
_NOTHING = Sentence("沒有違反任何規則。", "No rule is broken.")
_WHOLE = Sentence("整個計畫", "the plan as a whole")
_REMEDY = Sentence("怎麼做：", "What to do: ")
_DIGITS = Sentence("備份 3-2-1-1-0", "Backups, 3-2-1-1-0")
_STATES = {
    State.MET: Sentence("達成", "met"),
    State.MISSING: Sentence("缺少", "missing"),
    State.UNPROVEN: Sentence("未證實", "unproven"),
}
_PRICE = Sentence("每月價格", "Price for a month")
_RANGE = Sentence(
    "{currency} {low} 到 {high}（定價，不含稅與折扣）；另有 {free} 個資源本身不收費。",
    "{currency} {low} to {high} (list prices, without taxes and discounts); {free} more resources cost nothing by themselves.",
)
_ASSUMED = Sentence("假設每月用量：{uses}。", "Assumed use in a month: {uses}.")
_UNPRICED = Sentence(
    "沒有費率、未計入：{names}。請在 infra_templates/prices 補上。",
    "Without a rate, and not counted: {names}. Add them in infra_templates/prices.",
)
_OUTDATED = Sentence(
    "費率超過 180 天沒有查過：{names}。請先到來源網頁確認。",
    "Not looked up for more than 180 days: {names}. Check them at their source first.",
)
_DIGEST = Sentence("計畫摘要", "Digest of the plan")


def write_text(report: PlanReport, language: str) -> str:
    """Write a plan for the terminal."""
    return "\n".join(_Text(report, language == "zh-Hant").lines())


class _Text:
    def __init__(self, report: PlanReport, chinese: bool) -> None:
        self._report = report
        self._chinese = chinese

    def lines(self) -> Iterator[str]:
        yield from self._resources()
        yield from self._findings()
        yield from self._digits()
        yield from self._price()
        yield ""
        yield f"{self._say(_DIGEST)} {self._report.program_digest}"

    def _say(self, sentence: Sentence, **facts: object) -> str:
        return (sentence.zh_hant if self._chinese else sentence.en).format(**facts)

    def _title(self, sentence: Sentence) -> str:
        return f"\n== {self._say(sentence)}"

    def _resources(self) -> Iterator[str]:
        report = self._report
        yield self._title(_RESOURCES).lstrip()
        for type_, count in report.counts.items():
            practice = next(one.practice for one in report.resources if one.type == type_)
            yield f"  {count:>4}  {type_:<72} {practice}"
        changes = ", ".join(f"{name} {count}" for name, count in report.changes.items())
        count = sum(report.counts.values())
        yield self._say(_COUNTS, all=count, emulated=report.emulated, recorded=report.recorded, changes=changes)
        if report.notes:
            yield self._title(_NOTES)
            yield from (f"  {note}" for note in report.notes)

    def _findings(self) -> Iterator[str]:
        yield self._title(_FINDINGS)
        if not self._report.findings:
            yield f"  {self._say(_NOTHING)}"
        for one in self._report.findings:
            severity = self._say(SEVERITY_WORDS[one.severity])
            yield f"  [{severity}] {one.rule.id}  {one.name or self._say(_WHOLE)}"
            yield f"      {self._say(one.rule.reason)}"
            yield f"      {self._say(_REMEDY)}{self._say(one.rule.remedy)}"

    def _digits(self) -> Iterator[str]:
        yield self._title(_DIGITS)
        for one in self._report.digits:
            yield f"  {one.figure}  {self._say(one.title)}  {self._say(_STATES[one.state])}  {self._say(one.reason)}"

    def _price(self) -> Iterator[str]:
        price = self._report.price
        between = "、" if self._chinese else ", "
        yield self._title(_PRICE)
        for type_, low, high in grouped(price.lines):
            yield f"  {low:>10} – {high:>10}  {type_}"
        yield self._say(_RANGE, currency=price.currency, low=price.low, high=price.high, free=price.free)
        uses = between.join(f"{self._say(use.words)} {use.low}–{use.high}" for use in price.assumptions)
        yield self._say(_ASSUMED, uses=uses)
        if price.unpriced:
            names = between.join(dict.fromkeys(f"{one.name} ({one.type})" for one in price.unpriced))
            yield self._say(_UNPRICED, names=names)
        if price.outdated:
            yield self._say(_OUTDATED, names=between.join(price.outdated))

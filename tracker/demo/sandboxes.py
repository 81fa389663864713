"""The demo's sandboxes: requests that wait for the engine, as the assessment recommends them, and one that was withdrawn.

Nothing is told here that no engine has done: plans, prices and resources appear once a worker has really made them.
"""

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from tracker.assessments.queries import prefill_of
from tracker.journey.rules import EngagementState, Party
from tracker.sandboxes import catalogue
from tracker.sandboxes.models import Sandbox
from tracker.sandboxes.operations import requests
from tracker.sandboxes.operations.requests import RequestDetails

if TYPE_CHECKING:
    from tracker.demo.history import Case

REQUESTS = {
    0: ("負載測試環境", "以尖峰三倍的訂單量測試容器擴充，回應時間 p95 要在一秒內。"),
    1: ("還原演練環境", "演練主資料庫的還原，量測實際的 RTO 與 RPO。"),
    2: ("多租戶試作", "把兩個示範租戶分開部署，確認資料與金鑰互不相通。"),
}
WITHDRAWN = {4: ("舊版相容測試", "確認舊版前台能接新的服務。")}
USUAL: dict[str, Any] = {"region": "ap-east-2", "backup_cloud": "gcp"}
BUDGET = 300


def plan_sandboxes(case: "Case") -> None:
    """Plan what is asked for in an engagement, where anything is."""
    hours = case.number + 2
    if case.number in REQUESTS:
        case.at(case.world.now - timedelta(hours=hours), partial(ask, case, *REQUESTS[case.number]))
    if case.number in WITHDRAWN:
        case.at(case.world.now - timedelta(days=9), partial(ask, case, *WITHDRAWN[case.number], withdraws=True))


def ask(case: "Case", title: str, purpose: str, *, withdraws: bool = False) -> None:
    """Ask for a sandbox as the vendor's member, with what the newest closed assessment recommends."""
    engagement, vendor = case.engagement(), case.doer(Party.VENDOR)
    if engagement.state is not EngagementState.ACTIVE:
        return
    advice = prefill_of(engagement, actor=vendor)
    template = catalogue.get_template(advice.template if advice is not None else "aws_saas")
    settings = dict(advice.parameters) if advice is not None else USUAL
    details = RequestDetails(title=title, purpose=purpose, template=template.id, settings=settings, budget=BUDGET)
    made: Sandbox = requests.request_sandbox(engagement, details, actor=vendor)
    if withdraws:
        requests.withdraw_request(made, actor=vendor)

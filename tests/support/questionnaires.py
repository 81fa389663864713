"""A small sound questionnaire for tests: every kind of question, condition and decision once."""

from tracker.assessments.questionnaire import Questionnaire
from tracker.assessments.questionnaire_file import parse_questionnaire

HEAD = """\
id = "cloud-readiness"
version = 1
title = { zh-Hant = "雲端就緒評估", en = "Cloud readiness" }
summary = { zh-Hant = "摘要", en = "Summary" }

[confidence]
without-evidence = 60

[[area]]
id = "business"
weight = 2
text = { zh-Hant = "商業模式", en = "Business" }

[[area]]
id = "tenancy"
weight = 1
text = { zh-Hant = "租戶", en = "Tenancy" }

[[area]]
id = "data"
weight = 1
text = { zh-Hant = "資料", en = "Data" }

[[question]]
id = "business.charging"
kind = "one"
who = "vendor"
weight = 2
evidence = "document"
text = { zh-Hant = "如何收費？", en = "How is it charged?" }
[[question.answer]]
id = "project-only"
text = { zh-Hant = "專案", en = "By project" }
score = 0
rationale = { zh-Hant = "沒有經常收入", en = "No recurring income" }
severity = "high"
risk = { zh-Hant = "收入中斷", en = "Income stops" }
mitigation = { zh-Hant = "訂閱試點", en = "Pilot a subscription" }
playbooks = ["assess-case"]
implies = [{ decision = "cloud", option = "azure", points = 2 }]
[[question.answer]]
id = "maintenance"
text = { zh-Hant = "維護費", en = "Maintenance" }
score = 2
rationale = { zh-Hant = "有部分經常收入", en = "Some recurring income" }
severity = "low"
risk = { zh-Hant = "續約不明", en = "Renewal unclear" }
mitigation = { zh-Hant = "寫入合約", en = "Put it into the contract" }
[[question.answer]]
id = "subscription"
text = { zh-Hant = "訂閱", en = "Subscription" }
score = 4
rationale = { zh-Hant = "已經訂閱", en = "It is one already" }
implies = [{ decision = "cloud", option = "aws", points = 2 }]

[[question]]
id = "business.clouds"
kind = "many"
who = "both"
weight = 1
evidence = "none"
text = { zh-Hant = "用過哪些雲？", en = "Which clouds are known?" }
needed-by = ["cloud"]
[[question.answer]]
id = "azure"
text = { zh-Hant = "Azure", en = "Azure" }
score = 4
rationale = { zh-Hant = "有人會", en = "Somebody knows it" }
implies = [{ decision = "cloud", option = "azure", points = 1 }]
[[question.answer]]
id = "aws"
text = { zh-Hant = "AWS", en = "AWS" }
score = 3
rationale = { zh-Hant = "有人會", en = "Somebody knows it" }
implies = [{ decision = "cloud", option = "aws", points = 1 }]
[[question.answer]]
id = "none"
alone = true
text = { zh-Hant = "都沒有", en = "None" }
score = 0
rationale = { zh-Hant = "要從頭學", en = "To be learnt" }

[[question]]
id = "business.outage"
kind = "number"
who = "vendor"
weight = 1
unit = "hour"
least = 0
most = 72
evidence = "measurement"
text = { zh-Hant = "最多可停多久？", en = "How long may it stop?" }
needed-by = ["rto"]
[[question.answer]]
id = "never"
text = { zh-Hant = "幾乎不能停", en = "Hardly" }
score = 1
rationale = { zh-Hant = "要求高", en = "Demanding" }
implies = [{ decision = "rto", at-most = 30 }]
[[question.answer]]
id = "hours"
at-least = 1
text = { zh-Hant = "數小時", en = "Hours" }
score = 3
rationale = { zh-Hant = "一般", en = "Usual" }
implies = [{ decision = "rto", at-most = "answer" }]
[[question.answer]]
id = "a-day"
at-least = 24
text = { zh-Hant = "一天以上", en = "A day" }
score = 4
rationale = { zh-Hant = "寬鬆", en = "Relaxed" }

[[question]]
id = "tenancy.shared-database"
kind = "yes-no"
who = "expert"
weight = 3
evidence = "screenshot"
text = { zh-Hant = "資料庫共用嗎？", en = "Is the database shared?" }
needed-by = ["tenancy.database"]
[[question.answer]]
id = "yes"
text = { zh-Hant = "是", en = "Yes" }
score = 2
rationale = { zh-Hant = "可以共用", en = "Can be pooled" }
implies = [{ decision = "tenancy.database", option = "pooled", points = 3 }]
[[question.answer]]
id = "no"
text = { zh-Hant = "否", en = "No" }
score = 4
rationale = { zh-Hant = "已經分開", en = "Apart already" }
implies = [{ decision = "tenancy.database", option = "silo", points = 3 }]

[[question]]
id = "tenancy.row-key"
kind = "yes-no"
who = "expert"
weight = 2
evidence = "none"
text = { zh-Hant = "每列都有租戶代號嗎？", en = "Does each row name its tenant?" }
when = [{ question = "tenancy.shared-database", is = ["yes"] }]
[[question.answer]]
id = "yes"
text = { zh-Hant = "有", en = "Yes" }
score = 4
rationale = { zh-Hant = "可以隔離", en = "Can be kept apart" }
[[question.answer]]
id = "no"
text = { zh-Hant = "沒有", en = "No" }
score = 0
rationale = { zh-Hant = "會看到別人的資料", en = "Shows the data of others" }
severity = "critical"
risk = { zh-Hant = "資料外洩", en = "Data leaks" }
mitigation = { zh-Hant = "加租戶代號", en = "Add a tenant key" }
implies = [{ decision = "tenancy.database", never = ["pooled"] }]

[[question]]
id = "tenancy.policy"
kind = "yes-no"
who = "expert"
weight = 1
evidence = "none"
text = { zh-Hant = "由資料庫強制嗎？", en = "Does the database enforce it?" }
when = [{ question = "tenancy.row-key", is = ["yes"] }]
[[question.answer]]
id = "yes"
text = { zh-Hant = "是", en = "Yes" }
score = 4
rationale = { zh-Hant = "有強制", en = "Enforced" }
[[question.answer]]
id = "no"
text = { zh-Hant = "否", en = "No" }
score = 1
rationale = { zh-Hant = "靠程式", en = "By the program only" }

[[question]]
id = "data.abroad"
kind = "yes-no"
who = "vendor"
weight = 1
evidence = "none"
text = { zh-Hant = "資料可出境嗎？", en = "May data leave the country?" }
[[question.answer]]
id = "yes"
text = { zh-Hant = "可以", en = "Yes" }
score = 4
rationale = { zh-Hant = "不受限", en = "No limit" }
[[question.answer]]
id = "no"
text = { zh-Hant = "不可以", en = "No" }
score = 2
rationale = { zh-Hant = "必須留在境內", en = "It must stay" }
implies = [
  { decision = "region.azure", never = ["japaneast"] },
  { decision = "cloud", never = ["aws"] },
]

[[question]]
id = "data.local-disk"
kind = "yes-no"
scope = "component"
who = "expert"
weight = 2
evidence = "none"
text = { zh-Hant = "狀態存在本機嗎？", en = "Does it keep state on its own disk?" }
needed-by = ["component.strategy"]
[[question.answer]]
id = "yes"
text = { zh-Hant = "是", en = "Yes" }
score = 0
rationale = { zh-Hant = "換機就會遺失", en = "Lost with the machine" }
severity = "medium"
risk = { zh-Hant = "檔案遺失", en = "Files are lost" }
mitigation = { zh-Hant = "移到物件儲存", en = "Move them to object storage" }
implies = [{ decision = "component.strategy", option = "refactor", points = 3 }]
[[question.answer]]
id = "no"
text = { zh-Hant = "否", en = "No" }
score = 4
rationale = { zh-Hant = "可以搬移", en = "Can be moved" }
implies = [{ decision = "component.strategy", option = "rehost", points = 2 }]

[[question]]
id = "data.disk-size"
kind = "number"
scope = "component"
who = "vendor"
weight = 0
unit = "gigabyte"
evidence = "none"
text = { zh-Hant = "多少資料？", en = "How much data?" }
when = [{ question = "data.local-disk", is = ["yes"] }, { question = "business.outage", at-least = 1 }]
[[question.answer]]
id = "any"
text = { zh-Hant = "任何數量", en = "Any" }
rationale = { zh-Hant = "用來估算", en = "For the estimate" }
implies = [{ decision = "backup-days", at-least = 30 }]

[[question]]
id = "data.backup"
kind = "yes-no"
who = "vendor"
weight = 1
evidence = "record"
text = { zh-Hant = "有備份嗎？", en = "Is it backed up?" }
[[question.answer]]
id = "yes"
text = { zh-Hant = "有", en = "Yes" }
score = 4
rationale = { zh-Hant = "有", en = "It is" }
[[question.answer]]
id = "no"
text = { zh-Hant = "沒有", en = "No" }
score = 0
rationale = { zh-Hant = "沒有", en = "It is not" }
severity = "critical"
risk = { zh-Hant = "資料全失", en = "All data is lost" }
mitigation = { zh-Hant = "先做備份", en = "Back it up first" }
"""


def _vote(decision: str, options: tuple[str, ...], more: str = "") -> str:
    listed = "".join(
        f"""[[decision.option]]
id = "{option}"
text = {{ zh-Hant = "{option}", en = "{option}" }}
reason = {{ zh-Hant = "預設", en = "It is the usual one" }}
"""
        for option in options
    )
    return f"""
[[decision]]
id = "{decision}"
kind = "vote"
{more}text = {{ zh-Hant = "{decision}", en = "{decision}" }}
{listed}"""


def _number(decision: str, kind: str, default: int, unit: str) -> str:
    return f"""
[[decision]]
id = "{decision}"
kind = "{kind}"
default = {default}
unit = "{unit}"
text = {{ zh-Hant = "{decision}", en = "{decision}" }}
"""


_TENANCY = ("pooled", "bridge", "silo")
DECISIONS = "".join(
    [
        _vote("cloud", ("azure", "aws", "gcp")),
        _vote("region.azure", ("japaneast", "southeastasia")),
        _vote("region.aws", ("ap-east-2", "ap-northeast-1")),
        _vote("region.gcp", ("asia-east1", "asia-northeast1")),
        _vote("size", ("small", "medium", "large")),
        *(_vote(f"tenancy.{layer}", _TENANCY) for layer in ("compute", "database", "files", "keys")),
        _number("rto", "at-most", 480, "minute"),
        _number("rpo", "at-most", 60, "minute"),
        _vote("backup-cloud", ("aws", "azure", "gcp"), 'differs-from = "cloud"\n'),
        _number("backup-days", "at-least", 7, "day"),
        _vote("component.strategy", ("retain", "rehost", "refactor"), 'scope = "component"\n'),
    ]
)
TEMPLATE = """
[template]
decision = "cloud"
[template.parameters]
region = "region.{cloud}"
size = "size"
tenancy_compute = "tenancy.compute"
tenancy_database = "tenancy.database"
tenancy_files = "tenancy.files"
tenancy_keys = "tenancy.keys"
rto_minutes = "rto"
rpo_minutes = "rpo"
backup_cloud = "backup-cloud"
backup_days = "backup-days"
"""
PROVES = """
[[proves]]
item = "assess-case.tenancy"
decisions = ["tenancy.compute", "tenancy.database", "tenancy.files", "tenancy.keys"]

[[proves]]
item = "assess-case.architecture"
template = true
components = true
"""
GOOD = HEAD + DECISIONS + TEMPLATE + PROVES


def small_questionnaire() -> Questionnaire:
    """Read the small questionnaire."""
    return parse_questionnaire(GOOD)

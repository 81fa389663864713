"""What the picture says, in both languages."""

from collections.abc import Mapping

from infra_templates.sentences import Sentence

PARTS: Mapping[str, Sentence] = {
    "Backup": Sentence("備份", "Backups"),
    "Database": Sentence("資料庫", "Database"),
    "Entry": Sentence("入口與 TLS", "Entry and TLS"),
    "Files": Sentence("檔案", "Files"),
    "Flows": Sentence("流量紀錄", "Flow logs"),
    "Identity": Sentence("身分與權限", "Identities"),
    "Keys": Sentence("金鑰", "Keys"),
    "Level": Sentence("服務水準", "Service level"),
    "Logs": Sentence("紀錄", "Logs"),
    "Money": Sentence("預算", "Budget"),
    "Mover": Sentence("複製工作", "Copy job"),
    "Network": Sentence("網路", "Network"),
    "Place": Sentence("資源群組與紀錄", "Resource group and logs"),
    "Project": Sentence("專案", "Project"),
    "Secrets": Sentence("機密", "Secrets"),
    "Service": Sentence("容器服務", "Container service"),
    "Shield": Sentence("網站防火牆", "Web firewall"),
    "Watch": Sentence("監控與警示", "Watch and alarms"),
    "AwsTarget": Sentence("第二份備份（AWS）", "Second copy (AWS)"),
    "AzureTarget": Sentence("第二份備份（Azure）", "Second copy (Azure)"),
    "GcpTarget": Sentence("第二份備份（Google Cloud）", "Second copy (Google Cloud)"),
    "": Sentence("其他", "Others"),
}
"""Names of components by the last part of their type."""

CLOUDS: Mapping[str, str] = {"aws": "AWS", "azure": "Azure", "gcp": "Google Cloud"}

TITLE = Sentence("{template} 的架構：{mode}，{cloud} {region}", "Architecture of {template}: {mode}, {cloud} {region}")
MODES: Mapping[str, Sentence] = {
    "sandbox": Sentence("沙箱", "sandbox"),
    "production": Sentence("正式環境", "production"),
}
COUNTS = Sentence(
    "{all} 個資源：模擬雲上 {emulated} 個可實際使用，{recorded} 個只記錄、不會部署",
    "{all} resources: in the practice cloud {emulated} are emulated and can be used, {recorded} are recorded only and not deployed",
)
NEEDS = Sentence("需要：{parts}", "needs {parts}")
BETWEEN = Sentence("、", ", ")
PART = Sentence("{name}，{count} 個資源：{kinds}", "{name}, {count} resources: {kinds}")
EMULATED = Sentence("● 模擬", "● emulated")
RECORDED = Sentence("○ 只記錄", "○ recorded only")
ARROW = Sentence("→ 箭頭從被需要的一方指向需要它的一方", "→ an arrow leads from what is needed to what needs it")
ELSEWHERE = Sentence("虛線框：在另一家雲端", "dashed frame: with another provider")
ROLE = Sentence("架構圖", "architecture diagram")

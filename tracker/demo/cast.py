"""Who and what the demo is about; every name, company and number is invented."""

from dataclasses import dataclass

from tracker.accounts.rules import Role
from tracker.vendors.rules import ChargingModel, VendorKind

SOFTWARE, CUSTOMER, HARDWARE = VendorKind.SOFTWARE, VendorKind.CUSTOMER, VendorKind.HARDWARE
PROJECT, LICENCE, SUBSCRIPTION = ChargingModel.PROJECT, ChargingModel.LICENCE, ChargingModel.SUBSCRIPTION


@dataclass(frozen=True)
class DemoPerson:
    """A person of the demo."""

    key: str
    email: str
    name: str
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class DemoVendor:
    """A vendor with its product, as an expert would describe them in two lines."""

    name_zh: str
    name_en: str
    kind: VendorKind
    product_zh: str
    product_en: str
    charging: ChargingModel
    industry: str
    capital: int
    employees: int


OFFICE = (
    DemoPerson("administrator", "admin@cloudsteps.example", "示範系統管理者", (Role.ADMINISTRATOR,)),
    DemoPerson("lead", "lead@cloudsteps.example", "林示範", (Role.LEAD,)),
    DemoPerson("staff", "staff@cloudsteps.example", "陳示範", (Role.STAFF,)),
    DemoPerson("staff2", "staff2@cloudsteps.example", "黃示範", (Role.STAFF,)),
    DemoPerson("auditor", "auditor@cloudsteps.example", "示範稽核人員", (Role.AUDITOR,)),
    DemoPerson("reviewer", "reviewer@cloudsteps.example", "示範審查委員", (Role.REVIEWER,)),
)
EXPERTS = (
    DemoPerson("expert", "expert@cloudsteps.example", "王示範", (Role.EXPERT,)),
    DemoPerson("expert2", "expert2@cloudsteps.example", "張示範", (Role.EXPERT,)),
    DemoPerson("expert3", "expert3@cloudsteps.example", "李示範", (Role.EXPERT,)),
    DemoPerson("expert4", "expert4@cloudsteps.example", "吳示範", (Role.EXPERT,)),
)
SHOWN = ("staff", "lead", "expert", "vendor", "auditor", "reviewer", "administrator")
"""One account per role, as printed at the start; the reviewer's pages come with proposals and points."""

VENDORS = (
    DemoVendor(
        "晨星示範資訊",
        "Morningstar Demo Software",
        SOFTWARE,
        "雲端智造執行系統",
        "Cloud MES",
        PROJECT,
        "金屬扣件製造",
        12_000_000,
        38,
    ),
    DemoVendor(
        "青禾示範科技",
        "Green Grain Demo Tech",
        CUSTOMER,
        "雲端進銷存",
        "Cloud Inventory",
        LICENCE,
        "食品批發",
        8_000_000,
        22,
    ),
    DemoVendor(
        "明泉示範智聯",
        "Clearspring Demo IoT",
        HARDWARE,
        "智慧餐飲 POS 雲服務",
        "Smart Dining POS Cloud",
        PROJECT,
        "餐飲",
        25_000_000,
        64,
    ),
    DemoVendor(
        "遠山示範軟體",
        "Farhill Demo Software",
        SOFTWARE,
        "雲端排程最佳化",
        "Cloud Scheduling",
        LICENCE,
        "橡塑膠製造",
        6_000_000,
        17,
    ),
    DemoVendor(
        "拓展示範數據", "Expand Demo Data", CUSTOMER, "會員經營雲", "Member Cloud", SUBSCRIPTION, "零售", 15_000_000, 45
    ),
    DemoVendor(
        "宏圖示範系統",
        "Grandplan Demo Systems",
        SOFTWARE,
        "工單協作平台",
        "Work Order Hub",
        PROJECT,
        "設備維修",
        10_000_000,
        30,
    ),
    DemoVendor(
        "恆春示範電子",
        "Evergreen Demo Electronics",
        HARDWARE,
        "能源監控雲",
        "Energy Watch Cloud",
        PROJECT,
        "電子組裝",
        40_000_000,
        120,
    ),
    DemoVendor(
        "匯流示範資訊",
        "Confluence Demo Info",
        CUSTOMER,
        "電子發票整合雲",
        "E-invoice Bridge",
        LICENCE,
        "會計服務",
        9_000_000,
        28,
    ),
    DemoVendor(
        "智匯示範科技", "Mindmeet Demo Tech", SOFTWARE, "品質檢驗雲", "Quality Cloud", PROJECT, "紡織", 18_000_000, 52
    ),
    DemoVendor(
        "森林示範網路",
        "Woodland Demo Network",
        CUSTOMER,
        "雲端客服中心",
        "Cloud Contact Centre",
        SUBSCRIPTION,
        "旅宿",
        20_000_000,
        70,
    ),
    DemoVendor(
        "海岸示範物聯",
        "Seashore Demo Things",
        HARDWARE,
        "冷鏈溫控雲",
        "Cold Chain Cloud",
        PROJECT,
        "食品物流",
        30_000_000,
        88,
    ),
    DemoVendor(
        "曙光示範軟體",
        "Firstlight Demo Software",
        SOFTWARE,
        "雲端採購協同",
        "Cloud Procurement",
        LICENCE,
        "機械製造",
        5_000_000,
        14,
    ),
    DemoVendor(
        "啟程示範資訊",
        "Setout Demo Info",
        SOFTWARE,
        "教務管理雲",
        "School Office Cloud",
        PROJECT,
        "補教",
        4_000_000,
        11,
    ),
    DemoVendor(
        "立方示範科技",
        "Cube Demo Tech",
        SOFTWARE,
        "雲端倉儲管理",
        "Cloud Warehouse",
        PROJECT,
        "第三方物流",
        16_000_000,
        41,
    ),
    DemoVendor(
        "雲河示範數位",
        "Skyriver Demo Digital",
        CUSTOMER,
        "社群行銷雲",
        "Social Marketing Cloud",
        SUBSCRIPTION,
        "時尚零售",
        7_000_000,
        25,
    ),
    DemoVendor(
        "和風示範資訊",
        "Fairwind Demo Info",
        SOFTWARE,
        "診所預約雲",
        "Clinic Booking Cloud",
        LICENCE,
        "診所",
        3_000_000,
        9,
    ),
    DemoVendor(
        "石橋示範系統",
        "Stonebridge Demo Systems",
        SOFTWARE,
        "工程估價雲",
        "Estimating Cloud",
        PROJECT,
        "營建",
        11_000_000,
        33,
    ),
    DemoVendor(
        "長風示範智能",
        "Longwind Demo AI",
        HARDWARE,
        "機台數據雲",
        "Machine Data Cloud",
        PROJECT,
        "工具機",
        50_000_000,
        140,
    ),
    DemoVendor(
        "禾光示範科技",
        "Grainlight Demo Tech",
        CUSTOMER,
        "農產溯源雲",
        "Farm Trace Cloud",
        LICENCE,
        "農業",
        6_500_000,
        19,
    ),
    DemoVendor(
        "東籬示範軟體",
        "Eastfence Demo Software",
        SOFTWARE,
        "人資考勤雲",
        "Attendance Cloud",
        SUBSCRIPTION,
        "跨產業",
        13_000_000,
        36,
    ),
    DemoVendor(
        "南樓示範資訊",
        "Southtower Demo Info",
        SOFTWARE,
        "文件簽核雲",
        "Approval Cloud",
        LICENCE,
        "跨產業",
        8_500_000,
        24,
    ),
    DemoVendor(
        "北辰示範網通",
        "Polaris Demo Networks",
        HARDWARE,
        "門市看板雲",
        "Signage Cloud",
        PROJECT,
        "連鎖零售",
        22_000_000,
        58,
    ),
    DemoVendor(
        "西窗示範數據",
        "Westwindow Demo Data",
        CUSTOMER,
        "顧客洞察雲",
        "Customer Insight Cloud",
        PROJECT,
        "百貨",
        14_000_000,
        40,
    ),
    DemoVendor(
        "山海示範雲端",
        "Hillsea Demo Cloud",
        SOFTWARE,
        "輕量記帳雲",
        "Light Ledger Cloud",
        SUBSCRIPTION,
        "小微企業",
        2_000_000,
        7,
    ),
)

FINDINGS = (
    "現行以專案方式交付，八家客戶共有六個版本，每次修正須逐一安裝。核心模組約占七成，可先抽出共用。",
    "資料庫與應用程式同一台主機，備份只存在同機房。已確認每日資料量約 2 GB，尖峰集中在早上八點到十點。",
    "各客戶的權限表寫死在程式內，尚無單一登入。管理帳號由三人共用，須先拆開並啟用多因子驗證。",
    "遷移演練完成一次，切換耗時四十分鐘，超過原訂三十分鐘。瓶頸在附件檔案的最後一次同步。",
    "壓力測試到五百人同時上線時，回應時間由 0.4 秒升到 2.1 秒，瓶頸在報表查詢。",
    "試用客戶回饋操作順暢，但開通需要人工兩天。自動開通流程已有雛形。",
)
ADVICE = (
    "先完成模組與資料表盤點，再決定每個元件重建或平移。定價以使用人數加交易量兩項計費，先做一年期試算。",
    "建議採受管資料庫並開啟跨區備份，訂出還原時間 4 小時、資料遺失 15 分鐘以內的目標，下次帶成本試算。",
    "改以租戶識別碼區隔資料，身分改接標準登入協定；停用共用帳號，兩週內完成。",
    "附件改為提早同步，切換當日只補差異；回退條件寫進作業手冊並由雙方簽名。",
    "報表改讀唯讀副本並加快取，調整自動擴展門檻後重測一次，保留前後數據作為佐證。",
    "把開通流程串成自動化，目標十分鐘內；同時整理續約前九十天的聯繫節奏。",
)
TASKS = (
    "提供現行模組與資料表清單",
    "完成訂閱定價試算表",
    "補上弱點掃描報告",
    "安排還原演練並記錄時間",
    "整理試用客戶的回饋",
    "確認服務水準草案",
)

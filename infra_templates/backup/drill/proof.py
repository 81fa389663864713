"""The five digits as a drill can show them: by what was done, not by what was planned."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from infra_templates.backup.digits import Digit, State
from infra_templates.sentences import Sentence
from infra_templates.settings import Cloud

_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}


@dataclass
class Facts:
    """What was measured."""

    source: Cloud
    target: Cloud
    source_address: str
    target_address: str
    live_objects: int = 0
    copied_objects: int = 0
    compared_objects: int = 0
    native: tuple[int, int] | None = None
    """Of so many objects encrypted by the attacker, how many the primary's own versions gave back; None: it keeps none."""
    lock: tuple[int, int] | None = None
    """Of so many deletions tried on the copy, how many were refused; None: the emulator knows no locks."""
    faults: list[str] = field(default_factory=list)


def digits_of_drill(facts: Facts) -> tuple[Digit, ...]:
    """Compute the five digits from what a drill did."""
    return (_copies(facts), _providers(facts), _elsewhere(facts), _immutable(facts), _errors(facts))


def _copies(facts: Facts) -> Digit:
    basis = [f"live: {facts.live_objects} objects on {facts.source}"]
    basis.append(f"second cloud: {facts.copied_objects} objects on {facts.target}, read back")
    if facts.native is None:
        reason = Sentence(
            f"兩份已證實；{facts.source} 的模擬器不保留舊版本，原生備份要在真實帳號演練才能證實。",
            f"Two were shown; the emulator of {facts.source} keeps no versions, so the native backup needs a drill on a real account.",
        )
        return Digit("copies", State.UNPROVEN, reason, tuple(basis))
    same, tried = facts.native
    basis.append(f"native versions: {same} of {tried} encrypted objects given back by {facts.source}")
    if same == tried > 0 and facts.copied_objects:
        reason = Sentence(
            "線上資料、主要雲端的舊版本、第二朵雲，三份都讀得出來。",
            "Live data, the primary's own versions and the second cloud: all three were read.",
        )
        return Digit("copies", State.MET, reason, tuple(basis))
    reason = Sentence(
        "被加密的物件在主要雲端找不回原本的版本。", "The primary's own versions did not give back what was encrypted."
    )
    return Digit("copies", State.MISSING, reason, tuple(basis))


def _providers(facts: Facts) -> Digit:
    reason = Sentence(
        f"資料分別經由 {facts.source} 與 {facts.target} 的 API 存放。",
        f"The data was kept through the APIs of {facts.source} and {facts.target}.",
    )
    return Digit("providers", State.MET, reason, (facts.source, facts.target))


def _elsewhere(facts: Facts) -> Digit:
    hosts = (_host(facts.source_address), _host(facts.target_address))
    if _THIS_MACHINE.intersection(hosts):
        reason = Sentence(
            "兩朵雲都是這台機器上的模擬器；實際位置由計畫決定，這裡證實不了。",
            "Both clouds are emulators on this machine; where they really are is the plan's to say, not this drill's.",
        )
        return Digit("elsewhere", State.UNPROVEN, reason, hosts)
    apart = hosts[0] != hosts[1]
    reason = (
        Sentence("第二份在另一家雲端的位置。", "The second copy is at another provider's address.")
        if apart
        else Sentence("兩份在同一個位置。", "Both copies are at one address.")
    )
    return Digit("elsewhere", State.MET if apart else State.MISSING, reason, hosts)


def _immutable(facts: Facts) -> Digit:
    if facts.lock is None:
        reason = Sentence(
            f"{facts.target} 的模擬器沒有鎖定功能，要在真實帳號演練才能證實。",
            f"The emulator of {facts.target} knows no locks, so this needs a drill on a real account.",
        )
        return Digit("immutable", State.UNPROVEN, reason)
    refused, tried = facts.lock
    basis = (f"deletions tried on the copy: {tried}, refused: {refused}",)
    if refused == tried > 0:
        reason = Sentence(
            "以完整權限刪除備份的版本，全部被鎖定拒絕。",
            "Deleting versions of the copy with every right was refused by the lock.",
        )
        return Digit("immutable", State.MET, reason, basis)
    reason = Sentence("備份的版本可以被刪除。", "Versions of the copy could be deleted.")
    return Digit("immutable", State.MISSING, reason, basis)


def _errors(facts: Facts) -> Digit:
    basis = (f"compared byte for byte: {facts.compared_objects}", f"faults: {len(facts.faults)}", *facts.faults[:20])
    if facts.compared_objects and not facts.faults:
        reason = Sentence(
            f"還原的 {facts.compared_objects} 個物件逐位元組相同。",
            f"All {facts.compared_objects} restored objects are the same, byte for byte.",
        )
        return Digit("errors", State.MET, reason, basis)
    reason = Sentence(
        f"還原有 {len(facts.faults)} 個錯誤。",
        f"The restore had {len(facts.faults)} fault(s), or nothing was compared.",
    )
    return Digit("errors", State.MISSING, reason, basis)


def _host(address: str) -> str:
    return urlsplit(address).hostname or address

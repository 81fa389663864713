"""The statements of the limit, written by hand."""

from sqlalchemy import TextClause, bindparam, text

SPAN = 10**12
CASE = """SELECT e.id, o.name_zh, o.ubn, p.name_zh AS product, e.state, e.step, s.state AS step_state, e.due_on, e.items_done, e.items_total,
e.overrides, e.changed_at, (SELECT u.name FROM user_account u JOIN assignment a ON a.user_id = u.id
WHERE a.engagement_id = e.id AND a.part = 'lead' AND a.ended_at IS NULL LIMIT 1) AS lead
FROM engagement e JOIN organisation o ON o.id = e.organisation_id JOIN product p ON p.id = e.product_id
JOIN step_progress s ON s.engagement_id = e.id AND s.step = e.step"""
ITEM = """SELECT i.id, o.name_zh, p.name_zh AS product, i.step, i.key, i.who, i.state, i.due_on
FROM item i JOIN engagement e ON e.id = i.engagement_id JOIN organisation o ON o.id = e.organisation_id JOIN product p ON p.id = e.product_id
WHERE i.step = e.step AND e.state = 'active' AND i.retired_at IS NULL"""
ENGAGEMENT = tuple(
    text(part)
    for part in (
        f"{CASE} WHERE e.id = :key",
        """SELECT s.step, s.state, s.started_on, s.due_on, s.passed_on, s.overridden, p.id, p.state,
        (SELECT coalesce(sum(f.total), 0) FROM funding_entry f WHERE f.poc_id = p.id AND f.state = 'verified') AS verified,
        (SELECT coalesce(sum(f.total), 0) FROM funding_entry f WHERE f.poc_id = p.id AND f.state = 'submitted') AS waiting
        FROM step_progress s LEFT JOIN poc p ON p.engagement_id = s.engagement_id WHERE s.engagement_id = :key""",
        """SELECT i.step, i.key, i.state, i.who, i.due_on, i.evidence_kind, i.gate, i.reason, d.name, v.name AS verified_by, i.verified_at,
        i.retired_at, p.number, (SELECT count(*) FROM item_evidence e WHERE e.item_id = i.id AND e.removed_at IS NULL) AS proofs,
        (SELECT max(n.number) FROM playbook_version n WHERE n.playbook = p.playbook) AS newest
        FROM item i JOIN playbook_version p ON p.id = i.playbook_version_id LEFT JOIN user_account d ON d.id = i.done_by_id
        LEFT JOIN user_account v ON v.id = i.verified_by_id WHERE i.engagement_id = :key ORDER BY i.position""",
        """SELECT u.name, a.part FROM assignment a JOIN user_account u ON u.id = a.user_id
        WHERE a.engagement_id = :key AND a.ended_at IS NULL""",
        """SELECT c.starts_at, c.hours, c.state, u.name FROM coaching_session c JOIN user_account u ON u.id = c.expert_id
        WHERE c.engagement_id = :key ORDER BY c.starts_at DESC LIMIT 3""",
        """SELECT m.starts_at, u.name FROM meeting m JOIN user_account u ON u.id = m.expert_id
        WHERE m.engagement_id = :key AND m.cancelled_at IS NULL AND m.starts_at >= CURRENT_TIMESTAMP ORDER BY m.starts_at LIMIT 1""",
        """SELECT number, state, closed_at, asked, done, percent FROM assessment WHERE engagement_id = :key
        ORDER BY number DESC LIMIT 3""",
        "SELECT title, state, expires_at FROM sandbox WHERE engagement_id = :key ORDER BY id DESC LIMIT 3",
        """SELECT a.text, a.due_on, u.name FROM action_item a JOIN user_account u ON u.id = a.assignee_id
        WHERE a.engagement_id = :key AND a.state = 'open' ORDER BY a.due_on LIMIT 3""",
        """SELECT r.at, r.action, r.details, u.name FROM audit_record r LEFT JOIN user_account u ON u.id = r.actor_id
        WHERE r.engagement_id = :key ORDER BY r.id DESC LIMIT 12""",
    )
)
HOME = tuple(
    text(part)
    for part in (
        """SELECT o.name_zh, s.step, s.engagement_id FROM step_progress s JOIN engagement e ON e.id = s.engagement_id
        JOIN organisation o ON o.id = e.organisation_id WHERE s.state = 'proposed' LIMIT 8""",
        f"{ITEM} AND i.state = 'submitted' ORDER BY i.done_at LIMIT 8",
        f"{CASE} WHERE e.state = 'active' ORDER BY e.step_since, e.id LIMIT 8",
        f"{CASE} WHERE e.state = 'active' AND e.due_on >= CURRENT_DATE ORDER BY e.due_on, e.id LIMIT 8",
        f"{ITEM} AND i.state = 'todo' AND i.due_on < CURRENT_DATE ORDER BY i.due_on LIMIT 8",
        f"{CASE} ORDER BY e.changed_at DESC, e.id DESC LIMIT 8",
        " UNION ALL ".join(
            f"SELECT '{step}' AS step, count(*) FROM (SELECT 1 FROM engagement WHERE state = 'active' AND step = '{step}' LIMIT 1001) AS s"  # noqa: S608 - steps of this file
            for step in ("assess", "migrate", "test", "optimise")
        ),
    )
)
SESSION = text(
    """INSERT INTO coaching_session (engagement_id, organisation_id, programme_id, expert_id, client_key, step, state, starts_at,
    hours, mode, place, findings, recommendations, internal_note, version, created_at, changed_at, submitted_at)
    VALUES (:engagement, :organisation, :programme, :expert, :key, :step, 'submitted', :now, 2, 'online', '', :findings, :recommendations, '', 1,
    :now, :now, :now)
    RETURNING id"""
)
OF_SESSION = text(
    """SELECT e.organisation_id, e.programme_id, e.step, o.name_zh, o.name_en, p.name_zh AS product_zh, p.name_en AS product_en,
    (SELECT a.user_id FROM assignment a WHERE a.engagement_id = e.id AND a.part = 'lead' AND a.ended_at IS NULL LIMIT 1) AS expert_id
    FROM engagement e JOIN organisation o ON o.id = e.organisation_id JOIN product p ON p.id = e.product_id WHERE e.id = :key"""
)
PEOPLE = text("SELECT id, name FROM user_account WHERE id IN :ids").bindparams(bindparam("ids", expanding=True))
PARTICIPANT = text(
    "INSERT INTO session_participant (session_id, user_id, name, party) VALUES (:session, :user, :name, 'staff')"
)
DOCUMENT = text(
    """INSERT INTO search_document (id, kind, subject_id, organisation_id, engagement_id, programme_id, title, body, folded)
    VALUES (:key, 'session', :session, :organisation, :engagement, :programme, :title, :body, :folded)"""
)
AUDIT = text(
    """INSERT INTO audit_record (id, at, actor_id, action, subject_type, subject_id, engagement_id, organisation_id, details, request_id,
    previous_hash, hash)
    VALUES (:sequence, :now, 1, :action, 'coaching_session', :session, :engagement, :organisation, :details, :key, :previous, :hash)"""
)
HEAD = text("UPDATE audit_head SET sequence = :sequence, hash = :hash WHERE id = 1")
SUBMISSION = text(
    """INSERT INTO submission (key, subject_type, subject_id, created_at) VALUES (:key, 'coaching_session', :session, :now)"""
)


def statements(*, sqlite: bool) -> dict[str, TextClause]:
    """Give the statements that differ between the databases."""
    match = "search_gram MATCH :wanted" if sqlite else "grams @@ CAST(:wanted AS tsquery)"

    def of_kind(kind: int) -> str:
        return f"{match} AND search_gram.rowid > {kind * SPAN} AND search_gram.rowid < {(kind + 1) * SPAN}"

    ids = f"SELECT rowid - {2 * SPAN} FROM search_gram WHERE {of_kind(2)}"  # noqa: S608 - numbers of this file
    documents = "SELECT d.title, d.body FROM search_gram JOIN search_document d ON d.id = search_gram.rowid WHERE"
    return {
        "list": text(f"{CASE} WHERE e.id IN ({ids} ORDER BY rowid DESC LIMIT 51) ORDER BY e.id DESC"),
        "list_count": text(f"SELECT count(*) FROM ({ids} LIMIT 1001) AS found"),  # noqa: S608 - numbers of this file
        **{
            f"search_{kind}": text(f"{documents} {of_kind(kind)} ORDER BY search_gram.rowid DESC LIMIT 21")
            for kind in (1, 2, 3, 4)
        },
        "grams": text(
            "INSERT INTO search_gram (rowid, grams) VALUES (:key, :grams)"
            if sqlite
            else "INSERT INTO search_gram (rowid, grams) VALUES (:key, array_to_tsvector(CAST(:grams AS text[])))"
        ),
        "head": text(
            "SELECT sequence, hash FROM audit_head WHERE id = 1"
            if sqlite
            else "SELECT sequence, hash FROM audit_head WHERE id = 1 FOR UPDATE"
        ),
    }


EVENT = tuple(
    text(part)
    for part in (
        "SELECT name_zh, summary_zh, place, state, capacity, taken FROM event WHERE id = :key",
        "SELECT title, starts_at, ends_at FROM event_session WHERE event_id = :key ORDER BY starts_at",
        "SELECT text_zh, kind, options FROM event_question WHERE event_id = :key AND retired_at IS NULL ORDER BY id",
        "SELECT number, text_zh FROM event_consent WHERE event_id = :key ORDER BY number DESC LIMIT 1",
    )
)

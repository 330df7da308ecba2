//! A held call in words: who decides where, until when, and how it stands.

use jiff::SignedDuration;

use super::life::Waiting;
use crate::domain::{ApprovalState, Clean, Now, PendingApproval, words};
use crate::ui::Role;
use crate::ui::paint::Piece;

/// How much of a link is shown, in bytes.
const LONGEST_LINK: usize = 8 << 10;

type Line = Vec<Piece>;

/// The lines of a call that waits for a decision.
pub(super) fn lines(waiting: &Waiting, now: Now) -> Vec<Line> {
    let state = waiting.standing.as_ref().map_or(ApprovalState::Pending, |standing| standing.state);
    let mut lines: Vec<Line> = vec![
        vec![
            Piece::new("◌ ", Role::HealthSoon),
            Piece::new("Held for approval. ", Role::TextStrong),
            Piece::new(meaning(state), Role::Text),
        ],
        Vec::new(),
        vec![Piece::new(format!("{:<11}", "Decide at"), Role::Head), decide_at(&waiting.held)],
        field("Lapses", &left(waiting, now), Role::Text),
        field("Approval", &waiting.held.id.to_string(), Role::TextDim),
    ];
    lines.extend(gates(waiting));
    lines.push(Vec::new());
    lines.push(vec![Piece::new(
        "Esc stops waiting: the call stays held, and r asks again, later from the history too.",
        Role::TextDim,
    )]);
    lines
}

/// Where it is decided; whoever was asked has the link, also where the history does not keep it.
pub(crate) fn decide_at(held: &PendingApproval) -> Piece {
    match held.link() {
        Some(url) => Piece::new(Clean::cut(url, LONGEST_LINK).as_str(), Role::Link),
        None => Piece::new("the link that was told when it was sent", Role::TextDim),
    }
}

/// What a state means for the one who waits.
fn meaning(state: ApprovalState) -> &'static str {
    match state {
        ApprovalState::Pending => "Nobody has decided yet.",
        ApprovalState::Approved => "Allowed; it will be carried out.",
        ApprovalState::Executing => "Allowed; it is being carried out.",
        ApprovalState::Executed => "Carried out; the result is on its way.",
        ApprovalState::Denied => "Somebody said no.",
        ApprovalState::Expired => "Nobody decided in time.",
        ApprovalState::Failed => "Allowed, but it could not be carried out.",
    }
}

/// How long there is time to decide.
fn left(waiting: &Waiting, now: Now) -> String {
    let left = waiting.held.expires_at.duration_since(now.wall);
    if left <= SignedDuration::ZERO { "now".to_owned() } else { format!("in {}", words::countdown(left)) }
}

/// Every gate must say yes; one alone is the call itself.
fn gates(waiting: &Waiting) -> Vec<Line> {
    if waiting.held.gates.len() < 2 {
        return Vec::new();
    }
    let state = |at: usize| {
        let id = waiting.held.gates.get(at).map(|gate| gate.id);
        let gates = waiting.standing.iter().flat_map(|standing| &standing.gates);
        gates.into_iter().find(|gate| Some(gate.id) == id).map_or(ApprovalState::Pending, |gate| gate.state)
    };
    let gates = waiting.held.gates.iter().enumerate().map(|(at, gate)| {
        let (sign, role) = match state(at) {
            ApprovalState::Approved | ApprovalState::Executing | ApprovalState::Executed => {
                ("✓", Role::ScopeHeld)
            }
            ApprovalState::Denied | ApprovalState::Expired | ApprovalState::Failed => {
                ("✗", Role::ScopeMissing)
            }
            ApprovalState::Pending => ("◌", Role::HealthSoon),
        };
        vec![
            Piece::new(format!("           {sign} "), role),
            Piece::new(format!("gate {}  ", at + 1), Role::Text),
            Piece::new(format!("{:<9} ", state(at)), Role::TextDim),
            Piece::new(Clean::cut(&gate.url, LONGEST_LINK).to_string(), Role::Link),
        ]
    });
    let head = format!("{} gates, every one must say yes", waiting.held.gates.len());
    std::iter::once(field("Gates", &head, Role::Text)).chain(gates).collect()
}

fn field(label: &str, value: &str, role: Role) -> Line {
    vec![Piece::new(format!("{label:<11}"), Role::Head), Piece::new(value, role)]
}

//! A held call in words: where it is approved, until when, and how it stands.

use jiff::SignedDuration;

use super::life::Waiting;
use crate::app::private;
use crate::app::screens::response::laid;
use crate::app::shared::Shared;
use crate::domain::describe::outcome::{self, LONGEST_LINK};
use crate::domain::{ApprovalState, Clean, Now, words};
use crate::ui::Role;
use crate::ui::paint::{Piece, plain};
use crate::ui::text;

type Line = Vec<Piece>;

/// The lines of a call that waits for a decision.
pub(super) fn lines(shared: &Shared, waiting: &Waiting, now: Now, cells: usize) -> Vec<Line> {
    let state = waiting.standing.as_ref().map_or(ApprovalState::Pending, |standing| standing.state);
    let mut lines: Vec<Line> = vec![
        vec![
            Piece::new("◌ ", Role::HealthSoon),
            Piece::new("Held for approval. ", Role::TextStrong),
            Piece::new(meaning(state), Role::Text),
        ],
        Vec::new(),
    ];
    let link = private::section(shared, vec![outcome::approve_at(&waiting.held)]);
    lines.extend(laid(&link, cells));
    lines.push(field("Expires", &left(waiting, now), Role::Text));
    lines.push(field("Approval", &private::sentence(shared, &waiting.held.id.to_string()), Role::TextDim));
    lines.extend(gates(shared, waiting, cells));
    lines.push(Vec::new());
    lines.push(vec![Piece::new(
        "Esc stops waiting; the call stays held. r checks again, also from the history.",
        Role::TextDim,
    )]);
    lines
}

/// Cells that a line may take: a link may use the margin too, which keeps more of them whole.
pub(crate) fn room_for(line: &[Piece], cells: usize) -> usize {
    let is_link = line.last().is_some_and(|piece| piece.role == Role::Link);
    cells + usize::from(is_link)
}

/// A link after what it is. Where both do not fit, the link has a line of its own; where that is too short, its beginning:
/// broken over lines, nobody could select it.
pub(crate) fn beside_or_below(head: Vec<Piece>, link: Piece, cells: usize) -> Vec<Line> {
    let width = text::width(&plain(&head)) + text::width(&link.text);
    if width <= cells {
        return vec![[head, vec![link]].concat()];
    }
    let short = text::cut(&link.text, cells + 1).into_owned();
    let is_cut = short != link.text && link.role == Role::Link;
    let link = if is_cut { Piece::new(short, Role::Link) } else { link };
    vec![head, vec![link]]
}

/// The link of a held call, across the window, where its pane is too narrow for it and the window is not.
pub(super) fn whole_link(link: &str, pane: usize, window: usize) -> Option<Vec<Piece>> {
    const HEAD: &str = " Approve at  ";
    let link = Clean::cut(link, LONGEST_LINK);
    let width = text::width(link.as_str());
    let fits = width > pane + 1 && HEAD.len() + width < window;
    fits.then(|| {
        vec![Piece::new(HEAD, Role::Head), Piece::new(link.as_str(), Role::Link), Piece::new(" ", Role::Text)]
    })
}

/// What a state means for the one who waits.
fn meaning(state: ApprovalState) -> &'static str {
    match state {
        ApprovalState::Pending => "Not decided yet.",
        ApprovalState::Approved => "Approved; waiting for execution.",
        ApprovalState::Executing => "Approved; executing.",
        ApprovalState::Executed => "Executed; fetching the result.",
        ApprovalState::Denied => "Denied.",
        ApprovalState::Expired => "Expired without a decision.",
        ApprovalState::Failed => "Approved, but execution failed.",
    }
}

/// How long there is time to decide.
fn left(waiting: &Waiting, now: Now) -> String {
    let left = waiting.held.expires_at.duration_since(now.wall);
    if left <= SignedDuration::ZERO { "now".to_owned() } else { format!("in {}", words::countdown(left)) }
}

/// Every gate must say yes; one alone is the call itself.
fn gates(shared: &Shared, waiting: &Waiting, cells: usize) -> Vec<Line> {
    if waiting.held.gates.len() < 2 {
        return Vec::new();
    }
    let state = |at: usize| {
        let id = waiting.held.gates.get(at).map(|gate| gate.id);
        let gates = waiting.standing.iter().flat_map(|standing| &standing.gates);
        gates.into_iter().find(|gate| Some(gate.id) == id).map_or(ApprovalState::Pending, |gate| gate.state)
    };
    let gates = waiting.held.gates.iter().enumerate().flat_map(|(at, gate)| {
        let (sign, role) = match state(at) {
            ApprovalState::Approved | ApprovalState::Executing | ApprovalState::Executed => {
                ("✓", Role::ScopeHeld)
            }
            ApprovalState::Denied | ApprovalState::Expired | ApprovalState::Failed => {
                ("✗", Role::ScopeMissing)
            }
            ApprovalState::Pending => ("◌", Role::HealthSoon),
        };
        let head = vec![
            Piece::new(format!("            {sign} "), role),
            Piece::new(format!("gate {}  ", at + 1), Role::Text),
            Piece::new(format!("{:<9} ", state(at)), Role::TextDim),
        ];
        let link = if shared.privacy {
            Piece::new(private::url(shared, &gate.url), Role::TextDim)
        } else {
            Piece::new(Clean::cut(&gate.url, LONGEST_LINK).to_string(), Role::Link)
        };
        beside_or_below(head, link, cells)
    });
    let head = format!("{} gates, all must approve", waiting.held.gates.len());
    std::iter::once(field("Gates", &head, Role::Text)).chain(gates).collect()
}

fn field(label: &str, value: &str, role: Role) -> Line {
    vec![Piece::new(format!("{label:<12}"), Role::Head), Piece::new(value, role)]
}

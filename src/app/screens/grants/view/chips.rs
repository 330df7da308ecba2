//! The line of provider chips.

use std::sync::Arc;

use ratatui::layout::Rect;

use super::super::chips::{Chip, chips};
use crate::app::private;
use crate::app::screens::grants::Grants;
use crate::app::shared::Shared;
use crate::ui::paint::Pen;
use crate::ui::{Role, text};

/// Where a chip stands on the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    /// First cell.
    pub(crate) x: u16,
    /// Cells.
    pub(crate) width: u16,
    /// Its provider; None = all.
    pub(crate) provider: Option<Arc<str>>,
    /// The name that is shown.
    name: String,
    /// The count that is shown.
    count: String,
}

/// A provider's name is cut here: a chip is for pointing at, the list says the whole name.
const NAME: usize = 18;

/// The chips that fit, and how many do not. The chosen one is always among them, right after "all" when it
/// would not fit where it stands.
pub(crate) fn spots(grants: &Grants, shared: &Shared, width: u16) -> (Vec<Spot>, usize) {
    let mut all = chips(grants, shared);
    let chosen = &grants.filters.server.provider;
    // Once everything is here, a provider without grants is nothing to point at; `p` still lists it.
    all.retain(|chip| {
        chip.count > 0 || !chip.is_final || chip.provider.is_none() || chip.provider == *chosen
    });
    let placed = place(shared, &all, width);
    if let Some(at) =
        all.iter().position(|chip| chip.provider == *chosen).filter(|at| *at >= placed.len().max(1))
    {
        let chip = all.remove(at);
        all.insert(1, chip);
    }
    let placed = place(shared, &all, width);
    let hidden = all.len() - placed.len();
    (placed, hidden)
}

fn place(shared: &Shared, all: &[Chip], width: u16) -> Vec<Spot> {
    let mut spots: Vec<Spot> = Vec::new();
    let mut x = 1;
    for (index, chip) in all.iter().enumerate() {
        let name = chip.provider.as_ref().map_or_else(
            || "all".to_owned(),
            |id| text::cut(&private::provider(shared, id), NAME).into_owned(),
        );
        let count = chip.count_text();
        let cells = (text::width(&name) + if count.is_empty() { 0 } else { count.len() + 1 } + 2) as u16;
        // Room for "… 31 more", except after the last one.
        let reserve = if index + 1 == all.len() { 0 } else { 11 };
        if x + cells + reserve > width {
            break;
        }
        spots.push(Spot { x, width: cells, provider: chip.provider.clone(), name, count });
        x += cells + 1;
    }
    spots
}

/// Draws the line.
pub(crate) fn draw(grants: &Grants, shared: &Shared, area: Rect, pen: &mut Pen<'_>) {
    if shared.session.value().is_none() {
        return;
    }
    let (spots, hidden) = spots(grants, shared, area.width);
    let chosen = &grants.filters.server.provider;
    for spot in &spots {
        let active = spot.provider == *chosen;
        let role = if active { Role::ChipActive } else { Role::Chip };
        let x = area.x + spot.x;
        let after = pen.text(x, area.y, spot.width, &format!(" {}", spot.name), role);
        let count = if spot.count.is_empty() { " ".to_owned() } else { format!(" {} ", spot.count) };
        let style = if active { pen.style(role) } else { pen.style(role).patch(pen.style(Role::TextDim)) };
        pen.styled(after, area.y, (x + spot.width).saturating_sub(after), &count, style);
    }
    if hidden > 0 {
        let x = spots.last().map_or(area.x + 1, |spot| area.x + spot.x + spot.width + 1);
        pen.text(x, area.y, area.width.saturating_sub(x), &format!("… {hidden} more"), Role::TextDim);
    }
}

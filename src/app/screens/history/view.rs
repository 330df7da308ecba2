//! Draws the list of past calls.

use ratatui::layout::{Position, Rect};

use super::{History, difference, past_outcome};
use crate::app::screens::grants::Grants;
use crate::app::screens::grants::explained;
use crate::app::shared::Shared;
use crate::app::{Model, Slot, private};
use crate::domain::{Clean, Grant, HistoryPolicy, Now, RecordSummary, RowId, words};
use crate::ui::paint::{Pen, Piece};
use crate::ui::{Role, layout, text};

/// Cells before the first column: cursor bar, mark, a sign.
const GUTTER: u16 = 3;
/// Cells between two columns.
const GAP: u16 = 2;
/// Lines at the bottom that tell more of the call under the cursor: a rule and two lines.
const FOOT: u16 = 3;

/// Rows of the list that are visible.
pub(super) fn height(shared: &Shared) -> usize {
    shared.areas().map_or(0, |areas| usize::from(layout::inside(areas.list).height.saturating_sub(1 + FOOT)))
}

/// What is shown and what is kept: the line below the header.
pub(super) fn draw_title(history: &History, shared: &Shared, area: Rect, pen: &mut Pen<'_>) {
    let mut pieces = vec![Piece::new("Call history", Role::TextStrong), Piece::new("   ", Role::Text)];
    match history.hand.as_ref().filter(|_| history.only_hand) {
        Some(hand) => pieces.push(Piece::new(
            format!(
                "calls with {} · {}",
                private::provider(shared, &hand.provider),
                private::account(shared, &hand.account)
            ),
            Role::Text,
        )),
        None => pieces.push(Piece::new("all calls", Role::Text)),
    }
    if !history.text().is_empty() && !history.typing {
        let text =
            if shared.privacy { "search".to_owned() } else { Clean::brief(history.text()).to_string() };
        pieces.push(Piece::new(format!(" · “{text}”"), Role::Text));
    }
    let demo = shared.session.value().is_some_and(|session| session.demo);
    let kept = match history.keep {
        Some(HistoryPolicy::Nothing) => {
            Some(("! new calls are not stored (history = false)", Role::HealthSoon))
        }
        Some(HistoryPolicy::WithoutBodies) => Some(("new calls are stored without bodies", Role::TextDim)),
        Some(HistoryPolicy::Everything) if demo => Some(("kept until the demo ends", Role::TextDim)),
        _ => None,
    };
    if let Some((kept, role)) = kept {
        pieces.push(Piece::new(format!("   {kept}"), role));
    }
    pen.pieces(area.x + 1, area.y, area.width.saturating_sub(2), &pieces);
}

/// Draws the list, or the comparison that is open.
pub(super) fn draw(model: &Model, now: Now, area: Rect, pen: &mut Pen<'_>) {
    let history = &model.history;
    if let Some(open) = &history.difference {
        difference::draw(&model.grants, &model.shared, open, now, area, pen);
        return;
    }
    let note = [Piece::new(position(&model.history, &model.shared), Role::TextDim)];
    let inside = pen.frame(area, &[Piece::new("Calls", Role::Title)], &note, true);
    if history.rows.is_empty() {
        draw_empty(&model.history, &model.shared, inside, pen);
        return;
    }
    let height = height(&model.shared);
    let columns = Columns::lay_out(inside.width.saturating_sub(GUTTER + 1));
    let x = inside.x + GUTTER;
    columns.heads(x, inside.y, pen);
    for (line, row) in history.rows.iter().skip(history.offset).take(height).enumerate() {
        let at = Rect::new(inside.x, inside.y + 1 + line as u16, inside.width, 1);
        if history.marks.contains(&row.id) {
            pen.text(at.x + 1, at.y, 1, "◆", Role::Mark);
        }
        if row.is_unaudited() {
            pen.text(at.x + 2, at.y, 1, "!", Role::Odd);
        }
        columns.draw(&model.grants, &model.shared, row, now, (x, at.y), pen);
        if history.offset + line == history.place {
            pen.wash(at, Role::Cursor);
            pen.text(at.x, at.y, 1, "▌", Role::CursorBar);
        }
    }
    let foot = Rect { y: inside.bottom().saturating_sub(FOOT), height: FOOT, ..inside };
    draw_foot(&model.history, &model.grants, &model.shared, now, foot, pen);
    pen.scroll_bar(Rect { height: area.height - FOOT, ..area }, history.offset, height, history.rows.len());
}

/// How much of the history is here.
fn position(history: &History, shared: &Shared) -> String {
    if history.rows.is_empty() {
        return String::new();
    }
    let last = (history.offset + height(shared)).min(history.rows.len());
    let count = |number: usize| words::count(number as u64);
    let read = if history.more {
        format!("{} read, more below", count(history.rows.len()))
    } else {
        count(history.rows.len())
    };
    let marked =
        if history.marks.is_empty() { String::new() } else { format!(", {} marked", history.marks.len()) };
    format!("{}–{} of {read}{marked}", count(history.offset + 1), count(last))
}

/// The call under the cursor, in full.
fn draw_foot(history: &History, grants: &Grants, shared: &Shared, now: Now, area: Rect, pen: &mut Pen<'_>) {
    let Some(row) = history.selected() else { return };
    let (x, cells) = (area.x + 1, area.width.saturating_sub(2));
    pen.text(x, area.y, cells, &"─".repeat(usize::from(cells)), Role::Border);
    let what = [
        Piece::new(format!("{} ", Clean::brief(&row.method)), Role::TextStrong),
        Piece::new(called(shared, row), Role::Text),
    ];
    pen.pieces(x, area.y + 1, cells, &what);
    let mut message = vec![Piece::new(account(grants, shared, row), Role::TextStrong)];
    let mut add = |text: String, role| message.push(Piece::new(format!("   {text}"), role));
    if Columns::lay_out(area.width.saturating_sub(GUTTER + 1)).mode == 0 {
        add(row.mode.to_string(), Role::TextDim);
    }
    if let Some(sentence) = row.sentence() {
        add(sentence, Role::HealthSoon);
    }
    add(when(row, now), Role::TextDim);
    add(format!("grant {}", grant(shared, row)), Role::TextDim);
    add(format!("profile {}", private::name(shared, &row.profile)), Role::TextDim);
    pen.pieces(x, area.y + 2, cells, &message);
}

fn when(row: &RecordSummary, now: Now) -> String {
    let at = row.at.to_zoned(jiff::tz::TimeZone::UTC);
    format!("{}, {} UTC", words::day(row.at, now.wall), at.strftime("%H:%M"))
}

/// The beginning of the grant's id: enough to tell two accounts of one name apart.
fn grant(shared: &Shared, row: &RecordSummary) -> String {
    if shared.privacy {
        private::HIDDEN.to_owned()
    } else {
        row.grant.to_string().split('-').next().unwrap_or_default().to_owned()
    }
}

/// What was called. Where things are hidden, the places stay empty: the first one may be a name.
pub(super) fn called(shared: &Shared, row: &RecordSummary) -> String {
    private::url(shared, if shared.privacy { &row.url } else { &row.called })
}

/// Provider and account. A call with a bare id has none of its own; then those of the list.
pub(super) fn account(grants: &Grants, shared: &Shared, row: &RecordSummary) -> String {
    let listed = grants.rows.find(RowId::Grant(row.grant));
    let listed = listed.filter(|_| row.provider.is_none() || row.account.is_none());
    let provider = row.provider.as_deref().or_else(|| Some(&*listed?.provider));
    let provider = private::provider(shared, provider.unwrap_or("?"));
    let account = row.account.as_deref().or_else(|| listed.map(Grant::account));
    match account.filter(|account| !account.is_empty()) {
        Some(account) => format!("{provider} · {}", private::account(shared, account)),
        None => provider,
    }
}

/// The columns, in cells; zero where there is no room for one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Columns {
    when: u16,
    method: u16,
    url: u16,
    account: u16,
    mode: u16,
    alter: u16,
    answer: u16,
    took: u16,
}

impl Columns {
    fn lay_out(room: u16) -> Self {
        let wide = room >= 90;
        let mut columns = Self {
            when: if wide { 12 } else { 4 },
            method: 7,
            url: 0,
            account: 0,
            mode: if wide { 8 } else { 0 },
            alter: 5,
            answer: 12,
            took: if room >= 70 { 7 } else { 0 },
        };
        let fixed = [columns.when, columns.method, columns.mode, columns.alter, columns.answer, columns.took];
        let used: u16 = fixed.into_iter().filter(|cells| *cells > 0).map(|cells| cells + GAP).sum();
        let left = room.saturating_sub(used + if wide { GAP } else { 0 });
        // Where a call went tells calls apart; with whom, accounts. Most accounts fit in 34 cells.
        // Where there is no room, the lines at the bottom tell whose call it was.
        columns.account = if wide { (left * 2 / 5).min(40) } else { 0 };
        columns.url = left - columns.account;
        columns
    }

    /// Each column's head, cells, and whether it is set to the right.
    fn placed(self) -> [(&'static str, u16, bool); 8] {
        [
            ("WHEN", self.when, false),
            ("METHOD", self.method, false),
            ("URL", self.url, false),
            ("ACCOUNT", self.account, false),
            ("MODE", self.mode, false),
            ("ALTER", self.alter, true),
            ("PROVIDER", self.answer, false),
            ("TOOK", self.took, true),
        ]
    }

    fn each(self, x: u16, cells: [(String, Role); 8], y: u16, pen: &mut Pen<'_>) {
        let mut x = x;
        for ((_, width, right), (message, role)) in self.placed().into_iter().zip(cells) {
            if width == 0 {
                continue;
            }
            if right {
                pen.text_right(x + width, y, width, &message, role);
            } else {
                pen.text(x, y, width, &message, role);
            }
            x += width + GAP;
        }
    }

    fn heads(self, x: u16, y: u16, pen: &mut Pen<'_>) {
        self.each(x, self.placed().map(|(head, _, _)| (head.to_owned(), Role::Head)), y, pen);
    }

    fn draw(
        self,
        grants: &Grants,
        shared: &Shared,
        row: &RecordSummary,
        now: Now,
        (x, y): (u16, u16),
        pen: &mut Pen<'_>,
    ) {
        let when = if self.when > 4 {
            past_outcome::ago(row.at, now)
        } else {
            words::short(now.wall.duration_since(row.at))
        };
        let result = row.result();
        let url = called(shared, row);
        let short = url.strip_prefix("https://").unwrap_or(&url);
        let took = row.elapsed_ms.map(|millis| words::millis(std::time::Duration::from_millis(millis)));
        let cells = [
            (when, Role::TextDim),
            (Clean::brief(&row.method).to_string(), Role::TextStrong),
            (short.to_owned(), Role::Text),
            (account(grants, shared, row), Role::Text),
            (row.mode.to_string(), Role::TextDim),
            (row.alter_status.map(|status| status.to_string()).unwrap_or_default(), Role::Text),
            (result.text, Role::of(result.tone)),
            (took.unwrap_or_default(), Role::TextDim),
        ];
        self.each(x, cells, y, pen);
    }
}

/// Why there is nothing to show, and what to do.
fn draw_empty(history: &History, shared: &Shared, area: Rect, pen: &mut Pen<'_>) {
    let width = usize::from(area.width.saturating_sub(6)).min(76);
    let lines = empty(history, shared, width);
    let top = area.y + area.height.saturating_sub(lines.len() as u16) / 3;
    let widest = lines.iter().map(|line| text::width(&line.text)).max().unwrap_or(0) as u16;
    let x = area.x + area.width.saturating_sub(widest) / 2;
    for (y, line) in (top..area.bottom()).zip(&lines) {
        pen.text(x, y, area.right().saturating_sub(x), &line.text, line.role);
    }
}

fn empty(history: &History, shared: &Shared, width: usize) -> Vec<Piece> {
    if let Some(why) = &history.trouble {
        return explained(why, width, &["r retries.  Esc goes back."]);
    }
    if !history.loaded || (history.text().is_empty() && shared.slots.is_open(Slot::Records)) {
        return vec![Piece::new("Reading the history…", Role::TextDim)];
    }
    if !history.text().is_empty() {
        let all = "Matches words in provider, account, URL, method, status, failure and reason.";
        return said(width, "No calls match.", &[all, " ", "Esc clears the search."]);
    }
    if history.only_hand {
        return said(width, "No calls with this grant.", &[" ", "o shows all calls."]);
    }
    if history.keep == Some(HistoryPolicy::Nothing) {
        let message = "Set history = true in the configuration or profile to store calls.";
        return said(width, "The history is switched off.", &[" ", message]);
    }
    let message = "Press c on a grant to compose a test call. Calls are stored on this machine, without secrets and for a limited time.";
    said(width, "No calls yet.", &[" ", message])
}

fn said(width: usize, headline: &str, more: &[&str]) -> Vec<Piece> {
    let more = more.iter().flat_map(|line| text::wrap(line, width));
    std::iter::once(Piece::new(headline, Role::TextStrong))
        .chain(more.map(|line| Piece::new(line, Role::Text)))
        .collect()
}

const PROMPT: &str = " / ";

/// The search line, in place of the hints.
pub(super) fn draw_search(history: &History, shared: &Shared, area: Rect, pen: &mut Pen<'_>) {
    let right = area.right().saturating_sub(1);
    let x = pen.text(area.x, area.y, 3, PROMPT, Role::HintKey);
    let input = &history.input;
    if input.value().is_empty() {
        let hint = "(provider, account, URL, method, status, failure, reason)";
        pen.text(x + 1, area.y, right.saturating_sub(x + 1), hint, Role::TextDim);
        return;
    }
    let room = right.saturating_sub(x);
    let scroll = input.visual_scroll(usize::from(room.saturating_sub(1)));
    let typed = Clean::line(input.value());
    let x = pen.text(x, area.y, room, text::skip(typed.as_str(), scroll), Role::Input);
    let message = if history.rows.is_empty() { "none".to_owned() } else { position(history, shared) };
    let left = right.saturating_sub(x + 3);
    if usize::from(left) > 8 {
        pen.text_right(right, area.y, left, &text::cut(&message, usize::from(left)), Role::TextDim);
    }
}

/// Where the terminal's cursor stands while the search line has the keys.
pub(super) fn search_cursor(history: &History, area: Rect) -> Option<Position> {
    if !history.typing {
        return None;
    }
    let input = &history.input;
    let scroll = input.visual_scroll(usize::from(area.width.saturating_sub(6)));
    let cells = input.visual_cursor().saturating_sub(scroll) as u16;
    Some(Position::new((area.x + PROMPT.len() as u16 + cells).min(area.right() - 1), area.y))
}

//! Draws a session.

use jiff::SignedDuration;
use ratatui::layout::Rect;

use super::{Connect, Open, Planned, Stage, Waiting, What};
use crate::app::action::{CallAction, CopyAction};
use crate::app::keymap::Place;
use crate::app::screens::response::laid;
use crate::app::shared::Shared;
use crate::app::{Action, Model, private};
use crate::domain::connect::{
    AccountCheck, ConnectPlan, ConnectedGrant, Finished, Operation, SecretPath, SessionPlan,
};
use crate::domain::describe::diagnosis::Described;
use crate::domain::describe::{self, Entry, Section};
use crate::domain::smoke::Verdict;
use crate::domain::{Clean, Diagnosis, GrantKind, Health, Now, words};
use crate::ui::Role;
use crate::ui::paint::{Pen, Piece, wrapped};
use crate::ui::text;

type Line = Vec<Piece>;

/// The longest link that is shown, in characters.
const LONGEST: usize = 4_000;

/// Draws the session that is open.
pub(super) fn draw(model: &Model, now: Now, area: Rect, pen: &mut Pen<'_>) {
    let Some(open) = &model.connect.open else { return };
    let inside = pen.frame(area, &[Piece::new(title(&model.shared, open), Role::Title)], &[], true);
    let cells = inside.width.saturating_sub(2);
    let lines = lines(model, open, now, usize::from(cells));
    for (y, line) in (inside.y..inside.bottom()).zip(&lines) {
        // A link that only the window is wide enough for goes over the frame: broken, nobody could select it.
        if let [Piece { role: Role::Link, text, .. }] = line.as_slice()
            && text::width(text) > usize::from(cells) + 1
        {
            pen.text(area.x, y, area.width, text, Role::Link);
            continue;
        }
        // A link may use the margin too: that keeps more of them whole.
        let room = cells + u16::from(line.last().is_some_and(|piece| piece.role == Role::Link));
        pen.pieces(inside.x + 1, y, room, line);
    }
}

fn title(shared: &Shared, open: &Open) -> String {
    match &open.what {
        What::New(provider, _) => format!("Connect {}", private::provider(shared, provider)),
        What::Renewal(provider) => format!("Reconnect {}", private::provider(shared, provider)),
        What::SignIn => "Sign in".to_owned(),
    }
}

fn lines(model: &Model, open: &Open, now: Now, cells: usize) -> Vec<Line> {
    let dim = |text: &str| vec![Piece::new(text, Role::TextDim)];
    match &open.stage {
        Stage::Planning => vec![dim("Reading the list…")],
        Stage::Asked => {
            open.plan.as_ref().map_or_else(Vec::new, |plan| laid(&describe::connect::plan(plan), cells))
        }
        Stage::Beginning => vec![dim("Asking for the link…")],
        Stage::Waiting(waiting) => waits(model, open, waiting, now, cells),
        Stage::Done(finished) => finish(model, finished, now, cells),
        Stage::Failed(why) => failure(&private::diagnosis(&model.shared, why), cells),
    }
}

/// What is done with the link, in the imperative.
fn task(open: &Open, path: Option<SecretPath>) -> &'static str {
    match (&open.what, path) {
        (What::SignIn, _) => "Sign in with this link:",
        (What::New(..) | What::Renewal(_), None) => "Connect the account with this link:",
        (What::New(..) | What::Renewal(_), Some(SecretPath::KeyEntry)) => "Enter the key with this link:",
        (What::New(..) | What::Renewal(_), Some(SecretPath::FastPath)) => {
            "Approve the use of the stored key with this link:"
        }
        (What::New(..) | What::Renewal(_), Some(SecretPath::Repair)) => {
            "Replace the stored key with this link:"
        }
    }
}

fn waits(model: &Model, open: &Open, waiting: &Waiting, now: Now, cells: usize) -> Vec<Line> {
    let shown = &waiting.shown;
    let link = Clean::cut(shown.link.reveal(), LONGEST);
    let mut lines = vec![vec![Piece::new(task(open, shown.path), Role::Text)], Vec::new()];
    if model.shared.privacy {
        // Whoever sees the screen could use it.
        let masked = private::url(&model.shared, link.as_str());
        lines.push(vec![Piece::new(masked, Role::Link)]);
        lines.extend(wrapped(
            &[Piece::new("Hidden in privacy mode; copying and opening work.", Role::TextDim)],
            cells,
        ));
    } else {
        let window = usize::from(model.shared.size.0);
        lines.extend(whole_or_cut(model, link.as_str(), cells, window));
    }
    lines.push(Vec::new());
    let left = waiting.until.saturating_sub(now.millis).div_ceil(1_000);
    let seconds = SignedDuration::from_secs(i64::try_from(left).unwrap_or(i64::MAX));
    let standing = if left > 0 {
        format!("Waiting; the link expires in {}.", words::countdown(seconds))
    } else {
        "The link's time is over; asking once more…".to_owned()
    };
    lines.push(vec![Piece::new("◌ ", Role::HealthSoon), Piece::new(standing, Role::Text)]);
    for provider in &waiting.declined {
        let provider = private::provider(&model.shared, provider.as_str());
        let message = format!("✗ {provider} was declined.");
        lines.push(vec![Piece::new(message, Role::HealthBroken)]);
    }
    for warning in &shown.warnings {
        lines.extend(wrapped(&[Piece::new(format!("! scope: {warning}"), Role::HealthSoon)], cells));
    }
    if let Some(plan) = &open.plan {
        lines.push(Vec::new());
        lines.extend(laid(&plan_of(&model.shared, plan), cells));
    }
    if shown.path.is_some() || is_secret(open) {
        let note = "Nobody reports the end of this one: the list is read every few seconds until it shows the grant.";
        lines.extend(wrapped(&[Piece::new(note, Role::TextDim)], cells));
    }
    lines
}

/// The link on one line; where it does not fit, how to get the whole of it.
fn whole_or_cut(model: &Model, link: &str, cells: usize, window: usize) -> Vec<Line> {
    if text::width(link) <= window {
        return vec![vec![Piece::new(link, Role::Link)]];
    }
    let mut lines = vec![vec![Piece::new(text::cut(link, cells + 1).into_owned(), Role::Link)]];
    {
        let key = |action| model.shared.keymap.first_key(Place::Connect, action);
        let (copy, code) =
            (key(Action::Copy(CopyAction::CopyId)), key(Action::Call(CallAction::ShowPicture)));
        let note = format!("Longer than this line: {copy} copies it, {code} shows it as a QR code.");
        lines.extend(wrapped(&[Piece::new(note, Role::TextDim)], cells));
    }
    lines
}

/// What a session is about to do, as it may be shown.
fn plan_of(shared: &Shared, plan: &ConnectPlan) -> Section {
    let mut shown = plan.clone();
    let name = |name: &mut String| *name = private::name(shared, name);
    let provider = |id: &str| private::provider(shared, id);
    match &mut shown.session {
        SessionPlan::Oauth(request) => {
            request.providers.iter_mut().for_each(|id| *id = provider(id).into());
            let scopes = std::mem::take(&mut request.required_scopes);
            request.required_scopes =
                scopes.into_iter().map(|(id, scopes)| (provider(&id).into(), scopes)).collect();
            request.requested_grant.iter_mut().for_each(|grant| name(&mut grant.label));
            request.agent.iter_mut().for_each(name);
        }
        SessionPlan::Secret(request) => {
            request.provider = provider(&request.provider);
            request.label.iter_mut().chain(&mut request.agent).for_each(name);
        }
    }
    describe::connect::plan(&shown)
}

fn is_secret(open: &Open) -> bool {
    open.about.as_ref().is_some_and(|grant| grant.kind == GrantKind::ManagedSecret)
}

/// What a session brought.
pub(super) fn done(shared: &Shared, finished: &Finished, now: Now) -> Vec<Line> {
    if !shared.privacy {
        let described = describe::connect::finished(finished, now.wall);
        let entries: Vec<_> = described.into_iter().map(|(entry, _)| entry).collect();
        return laid(&entries, usize::MAX);
    }
    let each = finished.grants.iter().map(|grant| {
        let ConnectedGrant { provider, account, operation, .. } = &grant.connected;
        let kept = match operation {
            Operation::Creation => "new id",
            Operation::Reauth => "id kept",
        };
        let account = private::account(shared, account.as_deref().unwrap_or_default());
        vec![
            Piece::new("✓ ", Role::HealthOk),
            Piece::new(format!("{} {account} ({kept})", private::provider(shared, provider)), Role::Text),
        ]
    });
    each.collect()
}

fn finish(model: &Model, finished: &Finished, now: Now, cells: usize) -> Vec<Line> {
    let shared = &model.shared;
    let mut lines: Vec<Line> =
        done(shared, finished, now).iter().flat_map(|line| wrapped(line, cells)).collect();
    for grant in &finished.grants {
        lines.push(Vec::new());
        let scopes = grant.connected.scopes.iter().map(|scope| Clean::brief(scope).to_string());
        let scopes: Vec<String> = scopes.collect();
        if !scopes.is_empty() {
            lines.extend(field("Scopes", &scopes.join(", "), Role::Text, cells));
        }
        if let Some(latest) = model.smoke.known.latest(grant.connected.id) {
            let verdict = latest.verdict;
            lines.extend(field("Test", &tested(verdict), Role::of(verdict), cells));
        }
    }
    if let (AccountCheck::Another, Some(old)) = (finished.account_check(), &finished.old) {
        lines.push(Vec::new());
        let old = private::account(shared, old.account());
        let message =
            format!("! Another account was connected; the grant was for {old}. Nothing was replaced.");
        lines.extend(wrapped(&[Piece::new(message, Role::HealthBroken)], cells));
    }
    if let Some(why) = &finished.unread {
        lines.extend(wrapped(&[Piece::new(format!("! {}", why.headline()), Role::HealthSoon)], cells));
    }
    lines
}

fn tested(verdict: Verdict) -> String {
    format!("{} {}", verdict.sign(), verdict.word())
}

fn failure(why: &Diagnosis, cells: usize) -> Vec<Line> {
    let described = Described::new(why);
    let mut lines =
        wrapped(&[Piece::new(format!("✗ {}", described.first_line()), Role::HealthBroken)], cells);
    lines.push(Vec::new());
    for entry in described.entries() {
        if let Entry::Field(label, value) = entry {
            let value: String = value.iter().map(|span| span.text.as_str()).collect();
            lines.extend(field(label, &value, Role::Text, cells));
        }
    }
    lines
}

/// A label with its value below each other's lines.
fn field(label: &str, value: &str, role: Role, cells: usize) -> Vec<Line> {
    const LABEL: usize = 12;
    let room = cells.saturating_sub(LABEL).max(20);
    let line = |(at, part): (usize, String)| {
        let label = if at == 0 { label } else { "" };
        vec![Piece::new(format!("{label:<width$} ", width = LABEL - 1), Role::Head), Piece::new(part, role)]
    };
    text::wrap(value, room).into_iter().enumerate().map(line).collect()
}

/// What somebody should know before a link is made.
pub(super) fn question(shared: &Shared, planned: &Planned, now: Now) -> Vec<Line> {
    let mut lines = Vec::new();
    if let Some(session) = shared.session.value() {
        let place = describe::revoke::place(&session.write_policy, &session.host);
        lines.extend(laid(&[place], usize::MAX));
        lines.push(Vec::new());
    }
    if let Some(grant) = &planned.about {
        let health = Health::of(grant, now.wall);
        let account = private::account(shared, grant.account());
        lines.push(vec![
            Piece::new(format!("{} ", health.sign()), Role::of(health)),
            Piece::new(private::provider(shared, &grant.provider), Role::TextStrong),
            Piece::new(format!("  {account}  "), Role::Text),
            Piece::new(health.word(), Role::of(health)),
        ]);
        lines.push(Vec::new());
    }
    lines.extend(laid(&plan_of(shared, &planned.plan), usize::MAX));
    lines
}

/// What stopping means.
pub(super) fn stop_question(connect: &Connect) -> Vec<Line> {
    let is_sign_in = connect.open.as_ref().is_some_and(|open| open.what == What::SignIn);
    let text = if is_sign_in {
        "Whoever opens the link later signs in for nothing."
    } else {
        "The link lives on until it expires; the list will show what comes of it."
    };
    vec![vec![Piece::new(text, Role::Text)]]
}

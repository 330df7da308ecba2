//! The request of a call: its fields, what is typed into them, and what fills them at once.

mod body;
mod field;
mod fill;
mod form;
mod lack;
mod notes;
mod secrets;
mod typing;
mod undo;
mod update;
mod view;

use std::time::Duration;

use tui_input::Input;

pub use body::BodyEditor;
pub use field::Field;
pub(crate) use fill::{details, operations, picked};
use undo::Before;

pub(crate) use typing::{is_body_open, paste, takes_text, typed};
pub(crate) use update::{act, back, edited, fill_in};
pub(crate) use view::{draw, text_cursor};

use crate::app::remote::Remote;
use crate::domain::operation::OperationSummary;
use crate::domain::{Attribution, CallRecord, DraftBody, Grant, GrantId, Mode, RequestDraft, code, provider};

/// What is asked. Every field may hold what was typed so far.
#[derive(Debug)]
pub struct Composer {
    draft: RequestDraft,
    /// Seconds to wait; None = as long as the backend may take.
    timeout: Option<u64>,
    /// Where the cursor stands.
    field: Field,
    /// The first visible line.
    offset: usize,
    /// What has the keys.
    typing: Typing,
    /// What filled it last, in words: a preset, an operation, a pasted command.
    from: String,
    /// Scopes that the operation needs and the grant provably lacks.
    missing_scopes: Vec<String>,
    /// Hosts that were allowed on purpose.
    allowed: Vec<String>,
    /// What the backend knows to call at this provider.
    operations: Remote<Vec<OperationSummary>>,
    /// The call had a body that was not kept whole.
    lost_body: bool,
    /// The request as it was filled or sent last: it can be had again. None where a person brought it.
    known: Option<RequestDraft>,
    /// What a person should know of a pasted command, shown above the request.
    notes: Vec<String>,
    /// Variables of a shell that a pasted command had, until they have values.
    variables: Vec<code::Variable>,
    /// Why the body of a pasted command is not here, until there is one or nobody wants one.
    no_body: Option<String>,
    /// The body as it was before proxy mode, which carries JSON only, took it for JSON.
    raw_body: Option<Vec<u8>>,
    /// The request as it was before each change, the latest last.
    before: Vec<Before>,
}

/// What has the keys of the request.
#[derive(Debug, Default)]
enum Typing {
    /// Nothing: they move and act.
    #[default]
    Nothing,
    /// One field, as a line.
    Line(Input),
    /// A field with a few words to choose from.
    Choice,
    /// The body.
    Body(Box<BodyEditor>),
}

impl Composer {
    /// What is usually asked first with a grant like this: who it belongs to, where that is known.
    pub fn new(id: GrantId, grant: &Grant) -> Self {
        let mut composer = Self {
            draft: RequestDraft::new(id, "GET", ""),
            timeout: None,
            field: Field::default(),
            offset: 0,
            typing: Typing::default(),
            from: String::new(),
            missing_scopes: Vec::new(),
            allowed: Vec::new(),
            operations: Remote::Idle,
            lost_body: false,
            known: None,
            notes: Vec::new(),
            variables: Vec::new(),
            no_body: None,
            raw_body: None,
            before: Vec::new(),
        };
        composer.begin(grant);
        composer.known = Some(composer.draft.clone());
        composer.before.clear();
        composer
    }

    fn begin(&mut self, grant: &Grant) {
        let Some(known) = provider::known(&grant.provider) else {
            if let Some(origin) = grant.api_base_url() {
                self.draft.url = format!("{origin}/");
            }
            return;
        };
        let Some(base) = known.base_url(grant.api_base_url()) else { return };
        match known.ready().next() {
            Some(preset) => self.take(preset.draft(known, &base, self.draft.grant), &preset.name),
            None => self.draft.url = format!("{}/", base.trim_end_matches('/')),
        }
    }

    /// Says who asks and why where nothing is said yet; it can be changed.
    pub fn say(&mut self, attribution: &Attribution) {
        attribution.complete(&mut self.draft);
    }

    /// Takes a whole request over. Grant, mode, reason and context stay: they are about this call, not about the
    /// endpoint.
    fn take(&mut self, request: RequestDraft, from: &str) {
        self.remember();
        let before = std::mem::replace(&mut self.draft, request);
        self.draft.grant = before.grant;
        self.draft.mode = before.mode;
        self.draft.reason = before.reason;
        self.draft.context = before.context;
        // Bytes can only be sent from here.
        if matches!(self.draft.body, DraftBody::Raw(_)) {
            self.draft.mode = Mode::Retrieve;
        }
        from.clone_into(&mut self.from);
        self.missing_scopes.clear();
        self.lost_body = false;
        self.notes.clear();
        self.variables.clear();
        self.no_body = None;
        self.field = Field::Send;
        self.offset = 0;
        self.typing = Typing::Nothing;
        self.known = Some(self.draft.clone());
    }

    /// The request was sent as it is.
    pub(crate) fn sent(&mut self) {
        self.known = Some(self.draft.clone());
    }

    /// Whether somebody wrote something that was not sent yet. The mode alone is no work that could be lost.
    pub fn is_unsent(&self) -> bool {
        let mut draft = self.draft.clone();
        match &self.typing {
            Typing::Body(editor) => draft.body = editor.body(),
            Typing::Line(input) if self.field != Field::Method && input.value() != self.text(&self.field) => {
                return true;
            }
            Typing::Line(_) | Typing::Choice | Typing::Nothing => {}
        }
        self.known.as_ref().is_none_or(|known| {
            draft.mode = known.mode;
            draft != *known
        })
    }

    /// Opens a request that was made before, whole.
    pub fn reopen(&mut self, request: RequestDraft, from: &str) {
        let (mode, reason, context) = (request.mode, request.reason.clone(), request.context.clone());
        self.take(request, from);
        (self.draft.mode, self.draft.reason, self.draft.context) = (mode, reason, context);
        self.before.clear();
        self.known = Some(self.draft.clone());
    }

    /// Opens a call of the history. What was secret in it has to be filled in again, see [`Composer::check`]; a body
    /// that was not kept whole has to be written again, see [`Composer::lacks_body`].
    pub fn reopen_record(&mut self, record: &CallRecord) {
        self.reopen(record.draft(), "the history");
        self.lost_body = record.body_lost();
    }

    /// Whether the call had a body that was not kept whole, and has none now.
    pub fn lacks_body(&self) -> bool {
        self.lost_body && self.draft.body == DraftBody::Empty
    }

    /// Who carries the call out.
    pub fn mode(&self) -> Mode {
        self.draft.mode
    }

    /// Chooses who carries the call out.
    pub fn set_mode(&mut self, mode: Mode) {
        self.draft.mode = mode;
        let as_json = |bytes: &[u8]| DraftBody::Json(String::from_utf8_lossy(bytes).into_owned());
        match (mode, std::mem::take(&mut self.draft.body)) {
            // Proxy mode carries JSON only (docs/protocol/calls.md).
            (Mode::Proxy, DraftBody::Raw(bytes)) => {
                self.draft.body = as_json(&bytes);
                self.raw_body = Some(bytes);
            }
            // It was not touched meanwhile.
            (Mode::Retrieve, body)
                if self.raw_body.as_deref().is_some_and(|bytes| body == as_json(bytes)) =>
            {
                self.draft.body = self.raw_body.take().map_or(body, DraftBody::Raw);
            }
            (_, body) => self.draft.body = body,
        }
    }

    /// The call as it is written now.
    pub fn draft(&self) -> &RequestDraft {
        &self.draft
    }

    /// Whether there is a body, or one is being written.
    pub fn has_body(&self) -> bool {
        matches!(self.typing, Typing::Body(_)) || self.draft.body != DraftBody::Empty
    }

    /// How long to wait for the answer; None = as long as the backend may take.
    pub fn patience(&self) -> Option<Duration> {
        self.timeout.map(Duration::from_secs)
    }

    /// Hosts that were allowed on purpose.
    pub fn allowed_hosts(&self) -> &[String] {
        &self.allowed
    }

    /// What the backend knows to call at this provider.
    pub(crate) fn operations(&self) -> &Remote<Vec<OperationSummary>> {
        &self.operations
    }

    /// Allows a host for the calls of this screen.
    pub fn allow(&mut self, host: &str) {
        self.allowed.push(host.to_owned());
    }
}

//! What a grant *is*: ids, kinds, clocks, health, filters, and how to describe them.
//!
//! Pure data and rules: no clock (time is passed in as [`Now`]), no I/O, no threads. Text from outside
//! becomes [`Clean`] before a widget or printer sees it.

pub mod agent;
pub mod answer;
pub mod approval;
pub mod attribution;
pub mod budget;
pub mod call;
pub mod catalog;
pub mod change;
pub mod clean;
pub mod clocks;
pub mod code;
pub mod column;
pub mod connect;
pub mod copy;
pub mod describe;
pub mod diagnosis;
pub mod difference;
pub mod draft;
pub mod filter;
pub mod filters;
pub mod formats;
pub mod grant;
pub mod health;
pub mod history;
pub mod id;
pub mod input;
pub mod intern;
pub mod jq;
pub mod kind;
pub mod line_numbers;
pub mod listing;
pub mod log;
pub mod media;
pub mod moment;
pub mod operation;
pub mod origin;
pub mod percent;
pub mod policy;
pub mod preset;
pub mod provider;
pub mod record;
pub mod remedy;
pub mod remembered;
pub mod revoke;
pub mod scan;
pub mod secret_names;
pub mod secret_shapes;
pub mod selector;
pub mod skeleton;
pub mod smoke;
pub mod suggest;
pub mod template;
pub mod theme_name;
pub mod unescaped;
pub mod words;
pub mod write_policy;
pub mod write_record;
pub mod writes;

pub use agent::{Agent, Identity};
pub use answer::{Body, BodySize, ProviderAnswer, Saved};
pub use approval::{Approval, ApprovalGate, ApprovalId, ApprovalState, PendingApproval, PendingGate};
pub use attribution::Attribution;
pub use budget::{Budget, Reading};
pub use call::{
    CallEvent, CallOutcome, CallReport, CallRequest, ClearedDraft, FollowRequest, TimeLimit, WritePermit,
};
pub use catalog::{Catalog, CatalogProvider, CatalogScope};
pub use clean::Clean;
pub use column::Column;
pub use copy::{Copied, CopyChoice, CopyRoute, CopyText};
pub use diagnosis::{Code, Diagnosis, Retry, Who};
pub use draft::{DraftBody, Mode, RequestDraft};
pub use filter::ServerFilter;
pub use filters::{Choice, Filters};
pub use formats::{CopyFormat, Named};
pub use grant::{Extra, Grant, JsonText, ManagedSecret, Oddity};
pub use health::{Health, HealthGroup};
pub use history::{HistoryEnd, HistoryPage, HistoryQuery, HistoryRow, HistoryRowId, HistorySlice};
pub use id::{GrantId, PartOfId, Reference, RowId, RowMap, RowSet};
pub use intern::Interner;
pub use jq::{JqOutput, JqProblem, JqRequest};
pub use kind::{AccessVia, GrantKind, PrincipalType, Status};
pub use listing::{ListEvent, ListRequest, Spending};
pub use moment::{Moment, Now};
pub use origin::Origin;
pub use preset::Preset;
pub use record::{
    Audited, CallRecord, Ending, HistoryPolicy, KeptBody, Omitted, Outcome, RecordId, RecordQuery,
    RecordSummary, Which,
};
pub use remembered::{Chosen, Look, Remembered, SavedView, Side, Split};
pub use selector::Selector;
pub use theme_name::{Background, ThemeName};
pub use write_policy::{ProfileSummary, WritePolicy};
pub use write_record::{StoredWrite, WriteAct, WriteId, WriteOutcome, WriteRecord};

//! The arguments of `grantdeck call`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use clap_complete::engine::ArgValueCompleter;

use crate::cli::completions::{Selectors, Words};
use crate::cli::{values, words};
use crate::domain::{ApprovalId, Mode, Selector};

/// Fire a test call with a grant.
///
/// The call is real: it is recorded, and the end user may see it with its reason. By default Alter
/// carries it out, so that the credential never reaches this machine. Plain output is the provider's body; the statuses are said on standard
/// error. The exit code is 8 where the provider answers 400 or above or its answer was cut, 12 where the call is held for
/// an approval that has not come. What the call needs on this side is checked before it is sent.
#[derive(Debug, Args)]
pub struct CallArguments {
    /// Which grant: its id, at least four digits of it, or provider[:account][#label]
    #[arg(value_name = "SELECTOR", add = ArgValueCompleter::new(Selectors))]
    pub selector: Selector,
    /// Anything but GET, HEAD and OPTIONS needs --yes
    #[arg(value_name = "METHOD", required_unless_present = "op", requires = "url")]
    pub method: Option<String>,
    /// https://host/path, or /path at the provider's own API; may hold {name} for --param
    ///
    /// In the query braces are sent as they stand where no --param names them.
    #[arg(value_name = "URL")]
    pub url: Option<String>,
    /// Method and path of an operation of the provider, by its id in the backend's provider specs
    #[arg(long, value_name = "OPERATION_ID", conflicts_with_all = ["method", "url"])]
    pub op: Option<String>,
    /// Who calls the provider: Alter (proxy), or grantdeck itself with a credential for this one call (retrieve)
    #[arg(long, value_name = "MODE", value_parser = values::mode, add = ArgValueCompleter::new(Words(words::mode)), default_value = "proxy", hide_default_value = true)]
    pub mode: Mode,
    /// In retrieve mode, let the credential go to this host too; HOST:PORT where the port is unusual
    #[arg(long, value_name = "HOST")]
    pub allow_host: Vec<String>,
    /// A header, more than once if need be
    #[arg(long, short = 'H', value_name = "NAME: VALUE", value_parser = values::header)]
    pub header: Vec<(String, String)>,
    /// A query parameter; a repeated name is a list
    #[arg(long, short, value_name = "NAME=VALUE", value_parser = values::pair)]
    pub query: Vec<(String, String)>,
    /// A value for a {name} of the URL
    #[arg(long, value_name = "NAME=VALUE", value_parser = values::pair)]
    pub param: Vec<(String, String)>,
    /// The body: JSON, @FILE, or - for standard input
    ///
    /// With another Content-Type (-H) in retrieve mode it is sent as it stands: JSON lines, a form, any text or bytes.
    #[arg(long, short, value_name = "JSON", allow_hyphen_values = true)]
    pub data: Option<String>,
    /// Why, for the audit trail and for approvers
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Further attribution for the audit trail
    #[arg(long, value_name = "NAME=VALUE", value_parser = values::pair)]
    pub context: Vec<(String, String)>,
    /// How long the whole call may take: grant, credential, connection and answer [default: 95s for each answer]
    #[arg(long, value_name = "TIME", value_parser = values::duration)]
    pub timeout: Option<Duration>,
    /// Wait this long for the decision where the call is held; without it the approval's id is said on standard error
    #[arg(long, value_name = "TIME", value_parser = values::duration)]
    pub wait_approval: Option<Duration>,
    /// Confirm a call that may change something
    #[arg(long)]
    pub yes: bool,
    /// Confirm it in a profile that is marked as production, by the profile's name
    #[arg(long, value_name = "PROFILE")]
    pub confirm: Option<String>,
    /// What is printed of the answer.
    #[command(flatten)]
    pub answer: AnswerArguments,
}

/// What is printed of a provider's answer, and where.
#[derive(Debug, Args)]
pub struct AnswerArguments {
    /// Print the provider's status and headers before the body
    #[arg(long, short)]
    pub include: bool,
    /// Print what this jq filter gives for the body, one result a line
    ///
    /// A mistake in the filter is told before anything is sent. Where the body is no JSON or the filter fails on it,
    /// nothing of the body is printed and the exit code is 1, or 8 as ever where the provider answered 400 or above.
    /// A terminal gets results over several lines; with --output json the result is `body`, a list if there are several.
    /// Filters see no environment and no files, and are stopped after 30 seconds.
    #[arg(long, value_name = "FILTER")]
    pub jq: Option<String>,
    /// Print texts among the results of --jq without quotes
    #[arg(long, short, requires = "jq", conflicts_with = "output")]
    pub raw_output: bool,
    /// Write to this file, which must not be there yet
    ///
    /// Whether it can be written is tried before the call is sent. Where saving fails all the same, the answer goes to
    /// standard output or into a file that is named, and the exit code is 1.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Let --out replace a file that is there
    #[arg(long, requires = "out")]
    pub force: bool,
    /// Take a body that was cut on its way for an answer; without it the exit code is 8
    #[arg(long)]
    pub allow_truncated: bool,
    /// One JSON object: statuses, headers, body, and the error where there is one
    ///
    /// `body` is JSON. A body that is other text is `body_text` instead, with `body_charset` where it did not come as UTF-8;
    /// what is no text is `body_base64`.
    #[arg(long, short, value_enum, value_name = "FORMAT")]
    pub output: Option<CallFormat>,
}

/// List the calls that are held for approval, or ask about one.
///
/// The backend lists no approvals: those of this profile are listed that the history of this machine knows as held. What
/// comes of one that is asked about is kept there with the call. It must be asked with the key that made the call.
#[derive(Debug, Args)]
pub struct ApprovalsArguments {
    /// The approval's id, as `grantdeck call` said it
    #[arg(value_name = "APPROVAL_ID", value_parser = values::approval)]
    pub id: Option<ApprovalId>,
    /// Wait this long for the decision; without it, it is asked once
    #[arg(long, value_name = "TIME", value_parser = values::duration, requires = "id")]
    pub wait: Option<Duration>,
    /// What is printed of the answer.
    #[command(flatten)]
    pub answer: AnswerArguments,
}

/// Formats of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CallFormat {
    /// One object
    Json,
}

pub(super) const EXAMPLES: &str = "\
Examples:
  grantdeck call github:octo-acme GET https://api.github.com/user
  grantdeck call slack#team GET /api/conversations.list -q limit=5 --reason 'checking scopes'
  grantdeck call github:octo-acme --op repos/get --param owner=acme --param repo=site
  grantdeck call 7c1f0a52 POST https://api.example.com/items -d @item.json --yes --wait-approval 5m
  grantdeck call google GET https://www.googleapis.com/oauth2/v2/userinfo --jq .email -r";

pub(super) const APPROVALS_EXAMPLES: &str = "\
Examples:
  grantdeck approvals
  grantdeck approvals 5f6d3c1e-0b6e-4d0c-9f0a-2f6c1d3e7a90
  grantdeck approvals 5f6d3c1e-0b6e-4d0c-9f0a-2f6c1d3e7a90 --wait 10m --jq .id";

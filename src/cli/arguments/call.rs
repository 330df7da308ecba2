//! The arguments of `grantdeck call`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use clap_complete::engine::ArgValueCompleter;

use crate::cli::completions::{Selectors, Words};
use crate::cli::{values, words};
use crate::domain::{ApprovalId, Mode, Selector};

/// Send a test call with a grant.
///
/// The call is real: it is logged, and the end user may see it with its reason. By default Alter makes the call, so the
/// credential never reaches this machine. Plain output is the provider's body; statuses go to standard error. The exit
/// code is 8 if the provider answers 400 or above or its answer was truncated, 12 if the call is held for an approval
/// that is still open. Everything is checked locally before sending.
#[derive(Debug, Args)]
pub struct CallArguments {
    /// Grant: id, at least four digits of it, or provider[:account][#label]
    #[arg(value_name = "SELECTOR", add = ArgValueCompleter::new(Selectors))]
    pub selector: Selector,
    /// Anything but GET, HEAD and OPTIONS needs --yes
    #[arg(value_name = "METHOD", required_unless_present = "op", requires = "url")]
    pub method: Option<String>,
    /// https://host/path, or /path on the provider's own API; may contain {name} for --param
    ///
    /// Braces in the query are sent as they are unless a --param names them.
    #[arg(value_name = "URL")]
    pub url: Option<String>,
    /// Method and path from a provider operation, by its id in the backend's provider specs
    #[arg(long, value_name = "OPERATION_ID", conflicts_with_all = ["method", "url"])]
    pub op: Option<String>,
    /// Who calls the provider: Alter (proxy), or this machine with a credential for this call (retrieve)
    #[arg(long, value_name = "MODE", value_parser = values::mode, add = ArgValueCompleter::new(Words(words::mode)), default_value = "proxy", hide_default_value = true)]
    pub mode: Mode,
    /// In retrieve mode, also allow the credential for this host (HOST:PORT for an unusual port)
    #[arg(long, value_name = "HOST")]
    pub allow_host: Vec<String>,
    /// A header; repeatable
    #[arg(long, short = 'H', value_name = "NAME: VALUE", value_parser = values::header)]
    pub header: Vec<(String, String)>,
    /// A query parameter; repeat a name for a list
    #[arg(long, short, value_name = "NAME=VALUE", value_parser = values::pair)]
    pub query: Vec<(String, String)>,
    /// A value for a {name} of the URL
    #[arg(long, value_name = "NAME=VALUE", value_parser = values::pair)]
    pub param: Vec<(String, String)>,
    /// The body: JSON, @FILE, or - for standard input
    ///
    /// In retrieve mode with another Content-Type (-H), it is sent unchanged: JSON lines, a form, any text or bytes.
    #[arg(long, short, value_name = "JSON", allow_hyphen_values = true)]
    pub data: Option<String>,
    /// Reason, for the audit log and approvers
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Further attribution for the audit log
    #[arg(long, value_name = "NAME=VALUE", value_parser = values::pair)]
    pub context: Vec<(String, String)>,
    /// Timeout for the whole call: grant, credential, connection and answer [default: 95s per answer]
    #[arg(long, value_name = "TIME", value_parser = values::duration)]
    pub timeout: Option<Duration>,
    /// If the call is held, wait this long for the decision; otherwise print the approval id to standard error
    #[arg(long, value_name = "TIME", value_parser = values::duration)]
    pub wait_approval: Option<Duration>,
    /// Confirm a call that may change data
    #[arg(long)]
    pub yes: bool,
    /// Confirm it in a production profile by the profile's name
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
    /// Filter the body with jq, one result per line
    ///
    /// Errors in the filter are reported before anything is sent. If the body is not JSON or the filter fails on it,
    /// no body is printed and the exit code is 1, or 8 as usual if the provider answered 400 or above.
    /// On a terminal results are pretty-printed; with --output json the result is `body`, a list if there are several.
    /// Filters have no access to environment or files and are stopped after 30 seconds.
    #[arg(long, value_name = "FILTER")]
    pub jq: Option<String>,
    /// Print string results of --jq without quotes
    #[arg(long, short, requires = "jq", conflicts_with = "output")]
    pub raw_output: bool,
    /// Write to this file, which must not exist
    ///
    /// Checked before the call is sent. If saving still fails, the answer goes to
    /// standard output or to a file that is named, and the exit code is 1.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Overwrite an existing file
    #[arg(long, requires = "out")]
    pub force: bool,
    /// Accept a truncated body; otherwise the exit code is 8
    #[arg(long)]
    pub allow_truncated: bool,
    /// One JSON object: statuses, headers, body, and the error if any
    ///
    /// `body` is JSON. Other text is `body_text`, with `body_charset` if it was not UTF-8;
    /// anything else is `body_base64`.
    #[arg(long, short, value_enum, value_name = "FORMAT")]
    pub output: Option<CallFormat>,
}

/// List calls held for approval, or check one.
///
/// The backend does not list approvals, so this lists the held calls in the local history of this profile. What
/// becomes of one is stored with the call. Use the same key that made the call.
#[derive(Debug, Args)]
pub struct ApprovalsArguments {
    /// The approval id that `grantdeck call` printed
    #[arg(value_name = "APPROVAL_ID", value_parser = values::approval)]
    pub id: Option<ApprovalId>,
    /// Wait this long for the decision; otherwise check once
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

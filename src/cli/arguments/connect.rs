//! The arguments of the commands that connect accounts and sign in.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use super::{ConsentArguments, ManageFormat};
use crate::cli::completions::{Providers, Selectors, Words};
use crate::cli::{values, words};
use crate::domain::{CopyFormat, Selector};

/// How a link is handed over, and how long it is waited for.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Link")]
pub struct LinkArguments {
    /// Also open the link in the browser (never over SSH)
    #[arg(long)]
    pub open: bool,
    /// Also show the link as a QR code
    #[arg(long)]
    pub qr: bool,
    /// Wait at most this long [default: as long as the link lives]
    #[arg(long, value_name = "TIME", value_parser = values::duration)]
    pub timeout: Option<Duration>,
    /// Sign in an end user first; everything is then theirs, for this command
    #[arg(long)]
    pub as_user: bool,
}

/// What `grantdeck connect` may be told.
#[derive(Debug, Args)]
pub struct ConnectArguments {
    /// Providers to choose from, or one managed secret's slug
    #[arg(value_name = "PROVIDER", required = true, value_parser = values::filled, add = ArgValueCompleter::new(Providers))]
    pub providers: Vec<String>,
    /// A required scope of the one provider; repeatable
    #[arg(long = "scope", value_name = "SCOPE", value_parser = values::filled)]
    pub scopes: Vec<String>,
    /// The new grant's label
    #[arg(long, value_name = "LABEL", value_parser = values::filled)]
    pub label: Option<String>,
    /// How long the grant lives at most, such as 12h or 90d
    #[arg(long, value_name = "TIME", value_parser = values::lifetime)]
    pub ttl: Option<u64>,
    /// Delegate the grant to this agent (name or id); needs a user
    #[arg(long, value_name = "NAME", value_parser = values::filled)]
    pub agent: Option<String>,
    /// Ask that the agent may pass it on
    #[arg(long, requires = "agent")]
    pub delegable: bool,
    /// Let the user choose another account at the provider
    #[arg(long)]
    pub switch_account: bool,
    /// Print the link and end; the list will show what comes of it
    #[arg(long, conflicts_with_all = ["timeout", "format", "write"])]
    pub no_wait: bool,
    /// How the link is handed over.
    #[command(flatten)]
    pub link: LinkArguments,
    /// Print the new id in this format: uuid, env, shell, toml, yaml, json, ...
    #[arg(long = "as", value_name = "FORMAT", id = "format", value_parser = values::copy_format, add = ArgValueCompleter::new(Words(words::copy_format)), conflicts_with_all = ["write", "output"])]
    pub format: Option<CopyFormat>,
    /// Write the new id to this .env, TOML, YAML or JSON file, keeping every other byte
    #[arg(long, value_name = "FILE", requires = "name")]
    pub write: Option<PathBuf>,
    /// The name under which it is printed or written
    #[arg(long, value_name = "NAME", value_parser = values::filled)]
    pub name: Option<String>,
    /// How it is confirmed.
    #[command(flatten)]
    pub consent: ConsentArguments,
    /// Output format [default: the bare id]
    #[arg(long, short, value_enum, value_name = "FORMAT", help_heading = super::SHOWN)]
    pub output: Option<ManageFormat>,
}

pub(super) const CONNECT_EXAMPLES: &str = "\
Examples:
  GRANT=$(grantdeck connect github --yes)
  grantdeck connect google --scope https://www.googleapis.com/auth/calendar.readonly --label calendar
  grantdeck connect github --as-user --agent triage-bot --qr
  grantdeck connect slack --no-wait --yes --output json | jq -r .connect_url
  grantdeck connect github --yes --write .env --name GITHUB_GRANT";

/// What `grantdeck reconnect` may be told.
#[derive(Debug, Args)]
pub struct ReconnectArguments {
    /// Grant: id, at least four digits of it, or provider[:account][#label]
    #[arg(value_name = "SELECTOR", add = ArgValueCompleter::new(Selectors))]
    pub selector: Selector,
    /// Let the user choose another account: no repair then
    #[arg(long)]
    pub switch_account: bool,
    /// The agent whose grant it is (name or id), where the list does not say
    #[arg(long, value_name = "NAME", value_parser = values::filled)]
    pub agent: Option<String>,
    /// Print the link and end; the list will show what comes of it
    #[arg(long, conflicts_with = "timeout")]
    pub no_wait: bool,
    /// How the link is handed over.
    #[command(flatten)]
    pub link: LinkArguments,
    /// How it is confirmed.
    #[command(flatten)]
    pub consent: ConsentArguments,
    /// Output format [default: the bare id]
    #[arg(long, short, value_enum, value_name = "FORMAT", help_heading = super::SHOWN)]
    pub output: Option<ManageFormat>,
}

pub(super) const RECONNECT_EXAMPLES: &str = "\
Examples:
  grantdeck reconnect github:octo-acme
  grantdeck reconnect google:work@acme.com --as-user --open
  grantdeck reconnect 7c1f0a52 --dry-run --output json";

/// What `grantdeck whoami` may be told.
#[derive(Debug, Args)]
pub struct WhoamiArguments {
    /// How the link is handed over.
    #[command(flatten)]
    pub link: LinkArguments,
    /// Output format [default: lines for people]
    #[arg(long, short, value_enum, value_name = "FORMAT", help_heading = super::SHOWN)]
    pub output: Option<ManageFormat>,
}

pub(super) const WHOAMI_EXAMPLES: &str = "\
Examples:
  grantdeck whoami
  grantdeck whoami --as-user --qr
  grantdeck whoami --profile live --output json | jq -r .application_id";

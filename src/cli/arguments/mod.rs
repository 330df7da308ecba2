//! The command line.
#![expect(clippy::doc_markdown, reason = "these texts are printed as the help")]

use std::net::IpAddr;
use std::path::PathBuf;

mod call;
mod connect;
mod filters;
mod id;
mod manage;
mod output;
mod profiles;
mod report;
mod scan;
mod shell;
mod smoke;
mod source;

use clap::builder::styling::{AnsiColor, Styles};
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::engine::ArgValueCompleter;
use strum::IntoStaticStr;

pub use call::{AnswerArguments, ApprovalsArguments, CallArguments, CallFormat};
pub use connect::{ConnectArguments, LinkArguments, ReconnectArguments, WhoamiArguments};
pub use filters::FilterArguments;
pub use id::{ConfirmArguments, IdArguments, ShowArguments, ShowFormat};
pub use manage::{ConsentArguments, HistoryArguments, ManageFormat, RevokeArguments};
pub use profiles::{AddArguments, ProfilesArguments, ProfilesCommand};
pub use report::ReportArguments;
pub use scan::{OldId, ScanArguments};
pub use shell::{
    CompletionsArguments, DoctorArguments, ListingFormat, ManArguments, OperationsArguments,
    ProvidersArguments, Shell,
};
pub use smoke::{ReportFile, SmokeArguments, SmokeFormat, Verdicts};
pub use source::SourceArguments;

use super::completions::{FieldNames, Words};
use super::fields::Field;
use super::{values, words};
use crate::domain::ThemeName;
use crate::domain::column::Order;
use crate::sandbox::{FAULTS, FaultSpec, SessionEnd};
use crate::session::exit::Exit;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default())
    .placeholder(AnsiColor::Cyan.on_default().dimmed());

/// The terminal deck for the grants of an Alter Vault application.
///
/// Without a subcommand it opens the screen: browse, filter and search every connected account. With
/// --demo it needs no account and no network: it runs on an embedded sandbox.
///
/// The key comes from ALTER_API_KEY (the backend from ALTER_BASE_URL, an end user's token from
/// ALTER_USER_TOKEN), or from a configured profile, which ignores all three.
#[derive(Debug, Parser)]
#[command(name = "grantdeck", version, styles = STYLES, max_term_width = 100, after_long_help = examples())]
pub struct Arguments {
    /// What to do; nothing: open the screen.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Where key and backend come from.
    #[command(flatten)]
    pub source: SourceArguments,
    /// Theme of the screen: auto, dark, light, contrast or mono
    #[arg(long, value_name = "NAME", value_parser = values::theme, add = ArgValueCompleter::new(Words(words::theme)), help_heading = SHOWN)]
    pub theme: Option<ThemeName>,
    /// When to use colours; NO_COLOR counts with `auto`
    #[arg(long, global = true, value_enum, default_value_t = ColorWhen::Auto, value_name = "WHEN", help_heading = SHOWN)]
    pub color: ColorWhen,
    /// How much is said beside what was asked for.
    #[command(flatten)]
    pub report: ReportArguments,
}

const EXAMPLES: &str = "\
Examples:
  grantdeck --demo                              try it without any setup
  ALTER_API_KEY=... grantdeck                   browse the grants of your application
  grantdeck --profile acme                      the same with a profile from config.toml
  grantdeck list --health expired,reconnect     broken grants
  grantdeck list --all --output jsonl | jq .    everything, for scripts";

fn examples() -> String {
    format!("{EXAMPLES}\n\n{}", Exit::sentence())
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal that has them, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ColorWhen {
    /// Always, never, or None: as standard output has them.
    pub(super) fn wanted(self) -> Option<bool> {
        match self {
            Self::Auto => None,
            Self::Always => Some(true),
            Self::Never => Some(false),
        }
    }
}

/// The subcommands.
#[derive(Debug, IntoStaticStr, Subcommand)]
#[strum(serialize_all = "kebab-case")]
pub enum Command {
    /// List grants: a table on a terminal, JSON Lines in a pipe
    ///
    /// The backend filters by provider, status, account and label; kind, health and search are applied here, over as
    /// much of the list as needed. Prints the first 100 grants by default; standard error says if there are
    /// more.
    ///
    /// Tables fit the terminal: ids are cut to their first 8 digits (--search takes them), then
    /// names are cut, then columns are dropped, id and label first. Health is never cut.
    #[command(after_long_help = LIST_EXAMPLES)]
    List(Box<ListArguments>),
    /// Print everything the list says about one grant
    Show(ShowArguments),
    /// Print a grant id in any format, copy it, or write it to a file
    ///
    /// By default prints the bare id; several grants become one block. --write keeps every other byte of the file,
    /// shows the change, and asks on a terminal; elsewhere it needs --yes.
    #[command(after_long_help = id::ID_EXAMPLES)]
    Id(Box<IdArguments>),
    /// Find grant ids in a project, report stale ones, replace them
    ///
    /// Skips files in .gitignore (except .env), binaries, and files over 5 MiB; includes hidden files.
    /// Ids are matched against the whole list: stale (revoked or
    /// expired), superseded (its account has a newer grant), unknown (named like a grant, not in the list), alive.
    ///
    /// The exit code is 10 if something is stale (--fail-on) and was not replaced.
    #[command(after_long_help = scan::EXAMPLES)]
    Scan(Box<ScanArguments>),
    /// Send a test call with a grant, through Alter or with a credential for one call
    #[command(after_long_help = call::EXAMPLES)]
    Call(Box<CallArguments>),
    /// List calls held for approval, or check one and wait for its answer
    #[command(after_long_help = call::APPROVALS_EXAMPLES)]
    Approvals(ApprovalsArguments),
    /// Test which grants really work: one safe, read-only probe and one verdict each
    #[command(after_long_help = smoke::EXAMPLES)]
    Smoke(Box<SmokeArguments>),
    /// Connect an account: make a link, wait for its user, print the new grant's id
    ///
    /// Says first whose the grant will be: without a user token (profile, --as-user) the application's, not a person's.
    /// Then it makes the link, shows it on standard error and waits. A managed secret's slug makes a link on which its
    /// user enters a key. Ctrl-C stops the waiting, not the link.
    #[command(after_long_help = connect::CONNECT_EXAMPLES)]
    Connect(Box<ConnectArguments>),
    /// Bring a broken grant back, keeping its id where that is possible
    ///
    /// The list decides which link is made: a repair (the id stays), one with the missing scopes, or a new connection for
    /// a grant that is over (a new id). The account is compared afterwards; another one is exit code 5.
    #[command(after_long_help = connect::RECONNECT_EXAMPLES)]
    Reconnect(Box<ReconnectArguments>),
    /// Print whose key this is: application, agent, user
    #[command(after_long_help = connect::WHOAMI_EXAMPLES)]
    Whoami(WhoamiArguments),
    /// Revoke grants for good, or take one away from an agent
    ///
    /// Shows first what ends: agents and delegated grants below, grants on the same credential, last use, files that
    /// hold the id (--in). A terminal is asked; elsewhere it needs --yes, and in a production profile --confirm PROFILE.
    /// Each grant has its own outcome; one that is gone already is done. If some of several fail, the exit code is 10.
    #[command(after_long_help = manage::REVOKE_EXAMPLES)]
    Revoke(Box<RevokeArguments>),
    /// List test calls and writes to grants of this profile, from the local history
    History(HistoryArguments),
    /// Serve the emulated backend to other programs until Ctrl-C
    ///
    /// Prints the address and keys of the emulated application as shell lines: any program that talks to
    /// Alter can talk to it. All data is generated and gone when it ends.
    #[command(after_long_help = faults(), args = not_for_a_sandbox())]
    Sandbox(SandboxArguments),
    /// List known providers: API base URL and probe
    Providers(ProvidersArguments),
    /// List the operations of a provider's API that the backend knows
    #[command(after_long_help = shell::OPERATIONS_EXAMPLES)]
    Ops(OperationsArguments),
    /// List, add, choose and remove profiles (a backend and a key each)
    #[command(after_long_help = profiles::EXAMPLES)]
    Profiles(ProfilesArguments),
    /// Check key, backend, terminal, clipboard and files, and suggest fixes
    ///
    /// Read-only: calls no provider and copies nothing. The report contains no secrets. It
    /// exits with 10 if something does not work.
    #[command(after_long_help = shell::DOCTOR_EXAMPLES)]
    Doctor(DoctorArguments),
    /// Print shell completions for commands, options and names
    #[command(after_long_help = shell::COMPLETIONS_EXAMPLES)]
    Completions(CompletionsArguments),
    /// Print the manual page
    #[command(after_long_help = shell::MAN_EXAMPLES)]
    Man(ManArguments),
}

/// What `grantdeck list` may be told.
#[derive(Debug, Args)]
pub struct ListArguments {
    /// Which ones.
    #[command(flatten)]
    pub filters: FilterArguments,
    /// Sort by a column: provider, account, label, health, status, ends, used, created, ...
    #[arg(long, value_name = "COLUMN[:asc|:desc]", value_parser = values::order, add = ArgValueCompleter::new(Words(words::order)), help_heading = SHOWN)]
    pub sort: Option<Order>,
    /// Print all grants
    #[arg(long, conflicts_with = "limit", help_heading = AMOUNT)]
    pub all: bool,
    /// Print at most this many [default: 100]
    #[arg(long, value_name = "N", value_parser = values::limit, allow_negative_numbers = true, help_heading = AMOUNT)]
    pub limit: Option<u64>,
    /// Grants per request, 1 to 1000
    #[arg(
        long, value_name = "N", default_value_t = 1000, help_heading = AMOUNT,
        value_parser = clap::value_parser!(u16).range(1..=1000),
    )]
    pub page_size: u16,
    /// Output format [default: table on a terminal, else jsonl]
    #[arg(long, short, value_enum, value_name = "FORMAT", help_heading = SHOWN)]
    pub output: Option<Format>,
    /// Fields, comma-separated: protocol names, and health, provider, account, unreadable
    #[arg(long, value_name = "A,B,C", value_parser = values::FieldsParser, add = ArgValueCompleter::new(FieldNames), help_heading = SHOWN)]
    pub fields: Option<Fields>,
}

const LIST_EXAMPLES: &str = "\
Examples:
  grantdeck list --provider google --fields account,grant_id
  grantdeck list --search 'calendar -health:ok' --sort used
  grantdeck list --all --output csv > grants.csv
  grantdeck list --all --health needs_reconnect --output json | jq -r '.[].grant_id'";

const FILTERS: &str = "Filters";
const AMOUNT: &str = "How many";
const SHOWN: &str = "Output";

/// The value of `--fields`.
#[derive(Clone, Debug)]
pub struct Fields(pub Vec<Field>);

/// Formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Columns for people
    Table,
    /// One array
    Json,
    /// One object per line
    Jsonl,
    /// For spreadsheets
    Csv,
}

/// What `grantdeck sandbox` may be told.
#[derive(Debug, Args)]
pub struct SandboxArguments {
    /// Address to listen on; loopback only, since keys travel in clear text
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    pub host: IpAddr,
    /// Port; 0 picks a free one
    #[arg(long, value_name = "PORT", default_value_t = 8787)]
    pub port: u16,
    /// Requests per minute for each key; 0 = unlimited, and no budget headers
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub rate_limit: u32,
    /// How Connect and sign-in sessions end by themselves; without it, their pages wait for a click
    #[arg(long, value_enum, default_value_t = SessionWhen::Wait, value_name = "HOW")]
    pub connect: SessionWhen,
    /// Write address, keys and tokens to this file as JSON once it listens (0600; removed at the end)
    #[arg(long, value_name = "FILE")]
    pub ready_file: Option<PathBuf>,
    /// Write address and key to this file as NAME=VALUE lines (0600; removed at the end)
    #[arg(long, value_name = "FILE")]
    pub env_file: Option<PathBuf>,
    /// Inject a fault (--help lists them); repeatable
    #[arg(long, value_name = "NAME[=VALUE]")]
    pub fault: Vec<FaultSpec>,
}

/// How a session of the sandbox ends by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SessionWhen {
    /// The person accepts
    Accept,
    /// The person declines
    Decline,
    /// The person accepts with another account
    OtherAccount,
    /// The session expires
    Expire,
    /// Somebody has to click
    Wait,
}

impl From<SessionWhen> for SessionEnd {
    fn from(when: SessionWhen) -> Self {
        match when {
            SessionWhen::Accept => Self::Accept,
            SessionWhen::Decline => Self::Decline,
            SessionWhen::OtherAccount => Self::OtherAccount,
            SessionWhen::Expire => Self::Expire,
            SessionWhen::Wait => Self::Wait,
        }
    }
}

/// The global options that say where a session comes from. The sandbox opens none: its help does not show them,
/// and [`Arguments::contradiction`] refuses them.
fn not_for_a_sandbox() -> [Arg; 3] {
    let hidden = |name: &'static str| Arg::new(name).long(name).hide(true);
    [
        hidden("demo").action(ArgAction::SetTrue),
        hidden("profile"),
        hidden("config").value_parser(clap::value_parser!(PathBuf)),
    ]
}

impl Arguments {
    /// What was asked for and cannot be meant, though each part of it can be read.
    pub(super) fn contradiction(&self) -> Option<clap::Error> {
        if let Some(Command::Id(id)) = &self.command
            && id.write.is_none()
            && let Some(name) = id.confirm.given()
        {
            let sentence = format!("{name} needs --write");
            return Some(Self::command().error(ErrorKind::MissingRequiredArgument, sentence));
        }
        if let Some(Command::Id(id)) = &self.command
            && id.name.is_some()
            && id.selectors.len() > 1
        {
            let sentence = "--name needs exactly one grant";
            return Some(Self::command().error(ErrorKind::ArgumentConflict, sentence));
        }
        if let Some(Command::Scan(scan)) = &self.command
            && scan.swap.is_empty()
            && !scan.repair
            && let Some(name) = scan.confirm.given()
        {
            let sentence = format!("{name} needs --swap or --repair");
            return Some(Self::command().error(ErrorKind::MissingRequiredArgument, sentence));
        }
        if self.command.is_none() && (self.report.quiet || self.report.verbose) {
            let name = if self.report.quiet { "--quiet" } else { "--verbose" };
            let sentence = format!("{name} works with subcommands only; use --log FILE for the screen");
            return Some(Self::command().error(ErrorKind::ArgumentConflict, sentence));
        }
        let Some(Command::Sandbox(_)) = &self.command else { return None };
        let source = &self.source;
        let given = [
            ("--demo", source.demo),
            ("--profile", source.profile.is_some()),
            ("--config", source.config.is_some()),
        ];
        let (name, _) = given.into_iter().find(|(_, given)| *given)?;
        let sentence = format!("{name} does not apply to `sandbox`");
        Some(Self::command().error(ErrorKind::ArgumentConflict, sentence))
    }
}

fn faults() -> String {
    let rows = FAULTS.iter().map(|fault| {
        // Words to choose from are too wide for a column.
        let (value, words) = match fault.value {
            value if value.contains('|') => ("WORD", value.replace('|', ", ")),
            value => (value, String::new()),
        };
        let name = if value.is_empty() { fault.name.to_owned() } else { format!("{}={value}", fault.name) };
        let row = format!("  {name:<25} {}\n", fault.help);
        let words = folded(&words).into_iter().map(|line| format!("  {:<25} {line}\n", ""));
        row + &words.collect::<String>()
    });
    format!(
        "Faults (each may be followed by ,path=PREFIX ,grant=UUID-PREFIX ,after=N ,first=N):\n{}\nExamples:\n  grantdeck sandbox --grants 5000 --fault latency=200ms,path=/sdk/grants/list\n  grantdeck sandbox --fault needs-approval=2 --fault deny-after=10\n  grantdeck sandbox --port 0 --connect accept --ready-file sandbox.json\n",
        rows.collect::<String>()
    )
}

/// A text in lines that stay behind the column of names.
fn folded(text: &str) -> Vec<String> {
    const WIDTH: usize = 48;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut().filter(|line| line.len() + 1 + word.len() <= WIDTH) {
            Some(line) => *line = format!("{line} {word}"),
            None => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_definition_holds() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn mistyped_names_are_met_with_near_ones() {
        for (arguments, near) in [
            (["list", "--fields", "grant_id,acount"], "`account`"),
            (["list", "--sort", "usd:desc"], "`used`"),
            (["list", "--health", "expird"], "`expired`"),
        ] {
            let error = Arguments::try_parse_from(["grantdeck"].iter().chain(&arguments)).unwrap_err();
            assert!(error.to_string().contains(near), "{error}");
            assert_eq!(error.exit_code(), 2);
        }
    }
}

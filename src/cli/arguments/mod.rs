//! The command line.
#![expect(clippy::doc_markdown, reason = "these texts are printed as the help")]

use std::net::IpAddr;
use std::path::PathBuf;

mod call;
mod filters;
mod id;
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
pub use filters::FilterArguments;
pub use id::{ConfirmArguments, IdArguments, ShowArguments, ShowFormat};
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
use crate::sandbox::{FAULTS, Spell};
use crate::session::exit::Exit;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default())
    .placeholder(AnsiColor::Cyan.on_default().dimmed());

/// The terminal deck for the grants of an Alter Vault application.
///
/// Without a subcommand it opens the screen: browse every connected account, filter, search, read. With
/// --demo it needs neither an account nor a network: an emulated backend runs inside.
///
/// The key comes from ALTER_API_KEY (the backend from ALTER_BASE_URL, an end user's token from
/// ALTER_USER_TOKEN), or from a profile of the configuration, which ignores all three.
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
  grantdeck --demo                              look around, with nothing set up
  ALTER_API_KEY=... grantdeck                   browse the grants of your application
  grantdeck --profile acme                      the same with a profile of config.toml
  grantdeck list --health expired,reconnect     what is broken, for people
  grantdeck list --all --output jsonl | jq .    everything, for programs";

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
    /// Print grants: a table on a terminal, JSON Lines in a pipe
    ///
    /// Provider, status, account and label are filtered by the backend; kind, health and search here, over as
    /// much of the list as it takes. The first 100 grants are printed unless told otherwise; that there are more
    /// is said on standard error.
    ///
    /// A table is never wider than the terminal: the id is cut to its first 8 digits (--search takes them), then
    /// names are cut, then columns are left out, the id and the label first. Health is never cut.
    #[command(after_long_help = LIST_EXAMPLES)]
    List(Box<ListArguments>),
    /// Print everything the list says of one grant
    Show(ShowArguments),
    /// Print the id of a grant in a format of your choice, copy it, or write it into a file
    ///
    /// Plain output is the bare id, so that it pipes; several grants become one block. --write keeps every other byte of the file; it shows the change,
    /// asks on a terminal, and elsewhere wants --yes.
    #[command(after_long_help = id::ID_EXAMPLES)]
    Id(Box<IdArguments>),
    /// Find grant ids in a project: which are alive, which are stale; swap them
    ///
    /// What .gitignore leaves out is left out, but for .env files, which are always looked into; so are hidden files.
    /// Binary files and files over 5 MiB are passed over. Ids are matched with the whole list: stale (revoked or
    /// expired), superseded (its account has a newer grant), unknown (named like a grant, not in the list), alive.
    ///
    /// The exit code is 10 where something is stale (--fail-on) and was not swapped.
    #[command(after_long_help = scan::EXAMPLES)]
    Scan(Box<ScanArguments>),
    /// Fire a test call with a grant: Alter calls the provider, the credential stays there
    #[command(after_long_help = call::EXAMPLES)]
    Call(Box<CallArguments>),
    /// List the calls that are held for approval, or ask about one and wait for its answer
    #[command(after_long_help = call::APPROVALS_EXAMPLES)]
    Approvals(ApprovalsArguments),
    /// Test which grants really work: one safe, read-only probe and one verdict each
    #[command(after_long_help = smoke::EXAMPLES)]
    Smoke(Box<SmokeArguments>),
    /// Serve the emulated backend to other programs, until Ctrl-C
    ///
    /// It prints the address and the keys of the emulated application as lines for a shell: whatever talks to
    /// Alter can talk to it. Everything is made up, and gone when it ends.
    #[command(after_long_help = faults(), args = not_for_a_sandbox())]
    Sandbox(SandboxArguments),
    /// Print the providers that grantdeck knows: where their API is, how a grant is probed
    Providers(ProvidersArguments),
    /// Print the operations of a provider's API, as the backend knows them
    #[command(after_long_help = shell::OPERATIONS_EXAMPLES)]
    Ops(OperationsArguments),
    /// List, add, choose and remove profiles: backends with a key each
    #[command(after_long_help = profiles::EXAMPLES)]
    Profiles(ProfilesArguments),
    /// Look at key, backend, terminal, clipboard and files, and say what to do about what is wrong
    ///
    /// Harmless questions only: nothing is called with a grant, nothing is copied. No secret is in the report. It
    /// exits with 10 where something does not work.
    #[command(after_long_help = shell::DOCTOR_EXAMPLES)]
    Doctor(DoctorArguments),
    /// Print what makes a shell complete grantdeck's commands, options and names
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
    /// Order by a column: provider, account, label, health, status, ends, used, created, ...
    #[arg(long, value_name = "COLUMN[:asc|:desc]", value_parser = values::order, add = ArgValueCompleter::new(Words(words::order)), help_heading = SHOWN)]
    pub sort: Option<Order>,
    /// Every grant, however many
    #[arg(long, conflicts_with = "limit", help_heading = AMOUNT)]
    pub all: bool,
    /// At most this many [default: 100]
    #[arg(long, value_name = "N", value_parser = values::limit, allow_negative_numbers = true, help_heading = AMOUNT)]
    pub limit: Option<u64>,
    /// Grants per request, 1 to 1000
    #[arg(
        long, value_name = "N", default_value_t = 1000, help_heading = AMOUNT,
        value_parser = clap::value_parser!(u16).range(1..=1000),
    )]
    pub page_size: u16,
    /// How to print [default: table on a terminal, else jsonl]
    #[arg(long, short, value_enum, value_name = "FORMAT", help_heading = SHOWN)]
    pub output: Option<Format>,
    /// Which fields, with commas between: names of the protocol, and health, provider, account, unreadable
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
    /// The address to listen at; loopback only, for keys travel in clear
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    pub host: IpAddr,
    /// The port; 0: a free one
    #[arg(long, value_name = "PORT", default_value_t = 8787)]
    pub port: u16,
    /// Requests a key may make in a minute; 0: as many as it likes, and no budget is told
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub rate_limit: u32,
    /// Let something go wrong (--help lists what); may be given more than once
    #[arg(long, value_name = "NAME[=VALUE]")]
    pub fault: Vec<Spell>,
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
            let sentence = format!("{name} is about a file: it goes with --write");
            return Some(Self::command().error(ErrorKind::MissingRequiredArgument, sentence));
        }
        if let Some(Command::Id(id)) = &self.command
            && id.name.is_some()
            && id.selectors.len() > 1
        {
            let sentence = "--name is for one grant; without it each one has its own";
            return Some(Self::command().error(ErrorKind::ArgumentConflict, sentence));
        }
        if let Some(Command::Scan(scan)) = &self.command
            && scan.swap.is_empty()
            && !scan.repair
            && let Some(name) = scan.confirm.given()
        {
            let sentence = format!("{name} is about a change: it goes with --swap or --repair");
            return Some(Self::command().error(ErrorKind::MissingRequiredArgument, sentence));
        }
        if self.command.is_none() && (self.report.quiet || self.report.verbose) {
            let name = if self.report.quiet { "--quiet" } else { "--verbose" };
            let sentence = format!("{name} is for subcommands; the screen writes a log with --log FILE");
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
        let sentence = format!("{name} means nothing to `sandbox`, which is a backend and asks none");
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
        "Faults (each may be followed by ,path=PREFIX ,grant=UUID-PREFIX ,after=N ,first=N):\n{}\nExamples:\n  grantdeck sandbox --grants 5000 --fault latency=200ms,path=/sdk/grants/list\n  grantdeck sandbox --fault needs-approval=2 --fault deny-after=10\n",
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

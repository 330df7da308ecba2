//! The arguments that say where key and backend come from.
#![expect(clippy::doc_markdown, reason = "these texts are printed as the help")]

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap_complete::engine::ArgValueCompleter;

use crate::cli::completions::Profiles;
use crate::domain::code::shell_word;
use crate::domain::log::Log;
use crate::sandbox::Options;
use crate::session::Request;
use crate::session::fetch::Fetcher;
use crate::store::Source;

/// Where key and backend come from.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Source")]
pub struct SourceArguments {
    /// Use the embedded sandbox; nothing leaves this machine
    #[arg(long, global = true)]
    pub demo: bool,
    /// Number of grants in the sandbox [default: 500]
    #[arg(long, global = true, value_name = "N", default_value_t = 500, hide_default_value = true)]
    pub grants: u32,
    /// Seed for the generated grants [default: 1]
    #[arg(long, global = true, value_name = "N", default_value_t = 1, hide_default_value = true)]
    pub seed: u64,
    /// Use a configured profile instead of the ALTER_ variables
    #[arg(
        long, global = true, value_name = "NAME", conflicts_with = "demo",
        add = ArgValueCompleter::new(Profiles),
    )]
    pub profile: Option<String>,
    /// Configuration file [env: GRANTDECK_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where what is asked and answered is noted; opened from [`ReportArguments`].
    #[arg(skip)]
    pub entries: Log,
}

impl SourceArguments {
    /// What a later command needs to reach the same backend with the same key; None where none can: a demonstration ends
    /// with the program.
    pub(in crate::cli) fn again(&self) -> Option<String> {
        let profile = self.profile.clone().map(|name| ("--profile", name));
        let config = self.config.as_ref().map(|file| ("--config", file.display().to_string()));
        let words = profile.into_iter().chain(config);
        let words: Vec<String> = words
            .flat_map(|(option, value)| [" ", option, " ", &shell_word(&value)].map(str::to_owned))
            .collect();
        (!self.demo).then(|| words.concat())
    }

    /// What a session is opened with.
    pub(in crate::cli) fn request(&self, source: Source) -> Request {
        let fetcher = Fetcher::default();
        Request { source, demo: self.options(), log: self.entries.clone(), fetcher }
    }

    /// What the emulated backend is grown from.
    pub(in crate::cli) fn options(&self) -> Options {
        // A provider takes its time; other programs' tests would rather not wait for it.
        let provider_latency = Duration::from_millis(if self.demo { 120 } else { 0 });
        Options { grants: self.grants, seed: self.seed, provider_latency, ..Options::default() }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use crate::cli::arguments::Arguments;

    #[test]
    fn a_later_command_reaches_the_same_backend() {
        for (arguments, want) in [
            (&[][..], Some("")),
            (&["--demo"], None),
            (&["--profile", "a b"], Some(" --profile 'a b'")),
            (&["--profile", "a", "--config", "/c.toml"], Some(" --profile a --config /c.toml")),
        ] {
            let read = Arguments::try_parse_from([&["grantdeck", "list"], arguments].concat()).unwrap();
            assert_eq!(read.source.again().as_deref(), want, "{arguments:?}");
        }
    }
}

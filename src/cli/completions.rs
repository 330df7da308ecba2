//! `grantdeck completions`, and the answers to a shell that asks for names.
//!
//! In bash, zsh, fish and elvish the registered script asks this program, so that names of grants and providers come
//! up; PowerShell gets a script with commands and options alone.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::io;
use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::engine::{CompletionCandidate, ValueCompleter};
use clap_complete::env::{Elvish, EnvCompleter, Fish};
use clap_complete::{CompleteEnv, aot};
use strum::IntoEnumIterator;

use super::arguments::{Arguments, Shell};
use super::fields::Field;
use super::listing;
use super::run::Done;
use crate::domain::provider::table;
use crate::platform::clock;
use crate::session::configuration;
use crate::session::exit::Exit;
use crate::store::paths::process_environment;
use crate::store::{Source, selectors};

/// The variable by which a registered script asks.
const ASKED_BY: &str = "GRANTDECK_COMPLETE";

/// The scripts for bash and zsh are our own: those of the library take no names with `:` or blanks in them.
const BASH: &[u8] = grantdeck_assets::BASH_COMPLETIONS;
const ZSH: &[u8] = grantdeck_assets::ZSH_COMPLETIONS;

/// How the program is called.
const NAME: &str = "grantdeck";

/// Answers a shell that asks what could come next; None = this is an ordinary start.
pub fn complete(arguments: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    std::env::var_os(ASKED_BY)?;
    let folder = std::env::current_dir().ok();
    let asked = CompleteEnv::with_factory(Arguments::command).var(ASKED_BY).completer(NAME);
    match asked.try_complete(arguments, folder.as_deref()) {
        Ok(false) => None,
        Ok(true) => Some(Exit::Ok.end()),
        // A shell that asks has no place for words.
        Err(_) => Some(Exit::Error.end()),
    }
}

/// Prints what registers the completions of a shell.
pub(super) fn print(shell: Shell) -> Done {
    listing::write(&String::from_utf8_lossy(&script(shell)?))?;
    Ok(Exit::Ok)
}

fn script(shell: Shell) -> io::Result<Vec<u8>> {
    Ok(match shell {
        Shell::Bash => BASH.to_vec(),
        Shell::Zsh => ZSH.to_vec(),
        Shell::Fish => asking(&Fish)?,
        Shell::Elvish => asking(&Elvish)?,
        Shell::Powershell => fixed(aot::Shell::PowerShell),
    })
}

/// A script that asks this program.
fn asking(shell: &impl EnvCompleter) -> io::Result<Vec<u8>> {
    let mut script = Vec::new();
    shell.write_registration(ASKED_BY, NAME, NAME, NAME, &mut script)?;
    Ok(script)
}

/// A script that asks nobody.
fn fixed(shell: aot::Shell) -> Vec<u8> {
    let mut script = Vec::new();
    aot::generate(shell, &mut Arguments::command(), NAME, &mut script);
    script
}

/// The words that an option takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words(pub(super) fn() -> Vec<&'static str>);

impl ValueCompleter for Words {
    fn complete(&self, current: &OsStr) -> Vec<CompletionCandidate> {
        let begun = current.to_string_lossy();
        (self.0)()
            .into_iter()
            .filter(|word| word.starts_with(&*begun))
            .map(CompletionCandidate::new)
            .collect()
    }
}

/// `--fields`: names with commas between them.
#[derive(Clone, Copy, Debug)]
pub(super) struct FieldNames;

impl ValueCompleter for FieldNames {
    fn complete(&self, current: &OsStr) -> Vec<CompletionCandidate> {
        let begun = current.to_string_lossy();
        let (before, last) = begun.rfind(',').map_or(("", &*begun), |at| begun.split_at(at + 1));
        let fitting = Field::iter().map(<&'static str>::from).filter(|name| name.starts_with(last));
        fitting.map(|name| CompletionCandidate::new(format!("{before}{name}"))).collect()
    }
}

/// Ids of the built-in catalog.
#[derive(Clone, Copy, Debug)]
pub(super) struct Providers;

impl ValueCompleter for Providers {
    fn complete(&self, current: &OsStr) -> Vec<CompletionCandidate> {
        let begun = current.to_string_lossy();
        let fitting = table().iter().filter(|(id, _)| id.starts_with(begun.as_ref()));
        fitting.map(|(id, row)| CompletionCandidate::new(id).help(Some(row.name.clone().into()))).collect()
    }
}

/// Names of the configuration's profiles.
#[derive(Clone, Copy, Debug)]
pub(super) struct Profiles;

impl ValueCompleter for Profiles {
    fn complete(&self, current: &OsStr) -> Vec<CompletionCandidate> {
        let begun = current.to_string_lossy();
        // A shell that asks has no place for what is wrong with the file.
        let summaries = configuration(None).map(|config| config.summaries()).unwrap_or_default();
        let named = summaries.into_iter().filter_map(|profile| {
            let mark = if profile.write_policy.production { ", production" } else { "" };
            Some((profile.write_policy.profile?, profile.backend.map(|backend| backend + mark)))
        });
        let fitting = named.filter(|(name, _)| name.starts_with(begun.as_ref()));
        fitting
            .map(|(name, backend)| CompletionCandidate::new(name.to_string()).help(backend.map(Into::into)))
            .collect()
    }
}

/// The source that the words on the line would use.
fn source_asked_for(words: impl IntoIterator<Item = OsString>) -> Source {
    let (mut demo, mut profile) = (false, None);
    let mut words = words.into_iter().map(|word| word.to_string_lossy().into_owned());
    while let Some(word) = words.next() {
        match word.as_str() {
            "--demo" => demo = true,
            "--profile" => profile = words.next(),
            other => profile = other.strip_prefix("--profile=").map(str::to_owned).or(profile),
        }
    }
    let config = configuration(None).unwrap_or_default();
    Source::choose(demo, profile).settled(&config, &process_environment)
}

/// Names of grants, as far as a walk of the list in the last minutes saw them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Selectors;

impl ValueCompleter for Selectors {
    fn complete(&self, current: &OsStr) -> Vec<CompletionCandidate> {
        let begun = current.to_string_lossy();
        let source = source_asked_for(std::env::args_os());
        let profile = match &source {
            // Of a demonstration no names are kept.
            Source::Demo => return Vec::new(),
            Source::Profile(name) => Some(name.as_str()),
            Source::Environment | Source::Typed => None,
        };
        let known = selectors::recall(profile, &process_environment, clock::wall());
        let mut seen = HashSet::new();
        let fitting = known.into_iter().filter(|known| known.name.starts_with(begun.as_ref()));
        // A name that several grants have is worth offering: choosing it lists them.
        let fitting = fitting.filter(|known| seen.insert(known.name.clone()));
        fitting.map(|known| CompletionCandidate::new(known.name).help(Some(known.help.into()))).collect()
    }
}

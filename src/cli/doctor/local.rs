//! What can be looked at without asking anybody.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::Path;

use super::check::{Check, CheckState};
use crate::app::keymap::Keymap;
use crate::domain::{CopyChoice, CopyRoute, Diagnosis, Preset};
use crate::platform::clipboard::{Environment, Reach, reach};
use crate::platform::keyring;
use crate::store::config::KeymapFile;
use crate::store::paths::{config_file, history_file, process_environment, state_folder};
use crate::store::{Config, History, KeySource, Source};

/// The smallest terminal in which the screen works.
const SMALLEST: (u16, u16) = (60, 16);

pub(super) fn version() -> Check {
    let system = format!("{} on {}", std::env::consts::OS, std::env::consts::ARCH);
    Check::ok("version", &format!("grantdeck {}, {system}", env!("CARGO_PKG_VERSION")))
}

/// The configuration file and what is wrong with it, and the keys beside it.
pub(super) fn configuration(option: Option<&Path>, config: &Result<Config, Diagnosis>) -> Vec<Check> {
    const NAME: &str = "configuration";
    let config = match config {
        Ok(config) => config,
        Err(diagnosis) => return vec![Check::of(NAME, CheckState::Problem, diagnosis)],
    };
    let Ok(Some(location)) = config_file(option, &process_environment) else {
        return vec![Check::new(NAME, CheckState::Warning, "there is no home folder")];
    };
    let file = location.file.display();
    let mut checks = vec![match fs::metadata(&location.file) {
        Err(error) if is_missing(&error) => {
            Check::ok(NAME, &format!("{file} does not exist; using defaults"))
        }
        Err(error) => Check::new(NAME, CheckState::Problem, &format!("{file} cannot be read: {error}")),
        Ok(facts) => {
            owned(NAME, &location.file, &facts, 0o022, "others can write to it").unwrap_or_else(|| {
                let profiles: Vec<&str> = config.profiles.keys().map(String::as_str).collect();
                let profiles = if profiles.is_empty() { "none".to_owned() } else { profiles.join(", ") };
                Check::ok(NAME, &format!("{file}; profiles: {profiles}"))
            })
        }
    }];
    checks.extend(config.mistakes.iter().map(|mistake| Check::of(NAME, CheckState::Problem, mistake)));
    if let Some(file) = &config.keymap {
        let mistakes = keys(file, config.preferences.keymap.unwrap_or_default());
        let name = file.file.display();
        if mistakes.is_empty() {
            checks.push(Check::ok("keys", &name.to_string()));
        }
        checks.extend(mistakes.iter().map(|mistake| Check::of("keys", CheckState::Warning, mistake)));
    }
    checks
}

/// What is wrong with the user's keys, row by row, as the screen tells it.
fn keys(file: &KeymapFile, preset: Preset) -> Vec<Diagnosis> {
    Keymap::load(preset, &file.text, &file.file.display().to_string()).1
}

/// What the configuration says of each call; nothing where it says nothing.
pub(super) fn attribution(config: &Config, source: &Source) -> Vec<Check> {
    const NAME: &str = "attribution";
    let (said, mistakes) = config.attribution(source, &process_environment);
    let keys: Vec<&str> = said.context.iter().map(|(key, _)| key.as_str()).collect();
    let reason = said.reason.map(|reason| format!("reason \"{reason}\""));
    let context = (!keys.is_empty()).then(|| format!("context {}", keys.join(", ")));
    let found: Vec<String> = reason.into_iter().chain(context).collect();
    let rows = mistakes.iter().map(|mistake| Check::of(NAME, CheckState::Warning, mistake));
    let set = (!found.is_empty()).then(|| Check::ok(NAME, &found.join("; ")));
    set.into_iter().chain(rows).collect()
}

/// A warning where a file's mode lets others do what they should not.
#[cfg(unix)]
fn owned(name: &'static str, file: &Path, facts: &fs::Metadata, mask: u32, what: &str) -> Option<Check> {
    use std::os::unix::fs::PermissionsExt;

    let mode = facts.permissions().mode() & 0o7777;
    (mode & mask != 0).then(|| {
        let file = file.display();
        Check::new(name, CheckState::Warning, &format!("{file} has mode {mode:04o}: {what}"))
            .remedy(&format!("chmod {:04o} {file}", mode & !mask))
    })
}

#[cfg(not(unix))]
fn owned(_: &'static str, _: &Path, _: &fs::Metadata, _: u32, _: &str) -> Option<Check> {
    None
}

/// The machine around the program. Asks the clipboard, which may take its time.
pub(super) fn surroundings(config: &Config) -> Vec<Check> {
    let mut checks = vec![state()];
    checks.push(history(config));
    checks.extend(terminal());
    checks.extend(clipboard(config));
    checks.push(keyring(config));
    checks
}

fn state() -> Check {
    const NAME: &str = "state folder";
    let Some(folder) = state_folder(&process_environment) else {
        return Check::new(NAME, CheckState::Warning, "there is no home folder")
            .remedy("Set HOME or XDG_STATE_HOME; until then nothing is stored.");
    };
    let shown = folder.display();
    match fs::metadata(&folder) {
        Err(error) if is_missing(&error) => match unwritable(&folder) {
            None => Check::ok(NAME, &format!("{shown} is created with the first stored call")),
            Some(why) => Check::new(NAME, CheckState::Warning, &format!("{shown} cannot be created: {why}"))
                .remedy("Calls are not stored. Set XDG_STATE_HOME to another folder, or history = false to silence this."),
        },
        Err(error) => Check::new(NAME, CheckState::Problem, &format!("{shown} cannot be read: {error}")),
        Ok(facts) if !facts.is_dir() => Check::new(NAME, CheckState::Problem, &format!("{shown} is not a folder")),
        Ok(facts) => owned(NAME, &folder, &facts, 0o077, "others can read the folder")
            .unwrap_or_else(|| Check::ok(NAME, &shown.to_string())),
    }
}

fn history(config: &Config) -> Check {
    const NAME: &str = "history";
    if config.preferences.history == Some(false) {
        return Check::ok(NAME, "disabled in the configuration");
    }
    let Some(file) = history_file(&process_environment) else {
        return Check::new(NAME, CheckState::Warning, "there is no place for it");
    };
    let shown = file.display();
    match fs::metadata(&file) {
        Err(error) if is_missing(&error) => {
            Check::ok(NAME, &format!("{shown} is created with the first stored call"))
        }
        Err(error) => Check::new(NAME, CheckState::Problem, &format!("{shown} cannot be read: {error}")),
        Ok(facts) => match History::open(&file, config.retention) {
            Err(error) => Check::of(NAME, CheckState::Problem, &error.diagnose()),
            Ok(_) => owned(NAME, &file, &facts, 0o077, "others can read it")
                .unwrap_or_else(|| Check::ok(NAME, &format!("{shown}, {} kB", facts.len().div_ceil(1_000)))),
        },
    }
}

/// Whether there is nothing: not even, perhaps, the folder that it would be in.
fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// Why nothing can be made in the nearest folder that there is; None = it can.
#[cfg(unix)]
fn unwritable(folder: &Path) -> Option<String> {
    use rustix::fs::{Access, access};

    let there = folder.ancestors().find(|folder| folder.exists())?;
    let refused = access(there, Access::WRITE_OK | Access::EXEC_OK).err()?;
    Some(format!("{} ({})", io::Error::from(refused), there.display()))
}

#[cfg(not(unix))]
fn unwritable(_: &Path) -> Option<String> {
    None
}

fn terminal() -> Vec<Check> {
    const NAME: &str = "terminal";
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let term = variable("TERM").unwrap_or_else(|| "not set".to_owned());
    let mut facts = vec![format!("TERM {term}")];
    for name in ["COLORTERM", "NO_COLOR", "CLICOLOR_FORCE", "TERM_PROGRAM"] {
        facts.extend(variable(name).map(|value| format!("{name} {value}")));
    }
    for (name, word) in [("TMUX", "inside tmux"), ("STY", "inside screen"), ("SSH_CONNECTION", "over SSH")] {
        facts.extend(variable(name).map(|_| word.to_owned()));
    }
    let mut checks = Vec::new();
    if io::stdout().is_terminal() {
        let size = terminal_size::terminal_size().map(|(width, height)| (width.0, height.0));
        // Some pseudo terminals have no size at all.
        let (width, height) = size.filter(|size| *size != (0, 0)).unwrap_or(SMALLEST);
        facts.insert(0, format!("{width}×{height}"));
        let small = width < SMALLEST.0 || height < SMALLEST.1;
        let state = if small || term == "dumb" { CheckState::Warning } else { CheckState::Ok };
        let remedy = match () {
            () if term == "dumb" => "This terminal cannot show the screen; subcommands work.",
            () if small => "The screen needs at least 60×16.",
            () => "",
        };
        checks.push(Check::new(NAME, state, &facts.join(", ")).remedy(remedy));
    } else {
        checks.push(Check::new(
            NAME,
            CheckState::Unknown,
            &format!("standard output is not a terminal; {}", facts.join(", ")),
        ));
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(variable);
    checks.push(match locale {
        _ if cfg!(windows) => Check::ok("text", "Unicode"),
        Some(locale) if locale.to_uppercase().replace('-', "").contains("UTF8") => Check::ok("text", &locale),
        locale => {
            let found = locale.unwrap_or_else(|| "no locale is set".to_owned());
            Check::new("text", CheckState::Warning, &found)
                .remedy("Symbols such as ● need UTF-8: set LANG to a UTF-8 locale, such as C.UTF-8.")
        }
    });
    checks
}

/// Asked only where a profile needs it: a locked keyring would ask its user to unlock it.
fn keyring(config: &Config) -> Check {
    const NAME: &str = "keyring";
    let wanted = config.profiles.values().flatten().any(|profile| profile.key == KeySource::Keyring);
    if !wanted {
        return Check::new(NAME, CheckState::Unknown, "no profile keeps its key there; not asked");
    }
    match keyring::status() {
        Ok(()) => Check::ok(NAME, "answers"),
        Err(problem) => Check::new(NAME, CheckState::Problem, &problem),
    }
}

fn clipboard(config: &Config) -> Vec<Check> {
    const NAME: &str = "clipboard";
    let hidden: Vec<String> = config.hidden_variables.iter().cloned().collect();
    let found =
        reach(&Environment::of_process(), config.preferences.clipboard.unwrap_or(CopyChoice::Auto), &hidden);
    let works = found.iter().any(|(route, found)| *route != CopyRoute::Shown && *found == Reach::Answers);
    let rows = found.into_iter().map(|(route, found)| {
        let name = route.name();
        match (route, found) {
            (CopyRoute::Shown, _) if works => {
                Check::ok(NAME, "otherwise the text is shown for manual selection")
            }
            (CopyRoute::Shown, _) => Check::new(
                NAME,
                CheckState::Warning,
                "as a last resort, the text is shown for manual selection",
            ),
            (_, Reach::Answers) => Check::ok(NAME, &format!("{name} answers")),
            (_, Reach::Unconfirmed) => {
                let found = format!("{name} sent (unconfirmed)");
                Check::new(NAME, CheckState::Unknown, &found)
            }
            (_, Reach::Broken(why)) => Check::new(NAME, CheckState::Warning, &format!("{name}: {why}")),
        }
    });
    rows.collect()
}

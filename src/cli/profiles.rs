//! `grantdeck profiles`.

mod login;

use std::path::PathBuf;

use serde_json::{Value, json};

use super::arguments::{AddArguments, Arguments, ListingFormat, ProfilesArguments, ProfilesCommand};
use super::listing;
use super::report::{Report, refused};
use super::run::{Abort, Done, Run};
use crate::domain::{Clean, Code, Diagnosis, Retry, Who};
use crate::platform::ending::Whole;
use crate::protocol::{BaseUrl, base_url};
use crate::session::configuration;
use crate::session::exit::Exit;
use crate::store::edit_profiles::{Change, change};
use crate::store::paths::{config_file, process_environment};
use crate::store::session::KEY_VARIABLE;
use crate::store::{KeySource, Preferences, Profile, TokenSource};

/// Runs the subcommand.
pub(super) async fn profiles(run: &mut Run<'_>, asked: &ProfilesArguments) -> Done {
    let arguments = run.arguments;
    let done = match &asked.command {
        None => return list(arguments, None, &mut run.report),
        Some(ProfilesCommand::List { output }) => return list(arguments, *output, &mut run.report),
        Some(ProfilesCommand::Add(add)) => profile(add).and_then(|profile| {
            let wanted = Change::Add(add.name.clone(), Box::new(profile));
            let next = if add.keyring {
                format!("; next: `grantdeck profiles login {}`", Clean::line(&add.name))
            } else {
                String::new()
            };
            changed(arguments, &wanted).map(|file| format!("added profile {} to {file}{next}", add.name))
        }),
        Some(ProfilesCommand::Use { name }) => {
            let chosen = Some(name.clone()).filter(|name| name != "-");
            let message = match &chosen {
                Some(name) if process_environment(KEY_VARIABLE).is_some_and(|key| !key.is_empty()) => {
                    format!("default profile: {name}. {KEY_VARIABLE} is set and takes precedence")
                }
                Some(name) => format!("default profile: {name}"),
                None => "no default profile".to_owned(),
            };
            changed(arguments, &Change::Use(chosen)).map(|_| message)
        }
        Some(ProfilesCommand::Login { name }) => login::login(arguments, name).await,
        Some(ProfilesCommand::Logout { name }) => login::logout(arguments, name),
        Some(ProfilesCommand::Remove { name, yes: false }) => {
            Err(refused("--yes", &format!("this removes {name} from the configuration: confirm it")))
        }
        Some(ProfilesCommand::Remove { name, yes: true }) => {
            let place = login::place(arguments, name);
            changed(arguments, &Change::Remove(name.clone())).map(|file| {
                let key = login::forget(place.as_ref());
                format!("profile {name} is no longer in {file}; {key}")
            })
        }
    };
    run.report.remark(&done?);
    Ok(Exit::Ok)
}

/// Makes a change in the configuration; answers the name of the file.
fn changed(arguments: &Arguments, wanted: &Change) -> Result<String, Diagnosis> {
    let file = file(arguments)?;
    let _whole = Whole::begin();
    change(&file, wanted)?;
    Ok(file.display().to_string())
}

fn file(arguments: &Arguments) -> Result<PathBuf, Diagnosis> {
    let location = config_file(arguments.source.config.as_deref(), &process_environment)?;
    location.map(|location| location.file).ok_or_else(|| {
        Diagnosis::new(Code::ConfigUnreadable, Who::You, Retry::AfterRemedy)
            .fact("problem", "there is no home folder")
    })
}

/// The profile that was described.
fn profile(add: &AddArguments) -> Result<Profile, Diagnosis> {
    if let Some(text) = &add.base_url {
        BaseUrl::parse(text).map_err(|error| refused("--base-url", &error.to_string()))?;
    }
    let variable = |argument: &str, name: &str| {
        let own = crate::store::config::is_own_variable(name) && !name.is_empty();
        let problem = "expected the name of an environment variable that does not begin with ALTER_";
        if own { Ok(name.to_owned()) } else { Err(refused(argument, problem)) }
    };
    let key = match (&add.key_env, &add.key_command) {
        (Some(name), _) => KeySource::Variable(variable("--key-env", name)?),
        (None, Some(command)) => KeySource::Command(words(command)?),
        (None, None) if add.keyring => KeySource::Keyring,
        (None, None) => KeySource::Prompt,
    };
    let user_token =
        add.user_token_env.as_deref().map(|name| variable("--user-token-env", name)).transpose()?;
    Ok(Profile {
        base_url: add.base_url.clone(),
        key,
        user_token: user_token.map(TokenSource::Variable),
        preferences: Preferences::default(),
        production: add.production,
        read_only: add.read_only,
    })
}

fn words(command: &str) -> Result<Vec<String>, Diagnosis> {
    let words = shell_words::split(command).map_err(|error| refused("--key-command", &error.to_string()))?;
    if crate::store::profile::is_command(&words) {
        Ok(words)
    } else {
        Err(refused("--key-command", "expected a program, by name or absolute path, and its arguments"))
    }
}

fn list(arguments: &Arguments, format: Option<ListingFormat>, report: &mut Report) -> Done {
    let config = configuration(arguments.source.config.as_deref())?;
    config.mistakes.iter().for_each(|mistake| report.failure(mistake));
    if let Some(unreadable) = config.unreadable {
        return Err(Abort::Printed(unreadable));
    }
    if config.profiles.is_empty() {
        report.notice("no profiles yet; add one with `grantdeck profiles add`");
    }
    let rows: Vec<_> = config.profiles.iter().collect();
    let used = config.profile.as_deref();
    listing::print(
        format,
        &rows,
        ["PROFILE", "BACKEND", "KEY", "CARE"],
        |(name, profile)| {
            let mark = if used == Some(name.as_str()) { " (used)" } else { "" };
            let name = format!("{}{mark}", Clean::line(name));
            match profile {
                Err(_) => [name, "not usable: it has a mistake".to_owned(), String::new(), String::new()],
                Ok(profile) => {
                    let backend = profile.base_url.as_deref().unwrap_or(base_url::DEFAULT);
                    let write_policy = [(profile.production, "production"), (profile.read_only, "read-only")];
                    let write_policy: Vec<&str> =
                        write_policy.iter().filter(|(set, _)| *set).map(|(_, word)| *word).collect();
                    [name, Clean::line(backend).to_string(), source(&profile.key), write_policy.join(", ")]
                }
            }
        },
        |(name, profile)| object(name, profile.as_ref().ok(), used == Some(name.as_str())),
    )?;
    Ok(Exit::Ok)
}

/// Where a key comes from, without the arguments of a command: they may name what nobody should read.
fn source(key: &KeySource) -> String {
    match key {
        KeySource::Variable(name) => format!("variable {}", Clean::line(name)),
        KeySource::Command(words) => {
            format!("command {}", Clean::line(words.first().map(String::as_str).unwrap_or_default()))
        }
        KeySource::Keyring => "keyring".to_owned(),
        KeySource::Prompt => "asked for".to_owned(),
    }
}

fn object(name: &str, profile: Option<&Profile>, used: bool) -> Value {
    let Some(profile) = profile else { return json!({ "name": name, "usable": false, "used": used }) };
    json!({
        "name": name,
        "usable": true,
        "used": used,
        "base_url": profile.base_url.as_deref().unwrap_or(base_url::DEFAULT),
        "key": source(&profile.key),
        "production": profile.production,
        "read_only": profile.read_only,
    })
}

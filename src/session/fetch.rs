//! Keys and tokens from outside the environment: a command's output, the keyring, or a prompt.

use std::process::Command;
use std::time::Duration;

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::keyring;
use crate::platform::child::{run_at_most, withhold};
use crate::platform::input::Keyboard;
use crate::platform::secret_line;
use crate::platform::silent::Leave;
use crate::store::KeyringPlace;
use crate::store::session::Fetch;

/// Time limit for a command: it may have to prompt its own user.
const TIME_LIMIT: Duration = Duration::from_secs(10);

/// Limit for a command's output, in bytes; no key or token is longer.
const MAX_OUTPUT: usize = 64 << 10;

/// Runs commands, reads the keyring and prompts at the terminal.
#[derive(Clone, Debug, Default)]
pub struct Fetcher {
    /// The answer to a prompt from before the screen took the terminal.
    typed: Option<SecretString>,
}

impl Fetcher {
    /// With the answer to an earlier prompt.
    pub fn with(typed: SecretString) -> Self {
        Self { typed: Some(typed) }
    }
}

impl Fetch for Fetcher {
    fn command(&self, words: &[String], hidden: &[String]) -> Result<SecretString, String> {
        run_command(words, hidden, TIME_LIMIT)
    }

    fn keyring(&self, place: &KeyringPlace) -> Result<SecretString, String> {
        keyring::get(place)
    }

    fn prompt(&self, question: &str) -> Result<SecretString, String> {
        if let Some(typed) = &self.typed {
            return Ok(typed.clone());
        }
        secret_line::ask(&Keyboard::default(), question, Leave::End)
    }
}

/// Runs a command and returns the one line it prints.
fn run_command(words: &[String], hidden: &[String], limit: Duration) -> Result<SecretString, String> {
    let [program, arguments @ ..] = words else { return Err("is no command".to_owned()) };
    let mut command = Command::new(program);
    command.args(arguments);
    withhold(&mut command, hidden);
    let (status, printed) =
        run_at_most(&mut command, Zeroizing::default(), limit, MAX_OUTPUT).map_err(|error| {
            match error.kind() {
                std::io::ErrorKind::FileTooLarge => "printed more than 64 KiB".to_owned(),
                std::io::ErrorKind::TimedOut => format!("took longer than {} s", limit.as_secs()),
                _ => format!("cannot be started: {error}"),
            }
        })?;
    if !status.success() {
        return Err(match status.code() {
            Some(code) => format!("ended with {code}"),
            None => "was ended by a signal".to_owned(),
        });
    }
    let Ok(text) = std::str::from_utf8(&printed) else {
        return Err("printed invalid text".to_owned());
    };
    let line = text.trim_end_matches(['\r', '\n']);
    match line {
        "" => Err("printed nothing".to_owned()),
        line if line.contains(['\r', '\n']) => Err("printed more than one line".to_owned()),
        line => Ok(SecretString::from(line)),
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn shell(script: &str, limit: Duration) -> Result<String, String> {
        let words = ["/bin/sh", "-c", script].map(str::to_owned);
        run_command(&words, &["PATH".to_owned()], limit).map(|key| key.expose_secret().to_owned())
    }

    #[test]
    fn one_line_of_a_command_that_succeeds_counts() {
        let long = Duration::from_mins(1);
        assert_eq!(shell("echo key", long).as_deref(), Ok("key"));
        assert_eq!(shell("printf 'key\\r\\n'", long).as_deref(), Ok("key"));
        // PATH is set in every process; here it stands in for the variable that holds another key.
        assert_eq!(shell("echo \"<$(/usr/bin/env | /bin/grep -c ^PATH=)>\"", long).as_deref(), Ok("<0>"));
        for (script, said) in [
            ("exit 3", "ended with 3"),
            ("echo a; exit 1", "ended with 1"),
            ("kill -9 $$", "was ended by a signal"),
            ("true", "printed nothing"),
            ("echo a; echo b", "printed more than one line"),
            ("printf '\\377'", "printed invalid text"),
            ("exec /usr/bin/yes", "printed more than 64 KiB"),
        ] {
            assert_eq!(shell(script, long), Err(said.to_owned()), "{script}");
        }
        let slow = shell("exec sleep 600", Duration::from_millis(50));
        assert_eq!(slow, Err("took longer than 0 s".to_owned()));
        let missing = run_command(&["/nowhere/at/all".to_owned()], &[], long).unwrap_err();
        assert!(missing.starts_with("cannot be started"), "{missing}");
    }
}

//! Opens links in the browser.

use std::io;
use std::process::{ExitCode, Stdio};

use super::child;
use crate::domain::{Code, Diagnosis, Retry, Who};

/// Opens a link in the browser; blocks. The child sees neither `ALTER_*` nor the variables in `secret`.
///
/// # Errors
///
/// If the link is not `https`, this is an SSH session, or no browser can be found.
pub fn open(link: &str, secret: &[String]) -> Result<(), Diagnosis> {
    let link = checked(link)?;
    if is_remote() {
        return Err(failed(&io::Error::other(REMOTE)));
    }
    start(&link, secret).map_err(|error| failed(&error))
}

/// Why nothing is opened over SSH.
pub const REMOTE: &str = "this is an SSH session, whose browser is on another machine";

/// Whether this is an SSH session: its browser would open where nobody sees it. `BROWSER` may name one that is seen.
fn is_remote() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    (is_set("SSH_TTY") || is_set("SSH_CONNECTION")) && !is_set("BROWSER")
}

/// The diagnosis if nothing could be started.
pub fn failed(error: &io::Error) -> Diagnosis {
    Diagnosis::new(Code::BrowserFailed, Who::Grantdeck, Retry::AfterRemedy)
        .fact("browser", &error.to_string())
}

/// The link, parsed and serialised again, so that nothing but a URL reaches a command line.
fn checked(link: &str) -> Result<String, Diagnosis> {
    let refused = |why: &str| Diagnosis::new(Code::ArgumentRefused, Who::You, Retry::No).fact("reason", why);
    let url = url::Url::parse(link).map_err(|error| refused(&error.to_string()))?;
    // A sandbox on this machine serves pages too, over http.
    let local = url.scheme() == "http" && matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
    if (url.scheme() != "https" && !local) || url.host_str().is_none() {
        return Err(refused("only https links are opened"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refused("a link with a name or a password in it is not opened"));
    }
    Ok(url.into())
}

/// The helper process that opens a link.
pub const OPEN_LINK: &str = "__open-link";

/// Runs the helper process: opens the link in the system's browser and reports by its exit code whether that worked.
pub fn open_link(link: &str) -> ExitCode {
    let Ok(link) = checked(link) else { return ExitCode::from(2) };
    match webbrowser::open(&link) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Opens a link through a helper process, which can be given an environment without secrets and no terminal, so that a
/// text browser cannot draw over the screen.
fn start(link: &str, secret: &[String]) -> io::Result<()> {
    let mut command = child::helper_command(OPEN_LINK, None, secret)?;
    command.arg(link).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    match command.status()? {
        status if status.success() => Ok(()),
        _ => Err(io::Error::new(io::ErrorKind::NotFound, "no browser could be started")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_https_links_pass() {
        let cases = [
            ("https://portal.example/grants/1?x=1", true),
            ("http://portal.example/", false),
            ("http://127.0.0.1:8787/wallet/1", true),
            ("http://localhost.example/", false),
            ("file:///etc/passwd", false),
            ("javascript:alert(1)", false),
            ("https://user:secret@portal.example/", false),
            ("--help", false),
            ("", false),
        ];
        for (link, want) in cases {
            assert_eq!(checked(link).is_ok(), want, "{link}");
        }
        assert_eq!(checked("https://a.example/ x;y").unwrap(), "https://a.example/%20x;y");
    }
}

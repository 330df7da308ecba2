//! What can be done about a call that was refused or is held: one key each.

use super::{Call, Life};
use crate::domain::provider::{self, homes};
use crate::domain::{CallOutcome, Code, Diagnosis, Mode, PendingApproval, template};

/// Something that the screen offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offer {
    /// Send it again in the other mode: the backend demands it.
    OtherMode,
    /// Allow the host, then send it again.
    AllowHost,
    /// Ask again about a held call that nobody waits for.
    AskAgain,
}

impl Offer {
    /// Whether it makes sense now.
    pub(crate) fn stands(self, call: &Call) -> bool {
        match self {
            Self::OtherMode => demands_other_mode(call),
            Self::AllowHost => host_to_allow(call).is_some(),
            Self::AskAgain => still_held(call).is_some(),
        }
    }
}

/// The backend refused the mode, not the call (docs/protocol/calls.md "Which mode").
fn demands_other_mode(call: &Call) -> bool {
    let refused = |diagnosis: &Diagnosis| diagnosis.code == Code::RestrictedGrantRequiresProxy;
    call.mode() == Mode::Retrieve
        && !call.life.is_under_way()
        && matches!(call.response.outcome(), Some(CallOutcome::Failed(diagnosis)) if refused(diagnosis))
}

/// The host that a credential is not taken to: of the request, or of the call that was refused for it.
pub(crate) fn host_to_allow(call: &Call) -> Option<String> {
    let ahead = call.strange_host().filter(|_| call.mode() == Mode::Retrieve && !call.life.is_under_way());
    let refused = match call.response.outcome() {
        Some(CallOutcome::Failed(diagnosis)) if diagnosis.code == Code::HostNotAllowed => Some(diagnosis),
        _ => None,
    };
    let diagnosis = ahead.as_ref().or(refused)?;
    diagnosis.facts.iter().find(|(label, _)| *label == "host").map(|(_, host)| host.to_string())
}

impl Call {
    /// That nobody vouches for the host of the request, as far as its text tells. What is not plain is left to who sends
    /// it: other spellings of a name, addresses, this machine.
    pub(crate) fn strange_host(&self) -> Option<Diagnosis> {
        let draft = self.composer.draft();
        let (host, port) = host_of(&template::shown(&draft.url, &draft.path_parameters))?;
        let provider = &*self.grant.provider;
        // What Alter lets pass is only guessed, by what is known of the provider.
        if self.mode() == Mode::Proxy && provider::known(provider).is_none() {
            return None;
        }
        let named = homes::host_named(&host, port);
        let is_allowed =
            self.composer.allowed_hosts().iter().any(|allowed| allowed.eq_ignore_ascii_case(&named));
        let is_home = homes::is_home(provider, self.grant.api_base_url(), &host, port);
        (!is_home && !is_allowed).then(|| homes::not_home(provider, &named))
    }
}

/// Host and port of a URL, where they are plainly what they seem.
fn host_of(url: &str) -> Option<(String, Option<u16>)> {
    let rest = url.strip_prefix("https://")?;
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let authority = rest.get(..end)?;
    let (_, authority) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, Some(port.parse::<u16>().ok()?)),
        None => (authority, None),
    };
    let host = host.to_ascii_lowercase();
    let is_plain = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'));
    let (_, last) = host.rsplit_once('.')?;
    let is_name = last.starts_with(|first: char| first.is_ascii_alphabetic());
    (is_plain && is_name).then_some((host, port.filter(|port| *port != 443)))
}

/// Where a held call is decided, as far as that is known.
pub(crate) fn approval_link(call: &Call) -> Option<String> {
    let held = match &call.life {
        Life::Waiting(waiting) => &waiting.held,
        Life::Building | Life::Sending { .. } | Life::Ended => still_held(call)?,
    };
    held.link().map(str::to_owned)
}

/// A held call that nobody waits for.
pub(super) fn still_held(call: &Call) -> Option<&PendingApproval> {
    match (&call.life, call.response.outcome()) {
        // What was made before is looked at in the life of a call that was not sent.
        (Life::Ended | Life::Building, Some(CallOutcome::Kept(held))) => Some(held),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_read_only_where_it_is_plain() {
        for (url, want) in [
            ("https://API.github.com/user", Some(("api.github.com", None))),
            ("https://me:pw@h.example:8443?x", Some(("h.example", Some(8443)))),
            ("https://h.example:443/", Some(("h.example", None))),
            ("https://localhost/", None),
            ("https://127.0.0.1/", None),
            ("https://[::1]/", None),
            ("https://münchen.example/", None),
            ("https://{host}/x", None),
            ("https://h.example./", None),
            ("http://h.example/", None),
            ("", None),
        ] {
            let want = want.map(|(host, port): (&str, _)| (host.to_owned(), port));
            assert_eq!(host_of(url), want, "{url}");
        }
    }
}

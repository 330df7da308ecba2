//! What connecting does, decided before anything is sent: which session, whose the grant will be, and which id results.

use std::sync::Arc;

use super::{ConnectRequest, ConnectedGrant, RequestedGrant, SecretRequest};
use crate::{Grant, GrantId};

/// A session that is about to be begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectPlan {
    /// What is asked for.
    pub session: SessionPlan,
    /// Whose the grant will be.
    pub owner: Owner,
    /// Which id results.
    pub forecast: Forecast,
}

/// The two kinds of session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionPlan {
    /// A user connects accounts of OAuth providers.
    Oauth(ConnectRequest),
    /// A user enters or approves a key of a managed secret.
    Secret(SecretRequest),
}

/// Whose a grant will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The application's: no user token goes along.
    Application,
    /// The user's who is signed in.
    User,
}

impl Owner {
    /// `has_user`: a user token goes along.
    pub fn of(has_user: bool) -> Self {
        if has_user { Self::User } else { Self::Application }
    }
}

/// Which id a session leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forecast {
    /// A new one.
    New,
    /// This one stays.
    Kept(GrantId),
    /// This one usually stays; where it does not, that is said.
    UsuallyKept(GrantId),
    /// The id of an agent's grant may change.
    MayChange(GrantId),
}

/// What a new connection is wanted for, in the words of the command line and the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectOptions {
    /// Scopes that are required, for the one provider.
    pub scopes: Vec<String>,
    /// The new grant's label.
    pub label: Option<String>,
    /// How many seconds it lives at most.
    pub ttl_seconds: Option<u64>,
    /// The agent that may use it, by id or name.
    pub agent: Option<String>,
    /// Whether that agent may pass it on.
    pub delegable: bool,
    /// Let the user choose another account.
    pub switch_account: bool,
}

impl ConnectPlan {
    /// A new connection to OAuth providers.
    pub fn oauth(providers: Vec<Arc<str>>, options: &ConnectOptions, has_user: bool) -> Self {
        let scopes = providers.first().filter(|_| !options.scopes.is_empty());
        let required_scopes = scopes.map(|provider| (Arc::clone(provider), options.scopes.clone()));
        let label = options.label.clone();
        let request = ConnectRequest {
            required_scopes: required_scopes.into_iter().collect(),
            requested_grant: label.map(|label| RequestedGrant { label, restrictions: None }),
            policy: options.ttl_seconds.map(super::GrantPolicy::lifetime).unwrap_or_default(),
            agent: options.agent.clone(),
            delegable: options.delegable.then_some(true),
            switch_account: options.switch_account,
            providers,
            ..ConnectRequest::default()
        };
        let owner = Owner::of(has_user);
        Self { session: SessionPlan::Oauth(request), owner, forecast: Forecast::New }
    }

    /// A new grant of a managed secret.
    pub fn secret(slug: &str, options: &ConnectOptions, has_user: bool) -> Self {
        let request = SecretRequest {
            provider: slug.to_owned(),
            label: options.label.clone(),
            policy: options.ttl_seconds.map(super::GrantPolicy::lifetime).unwrap_or_default(),
            agent: options.agent.clone(),
            delegable: options.delegable,
            ..SecretRequest::default()
        };
        let owner = Owner::of(has_user);
        Self { session: SessionPlan::Secret(request), owner, forecast: Forecast::New }
    }

    /// The providers that it is about.
    pub fn providers(&self) -> Vec<&str> {
        match &self.session {
            SessionPlan::Oauth(request) => request.providers.iter().map(AsRef::as_ref).collect(),
            SessionPlan::Secret(request) => vec![&request.provider],
        }
    }

    /// The grant that it renews, where it renews one.
    pub fn renews(&self) -> Option<GrantId> {
        match self.forecast {
            Forecast::New => None,
            Forecast::Kept(id) | Forecast::UsuallyKept(id) | Forecast::MayChange(id) => Some(id),
        }
    }

    /// The grant that it repairs, where it asks for that.
    pub fn repairs(&self) -> Option<GrantId> {
        match &self.session {
            SessionPlan::Oauth(request) => request.repair,
            SessionPlan::Secret(request) => request.repair,
        }
    }
}

/// Whether a session was finished by the account that a grant was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountCheck {
    /// The same one.
    Same,
    /// Another one.
    Another,
    /// One of the two is not known.
    Unknown,
}

impl AccountCheck {
    /// Compares the account of a grant with the one of its renewal. Providers do not agree about case.
    pub fn of(before: &Grant, after: &ConnectedGrant) -> Self {
        Self::compare(before.account_identifier.as_deref(), after.account.as_deref())
    }

    /// The same of two names of accounts.
    pub fn compare(before: Option<&str>, after: Option<&str>) -> Self {
        let bare = |text: &str| text.trim().to_lowercase();
        let known = |text: Option<&str>| text.map(bare).filter(|text| !text.is_empty());
        match (known(before), known(after)) {
            (Some(before), Some(after)) if before == after => Self::Same,
            (Some(_), Some(_)) => Self::Another,
            _ => Self::Unknown,
        }
    }
}

/// Of a list that was read before and after a session: the grants of a provider that are new, or not what they were. A
/// managed secret's session has no other way to tell (docs/protocol/connect.md section 3). Being used changes no grant.
pub fn appeared<'a>(before: &[Grant], after: &'a [Grant], provider: &str) -> Vec<&'a Grant> {
    let unused = |grant: &Grant| Grant { last_used_at: None, ..grant.clone() };
    after
        .iter()
        .filter(|grant| &*grant.provider == provider && grant.row.grant().is_some())
        .filter(|grant| {
            let known = before.iter().find(|known| known.row == grant.row);
            known.is_none_or(|known| unused(known) != unused(grant))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{Moment, RowId, Status};

    #[test]
    fn accounts_are_compared_without_case() {
        for (before, after, want) in [
            (Some("Octo@example.com"), Some("octo@example.com "), AccountCheck::Same),
            (Some("octo@example.com"), Some("other@example.com"), AccountCheck::Another),
            (None, Some("octo@example.com"), AccountCheck::Unknown),
            (Some(""), Some("octo@example.com"), AccountCheck::Unknown),
            (Some("octo@example.com"), None, AccountCheck::Unknown),
        ] {
            assert_eq!(AccountCheck::compare(before, after), want, "{before:?} {after:?}");
        }
    }

    #[test]
    fn options_reach_the_session() {
        let options = ConnectOptions {
            scopes: vec!["repo".to_owned()],
            label: Some("ci".to_owned()),
            ttl_seconds: Some(3600),
            ..ConnectOptions::default()
        };
        let plan = ConnectPlan::oauth(vec!["github".into()], &options, false);
        let SessionPlan::Oauth(request) = &plan.session else { panic!("oauth") };
        assert_eq!((plan.owner, plan.forecast, plan.renews()), (Owner::Application, Forecast::New, None));
        assert_eq!(request.required_scopes["github"], ["repo"]);
        assert_eq!(request.policy.max_ttl_seconds, Some(3600));
        assert_eq!(request.requested_grant.as_ref().map(|grant| grant.label.as_str()), Some("ci"));
        let plan = ConnectPlan::secret("stripe", &options, true);
        assert_eq!((plan.owner, plan.providers()), (Owner::User, vec!["stripe"]));
    }

    #[test]
    fn a_grant_appears_when_it_is_new_or_no_longer_what_it_was() {
        let grant = |number: u128, provider: &str| {
            let mut grant = Grant::blank(RowId::Grant(GrantId(Uuid::from_u128(number))));
            grant.provider = provider.into();
            grant
        };
        let used = Grant { last_used_at: Some(Moment::new("2026-01-01T00:00:00Z")), ..grant(1, "stripe") };
        let revived = Grant { status: Status::Active, ..grant(2, "stripe") };
        let expired = Grant { status: Status::Expired, ..grant(2, "stripe") };
        let before = [grant(1, "stripe"), expired];
        let after = [used, revived, grant(3, "stripe"), grant(4, "slack")];
        let found = appeared(&before, &after, "stripe");
        assert_eq!(found.iter().map(|grant| grant.row).collect::<Vec<_>>(), [after[1].row, after[2].row]);
    }
}

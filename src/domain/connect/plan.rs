//! Plans a connection before anything is sent: the kind of session, the owner of the grant, and the resulting
//! id.

use std::sync::Arc;

use super::{ConnectRequest, ConnectedGrant, RequestedGrant, SecretRequest};
use crate::{Grant, GrantId};

/// A session that is about to start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectPlan {
    /// The request.
    pub session: SessionPlan,
    /// The owner of the grant.
    pub owner: Owner,
    /// The id that results.
    pub forecast: Forecast,
}

/// A plan with what it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedSession {
    /// The plan.
    pub plan: ConnectPlan,
    /// The grant that is renewed.
    pub about: Option<Grant>,
    /// The providers' grants as they were: what is new afterwards is seen beside them.
    pub before: Vec<Grant>,
}

/// The two kinds of session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionPlan {
    /// A user connects accounts of OAuth providers.
    Oauth(ConnectRequest),
    /// A user enters or approves a key of a managed secret.
    Secret(SecretRequest),
}

/// The owner of a grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The application: no user token is sent.
    Application,
    /// The signed-in user.
    User,
}

impl Owner {
    /// `has_user`: a user token is sent.
    pub fn of(has_user: bool) -> Self {
        if has_user { Self::User } else { Self::Application }
    }
}

/// The id that a session leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forecast {
    /// A new id.
    New,
    /// This id is kept.
    Kept(GrantId),
    /// This id is usually kept; if not, the result says so.
    UsuallyKept(GrantId),
    /// The id of an agent's grant may change.
    MayChange(GrantId),
}

/// Options for a new connection, as named on the command line and the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectOptions {
    /// Required scopes, for a single provider.
    pub scopes: Vec<String>,
    /// The new grant's label.
    pub label: Option<String>,
    /// Maximum lifetime in seconds.
    pub ttl_seconds: Option<u64>,
    /// The agent to delegate to, by id or name.
    pub agent: Option<String>,
    /// Whether that agent may delegate it onward.
    pub delegable: bool,
    /// Let the user choose another account.
    pub switch_account: bool,
}

impl ConnectPlan {
    /// Plans a new connection to OAuth providers.
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

    /// Plans a new grant of a managed secret.
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

    /// The providers concerned.
    pub fn providers(&self) -> Vec<&str> {
        match &self.session {
            SessionPlan::Oauth(request) => request.providers.iter().map(AsRef::as_ref).collect(),
            SessionPlan::Secret(request) => vec![&request.provider],
        }
    }

    /// The grant that it renews, if any.
    pub fn renews(&self) -> Option<GrantId> {
        match self.forecast {
            Forecast::New => None,
            Forecast::Kept(id) | Forecast::UsuallyKept(id) | Forecast::MayChange(id) => Some(id),
        }
    }

    /// The grant that the request asks to repair, if any.
    pub fn repairs(&self) -> Option<GrantId> {
        match &self.session {
            SessionPlan::Oauth(request) => request.repair,
            SessionPlan::Secret(request) => request.repair,
        }
    }
}

/// Whether a session was finished with the account of the original grant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountCheck {
    /// The same account.
    Same,
    /// A different account.
    Another,
    /// One of the two is unknown.
    Unknown,
}

impl AccountCheck {
    /// Compares the account of a grant with that of its renewal. Ignores case, on which providers do not
    /// agree.
    pub fn of(before: &Grant, after: &ConnectedGrant) -> Self {
        Self::compare(before.account_identifier.as_deref(), after.account.as_deref())
    }

    /// Compares two account names.
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

/// Returns the grants of a provider that are new or changed between two lists, read before and after a
/// session. A managed secret's session has no other way to tell (docs/protocol/connect.md section 3). Use of
/// a grant is not a change.
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

//! Which account a person connects.

use std::sync::Arc;

use crate::tables::{AccountStyle, Provider};
use crate::world::World;

/// An account at a provider, as a grant shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) identifier: Arc<str>,
    pub(super) name: Arc<str>,
    pub(super) base_url: Option<String>,
}

impl World {
    /// The account that a user has at a provider, or the application where there is no user; `other`: their second one.
    pub(super) fn account_at(&self, row: &Provider, user: Option<usize>, other: bool) -> Account {
        let person = user.and_then(|user| self.users.get(user));
        let mail = person.or_else(|| self.users.first()).map_or("app@acme.example", |user| &user.email);
        let slug = mail.rsplit('@').next().and_then(|host| host.split('.').next()).unwrap_or("acme");
        let handle = person.map_or("apps", |user| &user.handle);
        let slug = if other { format!("{slug}-second") } else { slug.to_owned() };
        let handle = if other { format!("{handle}.second") } else { handle.to_owned() };
        let identifier = match row.account {
            AccountStyle::Email => format!("{handle}@{slug}.example"),
            AccountStyle::Login => handle.replace('.', "-"),
            AccountStyle::Workspace | AccountStyle::Org => slug.clone(),
            AccountStyle::Site => format!("{slug}.atlassian.net"),
            AccountStyle::Shop => format!("{slug}.myshopify.com"),
        };
        Account {
            identifier: identifier.into(),
            name: person.map_or("The application", |user| &user.name).into(),
            base_url: row.api_base_url.as_ref().map(|template| template.replace("{slug}", &slug)),
        }
    }
}

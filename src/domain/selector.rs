//! Selects a grant on the command line: by its id, a part of its id, or `provider[:account][#label]`.

use std::fmt;

use uuid::Uuid;

use super::{Clean, Grant, GrantId, PartOfId, ServerFilter};

/// Minimum number of digits for the start of an id.
const MIN_DIGITS: usize = 4;

/// Selects a grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// A complete id: the list is not needed.
    Id(GrantId),
    /// To be searched in the list.
    Named {
        /// As typed.
        text: String,
        /// A partial id; `None` if it cannot be one.
        digits: Option<PartOfId>,
        /// Provider id or managed secret slug, account and label, all complete.
        filter: ServerFilter,
    },
}

/// The selector is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a grant is named by its id, at least four digits of it, or provider[:account][#label]")]
pub struct NotASelector;

impl std::str::FromStr for Selector {
    type Err = NotASelector;

    fn from_str(text: &str) -> Result<Self, NotASelector> {
        let text = text.trim();
        if text.len() == 36
            && let Ok(id) = Uuid::try_parse(text)
        {
            return Ok(Self::Id(GrantId(id)));
        }
        let (head, label) = match text.rsplit_once('#') {
            Some((head, label)) => (head, Some(label)),
            None => (text, None),
        };
        let (provider, account) = match head.split_once(':') {
            Some((provider, account)) => (provider, Some(account)),
            None => (head, None),
        };
        let is_empty = |part: Option<&str>| part.is_some_and(str::is_empty);
        if provider.is_empty() || is_empty(account) || is_empty(label) {
            return Err(NotASelector);
        }
        Ok(Self::Named {
            text: text.to_owned(),
            digits: PartOfId::parse(text, MIN_DIGITS),
            filter: ServerFilter {
                provider: Some(provider.into()),
                account: account.map(Into::into),
                label: label.map(Into::into),
                ..ServerFilter::default()
            },
        })
    }
}

/// How well a selector matches a grant; greater is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// By its display name, see [`name`].
    Shown,
    /// By provider, account and label as on the wire.
    Named,
    /// By its id, or a part of it.
    Id,
}

/// The display name of a grant, which also selects it: `provider[:account][#label]`. Untrusted.
pub fn name(grant: &Grant) -> String {
    let (provider, account) = (&grant.provider, grant.account());
    let label = grant.label.as_deref().filter(|label| *label != account);
    let label = label.map(|label| format!("#{label}")).unwrap_or_default();
    let account = if account.is_empty() { String::new() } else { format!(":{account}") };
    format!("{provider}{account}{label}")
}

impl Selector {
    /// The filter for the backend, if names were typed as on the wire.
    pub fn server_filter(&self) -> ServerFilter {
        match self {
            // The start of an id might also be the name of a provider: both need the whole list.
            Self::Id(_) | Self::Named { digits: Some(_), .. } => ServerFilter::default(),
            Self::Named { filter, .. } => filter.clone(),
        }
    }

    /// The filter for the backend if the display name was typed: only its provider is the wire's.
    pub fn wide_filter(&self) -> ServerFilter {
        let provider = match self {
            Self::Named { text, digits: None, .. } => text.split([':', '#']).next().map(Into::into),
            _ => None,
        };
        ServerFilter { provider, ..ServerFilter::default() }
    }

    /// Returns how this grant matches, if it does. A name also matches a grant with an unreadable id, because
    /// it exists.
    pub fn fit(&self, grant: &Grant) -> Option<Fit> {
        let id = grant.row.grant();
        match self {
            Self::Id(wanted) => (id == Some(*wanted)).then_some(Fit::Id),
            Self::Named { text, digits, filter } => match () {
                () if digits.as_ref().zip(id).is_some_and(|(part, id)| part.fits(id.0)) => Some(Fit::Id),
                () if filter.accepts(grant) => Some(Fit::Named),
                () => is_display_name(grant, text).then_some(Fit::Shown),
            },
        }
    }

    /// Whether this grant matches.
    pub fn matches(&self, grant: &Grant) -> bool {
        self.fit(grant).is_some()
    }
}

/// Whether a text is the sanitised display name of a grant, with or without its label.
fn is_display_name(grant: &Grant, text: &str) -> bool {
    if !text.starts_with(&*grant.provider) {
        return false;
    }
    let same = |name: &str| Clean::line(name).as_str() == Clean::line(text).as_str();
    same(&name(grant)) || same(&format!("{}:{}", grant.provider, grant.account()))
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Named { text, .. } => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RowId;

    fn grant(id: u128, provider: &str, account: &str, label: Option<&str>) -> Grant {
        let mut grant = Grant::blank(RowId::Grant(GrantId(Uuid::from_u128(id))));
        grant.provider = provider.into();
        grant.account_identifier = Some(account.into());
        grant.label = label.map(Into::into);
        grant
    }

    #[test]
    fn each_way_of_naming_finds_its_grants() {
        let rows = [
            grant(0xbeef_0001 << 96, "google", "work@acme.com", None),
            grant(0xbeef_0002 << 96, "google", "work@acme.com", Some("mail")),
            grant(0xcafe << 112, "slack", "a:b#c", None),
            grant(0xdead << 112, "beef", "x", None),
        ];
        for (text, want) in [
            ("google", &[0, 1][..]),
            ("google:work@acme.com", &[0, 1]),
            ("google:work@acme.com#mail", &[1]),
            ("google#mail", &[1]),
            ("google:other", &[]),
            ("cafe", &[2]),
            ("CAFE0000-0000", &[2]),
            ("beef0002", &[1]),
            // As grantdeck shows it.
            ("beef0002-…-0000", &[1]),
            ("beef0002…", &[1]),
            ("beef0002-…-0001", &[]),
            // Both the start of an id and the name of a provider.
            ("beef", &[0, 1, 3]),
            ("cafe0000-0000-0000-0000-000000000000", &[2]),
        ] {
            let selector: Selector = text.parse().unwrap();
            let found: Vec<usize> = (0..rows.len()).filter(|row| selector.matches(&rows[*row])).collect();
            assert_eq!(found, want, "{text}");
        }
        for text in ["", " ", ":x", "google:", "google#", "#mail"] {
            assert_eq!(text.parse::<Selector>(), Err(NotASelector), "{text}");
        }
    }

    #[test]
    fn a_grant_is_found_by_the_name_that_it_is_shown_under() {
        let id = |number: u128| number << 64;
        let mut stored = grant(id(1), "stripe-production", "", Some("billing"));
        stored.account_identifier = None;
        stored.secret = Some(Box::new(crate::ManagedSecret {
            name: "Stripe (production)".into(),
            ..crate::ManagedSecret::default()
        }));
        let mut labelled = stored.clone();
        (labelled.row, labelled.secret) = (RowId::Grant(GrantId(Uuid::from_u128(id(2)))), None);
        let rows = [
            stored,
            labelled,
            grant(id(3), "slack", "a#b:c", Some("d#e")),
            grant(id(4), "slack", "a\u{1b}[1m", None),
            grant(id(5), "slack", "plain", Some("plain")),
            grant(id(6), "slack", "", Some("x#y:z")),
        ];
        let names = [
            "stripe-production:Stripe (production)#billing",
            "stripe-production:billing",
            "slack:a#b:c#d#e",
            "slack:a\u{1b}[1m",
            "slack:plain",
            "slack:x#y:z",
        ];
        for (row, want) in rows.iter().zip(names) {
            assert_eq!(name(row), want);
            for shown in [want, Clean::line(want).as_str()] {
                let selector: Selector = shown.parse().unwrap();
                let found: Vec<String> = rows.iter().filter(|row| selector.matches(row)).map(name).collect();
                assert_eq!(found, [want], "{shown}");
                let provider = selector.wide_filter().provider.unwrap();
                assert_eq!(provider, row.provider, "the backend is asked for no less");
            }
        }
        let unlabelled: Selector = "stripe-production:Stripe (production)".parse().unwrap();
        assert_eq!(unlabelled.fit(&rows[0]), Some(Fit::Shown));
        assert_eq!("slack:plain".parse::<Selector>().unwrap().fit(&rows[4]), Some(Fit::Named));
    }

    #[test]
    fn the_backend_filters_what_it_can() {
        let filter = |text: &str| text.parse::<Selector>().unwrap().server_filter();
        assert_eq!(filter("google:a#b").label.as_deref(), Some("b"));
        assert!(filter("beef").is_empty() && filter("cafe0000-0000-0000-0000-000000000000").is_empty());
    }
}

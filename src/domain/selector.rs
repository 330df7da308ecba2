//! How a grant is named on a command line: by its id, the beginning of its id, or `provider[:account][#label]`.

use std::fmt;

use uuid::Uuid;

use super::{Grant, GrantId, RowId, ServerFilter};

/// The fewest digits that are taken for the beginning of an id.
const DIGITS: usize = 4;

/// A name for one grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// The whole id: the list need not be read.
    Id(GrantId),
    /// What the list is searched for.
    Named {
        /// As typed.
        text: String,
        /// Lower-case digits of the beginning of an id, without hyphens; None where it cannot be one.
        digits: Option<String>,
        /// Provider id or slug of a managed secret, account and label, each whole.
        filter: ServerFilter,
    },
}

/// It names nothing.
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
        let digits: String = text.chars().filter(|character| *character != '-').collect();
        let is_head = digits.len() >= DIGITS
            && digits.len() <= 32
            && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
            && !text.starts_with('-');
        Ok(Self::Named {
            text: text.to_owned(),
            digits: is_head.then(|| digits.to_ascii_lowercase()),
            filter: ServerFilter {
                provider: Some(provider.into()),
                account: account.map(Into::into),
                label: label.map(Into::into),
                ..ServerFilter::default()
            },
        })
    }
}

impl Selector {
    /// What the backend can leave out already.
    pub fn server_filter(&self) -> ServerFilter {
        match self {
            // The beginning of an id might be the name of a provider too: both are looked for in the whole list.
            Self::Id(_) | Self::Named { digits: Some(_), .. } => ServerFilter::default(),
            Self::Named { filter, .. } => filter.clone(),
        }
    }

    /// Whether it means this grant.
    pub fn matches(&self, grant: &Grant) -> bool {
        let RowId::Grant(id) = grant.row else { return false };
        match self {
            Self::Id(wanted) => id == *wanted,
            Self::Named { digits, filter, .. } => {
                let begins = |digits: &String| id.0.simple().to_string().starts_with(digits.as_str());
                digits.as_ref().is_some_and(begins) || filter.accepts(grant)
            }
        }
    }
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
            // The beginning of an id and the name of a provider: both are meant.
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
    fn the_backend_filters_what_it_can() {
        let filter = |text: &str| text.parse::<Selector>().unwrap().server_filter();
        assert_eq!(filter("google:a#b").label.as_deref(), Some("b"));
        assert!(filter("beef").is_empty() && filter("cafe0000-0000-0000-0000-000000000000").is_empty());
    }
}

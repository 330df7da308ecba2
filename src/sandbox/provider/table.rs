//! The table of providers' answers, `src/sandbox/assets/demo_answers.toml`.

use std::sync::OnceLock;

use serde::Deserialize;

use crate::tables::{self, SpecRow};

/// A provider's API: where it lives, how it wants its credential, what it answers.
#[derive(Debug, Deserialize)]
pub(crate) struct ProviderRow {
    pub(super) ids: Vec<String>,
    hosts: Vec<String>,
    /// Header and format; `Authorization` and `Bearer {token}` where absent.
    inject: Option<(String, String)>,
    /// Target, key and source of each further injection.
    #[serde(default)]
    pub(super) also: Vec<(String, String, String)>,
    /// Names of further credentials.
    #[serde(default)]
    pub(super) extra: Vec<String>,
    /// How its tokens begin.
    pub(super) prefix: String,
    /// Whether the token is a user name and a password in base64.
    #[serde(default)]
    pub(super) basic: bool,
    /// Set on every answer, so that a client that keeps cookies is found out.
    pub(super) cookie: Option<String>,
    #[serde(default)]
    xml: bool,
    pub(super) unknown: String,
    #[serde(default = "status_404")]
    pub(super) unknown_status: u16,
    pub(super) unauthorized: String,
    #[serde(default = "status_401")]
    pub(super) unauthorized_status: u16,
    pub(super) denied: String,
    #[serde(default = "status_403")]
    pub(super) denied_status: u16,
    pub(super) endpoints: Vec<Endpoint>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Endpoint {
    call: String,
    #[serde(default)]
    pub(super) scope: Vec<String>,
    when: Option<String>,
    #[serde(default = "status_200")]
    pub(super) status: u16,
    pub(super) body: Option<String>,
    pub(super) xml: Option<String>,
    #[serde(default)]
    pub(super) echo: bool,
    #[serde(default)]
    pub(super) pick: bool,
    pub(super) admin: Option<String>,
}

fn status_200() -> u16 {
    200
}

fn status_401() -> u16 {
    401
}

fn status_403() -> u16 {
    403
}

fn status_404() -> u16 {
    404
}

#[derive(Debug, Deserialize)]
struct Table {
    provider: Vec<ProviderRow>,
}

fn rows() -> &'static [ProviderRow] {
    static ROWS: OnceLock<Table> = OnceLock::new();
    &ROWS.get_or_init(|| tables::embedded(include_str!("../assets/demo_answers.toml"))).provider
}

/// The row of a provider's id or a secret's slug.
pub(crate) fn row_of(selector: &str) -> Option<&'static ProviderRow> {
    rows().iter().find(|row| row.ids.iter().any(|id| id == selector))
}

/// The row whose API lives at a host.
pub(super) fn row_at(host: &str) -> Option<&'static ProviderRow> {
    rows().iter().find(|row| row.lives_at(host))
}

/// The fields that an operation of the provider specs returns: so that every listed operation is answered.
pub(super) fn returns(ids: &[String], method: &str, path: &[String]) -> Option<&'static [String]> {
    static SPECS: OnceLock<Vec<SpecRow>> = OnceLock::new();
    let specs = SPECS.get_or_init(|| tables::operations().spec);
    let mine = specs.iter().filter(|spec| ids.contains(&spec.provider));
    let found =
        mine.flat_map(|spec| &spec.operations).find(|row| match_call(&row.call, method, path).is_some());
    found.map(|row| row.returns.as_slice())
}

/// The path parameters, where a request fits `METHOD /path/{name}`.
fn match_call(call: &str, method: &str, path: &[String]) -> Option<Vec<(String, String)>> {
    let (wanted, template) = call.split_once(" /")?;
    let template: Vec<&str> = template.split('/').collect();
    if wanted != method || template.len() != path.len() {
        return None;
    }
    let mut named = Vec::new();
    for (part, given) in template.iter().zip(path) {
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) if !given.is_empty() => named.push((name.to_owned(), given.clone())),
            None if part == given => {}
            _ => return None,
        }
    }
    Some(named)
}

impl Endpoint {
    /// The path parameters, where the request is for this endpoint.
    pub(super) fn fits(
        &self,
        method: &str,
        path: &[String],
        parameters: &[(String, String)],
    ) -> Option<Vec<(String, String)>> {
        let there = self.when.as_deref().is_none_or(|when| {
            when.split_once('=').is_some_and(|(name, value)| {
                parameters.iter().any(|(given, said)| given == name && said == value)
            })
        });
        match_call(&self.call, method, path).filter(|_| there)
    }
}

impl ProviderRow {
    pub(super) fn name(&self) -> &str {
        self.ids.first().map_or("provider", String::as_str)
    }

    pub(super) fn header(&self) -> &str {
        self.inject.as_ref().map_or("Authorization", |(header, _)| header)
    }

    pub(super) fn format(&self) -> &str {
        self.inject.as_ref().map_or("Bearer {token}", |(_, format)| format)
    }

    pub(super) fn is_aws(&self) -> bool {
        self.format().starts_with("AWS4-HMAC-SHA256")
    }

    pub(super) fn is_bearer(&self) -> bool {
        self.header() == "Authorization" && !self.is_aws() && !self.basic
    }

    pub(super) fn content_type(&self) -> &'static str {
        if self.xml { "text/xml" } else { "application/json" }
    }

    /// Whether a host is everybody's, not one account's.
    pub(super) fn is_shared(&self, host: &str) -> bool {
        self.hosts.iter().any(|known| known == host)
    }

    /// Whether its API lives at this host.
    pub(crate) fn lives_at(&self, host: &str) -> bool {
        self.hosts.iter().any(|known| match known.strip_prefix('*') {
            Some(end) => host.ends_with(end) && host.len() > end.len(),
            None => host == known,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_provider_and_secret_of_the_demo_answers_and_every_body_is_json() {
        let providers = tables::providers();
        let selectors = providers.provider.iter().map(|row| &row.id);
        for selector in selectors.chain(providers.secret.iter().map(|row| &row.slug)) {
            let row = row_of(selector).unwrap_or_else(|| panic!("{selector}"));
            assert!(!row.endpoints.is_empty(), "{selector}");
            for host in &row.hosts {
                assert_eq!(
                    row_at(&host.replace('*', "acme")).map(ProviderRow::name),
                    Some(row.name()),
                    "{host}"
                );
            }
            for endpoint in &row.endpoints {
                assert!(endpoint.call.contains(" /"), "{}", endpoint.call);
                if let Some(body) = &endpoint.body {
                    serde_json::from_str::<serde_json::Value>(body)
                        .unwrap_or_else(|error| panic!("{selector} {}: {error}", endpoint.call));
                }
                if let Some(known) = providers.provider.iter().find(|known| known.id == *selector) {
                    for scope in &endpoint.scope {
                        assert!(known.scopes().any(|row| **row.name == **scope), "{selector}: {scope}");
                    }
                }
            }
        }
    }

    #[test]
    fn templates_name_their_parameters() {
        let path = |text: &str| text.split('/').skip(1).map(str::to_owned).collect::<Vec<_>>();
        let call = "GET /repos/{owner}/{repo}";
        assert_eq!(match_call(call, "GET", &path("/repos/a/b")).map(|named| named.len()), Some(2));
        for (method, other) in
            [("POST", "/repos/a/b"), ("GET", "/repos/a"), ("GET", "/repos/a/"), ("GET", "/x/a/b")]
        {
            assert_eq!(match_call(call, method, &path(other)), None, "{method} {other}");
        }
    }
}

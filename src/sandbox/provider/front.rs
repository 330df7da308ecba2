//! Providers over HTTP, for retrieve mode: `/provider/SCHEME/HOST/PATH?QUERY` stands for `SCHEME://HOST/PATH?QUERY`.
//!
//! The credential must be one that `/sdk/token` handed out for a grant of that very provider, in the right header, in
//! the right form, with every further injection: anything else is 401.

use jiff::Timestamp;
use url::Url;

use super::{Answer, Ask, Credential, ProviderCall, ProviderRow, aws, row_of, table};
use crate::faults::Fault;
use crate::grant::Kind;
use crate::journal::BODY_LIMIT;
use crate::message::{Reply, Request};
use crate::world::World;

/// Where the real URLs hang.
const ROOT: &str = "/provider/";

/// The real target of a mapped one: scheme, authority, and what follows it, as sent.
fn real(target: &str) -> Option<(&str, &str, &str)> {
    let (scheme, rest) = target.strip_prefix(ROOT)?.split_once('/')?;
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at_checked(end)?;
    (matches!(scheme, "http" | "https") && !authority.is_empty()).then_some((scheme, authority, tail))
}

fn host_of(authority: &str) -> &str {
    authority.rsplit_once(':').map_or(authority, |(host, _)| host)
}

impl World {
    /// The grant whose credential a request to a provider carries.
    pub(crate) fn handed_to(&self, request: &Request) -> Option<usize> {
        let (_, authority, _) = real(&request.target)?;
        let row = table::row_at(host_of(authority))?;
        let value = request.header(row.header()).filter(|_| request.count(row.header()) == 1)?;
        let token = if row.is_aws() {
            aws::Authorization::read(value)?.access_key
        } else {
            let (before, after) = row.format().split_once("{token}")?;
            value.strip_prefix(before)?.strip_suffix(after)?.to_owned()
        };
        self.calls.handed_out.get(&token).copied()
    }

    /// Answer a request to a provider.
    pub(crate) fn provide(&mut self, request: &Request, now: Timestamp, faults: &[Fault]) -> Reply {
        let Some((scheme, authority, tail)) = real(&request.target) else {
            return Reply::refusal(404, "not_found", "Ask /provider/https/HOST/PATH.");
        };
        let Ok(url) = Url::parse(&format!("{scheme}://{authority}{tail}")) else {
            return Reply::refusal(400, "invalid_url", "This is no URL.");
        };
        let Some(row) = table::row_at(host_of(authority)) else {
            return Reply::refusal(502, "no_such_host", "The sandbox simulates no provider at this host.");
        };
        let known =
            self.handed_to(request).filter(|index| self.accepts(*index, row, request, authority, now));
        let ask = Ask { method: &request.method, url: &url, body: &request.body };
        let answer = match known {
            Some(index) => self.simulate(index, &ask, now, faults),
            None => self.reject(row, &url, now),
        };
        self.remember(request, row, &url, known, answer.status, now);
        let mut reply = Reply::raw(answer.status, "", answer.body);
        reply.headers = answer.headers;
        reply.ending = answer.ending;
        reply.delay = self.options.provider_latency;
        reply
    }

    /// Whether a credential that was handed out is used as it must be.
    fn accepts(
        &self,
        index: usize,
        row: &'static ProviderRow,
        request: &Request,
        authority: &str,
        now: Timestamp,
    ) -> bool {
        let Some(grant) = self.grants.get(index) else { return false };
        let elsewhere = match &grant.kind {
            // A host of the account's own: only that one.
            Kind::Oauth(oauth) => oauth.api_base_url.as_ref().is_some_and(|base| {
                row_of(&grant.selector).is_some_and(|own| !own.is_shared(host_of(authority)))
                    && base.strip_prefix("https://") != Some(authority)
            }),
            Kind::Secret(_) => false,
        };
        let own = row_of(&grant.selector).is_some_and(|own| std::ptr::eq(own, row));
        if !own || elsewhere {
            return false;
        }
        let credential = self.calls.secrets.of(grant, row);
        if row.is_aws() {
            return accepts_aws(&credential, request, authority, now);
        }
        let query = request.target.split_once('?').map_or("", |(_, query)| query);
        credential.injections.iter().all(|(target, key, source)| {
            let Some(wanted) = credential.source(source) else { return false };
            if target == "header" {
                request.count(key) == 1 && request.header(key) == Some(wanted)
            } else {
                let mut given = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == key);
                given.next().is_some_and(|(_, value)| value == wanted) && given.next().is_none()
            }
        }) && request.header(row.header()) == Some(credential.value().as_str())
    }

    fn reject(&mut self, row: &ProviderRow, url: &Url, now: Timestamp) -> Answer {
        let Self { grants, rng, .. } = self;
        match grants.first() {
            Some(anybody) => {
                let mut filler = super::Filler::new(anybody, None, url, now, rng);
                super::unauthorized(row, &mut filler)
            }
            None => Answer::empty(401),
        }
    }

    fn remember(
        &mut self,
        request: &Request,
        row: &ProviderRow,
        url: &Url,
        known: Option<usize>,
        status: u16,
        now: Timestamp,
    ) {
        let injected = |target: &str, name: &str| {
            row.also.iter().any(|(kind, key, _)| kind == target && key.eq_ignore_ascii_case(name))
        };
        let secret = |name: &str| {
            name.eq_ignore_ascii_case(row.header())
                || injected("header", name)
                || (row.is_aws() && name.eq_ignore_ascii_case("x-amz-security-token"))
        };
        let mut shown = url.clone();
        if url.query_pairs().any(|(name, _)| injected("query_param", &name)) {
            let kept: Vec<(String, String)> =
                url.query_pairs().into_owned().filter(|(name, _)| !injected("query_param", name)).collect();
            shown.set_query(None);
            if !kept.is_empty() {
                shown.query_pairs_mut().extend_pairs(kept);
            }
        }
        let call = ProviderCall {
            at: now,
            grant: known.and_then(|index| self.grants.get(index)).map(|grant| grant.id),
            proxied: false,
            method: request.method.clone(),
            url: shown.to_string(),
            headers: request.headers.iter().filter(|(name, _)| !secret(name)).cloned().collect(),
            body: request.body.slice(..request.body.len().min(BODY_LIMIT)),
            status,
        };
        self.note_provider_call(call);
    }
}

/// A signature is accepted for the real URL, and for the mapped one: a client that only knows the sandbox's address
/// (the official SDK) signs what it sends.
fn accepts_aws(credential: &Credential, request: &Request, authority: &str, now: Timestamp) -> bool {
    let Some((_, _, tail)) = real(&request.target) else { return false };
    let split = |target: &'_ str| {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        (path.to_owned(), query.to_owned())
    };
    let signed_for = |host: &str, target: &str| {
        let (path, query) = split(target);
        let signed = aws::Signed {
            method: &request.method,
            path: &path,
            query: &query,
            host,
            headers: &request.headers,
            body: &request.body,
        };
        let secret = credential.named("secret_key").unwrap_or_default();
        aws::verify(&signed, secret, credential.named("session_token"), now).ok()
    };
    let host = authority.strip_suffix(":443").unwrap_or(authority);
    if let Some(authorization) = signed_for(host, tail) {
        let [_, region, service, _] = &authorization.scope;
        return fits_host(host, region, service);
    }
    signed_for(request.header("host").unwrap_or_default(), &request.target).is_some()
}

/// Whether a credential's scope is for the service and region that the host's name gives, where it gives them.
fn fits_host(host: &str, region: &str, service: &str) -> bool {
    let Some(name) = host.strip_suffix(".amazonaws.com") else { return true };
    match name.split('.').collect::<Vec<_>>().as_slice() {
        ["s3"] => service == "s3" && region == "us-east-1",
        [_bucket, "s3", place] => service == "s3" && region == *place,
        [label] => service == *label && region == "us-east-1",
        [label, place] => service == label.trim_end_matches("-fips") && region == *place,
        _ => true,
    }
}

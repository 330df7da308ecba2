//! The client of providers, for retrieve mode: one per call, dropped with its credential. It follows no redirect, keeps
//! no cookies, and only reaches the public network, except for a simulator on this machine.

mod address;
mod decode;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue,
};
use reqwest::{Method, redirect};
use secrecy::ExposeSecret as _;

use self::decode::Decoding;
use super::arrival::{self, Deadline, Ended, Feed, Sink, Watch};
use super::error::{Arrived, Stage, TransportError};
use super::http_proxy::HttpProxy;
use crate::domain::{BodySize, ProviderAnswer};
use crate::protocol::call::{ProviderRequest, ProviderUrl};

/// Keeps the beginning of a body; the rest is not read, and the body is marked as cut.
#[derive(Default)]
struct Prefix {
    bytes: Vec<u8>,
    largest: usize,
    announced: Option<u64>,
    cut: Option<BodySize>,
    is_full: bool,
}

impl Prefix {
    fn of_at_most(largest: usize) -> Self {
        Self { largest, ..Self::default() }
    }
}

impl Sink for Prefix {
    fn begin(&mut self, _: u16, announced: Option<u64>) -> bool {
        self.announced = announced;
        true
    }

    fn feed(&mut self, piece: &[u8]) -> Feed {
        let room = self.largest - self.bytes.len();
        let kept = piece.get(..room).unwrap_or(piece);
        if self.bytes.capacity() - self.bytes.len() < kept.len() {
            // Grow by doubling, but never beyond the limit.
            self.bytes.reserve_exact(self.bytes.len().clamp(kept.len(), room));
        }
        self.bytes.extend_from_slice(kept);
        if piece.len() <= room {
            return Feed::More;
        }
        self.is_full = true;
        let seen = (self.bytes.len() - kept.len() + piece.len()) as u64;
        // An announced length smaller than the body is wrong.
        let announced = self.announced.filter(|announced| *announced >= seen);
        self.cut = Some(announced.map_or(BodySize::AtLeast(seen), BodySize::Exactly));
        Feed::Enough
    }

    fn arrived(&self) -> u64 {
        self.bytes.len() as u64
    }
}

/// Where a call may be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// To the public network; also to this machine if the backend itself runs there.
    Network {
        /// Whether this machine is allowed.
        loopback: bool,
    },
    /// To a simulator with this base URL, in place of all providers. Nothing leaves this machine.
    Simulator(String),
}

/// Time limit for resolving a name that the proxy will resolve too: behind some proxies, local DNS does not work.
const LOOKUP: Duration = Duration::from_secs(2);

/// Why a host may not be called.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
enum Blocked {
    #[error("the name leads to {0}, which is not of the public network")]
    Address(IpAddr),
    #[error("{0} is not of the public network")]
    Literal(IpAddr),
    #[error("the name is one of a private network")]
    Name,
}

/// Checks a destination, even if a proxy is used. `found` are the addresses of its name; `None` if they are unknown.
fn check(host: &str, found: Option<&[IpAddr]>, loopback: bool) -> Result<(), Blocked> {
    let may_reach = |address: &IpAddr| address::is_public(*address) || (loopback && address.is_loopback());
    if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
        return if may_reach(&address) { Ok(()) } else { Err(Blocked::Literal(address)) };
    }
    if address::is_local_name(host) && !(loopback && host == "localhost") {
        return Err(Blocked::Name);
    }
    // A single bad address is enough: a name with both kinds is suspicious.
    match found.into_iter().flatten().find(|address| !may_reach(address)) {
        Some(bad) => Err(Blocked::Address(*bad)),
        None => Ok(()),
    }
}

/// A checked route to a provider. It is found before a credential is fetched, and the credential is sent by no other
/// route.
#[derive(Debug)]
pub struct Route {
    /// The base URL of the simulator that replaces the provider.
    simulator: Option<String>,
    proxy: Option<HttpProxy>,
    /// The addresses of the name when it was checked.
    addresses: Vec<SocketAddr>,
}

impl Route {
    /// Finds the route to a URL. The destination is checked even if a proxy is used: by the addresses that its name has
    /// here, or by the name alone if it does not resolve here.
    ///
    /// # Errors
    /// If the destination may not be called, or its name does not resolve.
    pub async fn find(url: &ProviderUrl, reach: Reach, bounds: Deadline) -> Result<Self, TransportError> {
        let host = url.host();
        let blocked = |why: Blocked| TransportError::new(Stage::Forbidden, host, why.to_string());
        let loopback = match reach {
            Reach::Simulator(base) => {
                // The rules apply to the real URL, but its name is not looked up.
                check(host, None, true).map_err(blocked)?;
                return Ok(Self { simulator: Some(base), proxy: None, addresses: Vec::new() });
            }
            Reach::Network { loopback } => loopback,
        };
        check(host, None, loopback).map_err(blocked)?;
        let away = !url.is_loopback();
        let proxy = if away { HttpProxy::on_the_way_to(&url.origin())? } else { None };
        if host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok() {
            return Ok(Self { simulator: None, proxy, addresses: Vec::new() });
        }
        let lookup = tokio::net::lookup_host((host, 0));
        let found: Vec<SocketAddr> = if proxy.is_some() {
            let found = tokio::time::timeout(LOOKUP.min(bounds.left()), lookup).await;
            found.ok().and_then(Result::ok).map(Iterator::collect).unwrap_or_default()
        } else {
            let found = bounds.run(host, lookup).await?;
            found
                .map_err(|error| TransportError::new(Stage::Name, host, error.to_string()).of_the_provider())?
                .collect()
        };
        let addresses: Vec<IpAddr> = found.iter().map(SocketAddr::ip).collect();
        check(host, Some(&addresses), loopback).map_err(blocked)?;
        Ok(Self { simulator: None, proxy, addresses: found })
    }
}

/// Calls a provider, once. `url` is the checked URL that the request was built from, and `route` leads to it; the
/// first `largest` bytes of the body are kept.
///
/// # Errors
/// If the provider cannot be reached. A refusal by the provider is an answer, not an error.
pub async fn send(
    request: &ProviderRequest,
    url: &ProviderUrl,
    route: &Route,
    bounds: Deadline,
    largest: usize,
    watch: Watch<'_>,
) -> Result<ProviderAnswer, TransportError> {
    answered(request, url, route, bounds, largest, watch).await.map_err(TransportError::of_the_provider)
}

async fn answered(
    request: &ProviderRequest,
    url: &ProviderUrl,
    route: &Route,
    bounds: Deadline,
    largest: usize,
    watch: Watch<'_>,
) -> Result<ProviderAnswer, TransportError> {
    let host = url.host().to_owned();
    let failed = |stage, detail: String| TransportError::new(stage, &host, detail);
    let broken = |error: reqwest::Error| {
        let is_connecting = error.is_connect();
        let error = TransportError::read(error, &host, bounds.left());
        // reqwest has no timeout here: if it reports one, it is the system's.
        TransportError { waited: None, ..error }.by_way_of(route.proxy.as_ref(), is_connecting)
    };
    let builder = reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        // All encodings are decoded here.
        .gzip(false)
        .pool_max_idle_per_host(0);
    let target = match &route.simulator {
        Some(base) => {
            let (scheme, rest) = request.url.split_once("://").unwrap_or(("https", &request.url));
            format!("{base}/provider/{scheme}/{rest}")
        }
        None => request.url.to_string(),
    };
    let builder = match &route.proxy {
        Some(proxy) => proxy.through(builder, &host)?,
        // Connect to the checked addresses, whatever the name resolves to by now.
        None if route.addresses.is_empty() => builder.no_proxy(),
        None => builder.no_proxy().resolve_to_addrs(&host, &route.addresses),
    };
    let client = builder.build().map_err(|error| {
        let error = broken(error);
        TransportError { stage: Stage::Building, ..error }
    })?;
    let method = Method::from_bytes(request.method.as_bytes())
        .map_err(|error| failed(Stage::Other, error.to_string()))?;
    let mut call = client
        .request(method, &target)
        .headers(headers(request).map_err(|problem| failed(Stage::Other, problem))?);
    if request.header("accept-encoding").is_none() {
        call = call.header(ACCEPT_ENCODING, "gzip");
    }
    if let Some(body) = request.body.clone() {
        call = call.body(body);
    }
    let sent =
        bounds.run(&host, call.send()).await.map_err(|late| late.by_way_of(route.proxy.as_ref(), false))?;
    let response = sent.map_err(broken)?;
    let status = response.status().as_u16();
    let undone = decode::layers(response.headers());
    let encoded = decode::left(response.headers(), undone);
    let lines = response.headers().iter();
    // Neither header is true of a decoded body.
    let lines = lines.filter(|(name, _)| undone == 0 || ![CONTENT_ENCODING, CONTENT_LENGTH].contains(name));
    let headers = lines
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .chain(encoded.filter(|_| undone > 0).map(|left| (CONTENT_ENCODING.to_string(), left)))
        .collect();
    let mut body = Decoding::new(Prefix::of_at_most(largest), undone);
    let ended = arrival::read(response, &host, &bounds, &mut body, watch).await?;
    let body = body.finish(ended == Ended::Whole).map_err(|(body, problem)| TransportError {
        arrived: Some(Arrived { status, body, announced: None }),
        ..failed(Stage::Encoding, format!("its body cannot be decoded: {problem}"))
    })?;
    Ok(ProviderAnswer { cut_here: body.cut, ..ProviderAnswer::new(status, headers, body.bytes) })
}

fn headers(request: &ProviderRequest) -> Result<HeaderMap, String> {
    let mut map = HeaderMap::with_capacity(request.headers.len());
    for header in &request.headers {
        // The value may hold the credential: do not quote it in the error, and mark it as sensitive.
        let wrong = |_| format!("{} cannot stand in a header", header.name);
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|error| error.to_string())?;
        let mut value = HeaderValue::from_str(header.value.expose_secret()).map_err(wrong)?;
        value.set_sensitive(true);
        map.append(name, value);
    }
    Ok(map)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_destination_is_judged_by_rule_whoever_leads_there() {
        let (public, private) = ("140.82.121.6".parse().unwrap(), "10.1.2.3".parse().unwrap());
        let own = "127.0.0.1".parse().unwrap();
        for (host, found, loopback, wanted) in [
            ("api.github.com", Some(&[public][..]), false, Ok(())),
            // Behind a proxy, the name may not resolve here.
            ("api.github.com", None, false, Ok(())),
            ("acme.example", Some(&[private]), false, Err(Blocked::Address(private))),
            ("acme.example", Some(&[public, private]), true, Err(Blocked::Address(private))),
            ("acme.example", Some(&[own]), false, Err(Blocked::Address(own))),
            ("acme.example", Some(&[own]), true, Ok(())),
            ("vault.internal", None, false, Err(Blocked::Name)),
            ("vault.internal", Some(&[public]), true, Err(Blocked::Name)),
            ("vault", None, true, Err(Blocked::Name)),
            ("localhost", None, false, Err(Blocked::Name)),
            ("localhost", Some(&[own]), true, Ok(())),
            ("10.1.2.3", None, true, Err(Blocked::Literal(private))),
            ("[::ffff:10.1.2.3]", None, false, Err(Blocked::Literal("::ffff:10.1.2.3".parse().unwrap()))),
            ("140.82.121.6", None, false, Ok(())),
        ] {
            assert_eq!(check(host, found, loopback), wanted, "{host} {found:?}");
        }
    }
}

//! The client of providers, for retrieve mode: one per call, dropped with its credential. It follows no redirect,
//! keeps no cookies, and reaches only the public network, but for a simulator on this machine.

mod address;
mod decode;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap, HeaderName, HeaderValue,
};
use reqwest::{Method, redirect};
use secrecy::ExposeSecret as _;

use self::decode::Decoding;
use super::arrival::{self, Ended, Patience, Sink, Take, Watch};
use super::error::{Arrived, Stage, TransportError};
use crate::domain::{BodySize, ProviderAnswer};
use crate::protocol::call::{ProviderRequest, ProviderUrl};

/// Keeps the beginning of a body; what is beyond is left unread and said to be missing.
#[derive(Default)]
struct Beginning {
    bytes: Vec<u8>,
    largest: usize,
    announced: Option<u64>,
    cut: Option<BodySize>,
    is_full: bool,
}

impl Beginning {
    fn of_at_most(largest: usize) -> Self {
        Self { largest, ..Self::default() }
    }
}

impl Sink for Beginning {
    fn begin(&mut self, _: u16, announced: Option<u64>) -> bool {
        self.announced = announced;
        true
    }

    fn take(&mut self, piece: &[u8]) -> Take {
        let room = self.largest - self.bytes.len();
        let kept = piece.get(..room).unwrap_or(piece);
        if self.bytes.capacity() - self.bytes.len() < kept.len() {
            // By doubling, but never for more than is kept.
            self.bytes.reserve_exact(self.bytes.len().clamp(kept.len(), room));
        }
        self.bytes.extend_from_slice(kept);
        if piece.len() <= room {
            return Take::More;
        }
        self.is_full = true;
        let seen = (self.bytes.len() - kept.len() + piece.len()) as u64;
        // An announced length that is too small is a lie.
        let announced = self.announced.filter(|announced| *announced >= seen);
        self.cut = Some(announced.map_or(BodySize::AtLeast(seen), BodySize::Exactly));
        Take::Enough
    }

    fn arrived(&self) -> u64 {
        self.bytes.len() as u64
    }
}

/// Where a call may lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// The public network; this machine too where the backend itself is on it.
    Network {
        /// Whether this machine counts.
        loopback: bool,
    },
    /// A simulator stands in for all of it: its base URL. Nothing leaves this machine.
    Simulator(String),
}

/// The name leads to an address that is not of the public network.
#[derive(Debug, thiserror::Error)]
#[error("the name leads to {0}, which is not of the public network")]
struct NotPublic(IpAddr);

struct PublicOnly {
    loopback: bool,
}

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let loopback = self.loopback;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.collect();
            // One bad address is enough: a name that leads to both is up to something.
            match found.iter().find(|found| !may_reach(found.ip(), loopback)) {
                Some(bad) => Err(NotPublic(bad.ip()).into()),
                None => Ok(Box::new(found.into_iter()) as Addrs),
            }
        })
    }
}

fn may_reach(address: IpAddr, loopback: bool) -> bool {
    address::is_public(address) || (loopback && address.is_loopback())
}

/// Calls a provider, once. `url` is the checked one that the request was made from; of the body the first `largest`
/// bytes are kept.
///
/// # Errors
/// The way there is broken, or may not be taken. A refusal of the provider is none: it is the answer.
pub async fn send(
    request: &ProviderRequest,
    url: &ProviderUrl,
    reach: &Reach,
    patience: Duration,
    largest: usize,
    watch: Watch<'_>,
) -> Result<ProviderAnswer, TransportError> {
    answered(request, url, reach, patience, largest, watch).await.map_err(TransportError::of_the_provider)
}

async fn answered(
    request: &ProviderRequest,
    url: &ProviderUrl,
    reach: &Reach,
    patience: Duration,
    largest: usize,
    watch: Watch<'_>,
) -> Result<ProviderAnswer, TransportError> {
    let host = url.host().to_owned();
    let failed = |stage, detail: String| TransportError::new(stage, &host, detail);
    let broken = |error: reqwest::Error| {
        let forbidden = led_astray(&error);
        let error = TransportError::read(error, &host, patience);
        if forbidden { TransportError { stage: Stage::Forbidden, ..error } } else { error }
    };
    // The rules hold for the real URL, also where a simulator answers it.
    let loopback = !matches!(reach, Reach::Network { loopback: false });
    if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>()
        && !may_reach(address, loopback)
    {
        return Err(failed(Stage::Forbidden, NotPublic(address).to_string()));
    }
    let mut builder = reqwest::Client::builder()
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        // Encodings are undone here, all of them.
        .gzip(false)
        .connect_timeout(patience)
        .pool_max_idle_per_host(0);
    let target = match reach {
        Reach::Simulator(base) => {
            builder = builder.no_proxy();
            let (scheme, rest) = request.url.split_once("://").unwrap_or(("https", &request.url));
            format!("{base}/provider/{scheme}/{rest}")
        }
        Reach::Network { .. } => {
            if url.is_loopback() {
                builder = builder.no_proxy();
            }
            builder = builder.dns_resolver(Arc::new(PublicOnly { loopback }));
            request.url.to_string()
        }
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
    let bounds = Patience::new(patience);
    let sent = tokio::time::timeout(patience, call.send()).await.map_err(|_elapsed| TransportError {
        waited: Some(patience),
        ..failed(Stage::TimedOut, "no answer came".to_owned())
    })?;
    let response = sent.map_err(broken)?;
    let status = response.status().as_u16();
    let undone = decode::layers(response.headers());
    let encoded = decode::left(response.headers(), undone);
    let lines = response.headers().iter();
    // Of a body that is decoded neither is true any more.
    let lines = lines.filter(|(name, _)| undone == 0 || ![CONTENT_ENCODING, CONTENT_LENGTH].contains(name));
    let headers = lines
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .chain(encoded.filter(|_| undone > 0).map(|left| (CONTENT_ENCODING.to_string(), left)))
        .collect();
    let mut body = Decoding::new(Beginning::of_at_most(largest), undone);
    let ended = arrival::read(response, &host, &bounds, &mut body, watch).await?;
    let body = body.finish(ended == Ended::Whole).map_err(|(body, problem)| TransportError {
        arrived: Some(Arrived { status, body, announced: None }),
        ..failed(Stage::Encoding, format!("its body cannot be decoded: {problem}"))
    })?;
    Ok(ProviderAnswer {
        approval: None,
        status,
        headers,
        body: body.bytes.into(),
        truncated: false,
        cut_here: body.cut,
        duration_ms: None,
        credential_hint: None,
    })
}

/// Whether a name was not followed because of where it leads.
fn led_astray(error: &reqwest::Error) -> bool {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(this) = cause {
        if this.is::<NotPublic>() {
            return true;
        }
        cause = this.source();
    }
    false
}

fn headers(request: &ProviderRequest) -> Result<HeaderMap, String> {
    let mut map = HeaderMap::with_capacity(request.headers.len());
    for header in &request.headers {
        // A header may hold the credential: neither is told, nor is it kept readable.
        let wrong = |_| format!("{} cannot stand in a header", header.name);
        let name = HeaderName::from_bytes(header.name.as_bytes()).map_err(|error| error.to_string())?;
        let mut value = HeaderValue::from_str(header.value.expose_secret()).map_err(wrong)?;
        value.set_sensitive(true);
        map.append(name, value);
    }
    Ok(map)
}

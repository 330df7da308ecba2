//! A server that answers by script, byte for byte, and remembers what it was asked.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use grantdeck::api::{Client, Settings};
use grantdeck::protocol::BaseUrl;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A key that passes the grammar.
pub(crate) const KEY: &str = "alter_rk_hjw52w67h7kd7qevze2avf_26kyip";

/// One request as received.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Received {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

/// What the server does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Script {
    /// A whole answer.
    Answer { status: u16, headers: Vec<(String, String)>, body: Vec<u8> },
    /// These bytes, then the connection is closed.
    Bytes(Vec<u8>),
    /// These bytes, then the connection is reset.
    Reset(Vec<u8>),
    /// These bytes, then nothing until the client goes away.
    Hang(Vec<u8>),
    /// These bytes, then one blank after each pause until the client goes away.
    Trickle(Vec<u8>, Duration),
}

impl Script {
    pub(crate) fn json(status: u16, body: &str) -> Self {
        Self::Answer {
            status,
            headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
            body: body.as_bytes().to_vec(),
        }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }
}

/// A running server; it ends with the test's runtime.
pub(crate) struct Server {
    pub(crate) port: u16,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Server {
    /// Answers each request with the next script; the last one repeats.
    pub(crate) async fn start(scripts: Vec<Script>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let received = Arc::new(Mutex::new(Vec::new()));
        let (log, scripts) = (Arc::clone(&received), Arc::new(scripts));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&log), Arc::clone(&scripts)));
            }
        });
        Self { port, received }
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().expect("the log").clone()
    }

    /// Settings for a client of this server, with a frozen clock.
    pub(crate) fn settings(&self) -> Settings {
        settings(&format!("http://127.0.0.1:{}", self.port))
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.settings()).expect("a client")
    }
}

/// Settings with a frozen clock and a short timeout.
pub(crate) fn settings(base_url: &str) -> Settings {
    let now = || "2026-01-01T00:00:00Z".parse().expect("an instant");
    let mut settings =
        Settings::new(BaseUrl::parse(base_url).expect("a URL"), KEY.parse().expect("a key"), now);
    settings.timeout = Duration::from_secs(10);
    settings
}

async fn serve(mut stream: TcpStream, log: Arc<Mutex<Vec<Received>>>, scripts: Arc<Vec<Script>>) {
    while let Some(request) = read(&mut stream).await {
        let script = {
            let mut log = log.lock().expect("the log");
            log.push(request);
            scripts[(log.len() - 1).min(scripts.len() - 1)].clone()
        };
        match script {
            Script::Answer { status, headers, body } => {
                let first = format!("HTTP/1.1 {status} Scripted\r\nContent-Length: {}\r\n", body.len());
                let lines = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n"));
                let head: String = std::iter::once(first).chain(lines).chain(["\r\n".to_owned()]).collect();
                let whole = [head.into_bytes(), body].concat();
                if stream.write_all(&whole).await.is_err() {
                    return;
                }
            }
            Script::Bytes(bytes) => {
                let _ = stream.write_all(&bytes).await;
                return;
            }
            Script::Reset(bytes) => {
                let _ = stream.write_all(&bytes).await;
                // A close with no time to linger is a reset.
                let _ = stream.set_zero_linger();
                return;
            }
            Script::Trickle(bytes, pause) => {
                let mut sent = stream.write_all(&bytes).await;
                while sent.is_ok() {
                    tokio::time::sleep(pause).await;
                    sent = stream.write_all(b" ").await;
                }
                return;
            }
            Script::Hang(bytes) => {
                let _ = stream.write_all(&bytes).await;
                let _ = stream.read(&mut [0; 64]).await;
                return;
            }
        }
    }
}

/// Reads one request; None when the connection ends.
async fn read(stream: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break at;
        }
        match stream.read(&mut piece).await {
            Ok(count) if count > 0 => bytes.extend_from_slice(&piece[..count]),
            _ => return None,
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).ok()?;
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_owned(), value.trim().to_owned()))
        .collect();
    let mut request = Received { method, target, headers, body: bytes[end + 4..].to_vec() };
    let length: usize =
        request.header("content-length").map_or(0, |length| length.parse().expect("a length"));
    while request.body.len() < length {
        match stream.read(&mut piece).await {
            Ok(count) if count > 0 => request.body.extend_from_slice(&piece[..count]),
            _ => return None,
        }
    }
    Some(request)
}

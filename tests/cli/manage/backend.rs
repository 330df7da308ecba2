//! A backend with a list of grants that can be revoked, and answers that a test puts in between.

use std::collections::{HashMap, VecDeque};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::rig::{self, Run, bare};

pub(crate) const KEY: &str = "alter_rk_hjw52w67h7kd7qevze2avf_26kyip";

/// What a test puts in the place of an answer.
#[derive(Clone, Debug)]
pub(crate) enum Instead {
    /// This answer; nothing is done.
    Answer(u16, Value),
    /// It is done, and the connection is closed without an answer.
    Lost,
    /// Nothing, until the program goes away.
    Hang,
}

/// What a request asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) line: String,
    pub(crate) body: Value,
}

#[derive(Default)]
struct State {
    grants: Vec<Value>,
    agents: Vec<Value>,
    /// By a part of the request line, the next answers.
    instead: HashMap<String, VecDeque<Instead>>,
    asked: Vec<Asked>,
    /// The name of the agent whose key it is.
    agent: Option<String>,
}

/// The backend, and a home without anything in it.
pub(crate) struct Backend {
    pub(crate) home: TempDir,
    pub(crate) url: String,
    state: Arc<Mutex<State>>,
    // Dropped last: the backend runs in it.
    _runtime: tokio::runtime::Runtime,
}

/// The id of a numbered grant or agent.
pub(crate) fn id(number: u32) -> String {
    format!("{number:08x}-0000-4000-8000-000000000000")
}

/// A live OAuth grant of the application.
pub(crate) fn grant(number: u32, provider: &str, account: &str) -> Value {
    json!({
        "grant_kind": "oauth", "grant_id": id(number), "provider_id": provider, "scopes": ["repo"],
        "account_identifier": account, "status": "active", "principal_type": "system",
        "created_at": "2026-01-01T00:00:00Z",
    })
}

/// The same with other fields.
pub(crate) fn with(mut grant: Value, fields: &Value) -> Value {
    for (name, value) in fields.as_object().unwrap() {
        grant[name] = value.clone();
    }
    grant
}

pub(crate) fn refusal(status: u16, code: &str) -> Instead {
    Instead::Answer(status, json!({"detail": {"error": code, "message": format!("said {code}")}}))
}

impl Backend {
    pub(crate) fn new(grants: Vec<Value>) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let state = Arc::new(Mutex::new(State { grants, ..State::default() }));
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::clone(&state);
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Self { home: tempfile::tempdir().unwrap(), url, state, _runtime: runtime }
    }

    /// The next answers to requests whose line has this in it.
    pub(crate) fn instead(self, part: &str, answers: impl IntoIterator<Item = Instead>) -> Self {
        self.state.lock().unwrap().instead.entry(part.to_owned()).or_default().extend(answers);
        self
    }

    pub(crate) fn with_agent(self, number: u32, name: &str) -> Self {
        self.state.lock().unwrap().agents.push(json!({
            "id": id(number), "name": name, "type": "agent", "status": "active", "version": 1,
            "created_at": "2026-01-01T00:00:00Z",
        }));
        self
    }

    /// The key is that of this agent.
    pub(crate) fn of_agent(self, name: &str) -> Self {
        self.state.lock().unwrap().agent = Some(name.to_owned());
        self
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = bare(&self.home, arguments);
        command.env("ALTER_API_KEY", KEY).env("ALTER_BASE_URL", &self.url);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        rig::run(&mut self.command(arguments))
    }

    /// Requests whose line has this in it.
    pub(crate) fn asked(&self, part: &str) -> Vec<Asked> {
        let state = self.state.lock().unwrap();
        state.asked.iter().filter(|asked| asked.line.contains(part)).cloned().collect()
    }

    /// Waits until something was asked for so often.
    pub(crate) fn wait_for(&self, part: &str, times: usize) {
        let mut tries = 0_u32;
        while self.asked(part).len() < times {
            tries += 1;
            assert!(tries < 30_000, "waited in vain for {part}");
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

async fn serve(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    while let Some(asked) = read(&mut stream).await {
        let (instead, answer) = {
            let mut state = state.lock().unwrap();
            let line = asked.line.clone();
            let next =
                state.instead.iter_mut().find(|(part, answers)| line.contains(*part) && !answers.is_empty());
            let instead = next.and_then(|(_, answers)| answers.pop_front());
            let answer = match &instead {
                Some(Instead::Answer(status, body)) => (*status, body.clone()),
                Some(Instead::Hang) => (0, Value::Null),
                Some(Instead::Lost) | None => state.answer(&asked),
            };
            state.asked.push(asked);
            (instead, answer)
        };
        match instead {
            Some(Instead::Lost) => return,
            Some(Instead::Hang) => {
                let _ = stream.read(&mut [0; 16]).await;
                return;
            }
            Some(Instead::Answer(..)) | None => {}
        }
        let body = if answer.1.is_null() { String::new() } else { answer.1.to_string() };
        let head = format!(
            "HTTP/1.1 {} x\r\nContent-Type: application/json\r\nX-Request-Id: req-7\r\nContent-Length: {}\r\n\r\n",
            answer.0,
            body.len()
        );
        if stream.write_all((head + &body).as_bytes()).await.is_err() {
            return;
        }
    }
}

impl State {
    fn answer(&mut self, asked: &Asked) -> (u16, Value) {
        let (method, target) = asked.line.split_once(' ').unwrap();
        let parts: Vec<&str> = target.split('?').next().unwrap().trim_start_matches('/').split('/').collect();
        match (method, parts.as_slice()) {
            ("POST", ["sdk", "grants", "list"]) => (200, self.list(&asked.body)),
            ("POST", ["sdk", "oauth", "grants", id, "revoke"]) => {
                let found = self.grants.iter_mut().find(|grant| grant["grant_id"] == **id);
                match found.filter(|grant| grant["status"] == "active") {
                    Some(grant) => {
                        grant["status"] = json!("revoked");
                        let done = json!({
                            "success": true, "message": "Grant revoked", "grant_id": id,
                            "revoked_at": "2026-01-01T00:00:00Z",
                        });
                        (200, done)
                    }
                    None => {
                        (404, json!({"detail": {"error": "grant_not_found", "message": "no such grant"}}))
                    }
                }
            }
            ("DELETE", ["sdk", "grants", _, "delegations", _]) => (204, Value::Null),
            ("GET", ["sdk", "agents", "me"]) => match &self.agent {
                Some(name) => {
                    let agent = json!({
                        "id": id(0xa9), "name": name, "type": "agent", "status": "active", "version": 1,
                        "created_at": "2026-01-01T00:00:00Z",
                    });
                    (200, agent)
                }
                None => (403, json!({"detail": {"error": "me_requires_agent_key", "message": "no"}})),
            },
            ("GET", ["sdk", "agents"]) => {
                let count = self.agents.len();
                let page = json!({
                    "items": self.agents, "total": count, "limit": 100, "offset": 0, "has_more": false,
                });
                (200, page)
            }
            ("GET", ["sdk", "oauth", "provider-catalog"]) => {
                let github = json!({
                    "id": "github", "name": "github", "display_name": "GitHub", "status": "active",
                    "supports_refresh": true, "supports_pkce": true, "default_scopes": [],
                    "required_scopes": ["repo"], "available_scopes": {},
                });
                (200, json!({"providers": {"github": github}}))
            }
            _ => (404, json!({"detail": {"error": "not_found", "message": "no such path"}})),
        }
    }

    fn list(&self, body: &Value) -> Value {
        let wanted = body["provider_id"].as_str();
        let provider = |grant: &Value| {
            let own = grant.get("managed_secret_slug").unwrap_or(&grant["provider_id"]);
            wanted.is_none_or(|wanted| own == wanted)
        };
        let rows: Vec<&Value> = self.grants.iter().filter(|grant| provider(grant)).collect();
        let offset = usize::try_from(body["offset"].as_u64().unwrap()).unwrap();
        let limit = usize::try_from(body["limit"].as_u64().unwrap()).unwrap();
        let page: Vec<&Value> = rows.iter().skip(offset).take(limit).copied().collect();
        json!({
            "grants": page, "total": rows.len(), "limit": limit, "offset": offset,
            "has_more": offset + limit < rows.len(),
        })
    }
}

/// Reads one request; None when the connection ends.
async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
            if bytes.len() >= end + 4 + length {
                let text = String::from_utf8_lossy(&bytes[..end]).into_owned();
                let line = text.lines().next()?.rsplit_once(' ')?.0.to_owned();
                let body = serde_json::from_slice(&bytes[end + 4..]).unwrap_or_default();
                return Some(Asked { line, body });
            }
        }
        match stream.read(&mut piece).await {
            Ok(count) if count > 0 => bytes.extend_from_slice(&piece[..count]),
            _ => return None,
        }
    }
}

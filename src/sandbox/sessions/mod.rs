//! Sessions that a person ends on a hosted page: Connect of both kinds, and sign-in (docs/protocol/connect.md).
//!
//! Nothing runs in the background: what has happened by an instant is worked out before each request is answered.
//! What the protocol leaves open is chosen so:
//!
//! - sessions live 600 seconds and are the key holder's who began them; to others they are unknown, and an unknown
//!   session token polls as `expired`;
//! - an ended session goes on telling its end;
//! - whoever opens the page is the user of the session's token, and, where there is none, the application's operator;
//! - the page's address holds an id of its own; the session token is in its fragment only.

mod account;
mod finish;
mod oauth;
mod page;
mod poll;
mod secret;
mod sign_in;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::call::stamp;
use super::faults::Fault;
use super::keys::Holder;
use super::message::{Reply, Request};
use super::seed::uuid;
use super::world::{Caller, World};

pub(super) use oauth::create as connect;
pub(super) use page::answer as page;
pub(super) use poll::poll;
pub(super) use secret::create as connect_secret;
pub(super) use sign_in::{create as sign_in, poll as poll_sign_in};

/// How long a session lives, in seconds (docs/protocol/connect.md section 1).
const LIFE: i64 = 600;
/// When a session that ends by itself does so: late enough to be seen pending once.
const BY_ITSELF: i64 = 1000;

/// How sessions end by themselves, for scripts.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::EnumIter,
    strum::Display,
)]
#[strum(serialize_all = "kebab-case")]
pub enum SessionEnd {
    /// The person accepts.
    Accept,
    /// The person declines.
    Decline,
    /// The person accepts, with another account than the one expected.
    OtherAccount,
    /// The session is over before the person did anything.
    Expire,
    /// They do not; somebody has to open the page.
    Wait,
}

/// What a person does, or what happens to them.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Choice {
    Accept,
    OtherAccount,
    /// The user with this index signs in.
    SignInAs(usize),
    Decline,
    Expire,
    /// The session fails with this code.
    Fail(String),
}

impl Choice {
    /// What a button's address ends with.
    fn named(name: &str) -> Option<Self> {
        match name {
            "accept" => Some(Self::Accept),
            "other-account" => Some(Self::OtherAccount),
            "decline" => Some(Self::Decline),
            "expire" => Some(Self::Expire),
            _ => None,
        }
    }
}

/// What a session is for.
#[derive(Debug, Clone)]
enum Purpose {
    Connect(oauth::Wanted),
    Secret(secret::Wanted),
    /// The token that comes of it lives for so many seconds.
    SignIn(i64),
}

/// How a session ended.
#[derive(Debug, Clone)]
enum End {
    /// The entries of the grants, and of those that were not made.
    Connected(Vec<Value>, Vec<Value>),
    /// The user's token, and who they are.
    SignedIn(String, Value),
    Failed(String),
    Expired,
}

/// Instants are Unix milliseconds.
#[derive(Debug)]
struct Session {
    token: String,
    /// The id in the page's address.
    page: Uuid,
    holder: Holder,
    purpose: Purpose,
    expires_at: i64,
    /// What happens by itself, and when.
    plan: Option<(i64, Choice)>,
    /// Providers that the user declined while others are open.
    declined: Vec<(Arc<str>, i64)>,
    end: Option<End>,
}

/// Every session of the world, oldest first.
#[derive(Debug, Default)]
pub(super) struct Sessions(Vec<Session>);

impl World {
    /// Begins a session; its place.
    fn begin(
        &mut self,
        prefix: &str,
        caller: Caller,
        purpose: Purpose,
        now: Timestamp,
        faults: &[Fault],
    ) -> usize {
        let at = now.as_millisecond();
        let expires_at = at + LIFE * 1000;
        let letters: String = (0..32).map(|_| self.rng.alphanumeric()).collect();
        let (mut ends, mut after) = (self.options.sessions, at + BY_ITSELF);
        let mut failure = None;
        for fault in faults {
            match fault {
                Fault::SessionEnds(how) => ends = *how,
                Fault::SessionAfter(seconds) => after = at + i64::from(*seconds) * 1000,
                Fault::SessionAtDeadline => after = expires_at,
                Fault::SessionError(code) => failure = Some(code.clone()),
                _ => {}
            }
        }
        let choice = match (failure, ends) {
            (Some(code), _) => Some(Choice::Fail(code)),
            (None, SessionEnd::Accept) => Some(Choice::Accept),
            (None, SessionEnd::OtherAccount) => Some(Choice::OtherAccount),
            (None, SessionEnd::Decline) => Some(Choice::Decline),
            (None, SessionEnd::Expire) => Some(Choice::Expire),
            (None, SessionEnd::Wait) => None,
        };
        self.sessions.0.push(Session {
            token: format!("{prefix}_{letters}"),
            page: uuid(&mut self.rng),
            holder: caller.holder,
            purpose,
            expires_at,
            plan: choice.map(|choice| (after, choice)),
            declined: Vec::new(),
            end: None,
        });
        self.sessions.0.len() - 1
    }

    /// Lets every open session come to where it is by now.
    pub(super) fn settle_sessions(&mut self, now: Timestamp) {
        let at = now.as_millisecond();
        for place in 0..self.sessions.0.len() {
            let Some(session) = self.sessions.0.get_mut(place).filter(|session| session.end.is_none()) else {
                continue;
            };
            // At its very end a session can still be finished.
            let due = session.plan.take_if(|(when, _)| *when <= at);
            let (over, end) = (session.expires_at <= at, session.expires_at);
            if let Some((when, choice)) = due.filter(|(when, _)| *when <= end) {
                self.choose(place, &choice, &[], when);
            }
            if let Some(session) =
                self.sessions.0.get_mut(place).filter(|session| over && session.end.is_none())
            {
                session.end = Some(End::Expired);
            }
        }
    }

    /// A person does something at an instant, in Unix milliseconds. `kept` are the providers that they left ticked; none named: all.
    fn choose(&mut self, place: usize, choice: &Choice, kept: &[String], at: i64) {
        let Some(session) = self.sessions.0.get(place).filter(|session| session.end.is_none()) else {
            return;
        };
        let end = match (choice, session.purpose.clone()) {
            (Choice::Expire, _) => Some(End::Expired),
            (Choice::Fail(code), _) => Some(End::Failed(code.clone())),
            (Choice::Decline, Purpose::Connect(_) | Purpose::Secret(_)) => {
                Some(End::Failed("connect_denied".to_owned()))
            }
            (Choice::Decline, Purpose::SignIn(_)) => Some(End::Failed("access_denied".to_owned())),
            (Choice::Accept, Purpose::SignIn(life)) => self.sign_in_as(0, life, at),
            (Choice::OtherAccount, Purpose::SignIn(life)) => self.sign_in_as(1, life, at),
            (Choice::SignInAs(user), Purpose::SignIn(life)) => self.sign_in_as(*user, life, at),
            (Choice::Accept, Purpose::Connect(wanted)) => {
                Some(self.finish_connect(place, &wanted, kept, false, at))
            }
            (Choice::OtherAccount, Purpose::Connect(wanted)) => {
                Some(self.finish_connect(place, &wanted, kept, true, at))
            }
            (Choice::Accept, Purpose::Secret(wanted)) => Some(self.finish_secret(&wanted, at)),
            // Only the user of the session can approve, and a failed sign-in never ends the request.
            (Choice::OtherAccount, Purpose::Secret(_))
            | (Choice::SignInAs(_), Purpose::Connect(_) | Purpose::Secret(_)) => None,
        };
        if let Some(session) = self.sessions.0.get_mut(place) {
            session.end = end;
        }
        self.calls.news.send_replace(());
    }

    /// The session with this token, for the holder who began it.
    fn session_of(&self, token: &str, caller: Caller) -> Option<usize> {
        let mine = |session: &Session| session.token == token && session.holder == caller.holder;
        self.sessions.0.iter().position(mine)
    }
}

impl Session {
    /// Where the page is; the fragment never reaches a server, and holds the token as the real one does.
    fn link(&self, request: &Request) -> String {
        let host = request.header("host").unwrap_or("127.0.0.1");
        let kind = if let Purpose::SignIn(_) = self.purpose { "sign-in" } else { "connect" };
        format!("http://{host}/wallet/{kind}/{}#session={}", self.page, self.token)
    }

    /// The fields that every answer to a new session has; `link` is what the address of the page is called.
    fn show(&self, request: &Request, link: &str, now: Timestamp) -> Value {
        json!({
            "session_token": self.token, link: self.link(request), "expires_at": stamp(self.expires_at),
            "expires_in": (self.expires_at - now.as_millisecond()) / 1000,
        })
    }
}

/// The same object with further fields.
fn with(mut object: Value, more: &Value) -> Value {
    if let (Some(object), Some(more)) = (object.as_object_mut(), more.as_object()) {
        object.extend(more.clone());
    }
    object
}

/// The refusal of an agent's key where only the application's will do.
fn app_only(caller: Caller) -> Option<Reply> {
    let message = "This needs an application key.";
    (caller.holder != Holder::App).then(|| Reply::refusal(403, "app_key_required", message))
}

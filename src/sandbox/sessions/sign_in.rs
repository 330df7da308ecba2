//! Sign-in of an end user (docs/protocol/connect.md section 4).

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{End, Purpose, app_only};
use crate::faults::Fault;
use crate::input::Fields;
use crate::message::{Awaited, Hold, Reply, Request};
use crate::seed::make_token;
use crate::tamper;
use crate::world::{Caller, World};

/// How long the token of a sign-in lives, in seconds. Not stated.
const TOKEN_LIFE: i64 = 3600;
/// The longest that a poll may ask to be held, in milliseconds.
const LONGEST_WAIT: i64 = 30_000;

/// `POST /sdk/auth/session`
pub(crate) fn create(
    world: &mut World,
    request: &Request,
    caller: Caller,
    now: Timestamp,
    faults: &[Fault],
) -> Reply {
    if let Some(refusal) = app_only(caller) {
        return refusal;
    }
    if let Err(refusal) = Fields::read(&request.body, &[]) {
        return *refusal;
    }
    let life = faults.iter().find_map(|fault| match fault {
        Fault::TokenLife(seconds) => Some(i64::from(*seconds)),
        _ => None,
    });
    let place = world.begin("auth", caller, Purpose::SignIn(life.unwrap_or(TOKEN_LIFE)), now, faults);
    let session = world.sessions.0.get(place);
    session.map_or_else(
        || Reply::refusal(500, "internal_error", "Something went wrong."),
        |session| Reply::json(201, &session.show(request, "auth_url", now)),
    )
}

/// `POST /sdk/auth/poll`
pub(crate) fn poll(world: &World, request: &Request, caller: Caller, faults: &[Fault]) -> Reply {
    if let Some(refusal) = app_only(caller) {
        return refusal;
    }
    let asked = Fields::read(&request.body, &["session_token", "wait_ms"]).and_then(|fields| {
        let token = fields.needed("session_token")?;
        Ok((token, fields.whole("wait_ms", 0..=LONGEST_WAIT)?.unwrap_or(0)))
    });
    let (token, wait) = match asked {
        Ok(asked) => asked,
        Err(refusal) => return *refusal,
    };
    let Some(place) = world.session_of(&token, caller) else {
        return Reply::refusal(404, "session_not_found", "There is no such sign-in session.");
    };
    let (body, is_over) = world.sign_in_status(place);
    let mut reply = Reply::json(200, &body);
    if !is_over && wait > 0 {
        reply.hold = Some(Hold {
            awaited: Awaited::SignIn(place),
            at_most: Duration::from_millis(wait.unsigned_abs()),
            seen: "pending",
            faults: faults.to_vec(),
        });
    }
    reply
}

impl World {
    /// What a poll is told, and whether that is the last word.
    fn sign_in_status(&self, place: usize) -> (Value, bool) {
        let end = self.sessions.0.get(place).and_then(|session| session.end.as_ref());
        let Some(end) = end else { return (json!({ "status": "pending" }), false) };
        let reported = match end {
            End::SignedIn(token, user) => {
                json!({ "status": "completed", "user_token": token, "user_info": user })
            }
            End::Failed(code) => super::poll::failure(code, true),
            End::Expired | End::Connected(..) => json!({ "status": "expired" }),
        };
        (reported, true)
    }

    /// One of the users signs in.
    pub(super) fn sign_in_as(&mut self, user: usize, life: i64, at: i64) -> Option<End> {
        let Self { users, rng, tokens, .. } = self;
        let person = users.get(user)?;
        let now = at / 1000;
        let token = make_token(rng, person, now, now + life);
        tokens.insert(token.clone(), (user, now + life));
        let info = json!({ "sub": person.subject, "email": person.email, "name": person.name });
        Some(End::SignedIn(token, info))
    }

    /// Writes a held answer again, as [`World::look_again`] does.
    pub(crate) fn look_at_sign_in_again(
        &mut self,
        place: usize,
        hold: Hold,
        reply: &mut Reply,
        now: Timestamp,
    ) -> Result<(), Option<Duration>> {
        self.settle_sessions(now);
        let (body, is_over) = self.sign_in_status(place);
        if is_over {
            reply.body = body.to_string().into();
            tamper::spoil_body(reply, &hold.faults);
            return Ok(());
        }
        let at = now.as_millisecond();
        let next = self.sessions.0.get(place).map(|session| {
            let plan = session.plan.as_ref().map(|(when, _)| *when);
            plan.map_or(session.expires_at, |when| when.min(session.expires_at))
        });
        reply.hold = Some(hold);
        let wait = next.map(|next| next.saturating_sub(at).max(1)).and_then(|wait| u64::try_from(wait).ok());
        Err(wait.map(Duration::from_millis))
    }
}

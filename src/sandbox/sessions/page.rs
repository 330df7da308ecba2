//! The page of a session: who asks for what, and a button for each outcome.
//!
//! `GET /wallet/connect/{id}` and `/wallet/sign-in/{id}` show it, `POST …/{accept|other-account|decline|expire}` ends
//! the session, `POST …/decline/{provider}` declines one provider of several, `POST …/as/{number}` signs in as one of
//! the users. The providers that are kept are posted as `provider=…`; none: all.

use std::fmt::Write as _;

use jiff::Timestamp;
use uuid::Uuid;

use super::{Choice, End, Purpose, oauth, secret};
use crate::message::{Reply, Request};
use crate::pages::{button, escape, form, page};
use crate::verify::parse_query;
use crate::world::World;

/// So many users can sign in on the page: those whose grants come first in the list.
const PEOPLE: usize = 8;

/// Answers a request to the page of a session.
pub(crate) fn answer(world: &mut World, request: &Request, now: Timestamp) -> Reply {
    let path = request.path().to_owned();
    let segments: Vec<&str> = path.split('/').skip(2).collect();
    let [kind, id, rest @ ..] = segments.as_slice() else { return nothing() };
    let wanted = Uuid::try_parse(id).ok();
    let found = world.sessions.0.iter().position(|session| Some(session.page) == wanted);
    let Some(place) = found.filter(|place| world.is_of(*place, kind)) else { return nothing() };
    let at = now.as_millisecond();
    let mut notice = "";
    match (request.method.as_str(), rest) {
        ("GET", []) => {}
        ("POST", ["decline", provider]) => world.decline(place, provider, at),
        ("POST", ["as", user]) => {
            let user = user.parse().ok().filter(|user| *user < PEOPLE);
            let Some(user) = user else { return nothing() };
            world.choose(place, &Choice::SignInAs(user), &[], at);
        }
        ("POST", [choice]) => {
            let Some(choice) = Choice::named(choice) else { return nothing() };
            let body = String::from_utf8_lossy(&request.body);
            let kept: Vec<String> = parse_query(&body)
                .into_iter()
                .filter(|(name, _)| name == "provider")
                .map(|(_, value)| value)
                .collect();
            world.choose(place, &choice, &kept, at);
            if choice == Choice::OtherAccount {
                notice = "<p>Somebody else signed in; only the user whom the link is for can approve.</p>";
            }
        }
        _ => return nothing(),
    }
    world.show_page(place, kind, id, notice)
}

fn nothing() -> Reply {
    page(404, "Nothing here", "<p>There is no such session.</p>")
}

impl World {
    fn is_of(&self, place: usize, kind: &str) -> bool {
        let session = self.sessions.0.get(place);
        session.is_some_and(|session| matches!(session.purpose, Purpose::SignIn(_)) == (kind == "sign-in"))
    }

    /// The user declines one provider; when none is left, all of it.
    fn decline(&mut self, place: usize, provider: &str, at: i64) {
        let Some(session) = self.sessions.0.get(place).filter(|session| session.end.is_none()) else {
            return;
        };
        let Purpose::Connect(wanted) = session.purpose.clone() else { return };
        let offered = self.offered(&wanted);
        let Some(id) = offered.iter().find(|id| ***id == *provider) else { return };
        let Some(session) = self.sessions.0.get_mut(place) else { return };
        if !session.declined.iter().any(|(known, _)| known == id) {
            session.declined.push((id.clone(), at));
        }
        if session.declined.len() == offered.len() {
            self.choose(place, &Choice::Decline, &[], at);
        }
    }

    fn show_page(&self, place: usize, kind: &str, id: &str, notice: &str) -> Reply {
        let Some(session) = self.sessions.0.get(place) else { return nothing() };
        let address = format!("/wallet/{kind}/{id}");
        let (heading, asks) = match &session.purpose {
            Purpose::SignIn(_) => ("Sign in", "<p>The application asks who you are.</p>".to_owned()),
            Purpose::Connect(wanted) => {
                ("Connect an account", self.providers_asked(wanted, session, &address))
            }
            Purpose::Secret(wanted) => {
                let (name, does) = secret::words(self, wanted);
                let who = self.users.get(wanted.user).map_or("", |user| &user.email);
                let words = format!(
                    "<p>The application {does}: <b>{}</b>, for {}.</p>",
                    escape(name.as_str().unwrap_or_default()),
                    escape(who),
                );
                ("Use a key", words)
            }
        };
        let outcome = match &session.end {
            None => {
                let (accept, other) = match &session.purpose {
                    Purpose::SignIn(_) => (self.mail(0), self.mail(1)),
                    Purpose::Connect(_) => ("Accept", "Accept with another account"),
                    Purpose::Secret(_) => ("Accept", "Sign in as somebody else"),
                };
                let others = match &session.purpose {
                    Purpose::SignIn(_) => self.others(&address),
                    Purpose::Connect(_) | Purpose::Secret(_) => String::new(),
                };
                let end = |name: &str, words: &str| button(&format!("{address}/{name}"), words);
                [
                    end("accept", accept),
                    end("other-account", other),
                    others,
                    end("decline", "Decline"),
                    end("expire", "Let it expire"),
                ]
                .concat()
            }
            Some(End::Connected(..) | End::SignedIn(..)) => "<p>Status: <b>done</b></p>".to_owned(),
            Some(End::Failed(code)) => format!("<p>Status: <b>failed</b> ({})</p>", escape(code)),
            Some(End::Expired) => "<p>Status: <b>expired</b></p>".to_owned(),
        };
        let notice = if session.end.is_none() { notice } else { "" };
        page(200, heading, &format!("{asks}{notice}{outcome}<p>You may close this page and go back.</p>"))
    }

    fn mail(&self, user: usize) -> &str {
        self.users.get(user).map_or("", |user| &user.email)
    }

    /// A button for each further user who can sign in; the first two have the ones that every session has.
    fn others(&self, address: &str) -> String {
        let others = self.users.iter().enumerate().take(PEOPLE).skip(2);
        others.map(|(number, user)| button(&format!("{address}/as/{number}"), &user.email)).collect()
    }

    /// The providers, what is asked of each, and for several a button to decline each.
    fn providers_asked(&self, wanted: &oauth::Wanted, session: &super::Session, address: &str) -> String {
        let whose = wanted.user.and_then(|user| self.users.get(user));
        let whose = whose.map_or("the application", |user| user.email.as_str());
        let mut text = format!("<p>The grant will belong to {}.</p><ul>", escape(whose));
        let offered = self.offered(wanted);
        for id in &offered {
            let Some(row) = oauth::row(self, id) else { continue };
            let extra =
                wanted.required.iter().filter(|(provider, _)| provider == id).flat_map(|(_, list)| list);
            let required = row.scopes().filter(|scope| scope.required).map(|scope| scope.name);
            let scopes: Vec<String> = required.chain(extra).map(|scope| escape(scope)).collect();
            let gone = session.declined.iter().any(|(declined, _)| declined == id);
            // Writing to a text cannot fail.
            let _ = write!(
                text,
                "<li><b>{}</b> {}<br><small>{}</small>",
                escape(&row.name),
                if gone { "(declined)" } else { "" },
                scopes.join(" "),
            );
            let open = session.end.is_none() && !gone;
            if open && wanted.providers.is_empty() {
                // Every provider is on offer: the user takes one.
                let chosen = [("provider", &**id)];
                text.push_str(&form(&format!("{address}/accept"), &chosen, &format!("Connect {}", row.name)));
            } else if open && offered.len() > 1 {
                text.push_str(&button(&format!("{address}/decline/{id}"), &format!("Decline {}", row.name)));
            }
            text.push_str("</li>");
        }
        text.push_str("</ul>");
        text
    }
}

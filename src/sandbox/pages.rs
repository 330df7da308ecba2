//! The hosted pages: HTML with a button for each outcome, for people, browsers and scripts.

use std::fmt::Write as _;

use jiff::Timestamp;

use super::call;
use super::message::{Reply, Request};
use super::sessions;
use super::world::World;

/// Answers a request to a page. Everybody who knows its address may open it, as in the real world.
pub(super) fn answer(world: &mut World, request: &Request, now: Timestamp) -> Reply {
    match request.path().split('/').nth(2) {
        Some("approvals") => call::approval_page(world, request, now),
        Some("connect" | "sign-in") => sessions::page(world, request, now),
        _ => page(404, "Nothing here", "<p>There is nothing here.</p>"),
    }
}

/// A page with this heading.
pub(super) fn page(status: u16, heading: &str, body: &str) -> Reply {
    let heading = escape(heading);
    let text = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{heading} (sandbox)</title></head>\
         <body><h1>{heading}</h1>{body}</body></html>\n"
    );
    // The address of the page is a secret: no other site is to learn it, none may show it in a frame.
    Reply::raw(status, "text/html; charset=utf-8", text)
        .with_header("Referrer-Policy", "no-referrer")
        .with_header("X-Frame-Options", "DENY")
        .with_header("Cache-Control", "no-store")
}

/// A button that posts to this address.
pub(super) fn button(address: &str, words: &str) -> String {
    form(address, &[], words)
}

/// The same, with values that are posted along.
pub(super) fn form(address: &str, values: &[(&str, &str)], words: &str) -> String {
    let mut inputs = String::new();
    for (name, value) in values {
        // Writing to a text cannot fail.
        let _ =
            write!(inputs, "<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(name), escape(value));
    }
    format!(
        "<form method=\"post\" action=\"{}\">{inputs}<button>{}</button></form>",
        escape(address),
        escape(words)
    )
}

/// Text as HTML shows it.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

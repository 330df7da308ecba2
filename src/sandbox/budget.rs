//! The rate budget of a key: a sliding window of 60 seconds (docs/protocol/transport.md section 7).

use std::collections::VecDeque;

use jiff::Timestamp;
use serde_json::json;

use super::message::Reply;

const WINDOW_SECONDS: i64 = 60;

/// The instants of the requests that count, in milliseconds.
#[derive(Debug, Default)]
pub(super) struct Budget {
    spent: VecDeque<i64>,
}

/// What the budget headers say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading {
    limit: u32,
    remaining: u32,
    /// Seconds until the oldest request leaves the window.
    wait: i64,
    now: i64,
    /// Whether this request is over the limit.
    pub(super) exceeded: bool,
}

impl Budget {
    /// Count a request, unless the window is full.
    pub(super) fn spend(&mut self, limit: u32, now: Timestamp) -> Reading {
        let instant = now.as_millisecond();
        let start = instant - WINDOW_SECONDS * 1000;
        while self.spent.front().is_some_and(|oldest| *oldest <= start) {
            self.spent.pop_front();
        }
        let exceeded = self.spent.len() >= limit as usize;
        if !exceeded {
            self.spent.push_back(instant);
        }
        let oldest = self.spent.front().copied().unwrap_or(instant);
        let wait = (oldest - start + 999) / 1000;
        let remaining = limit.saturating_sub(u32::try_from(self.spent.len()).unwrap_or(u32::MAX));
        Reading { limit, remaining, wait, now: now.as_second(), exceeded }
    }
}

impl Reading {
    /// The refusal of a request over the limit.
    pub(super) fn refusal(self) -> Reply {
        let Self { limit, wait, .. } = self;
        let body = json!({ "detail": {
            "error": "rate_limit_exceeded",
            "message": format!("More than {limit} requests in {WINDOW_SECONDS} seconds."),
            "scope": "api_key", "limit": limit, "window_seconds": WINDOW_SECONDS, "retry_after": wait,
        }});
        Reply::json(429, &body)
            .with_header("Retry-After", wait.to_string())
            .with_header("X-Alter-Rate-Limited-Scope", "api_key")
    }

    /// The headers, in both dialects.
    pub(super) fn headers(self) -> [(&'static str, String); 5] {
        let Self { limit, remaining, wait, now, .. } = self;
        [
            ("X-RateLimit-Limit", limit.to_string()),
            ("X-RateLimit-Remaining", remaining.to_string()),
            ("X-RateLimit-Reset", (now + wait).to_string()),
            ("RateLimit-Policy", format!("\"api_key\";q={limit};w={WINDOW_SECONDS}")),
            ("RateLimit", format!("\"api_key\";r={remaining};t={wait}")),
        ]
    }
}

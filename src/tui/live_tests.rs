//! Sessions for tests.

use super::*;
use crate::jobs::Recorder;
use crate::store::Credentials;
use crate::ui::Depth;

impl LiveSession {
    /// A session that is not open: every request to a backend is refused.
    pub(in crate::tui) fn closed() -> Self {
        let live = Self::new(TuiOptions {
            source: Source::Profile("nobody".to_owned()),
            demo: sandbox::Options::default(),
            theme: Some(ThemeName::Dark),
            depth: Depth::Ansi16,
            config: Some("/dev/null/none".into()),
            typed: None,
            chosen: true,
            private: false,
            log: crate::domain::log::Log::default(),
        });
        // No clipboard is reachable from here, wherever the test runs.
        assert!(live.copying.set((clipboard::Environment::read(|_| None), CopyChoice::Print)).is_ok());
        live
    }

    /// A session whose requests all panic.
    pub(in crate::tui) fn broken() -> Self {
        Self { breaks: true, ..Self::closed() }
    }

    /// A session with a history and an unreachable backend.
    pub(in crate::tui) fn with_history(recorder: Recorder) -> Self {
        let credentials = Credentials {
            key: format!("alter_key_{}", "a".repeat(40)).into(),
            key_from: String::new(),
            base_url: Some("http://127.0.0.1:9".to_owned()),
            base_url_from: String::new(),
            user_token: None,
            user_token_from: String::new(),
            caller: None,
        };
        let context = Context::open(credentials, crate::platform::clock::wall).unwrap();
        let live = Self::closed();
        assert!(live.context.set(Context { recorder: Some(recorder), ..context }).is_ok());
        live
    }

    /// Panics if that was requested.
    pub(in crate::tui) fn may_break(&self) {
        assert!(!self.breaks, "broken on purpose");
    }
}

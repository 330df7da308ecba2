//! Sessions for tests.

use super::*;
use crate::jobs::Recorder;
use crate::store::Credentials;
use crate::ui::Depth;

impl LiveSession {
    /// One that is not open: whatever needs a backend is refused.
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
        // No clipboard is reached from here, wherever the test runs.
        assert!(live.copying.set((clipboard::Environment::read(|_| None), CopyChoice::Print)).is_ok());
        live
    }

    /// One whose every request breaks.
    pub(in crate::tui) fn broken() -> Self {
        Self { breaks: true, ..Self::closed() }
    }

    /// One with a history, and a backend that is not there.
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

    /// Where it was asked to, it breaks.
    pub(in crate::tui) fn may_break(&self) {
        assert!(!self.breaks, "broken on purpose");
    }
}

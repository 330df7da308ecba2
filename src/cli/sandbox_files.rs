//! The files of `grantdeck sandbox`: its address, keys and tokens for scripts.
//!
//! They are there exactly while it listens: written whole when it does, removed when it ends, and what a killed one
//! left behind is removed before the next begins. A file that the sandbox did not write is never touched.

use std::fs;
use std::path::Path;

use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::domain::{Code, Diagnosis, Retry, Saved, Who};
use crate::platform::save::save;
use crate::sandbox::Running;

/// The first line of the env file.
const HEAD: &str = "# Written by grantdeck sandbox";
/// What the ready file says under `written_by`.
const WRITER: &str = "grantdeck sandbox";

/// Where the files are to be.
pub(super) struct SandboxFiles<'path> {
    ready: Option<&'path Path>,
    env: Option<&'path Path>,
}

impl<'path> SandboxFiles<'path> {
    /// Removes what an earlier sandbox left in their place.
    ///
    /// # Errors
    /// A file is there that is none of the sandbox's, or it cannot be removed.
    pub(super) fn prepare(ready: Option<&'path Path>, env: Option<&'path Path>) -> Result<Self, Diagnosis> {
        let is_ready =
            |text: &str| serde_json::from_str(text).is_ok_and(|value: Value| value["written_by"] == WRITER);
        let is_env = |text: &str| text.starts_with(HEAD);
        for (path, is_own) in [(ready, &is_ready as &dyn Fn(&str) -> bool), (env, &is_env)] {
            let Some(path) = path else { continue };
            if !path.exists() {
                continue;
            }
            if !fs::read_to_string(path).is_ok_and(|text| is_own(&text)) {
                return Err(refused(path, "it is there, and the sandbox did not write it"));
            }
            fs::remove_file(path).map_err(|error| refused(path, &error.kind().to_string()))?;
        }
        Ok(Self { ready, env })
    }

    /// Writes them, each whole and for its owner's eyes only.
    ///
    /// # Errors
    /// What writing says.
    pub(super) fn write(&self, running: &Running) -> Result<(), Diagnosis> {
        let env = format!(
            "{HEAD}; gone when it ends.\nALTER_BASE_URL={}\nALTER_API_KEY={}\n",
            running.base_url(),
            running.app_key().expose_secret()
        );
        for (path, text) in [(self.env, env), (self.ready, format!("{:#}\n", ready(running)))] {
            let Some(path) = path else { continue };
            if let Saved::Exists { .. } = save(&path.to_string_lossy(), text.as_bytes(), false)? {
                return Err(refused(path, "it was made meanwhile"));
            }
        }
        Ok(())
    }

    /// Removes them again.
    pub(super) fn remove(&self) {
        for path in [self.ready, self.env].into_iter().flatten() {
            // One that is gone already is what was wanted; one that stays is removed by the next sandbox.
            let _best_effort = fs::remove_file(path);
        }
    }
}

fn refused(path: &Path, problem: &str) -> Diagnosis {
    Diagnosis::new(Code::FileNotWritable, Who::You, Retry::AfterRemedy)
        .fact("path", &path.to_string_lossy())
        .fact("problem", problem)
}

/// Everything that a script may want to know.
fn ready(running: &Running) -> Value {
    let all = running.credentials();
    let agents = all.agent_keys.iter().map(|agent| {
        json!({ "id": agent.id.to_string(), "name": agent.name, "status": agent.status, "key": agent.key.expose_secret() })
    });
    let users = all.user_tokens.iter().map(|user| {
        json!({ "name": user.name, "email": user.email, "valid": user.valid, "token": user.token.expose_secret() })
    });
    let narrow = all.narrow_keys.iter().map(
        |narrow| json!({ "name": narrow.name, "scopes": narrow.scopes, "key": narrow.key.expose_secret() }),
    );
    let dead =
        all.dead_keys.iter().map(|(state, key)| json!({ "code": state.code(), "key": key.expose_secret() }));
    json!({
        "written_by": WRITER,
        "base_url": running.base_url(),
        "app_key": all.app_key.expose_secret(),
        "deprecated_app_key": all.deprecated_app_key.expose_secret(),
        "agent_keys": agents.collect::<Vec<_>>(),
        "user_tokens": users.collect::<Vec<_>>(),
        "narrow_keys": narrow.collect::<Vec<_>>(),
        "dead_keys": dead.collect::<Vec<_>>(),
    })
}

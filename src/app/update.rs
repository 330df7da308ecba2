//! One message in, a changed model and a list of wishes out.

use super::{Effect, Model, Msg};
use crate::domain::Now;

/// The only way a model changes.
pub fn update(model: &mut Model, msg: Msg, now: Now) -> Vec<Effect> {
    let _ = (msg, now);
    model.revision += 1;
    Vec::new()
}

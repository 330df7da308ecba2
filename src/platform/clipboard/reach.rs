//! Checks whether a clipboard is available, without changing its content.

use std::time::Duration;

use zeroize::Zeroizing;

use super::super::child::{helper_command, run, withhold};
use super::owner::{DIFFERENT, SAME};
use super::tmux::tmux;
use super::{Environment, Plan, RouteError, VERIFIER, choose, set_display};
use crate::domain::{CopyChoice, CopyRoute};

/// Length of the text that is copied most: a grant id.
const ID_LENGTH: usize = 36;

/// The state of a clipboard route.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It was queried and answered.
    Answers,
    /// It cannot be queried: copies by this route are never confirmed.
    Unconfirmed,
    /// It does not work, and why.
    Broken(String),
}

/// Checks each route that a copy would try, in order. Blocks for at most the environment's limit per route. The
/// clipboard is read but neither compared nor changed.
pub fn reach(environment: &Environment, choice: CopyChoice, hidden: &[String]) -> Vec<(CopyRoute, Reach)> {
    let Plan { routes, .. } = choose(environment, choice, ID_LENGTH);
    let asked = routes.into_iter().map(|route| {
        let found = match route {
            CopyRoute::Native => native(environment, hidden),
            CopyRoute::Tmux => server(environment, hidden),
            CopyRoute::Osc52 => return (route, Reach::Unconfirmed),
            CopyRoute::Shown => return (route, Reach::Answers),
        };
        (route, found.map_or_else(|broken| Reach::Broken(broken.to_string()), |()| Reach::Answers))
    });
    asked.collect()
}

/// Runs a verifier that looks once. "Different" also means that the clipboard is readable.
fn native(environment: &Environment, hidden: &[String]) -> Result<(), RouteError> {
    const WHO: &str = "the native clipboard";
    let broken = |error| RouteError::of(WHO, error);
    let mut command = helper_command(VERIFIER, environment.program.as_deref(), hidden).map_err(broken)?;
    set_display(&mut command, environment);
    command.arg(Duration::ZERO.as_millis().to_string());
    let (status, _) = run(&mut command, Zeroizing::new(vec![0; 32]), environment.limit).map_err(broken)?;
    match status.code() {
        Some(code) if [SAME, DIFFERENT].map(i32::from).contains(&code) => Ok(()),
        _ => Err(RouteError::Refused(WHO, "it cannot be read".to_owned())),
    }
}

fn server(environment: &Environment, hidden: &[String]) -> Result<(), RouteError> {
    const WHO: &str = "tmux";
    let mut command = tmux(&["list-buffers", "-F", ""]);
    withhold(&mut command, hidden);
    set_display(&mut command, environment);
    let answer = run(&mut command, Zeroizing::default(), environment.limit);
    match answer.map_err(|error| RouteError::of(WHO, error))? {
        (status, _) if status.success() => Ok(()),
        _ => Err(RouteError::Refused(WHO, "its server does not answer".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clipboard_that_is_not_there_is_reported_and_the_last_way_always_works() {
        let variables = [("DISPLAY", ":65000")];
        let environment = Environment::read(|name| {
            let (_, value) = variables.iter().find(|(known, _)| *known == name)?;
            Some((*value).into())
        });
        let environment = Environment { program: Some("/nowhere/at/all".into()), ..environment };
        let found = reach(&environment, CopyChoice::Auto, &[]);
        let routes: Vec<CopyRoute> = found.iter().map(|(route, _)| *route).collect();
        assert_eq!(routes, [CopyRoute::Native, CopyRoute::Osc52, CopyRoute::Shown]);
        assert!(matches!(&found[0].1, Reach::Broken(why) if why.contains("does not respond")), "{found:?}");
        assert_eq!((&found[1].1, &found[2].1), (&Reach::Unconfirmed, &Reach::Answers));
        assert_eq!(reach(&environment, CopyChoice::Print, &[]), [(CopyRoute::Shown, Reach::Answers)]);
    }
}

//! Whether a clipboard is there, found out without changing what is in it.

use std::time::Duration;

use zeroize::Zeroizing;

use super::super::child::{ourselves, run, withhold};
use super::owner::{DIFFERENT, SAME};
use super::tmux::tmux;
use super::{Broken, Environment, Plan, VERIFIER, choose, point};
use crate::domain::{CopyChoice, CopyRoute};

/// What is copied most: an id.
const USUAL: usize = 36;

/// What is known of a way to a clipboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It was asked, and answers.
    Answers,
    /// Nobody confirms what is sent that way.
    Untold,
    /// It does not work, and why.
    Broken(String),
}

/// Each way that would be tried, in that order, with what is known of it. Blocks for at most the environment's limit
/// for each. What the clipboard holds is compared with nothing, and stays where it is.
pub fn reach(environment: &Environment, choice: CopyChoice, hidden: &[String]) -> Vec<(CopyRoute, Reach)> {
    let Plan { routes, .. } = choose(environment, choice, USUAL);
    let asked = routes.into_iter().map(|route| {
        let found = match route {
            CopyRoute::Native => native(environment, hidden),
            CopyRoute::Tmux => server(environment, hidden),
            CopyRoute::Osc52 => return (route, Reach::Untold),
            CopyRoute::Shown => return (route, Reach::Answers),
        };
        (route, found.map_or_else(|broken| Reach::Broken(broken.to_string()), |()| Reach::Answers))
    });
    asked.collect()
}

/// A verifier that looks once: that the text is another one means that there is one to read.
fn native(environment: &Environment, hidden: &[String]) -> Result<(), Broken> {
    const WHO: &str = "the native clipboard";
    let broken = |error| Broken::of(WHO, error);
    let mut command = ourselves(VERIFIER, environment.program.as_deref(), hidden).map_err(broken)?;
    point(&mut command, environment);
    command.arg(Duration::ZERO.as_millis().to_string());
    let (status, _) = run(&mut command, Zeroizing::new(vec![0; 32]), environment.limit).map_err(broken)?;
    match status.code() {
        Some(code) if [SAME, DIFFERENT].map(i32::from).contains(&code) => Ok(()),
        _ => Err(Broken::Refused(WHO, "it cannot be read".to_owned())),
    }
}

fn server(environment: &Environment, hidden: &[String]) -> Result<(), Broken> {
    const WHO: &str = "tmux";
    let mut command = tmux(&["list-buffers", "-F", ""]);
    withhold(&mut command, hidden);
    point(&mut command, environment);
    let answer = run(&mut command, Zeroizing::default(), environment.limit);
    match answer.map_err(|error| Broken::of(WHO, error))? {
        (status, _) if status.success() => Ok(()),
        _ => Err(Broken::Refused(WHO, "its server does not answer".to_owned())),
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
        assert_eq!((&found[1].1, &found[2].1), (&Reach::Untold, &Reach::Answers));
        assert_eq!(reach(&environment, CopyChoice::Print, &[]), [(CopyRoute::Shown, Reach::Answers)]);
    }
}

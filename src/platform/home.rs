//! Expands the home folder in a path that a user typed.

use std::path::{Path, PathBuf};

/// Expands a leading `~` as a shell does; another user's (`~name`) is left as it is.
pub fn expanded(path: &Path) -> PathBuf {
    let home = std::env::home_dir().filter(|home| home.is_absolute());
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tilde_is_home() {
        let home = std::env::home_dir().unwrap();
        assert_eq!(expanded(Path::new("~/a/b")), home.join("a/b"));
        assert_eq!(expanded(Path::new("~")), home);
        for other in ["~user/a", "a/~", "/a", "a"] {
            assert_eq!(expanded(Path::new(other)), PathBuf::from(other));
        }
    }
}

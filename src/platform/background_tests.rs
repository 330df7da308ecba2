use super::*;

#[test]
fn a_colour_is_understood_in_all_its_forms() {
    for (body, want) in [
        ("rgb:ffff/ffff/ffff", Some(Background::Light)),
        ("rgb:0000/0000/0000", Some(Background::Dark)),
        ("rgb:fdf6/e3e3/d5d5", Some(Background::Light)),
        ("rgb:1e/1e/2e", Some(Background::Dark)),
        ("rgba:ffff/ffff/ffff/ffff", Some(Background::Light)),
        ("#1d1f21", Some(Background::Dark)),
        ("#FFF", Some(Background::Light)),
        ("rgb:zz/00/00", None),
        ("rgb:00/00", None),
        ("#12345", None),
        ("red", None),
        ("", None),
    ] {
        assert_eq!(background(body.as_bytes()), want, "{body}");
    }
}

#[test]
fn the_environment_is_asked_where_the_terminal_is_not() {
    for (value, want) in [
        ("15;0", Some(Background::Dark)),
        ("0;15", Some(Background::Light)),
        ("0;default;15", Some(Background::Light)),
        ("12;8", Some(Background::Dark)),
        ("0;7", Some(Background::Light)),
        ("0;default", None),
        ("0;99", None),
        ("", None),
    ] {
        let lookup = |name: &str| (name == "COLORFGBG").then(|| value.to_owned());
        assert_eq!(of_environment(lookup), want, "{value}");
    }
    for (term, tmux, want) in [
        ("xterm-256color", "", true),
        ("screen-256color", "/tmp/x", true),
        ("screen", "", false),
        ("linux", "", false),
        ("dumb", "", false),
        ("vt220", "", false),
        ("", "", false),
    ] {
        let lookup = |name: &str| match name {
            "TERM" => Some(term.to_owned()),
            "TMUX" => Some(tmux.to_owned()),
            _ => None,
        };
        assert_eq!(may_be_asked(lookup), want && cfg!(unix), "{term}");
    }
}

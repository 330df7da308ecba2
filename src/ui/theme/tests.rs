//! Properties of every theme: complete at every depth, ink without backgrounds, sufficient contrast, health
//! states that can be distinguished with red-green colour blindness.

use ratatui::style::{Color, Modifier};
use strum::IntoEnumIterator;

use super::colour::Rgb;
use super::*;
use crate::domain::Code;

const HEALTH: [Role; 5] =
    [Role::HealthOk, Role::HealthSoon, Role::HealthBroken, Role::HealthEnded, Role::HealthUnknown];

fn rgb(color: Color) -> Option<Rgb> {
    match color {
        Color::Rgb(red, green, blue) => Some(Rgb([red, green, blue])),
        Color::Indexed(index) => Some(Rgb::of_index(index)),
        _ => None,
    }
}

/// Linear light of the three channels, 0 to 1.
fn linear(color: Rgb) -> [f64; 3] {
    color.0.map(|channel| {
        let value = f64::from(channel) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    })
}

/// Contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio").
fn contrast(one: Rgb, other: Rgb) -> f64 {
    let luminance = |color| {
        let [red, green, blue] = linear(color);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    };
    let (one, other) = (luminance(one) + 0.05, luminance(other) + 0.05);
    one.max(other) / one.min(other)
}

fn background(name: &str) -> Rgb {
    let (_, text) = THEMES.iter().find(|(known, _)| *known == name).unwrap();
    let table: toml::Table = text.parse().unwrap();
    Rgb::parse(table["background"].as_str().unwrap()).unwrap()
}

#[test]
fn the_measure_of_contrast_is_right() {
    let [black, white, grey] = ["#000000", "#ffffff", "#777777"].map(|text| Rgb::parse(text).unwrap());
    assert!((contrast(black, white) - 21.0).abs() < 0.01);
    assert!((contrast(white, grey) - 4.48).abs() < 0.01);
}

#[test]
fn every_theme_defines_every_role_at_every_depth() {
    for (name, text) in THEMES {
        for depth in Depth::iter() {
            let table = table::read(text, depth).unwrap_or_else(|mistake| panic!("{name}: {mistake:?}"));
            assert!(table.base.is_none(), "{name}");
            for role in Role::iter() {
                let found = table.roles.iter().find(|(known, _)| *known == role);
                let (_, style) = found.unwrap_or_else(|| panic!("{name} lacks {role}"));
                assert_eq!(Theme::builtin(name, depth).style(role), *style, "{name} {role} {depth:?}");
                assert!(role.is_block() || style.bg.is_none(), "{name} {role} is ink and has a background");
                let coloured = name != "mono" && depth != Depth::Mono;
                let colour = style.fg.is_some() || style.bg.is_some();
                assert_eq!(colour, coloured, "{name} {role} {depth:?}");
            }
        }
    }
}

#[test]
fn what_must_be_told_apart_looks_different() {
    for name in Theme::BUILTIN {
        for depth in Depth::iter() {
            let theme = Theme::builtin(name, depth);
            for (one, other) in [
                (Role::Cursor, Role::Text),
                (Role::CursorIdle, Role::Text),
                (Role::Cursor, Role::CursorIdle),
                (Role::ChipActive, Role::Chip),
                (Role::Match, Role::Text),
                (Role::Mark, Role::Text),
                (Role::TextStrong, Role::TextDim),
                (Role::BorderFocused, Role::Border),
                (Role::HintKey, Role::HintLabel),
                (Role::Input, Role::Text),
                (Role::Link, Role::Text),
                (Role::ScopeHeld, Role::ScopeMissing),
                (Role::HealthOk, Role::HealthBroken),
                (Role::HealthOk, Role::HealthEnded),
                (Role::New, Role::Gone),
                (Role::ToastInfo, Role::ToastError),
            ] {
                // Bold alone is hard to see, but in mono a symbol and a word are always present too.
                assert_ne!(theme.style(one), theme.style(other), "{name} {depth:?}: {one} and {other}");
            }
        }
    }
}

#[test]
fn text_can_be_read_on_everything_it_is_written_on() {
    for (name, least) in [("dark", 4.5), ("light", 4.5), ("contrast", 7.0)] {
        for depth in [Depth::Truecolor, Depth::Ansi256] {
            let theme = Theme::builtin(name, depth);
            let mut backgrounds = vec![("the terminal".to_owned(), background(name))];
            for role in [Role::Cursor, Role::CursorIdle, Role::Overlay] {
                backgrounds.push((role.to_string(), theme.style(role).bg.and_then(rgb).unwrap()));
            }
            for role in Role::iter().filter(|role| !role.is_block()) {
                // Lines and bars are not text, and words say the same (WCAG 1.4.11 requires 3).
                let least = match role {
                    Role::Border => continue,
                    Role::BorderFocused | Role::CursorBar => 3.0,
                    _ => least,
                };
                let ink = theme.style(role).fg.and_then(rgb).unwrap();
                for (background, color) in &backgrounds {
                    let found = contrast(ink, *color);
                    assert!(found >= least, "{name} {depth:?}: {role} on {background} is {found:.2}");
                }
            }
            for role in Role::iter().filter(|role| role.is_block()) {
                let style = theme.style(role);
                let Some(ink) = style.fg.and_then(rgb) else { continue };
                let found = contrast(ink, style.bg.and_then(rgb).unwrap());
                assert!(found >= least, "{name} {depth:?}: {role} is {found:.2}");
            }
        }
    }
}

/// Distance in CIELAB of two colours as seen with red or green colour blindness (Machado et al. 2009, full
/// severity).
fn distance(one: Rgb, other: Rgb, eyes: &[[f64; 3]; 3]) -> f64 {
    let lab = |color: Rgb| {
        let light = linear(color);
        let seen = eyes.map(|row| (0..3).map(|at| row[at] * light[at]).sum::<f64>().clamp(0.0, 1.0));
        let sum = |row: [f64; 3]| (0..3).map(|at| row[at] * seen[at]).sum::<f64>();
        let [x, y, z] = [
            sum([0.4124, 0.3576, 0.1805]) / 0.950_47,
            sum([0.2126, 0.7152, 0.0722]),
            sum([0.0193, 0.1192, 0.9505]) / 1.088_83,
        ]
        .map(|value| if value > 0.008_856 { value.cbrt() } else { 7.787 * value + 16.0 / 116.0 });
        [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
    };
    let (one, other) = (lab(one), lab(other));
    (0..3).map(|at| (one[at] - other[at]).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn health_is_told_apart_by_all_eyes() {
    let usual = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let no_red = [
        [0.152_286, 1.052_583, -0.204_868],
        [0.114_503, 0.786_281, 0.099_216],
        [-0.003_882, -0.048_116, 1.051_998],
    ];
    let no_green = [
        [0.367_322, 0.860_646, -0.227_968],
        [0.280_085, 0.672_501, 0.047_413],
        [-0.011_820, 0.042_940, 0.968_881],
    ];
    // Control: red and green of the same lightness.
    let [red, green] = ["#b35900", "#6b7a00"].map(|text| Rgb::parse(text).unwrap());
    assert!(distance(red, green, &usual) > 30.0 && distance(red, green, &no_red) < 12.0);
    for name in ["dark", "light", "contrast"] {
        let theme = Theme::builtin(name, Depth::Truecolor);
        let color = |role| theme.style(role).fg.and_then(rgb).unwrap();
        for (at, one) in HEALTH.iter().enumerate() {
            for other in HEALTH.iter().skip(at + 1) {
                for (eyes, matrix) in [("usual", usual), ("no red", no_red), ("no green", no_green)] {
                    let found = distance(color(*one), color(*other), &matrix);
                    assert!(found >= 12.0, "{name}, {eyes}: {one} and {other} are {found:.1} apart");
                }
            }
        }
    }
}

#[test]
fn a_block_shows_through_ink() {
    let theme = Theme::builtin("dark", Depth::Truecolor);
    let style = theme.on(Role::Cursor, Role::HealthOk);
    assert_eq!(style.bg, theme.style(Role::Cursor).bg);
    assert_eq!(style.fg, theme.style(Role::HealthOk).fg);
    assert!(style.add_modifier.contains(Modifier::BOLD), "the cursor's row is bold");
}

#[test]
fn an_unknown_name_is_the_dark_theme() {
    assert_eq!(Theme::builtin("nothing", Depth::Ansi256), Theme::builtin("dark", Depth::Ansi256));
    let names: Vec<String> =
        Theme::BUILTIN.iter().map(|name| Theme::builtin(name, Depth::Mono).name).collect();
    assert_eq!(names, Theme::BUILTIN);
}

#[test]
fn a_theme_of_the_user_s_changes_what_it_names() {
    let text = "name = \"mine\"\nbase = \"light\"\n[roles]\nbrand = { fg = \"#ff0000\", fg256 = 9, attributes = [\"italic\"] }\n";
    for (depth, want) in [
        (Depth::Truecolor, Some(Color::Rgb(255, 0, 0))),
        (Depth::Ansi256, Some(Color::Indexed(9))),
        (Depth::Ansi16, Some(Color::LightRed)),
        (Depth::Mono, None),
    ] {
        let theme = Theme::load(text, "mine.toml", depth).unwrap();
        assert_eq!(theme.name, "mine");
        assert_eq!(theme.style(Role::Brand).fg, want);
        assert_eq!(theme.style(Role::Brand).add_modifier, Modifier::ITALIC);
        assert_eq!(theme.style(Role::Text), Theme::builtin("light", depth).style(Role::Text));
    }
    let bare = Theme::load("", "bare.toml", Depth::Truecolor).unwrap();
    assert_eq!(
        (bare.name.as_str(), bare.styles),
        ("bare.toml", Theme::builtin("dark", Depth::Truecolor).styles)
    );
}

#[test]
fn a_block_stays_a_block_without_colours() {
    let text = "[roles]\ncursor = { bg = \"#102030\", attributes = [\"bold\"] }\n";
    let theme = Theme::load(text, "x.toml", Depth::Mono).unwrap();
    assert_eq!(theme.style(Role::Cursor).add_modifier, Modifier::BOLD | Modifier::REVERSED);
}

#[test]
fn mistakes_are_reported_with_their_line() {
    for (text, line, problem, hint) in [
        ("[roles]\nhelth_ok = {}\n", "2", "no role `helth_ok`", "did you mean `health_ok`?"),
        ("[roles]\n\ntext = { fg = \"red\" }\n", "3", "`fg` must be a colour such as \"#4fd1c5\"", ""),
        ("[roles]\ntext = { fg16 = \"gren\" }\n", "2", "no colour `gren`", "did you mean `green`?"),
        ("[roles]\ntext = { fg256 = 256 }\n", "2", "`fg256` must be a number from 0 to 255", ""),
        ("[roles]\ntext = { foreground = 1 }\n", "2", "no field `foreground`", ""),
        ("[roles]\ntext = { mono = [\"blod\"] }\n", "2", "no attribute `blod`", "did you mean `bold`?"),
        ("[role]\ntext = {}\n", "1", "no entry `role`", "did you mean `roles`?"),
        ("base = \"lihgt\"\n", "1", "no built-in theme `lihgt`", "did you mean `light`?"),
        ("roles = 7\n", "1", "`roles` must be a table", ""),
    ] {
        for depth in Depth::iter() {
            let report = Theme::load(text, "x.toml", depth).unwrap_err();
            assert_eq!(report.code, Code::ThemeMalformed);
            let fact = |label| {
                report.facts.iter().find(|(known, _)| *known == label).map_or("", |(_, value)| value.as_str())
            };
            assert_eq!(
                (fact("file"), fact("line"), fact("problem"), fact("hint")),
                ("x.toml", line, problem, hint)
            );
        }
    }
    let report = Theme::load("[roles\n", "x.toml", Depth::Mono).unwrap_err();
    assert_eq!(report.facts[1].1.as_str(), "1");
}

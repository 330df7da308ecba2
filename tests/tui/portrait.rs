//! The README's pictures, taken of the real program: `UPDATE_DOCS=1 cargo test --test tui portrait` takes them
//! again (`just pictures`). Without it, the pictures that the README shows must exist.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::driver::{Start, Tui};

/// Cells, in the picture's units.
const CELL: (f64, f64) = (8.4, 18.0);

/// A picture: file name, arguments, size, and what is pressed before it is taken.
struct Portrait {
    name: &'static str,
    arguments: &'static [&'static str],
    size: (u16, u16),
    pose: fn(&mut Tui),
}

const PORTRAITS: [Portrait; 5] = [
    Portrait { name: "list", arguments: &["--demo"], size: (120, 32), pose: |_| {} },
    Portrait {
        name: "search",
        arguments: &["--demo"],
        size: (120, 32),
        pose: |tui| {
            tui.press("/");
            tui.type_text("goo health:missing_scopes");
        },
    },
    Portrait {
        name: "detail",
        arguments: &["--demo", "--theme", "light"],
        size: (100, 30),
        pose: |tui| {
            tui.press("j");
            tui.press("enter");
        },
    },
    Portrait {
        name: "board",
        arguments: &["--demo"],
        size: (120, 32),
        pose: |tui| {
            tui.wait_for("of 500");
            tui.press("T");
            tui.wait_for("Test 500 grants?");
            tui.answer("y");
            tui.wait_for("done in");
        },
    },
    Portrait {
        name: "palette",
        arguments: &["--demo"],
        size: (100, 30),
        pose: |tui| {
            tui.press(":");
            tui.type_text("fil");
        },
    },
];

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures").join(format!("{name}.svg"))
}

#[test]
fn the_readme_shows_pictures_of_the_real_program() {
    let update = std::env::var_os("UPDATE_DOCS").is_some();
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/README.md")).unwrap();
    for portrait in &PORTRAITS {
        let mut tui = Start::program(portrait.arguments).size(portrait.size.0, portrait.size.1).spawn();
        tui.wait_for("ACCOUNT");
        tui.settle();
        (portrait.pose)(&mut tui);
        tui.settle();
        let picture = tui.look(|screen| svg(screen, portrait.size));
        assert!(picture.contains("grantdeck") && picture.contains("google"), "{}", tui.screen());
        if update {
            std::fs::create_dir_all(file("x").parent().unwrap()).unwrap();
            std::fs::write(file(portrait.name), picture).unwrap();
        }
        assert!(file(portrait.name).is_file(), "take the pictures with UPDATE_DOCS=1");
        assert!(
            readme.contains(&format!("docs/pictures/{}.svg", portrait.name)),
            "{} is not shown",
            portrait.name
        );
    }
}

/// A run of cells that look the same.
#[derive(Clone, PartialEq)]
struct Look {
    ink: String,
    background: String,
    bold: bool,
    underline: bool,
}

fn look(cell: &vt100::Cell, base: &(String, String)) -> Look {
    let (mut ink, mut background) = (colour(cell.fgcolor(), &base.0), colour(cell.bgcolor(), &base.1));
    if cell.inverse() {
        std::mem::swap(&mut ink, &mut background);
    }
    Look { ink, background, bold: cell.bold(), underline: cell.underline() }
}

fn svg(screen: &vt100::Screen, (columns, rows): (u16, u16)) -> String {
    let (width, height) = (f64::from(columns) * CELL.0 + 24.0, f64::from(rows) * CELL.1 + 24.0);
    let corner = screen.cell(0, 0).unwrap();
    let base = (colour(corner.fgcolor(), "#c9d3dc"), colour(corner.bgcolor(), "#0f141a"));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"ui-monospace, \
         'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"14\">\n<rect width=\"100%\" height=\"100%\" rx=\"8\" \
         fill=\"{}\"/>\n",
        base.1
    );
    for row in 0..rows {
        let mut column = 0;
        while column < columns {
            let start = column;
            let style = look(screen.cell(row, column).unwrap(), &base);
            let mut text = String::new();
            while column < columns {
                let cell = screen.cell(row, column).unwrap();
                if cell.is_wide_continuation() {
                    column += 1;
                    continue;
                }
                // A wide character stands alone: fonts disagree about its width.
                let alone = cell.is_wide() && column > start;
                if look(cell, &base) != style || alone {
                    break;
                }
                text.push_str(if cell.contents().is_empty() { " " } else { cell.contents() });
                column += 1;
                if cell.is_wide() {
                    column += 1;
                    break;
                }
            }
            run(&mut out, &style, &text, (start, column - start, row), &base.1);
        }
    }
    out.push_str("</svg>\n");
    out
}

fn run(out: &mut String, style: &Look, text: &str, (column, cells, row): (u16, u16, u16), background: &str) {
    let (x, y) = (12.0 + f64::from(column) * CELL.0, 12.0 + f64::from(row) * CELL.1);
    let width = f64::from(cells) * CELL.0;
    if style.background != background {
        writeln!(
            out,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{}\" fill=\"{}\"/>",
            CELL.1, style.background
        )
        .unwrap();
    }
    if text.trim().is_empty() {
        return;
    }
    let skipped = text.chars().take_while(|character| *character == ' ').count();
    let word = text.trim();
    let length = if word.chars().count() == text.trim_start().trim_end().chars().count()
        && cells as usize == text.chars().count()
    {
        format!(
            " textLength=\"{:.1}\" lengthAdjust=\"spacingAndGlyphs\"",
            word.chars().count() as f64 * CELL.0
        )
    } else {
        String::new()
    };
    let bold = if style.bold { " font-weight=\"bold\"" } else { "" };
    let line = if style.underline { " text-decoration=\"underline\"" } else { "" };
    let escaped = word.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    writeln!(
        out,
        "<text x=\"{:.1}\" y=\"{:.1}\" xml:space=\"preserve\" fill=\"{}\"{bold}{line}{length}>{escaped}</text>",
        x + skipped as f64 * CELL.0,
        y + 13.5,
        style.ink
    )
    .unwrap();
}

fn colour(colour: vt100::Color, default: &str) -> String {
    match colour {
        vt100::Color::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        vt100::Color::Default | vt100::Color::Idx(_) => default.to_owned(),
    }
}

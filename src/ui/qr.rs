//! QR codes in half blocks.

use qrcode::{EcLevel, QrCode};

/// Width of the quiet zone in modules; cameras need it to find the code.
const QUIET: usize = 4;

/// Encodes a text as a QR code with its quiet zone. A character is one module wide and two modules high, and
/// its foreground is the *dark* modules, so it must be drawn dark on light in every theme. Uses the lowest
/// error correction level: a screen has no stains, and a smaller code fits more terminals. Returns `None` if
/// the text is longer than any code can hold (2,953 bytes).
pub fn qr(text: &str) -> Option<Vec<String>> {
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    let width = code.width();
    let modules = code.into_colors();
    let is_dark = |x: usize, y: usize| {
        let inside = (QUIET..QUIET + width).contains(&x) && (QUIET..QUIET + width).contains(&y);
        inside
            && modules.get((y - QUIET) * width + x - QUIET).is_some_and(|module| module.select(true, false))
    };
    let side = width + 2 * QUIET;
    let line = |top: usize| {
        let character = |x: usize| match (is_dark(x, top), is_dark(x, top + 1)) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        };
        (0..side).map(character).collect()
    };
    // The side is odd: the lower half of the last line is empty.
    Some((0..side).step_by(2).map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use qrcode::Color;

    /// Decodes the lines into modules; true = dark.
    fn modules(lines: &[String]) -> Vec<Vec<bool>> {
        let half = |line: &String, dark: [char; 2]| line.chars().map(|c| dark.contains(&c)).collect();
        lines.iter().flat_map(|line| [half(line, ['█', '▀']), half(line, ['█', '▄'])]).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn the_lines_show_every_module_inside_a_quiet_zone(text in "\\PC{1,300}") {
            let lines = qr(&text).unwrap();
            let code = QrCode::with_error_correction_level(&text, EcLevel::L).unwrap();
            let (width, side) = (code.width(), code.width() + 2 * QUIET);
            let seen = modules(&lines);
            prop_assert_eq!(seen.len(), side + 1);
            for (y, row) in seen.iter().enumerate() {
                prop_assert_eq!(row.len(), side);
                for (x, dark) in row.iter().enumerate() {
                    let inside = (QUIET..QUIET + width).contains(&x) && (QUIET..QUIET + width).contains(&y);
                    let want = inside && code[(x - QUIET, y - QUIET)] == Color::Dark;
                    prop_assert_eq!(*dark, want, "{} {}", x, y);
                }
            }
        }
    }

    #[test]
    fn a_link_fits_and_a_novel_does_not() {
        let link = qr("https://portal.example/connect/9f86d081884c7d659a2feaa0c55ad015").unwrap();
        assert_eq!(link.len(), (33 + 2 * QUIET).div_ceil(2));
        assert!(qr(&"x".repeat(2953)).is_some());
        assert!(qr(&"x".repeat(2954)).is_none());
    }
}

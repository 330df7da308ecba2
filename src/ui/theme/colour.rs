//! Parses colours and converts them for terminals with fewer colours.

use ratatui::style::Color;

/// A 24-bit colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rgb(pub(super) [u8; 3]);

/// The channel values in the cube of the 256-colour palette.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

impl Rgb {
    /// Parses `#rrggbb`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#')?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).ok()?.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    /// The nearest of the 240 fixed colours of the 256-colour palette; the first 16 depend on the terminal.
    pub(super) fn index(self) -> u8 {
        // Once the red channel is fixed, green and blue can be chosen independently.
        let [_, green, blue] = self.0.map(|channel| {
            (0..6u8).zip(STEPS).min_by_key(|(_, step)| step.abs_diff(channel)).map_or(0, |(number, _)| number)
        });
        let cube = (0..6).map(|red| 16 + 36 * red + 6 * green + blue);
        cube.chain(232..=u8::MAX).min_by_key(|index| self.distance(Self::of_index(*index))).unwrap_or(16)
    }

    /// A fixed colour of the 256-colour palette: a 6×6×6 cube from 16 on, then 24 greys. For the first 16,
    /// which each terminal defines itself, returns xterm's.
    pub(super) fn of_index(index: u8) -> Self {
        let step = |number: u8| STEPS.get(usize::from(number % 6)).copied().unwrap_or_default();
        match index {
            0..16 => XTERM.get(usize::from(index)).copied().map_or(Self([0; 3]), Self),
            16..232 => Self([step((index - 16) / 36), step((index - 16) / 6), step(index - 16)]),
            232.. => Self([8 + 10 * (index - 232); 3]),
        }
    }

    /// The nearest of the 16 colours, as defined by xterm.
    pub(super) fn name(self) -> Color {
        let index = (0..16u8).min_by_key(|index| self.distance(Self::of_index(*index))).unwrap_or(7);
        NAMES.get(usize::from(index)).map_or(Color::Reset, |(_, color)| *color)
    }

    /// Squared perceptual distance ("redmean").
    fn distance(self, other: Self) -> u32 {
        let [red, green, blue] = [0, 1, 2].map(|at: usize| {
            let (one, two) = (self.0.get(at), other.0.get(at));
            i32::from(one.copied().unwrap_or_default()) - i32::from(two.copied().unwrap_or_default())
        });
        let mean = i32::midpoint(i32::from(self.0[0]), i32::from(other.0[0]));
        let sum = (((512 + mean) * red * red) >> 8) + 4 * green * green + (((767 - mean) * blue * blue) >> 8);
        sum.unsigned_abs()
    }
}

/// The names of the 16 colours in a theme, in the order of their numbers.
pub(super) const NAMES: [(&str, Color); 16] = [
    ("black", Color::Black),
    ("red", Color::Red),
    ("green", Color::Green),
    ("yellow", Color::Yellow),
    ("blue", Color::Blue),
    ("magenta", Color::Magenta),
    ("cyan", Color::Cyan),
    ("white", Color::Gray),
    ("bright-black", Color::DarkGray),
    ("bright-red", Color::LightRed),
    ("bright-green", Color::LightGreen),
    ("bright-yellow", Color::LightYellow),
    ("bright-blue", Color::LightBlue),
    ("bright-magenta", Color::LightMagenta),
    ("bright-cyan", Color::LightCyan),
    ("bright-white", Color::White),
];

/// The terminal's default colour.
pub(super) const DEFAULT: &str = "default";

/// One of the 16 colours by name, or the terminal's default colour.
pub(super) fn named(name: &str) -> Option<Color> {
    if name == DEFAULT {
        return Some(Color::Reset);
    }
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, color)| *color)
}

const XTERM: [[u8; 3]; 16] = [
    [0, 0, 0],
    [205, 0, 0],
    [0, 205, 0],
    [205, 205, 0],
    [0, 0, 238],
    [205, 0, 205],
    [0, 205, 205],
    [229, 229, 229],
    [127, 127, 127],
    [255, 0, 0],
    [0, 255, 0],
    [255, 255, 0],
    [92, 92, 255],
    [255, 0, 255],
    [0, 255, 255],
    [255, 255, 255],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_read_and_brought_down() {
        for (text, want, index, name) in [
            ("#000000", [0, 0, 0], 16, Color::Black),
            ("#ffffff", [255, 255, 255], 231, Color::White),
            ("#5FD7AF", [0x5f, 0xd7, 0xaf], 79, Color::Cyan),
            ("#ff0000", [255, 0, 0], 196, Color::LightRed),
            ("#808080", [128, 128, 128], 244, Color::DarkGray),
        ] {
            let rgb = Rgb::parse(text).unwrap();
            assert_eq!((rgb.0, rgb.index(), rgb.name()), (want, index, name), "{text}");
        }
        for text in ["", "#fff", "ffffff", "#gggggg", "#+fffff", "#1234567", "#ééé"] {
            assert_eq!(Rgb::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_fixed_colour_is_nearest_to_itself() {
        for index in 16..=u8::MAX {
            let rgb = Rgb::of_index(index);
            assert_eq!(Rgb::of_index(rgb.index()), rgb, "{index}");
        }
    }

    #[test]
    fn the_nearest_colour_is_that_of_comparing_all() {
        for number in 0..30_000_u32 {
            let [_, red, green, blue] = number.wrapping_mul(0x9e37_79b1).to_be_bytes();
            let rgb = Rgb([red, green, blue]);
            let nearest = (16..=u8::MAX).min_by_key(|index| rgb.distance(Rgb::of_index(*index)));
            assert_eq!(Some(rgb.index()), nearest, "{rgb:?}");
        }
    }
}

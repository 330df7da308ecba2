//! What a terminal sends for a key.

/// The bytes of a key: a character, or `enter esc tab backtab backspace delete up down left right home end pageup
/// pagedown space f1..f4`, or `ctrl-x`, `alt-x`.
pub(crate) fn bytes(key: &str) -> Vec<u8> {
    match key {
        "enter" => b"\r".to_vec(),
        "esc" => b"\x1b".to_vec(),
        "tab" => b"\t".to_vec(),
        "backtab" => b"\x1b[Z".to_vec(),
        "backspace" => b"\x7f".to_vec(),
        "delete" => b"\x1b[3~".to_vec(),
        "up" => b"\x1b[A".to_vec(),
        "down" => b"\x1b[B".to_vec(),
        "right" => b"\x1b[C".to_vec(),
        "left" => b"\x1b[D".to_vec(),
        "home" => b"\x1b[H".to_vec(),
        "end" => b"\x1b[F".to_vec(),
        "pageup" => b"\x1b[5~".to_vec(),
        "pagedown" => b"\x1b[6~".to_vec(),
        "space" => b" ".to_vec(),
        "f1" => b"\x1bOP".to_vec(),
        "f2" => b"\x1bOQ".to_vec(),
        "f3" => b"\x1bOR".to_vec(),
        "f4" => b"\x1bOS".to_vec(),
        _ => match (key.strip_prefix("ctrl-"), key.strip_prefix("alt-")) {
            (Some(letter), _) => vec![letter.as_bytes()[0] & 0x1f],
            (_, Some(letter)) => [b"\x1b", letter.as_bytes()].concat(),
            _ => key.as_bytes().to_vec(),
        },
    }
}

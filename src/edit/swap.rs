//! Replaces ids in a file of any format.

use uuid::Uuid;

use super::encoding::Encoding;
use super::ids;

/// Replaces every old id by its new one, in capitals if the old one was, and counts the replacements. Every other byte
/// stays. All pairs are applied in one pass: an id put in by one pair is not replaced by another.
pub fn swap_all(bytes: &[u8], pairs: &[(Uuid, Uuid)]) -> (Vec<u8>, usize) {
    let encoding = Encoding::of(bytes);
    let mut out = bytes.to_vec();
    let mut count = 0;
    for found in ids::find(&encoding.ascii_units(bytes)) {
        let Some((_, new)) = pairs.iter().find(|(old, _)| *old == found.id) else { continue };
        let mut with = new.hyphenated().to_string();
        let written = found.written();
        if written.iter().any(u8::is_ascii_uppercase) && !written.iter().any(u8::is_ascii_lowercase) {
            with.make_ascii_uppercase();
        }
        for (unit, byte) in (found.offset..).zip(with.bytes()) {
            if let Some(place) = out.get_mut(encoding.byte_offset(unit)) {
                *place = byte;
            }
        }
        count += 1;
    }
    (out, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: Uuid = Uuid::from_u128(0xabcd_0000_1111_4222_8333_4444_5555_ee2a);
    const NEW: Uuid = Uuid::from_u128(0x1234_0000_1111_4222_8333_4444_5555_bbbb);

    #[test]
    fn only_this_id_is_swapped_in_the_case_it_was_written_in() {
        let other = Uuid::from_u128(7);
        let upper = |id: Uuid| id.to_string().to_ascii_uppercase();
        let text = |id: Uuid| {
            [
                b"\xff\0a=",
                id.to_string().as_bytes(),
                b"\r\n'",
                upper(id).as_bytes(),
                b"' ",
                other.to_string().as_bytes(),
            ]
            .concat()
        };
        assert_eq!(swap_all(&text(OLD), &[(OLD, NEW)]), (text(NEW), 2));
        assert_eq!(swap_all(&text(OLD), &[(NEW, OLD)]), (text(OLD), 0));
        let longer = format!("{OLD}a b{OLD}");
        assert_eq!(swap_all(longer.as_bytes(), &[(OLD, NEW)]), (longer.into_bytes(), 0));
    }
    #[test]
    fn several_ids_are_swapped_at_once() {
        let third = Uuid::from_u128(9);
        let text = format!("a={OLD}\nb={NEW}\n");
        let want = format!("a={NEW}\nb={third}\n");
        assert_eq!(swap_all(text.as_bytes(), &[(OLD, NEW), (NEW, third)]), (want.into_bytes(), 2));
        assert_eq!(swap_all(text.as_bytes(), &[]).1, 0);
    }

    #[test]
    fn ids_of_a_utf_16_file_are_swapped_and_nothing_else() {
        let text = |id: Uuid| format!("\u{feff}é={id}\r\nB='{id}'");
        let little =
            |id| text(id).encode_utf16().flat_map(u16::to_le_bytes).chain([0xd8]).collect::<Vec<u8>>();
        let big =
            |id| text(id).encode_utf16().flat_map(u16::to_be_bytes).chain([0xd8, 0]).collect::<Vec<u8>>();
        assert_eq!(swap_all(&little(OLD), &[(OLD, NEW)]), (little(NEW), 2));
        assert_eq!(swap_all(&big(OLD), &[(OLD, NEW)]), (big(NEW), 2));
        assert_eq!(swap_all(&big(OLD), &[(NEW, OLD)]), (big(OLD), 0));
    }
}

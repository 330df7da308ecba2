//! One id in the place of another, in a file of any kind.

use uuid::Uuid;

use super::ids;

/// Puts `new` in the place of every `old`, in capitals where the old one was written so, and counts them. Every
/// other byte stays.
pub fn swap(bytes: &[u8], old: Uuid, new: Uuid) -> (Vec<u8>, usize) {
    let mut out = bytes.to_vec();
    let lower = new.hyphenated().to_string();
    let upper = lower.to_ascii_uppercase();
    let mut count = 0;
    for found in ids::find(bytes).filter(|found| found.id == old) {
        let written = found.written();
        let is_upper =
            written.iter().any(u8::is_ascii_uppercase) && !written.iter().any(u8::is_ascii_lowercase);
        let with = if is_upper { &upper } else { &lower };
        if let Some(place) = out.get_mut(found.offset..found.offset + ids::LENGTH) {
            place.copy_from_slice(with.as_bytes());
            count += 1;
        }
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
        assert_eq!(swap(&text(OLD), OLD, NEW), (text(NEW), 2));
        assert_eq!(swap(&text(OLD), NEW, OLD), (text(OLD), 0));
        let longer = format!("{OLD}a b{OLD}");
        assert_eq!(swap(longer.as_bytes(), OLD, NEW), (longer.into_bytes(), 0));
    }
}

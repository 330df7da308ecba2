//! See `grantdeck::fuzzing::edits`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    grantdeck::fuzzing::edits(data);
});

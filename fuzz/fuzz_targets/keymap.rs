//! See `grantdeck::fuzzing::keymap`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    grantdeck::fuzzing::keymap(data);
});

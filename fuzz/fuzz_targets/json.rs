//! See `grantdeck::fuzzing::json`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    grantdeck::fuzzing::json(data);
});

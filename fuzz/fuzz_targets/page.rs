//! See `grantdeck::fuzzing::page`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    grantdeck::fuzzing::page(data);
});

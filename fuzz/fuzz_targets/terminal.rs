//! See `grantdeck::fuzzing::terminal`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    grantdeck::fuzzing::terminal(data);
});

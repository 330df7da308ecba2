//! See `grantdeck::fuzzing::paste`.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    grantdeck::fuzzing::paste(data);
});

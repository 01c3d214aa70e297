#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    usher_fuzz::logout::holds(bytes);
});

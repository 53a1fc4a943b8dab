#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| secure_fuzz::targets::content(input));

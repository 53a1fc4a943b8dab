use aws_lc_rs::rand;

/// Fills `bytes` from the operating system's generator.
///
/// # Panics
/// When the generator does not answer: there is no safe way on without randomness, and the
/// process must not go on with predictable secrets.
#[allow(clippy::panic)]
pub(crate) fn fill_random(bytes: &mut [u8]) {
    if rand::fill(bytes).is_err() {
        panic!("the operating system's random generator does not answer");
    }
}

/// `N` random bytes as lower-case hexadecimal.
pub(crate) fn random_hex<const N: usize>() -> String {
    let mut bytes = [0_u8; N];
    fill_random(&mut bytes);
    let mut text = String::with_capacity(2 * N);
    text.extend(
        bytes
            .map(hex)
            .as_flattened()
            .iter()
            .copied()
            .map(char::from),
    );
    text
}

/// A byte as two digits of lower-case hexadecimal.
pub(crate) fn hex(byte: u8) -> [u8; 2] {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    [byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)])
}

use secure_runtime::password::{Argon2Params, ParamsError, Passwords};

const DEFAULT: Argon2Params = Argon2Params::new(19 * 1024, 2, 1);
const MORE_MEMORY: Argon2Params = Argon2Params::new(64 * 1024, 3, 4);
const LEAST_MEMORY: Argon2Params = Argon2Params::new(7 * 1024, 5, 1);

fn main() {
    assert_eq!(Passwords::new(DEFAULT).params(), Argon2Params::default());
    assert_eq!(MORE_MEMORY.to_string(), "m=65536,t=3,p=4");
    assert!(MORE_MEMORY.reaches(Argon2Params::OWASP[0]));
    assert!(!LEAST_MEMORY.reaches(DEFAULT));
    assert_eq!(Argon2Params::try_new(1024, 2, 1), Err(ParamsError::Weak));
    assert_eq!(Argon2Params::try_new(7 * 1024, 5, 1), Ok(LEAST_MEMORY));
}

//! What stands in the database, told by its first characters.

use aws_lc_rs::constant_time::verify_slices_are_equal;

#[cfg(feature = "password-legacy")]
use super::legacy::Legacy;
use super::{
    PasswordError, VerifyLimits,
    argon2id::{Memory, Recipe},
    pepper::Pepper,
    phc::Phc,
};

/// A stored hash, ready to be compared.
pub(super) enum Stored {
    Argon2 {
        recipe: Recipe,
        hash: Vec<u8>,
        pepper: Option<Pepper>,
    },
    #[cfg(feature = "password-legacy")]
    Legacy(Legacy),
}

/// How a stored hash is read.
pub(super) struct Reader<'a> {
    pub(super) limits: VerifyLimits,
    pub(super) peppers: &'a [Pepper],
    #[cfg(feature = "password-legacy")]
    pub(super) bcrypt_truncates: bool,
}

impl Reader<'_> {
    /// # Errors
    /// When the text is no hash, of an unknown kind, or asks for too much work.
    pub(super) fn read(&self, text: &str) -> Result<Stored, PasswordError> {
        if text.starts_with("$argon2") {
            return self.argon2(Phc::parse(text)?);
        }
        let old = [
            "$2a$",
            "$2b$",
            "$2y$",
            "$scrypt$",
            "$pbkdf2-sha256$",
            "$pbkdf2-sha512$",
        ];
        if !old.iter().any(|prefix| text.starts_with(prefix)) {
            return Err(match text.starts_with('$') {
                true => PasswordError::Unsupported("its kind is unknown"),
                false => PasswordError::Malformed("it is no PHC string"),
            });
        }
        #[cfg(feature = "password-legacy")]
        return Legacy::read(text, self.limits, self.bcrypt_truncates).map(Stored::Legacy);
        #[cfg(not(feature = "password-legacy"))]
        Err(PasswordError::Unsupported(
            "bcrypt, scrypt and PBKDF2 need the feature `password-legacy`",
        ))
    }

    fn argon2(&self, phc: Phc<'_>) -> Result<Stored, PasswordError> {
        let (recipe, hash) = Recipe::stored(phc, self.limits)?;
        let named = |id: &String| {
            let mut peppers = self.peppers.iter();
            let known = peppers.find(|pepper| pepper.id() == id).cloned();
            known.ok_or(PasswordError::UnknownPepper)
        };
        let pepper = recipe.pepper.as_ref().map(named).transpose()?;
        Ok(Stored::Argon2 {
            recipe,
            hash,
            pepper,
        })
    }
}

impl Stored {
    /// Whether this is the hash of `password`.
    pub(super) fn matches(
        &self,
        password: &str,
        memory: &mut Memory,
    ) -> Result<bool, PasswordError> {
        match self {
            Self::Argon2 {
                recipe,
                hash,
                pepper,
            } => {
                let computed = argon2id(recipe, pepper.as_ref(), password, memory)?;
                Ok(verify_slices_are_equal(&computed, hash).is_ok())
            }
            #[cfg(feature = "password-legacy")]
            Self::Legacy(legacy) => legacy.matches(password),
        }
    }
}

/// Argon2 of the password, or of what the pepper makes of it.
pub(super) fn argon2id(
    recipe: &Recipe,
    pepper: Option<&Pepper>,
    password: &str,
    memory: &mut Memory,
) -> Result<Vec<u8>, PasswordError> {
    match pepper {
        Some(pepper) => recipe.compute(pepper.apply(password.as_bytes()).as_ref(), memory),
        None => recipe.compute(password.as_bytes(), memory),
    }
}

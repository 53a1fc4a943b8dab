//! How hard a password is to guess, by `zxcvbn`, within bounded work.

use zxcvbn::zxcvbn;

use super::PasswordContext;

/// So much of a password is looked at: a part that is hard enough makes the whole so, and the work grows
/// faster than the length.
const CHARACTERS: usize = 64;

/// So many ways of reading symbols as letters are tried.
const READINGS: usize = 4;

/// The symbols that stand for letters, by letter, as zxcvbn has them.
const READ_AS: [(char, &str); 12] = [
    ('a', "4@"),
    ('b', "8"),
    ('c', "({[<"),
    ('e', "3"),
    ('g', "69"),
    ('i', "1!|"),
    ('l', "1|7"),
    ('o', "0"),
    ('s', "$5"),
    ('t', "+7"),
    ('x', "%"),
    ('z', "2"),
];

/// What is given up first when there are too many readings; digits never are.
const GIVEN_UP: &str = "|<[{(+%$!@";

/// What zxcvbn calls a score of 3 of 4. It counts ten guesses for a character that it knows nothing about,
/// so eight random characters are just enough; its own limit is by five guesses higher, and they are not.
const GUESSES: u64 = 100_000_000;

/// Whether it takes fewer guesses than an attacker has.
pub(super) fn is_guessable(password: &str, context: &PasswordContext) -> bool {
    let text: String = password.chars().take(CHARACTERS).collect();
    let words: Vec<_> = context.words().collect();
    zxcvbn(&within_readings(text), &words).guesses() < GUESSES
}

/// The text with so few symbols that stand for letters that zxcvbn is done soon: it tries each
/// combination, and the 22 symbols in one password would take it seconds.
fn within_readings(mut text: String) -> String {
    for symbol in GIVEN_UP.chars() {
        if readings(&text) <= READINGS {
            break;
        }
        text = text.replace(symbol, "~");
    }
    text
}

fn readings(text: &str) -> usize {
    let symbols = |symbols: &str| symbols.chars().filter(|&c| text.contains(c)).count();
    READ_AS.iter().map(|(_, is)| symbols(is).max(1)).product()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessable(password: &str) -> bool {
        is_guessable(password, &PasswordContext::new())
    }

    #[test]
    fn zxcvbn_has_its_say() {
        for weak in [
            "aaaaaaaaaaaaaaaaaaaa",
            "qwertyuiopqwertyuiop",
            "passwordpassword1",
            "P@$$w0rd!P@$$w0rd!",
            "abcdefghijklmnopqrstuvwxyz",
            "20192019201920192019",
        ] {
            assert!(guessable(weak), "{weak}");
        }
        for strong in [
            "tangerine lighthouse umbrella",
            "kT9#mQ2$vL7!xR4@",
            "Zürich liegt am schönen See",
            "東京の朝は静かでとても美しい",
        ] {
            assert!(!guessable(strong), "{strong}");
        }
    }

    #[test]
    fn what_is_known_about_the_account_counts() {
        let context = PasswordContext::new().username("Wilhelmina Featherstonehaugh");
        let password = "wilhelminafeatherstonehaugh";
        assert!(!guessable(password));
        assert!(is_guessable(password, &context));
    }

    #[test]
    fn no_password_has_many_readings() {
        let all: String = READ_AS.iter().flat_map(|(_, is)| is.chars()).collect();
        for text in [all.as_str(), "4@8({[<369!1|70$5+%2z", "kT9#mQ2$vL7!xR4@"] {
            let bounded = within_readings(text.to_owned());
            assert!(readings(&bounded) <= READINGS, "{bounded}");
            assert_eq!(bounded.chars().count(), text.chars().count());
        }
        let untouched = "P@$$w0rd!|";
        assert_eq!(within_readings(untouched.to_owned()), untouched);
    }

    #[test]
    fn the_longest_is_judged_by_its_beginning() {
        let strong = "kT9#mQ2$vL7!xR4@";
        assert!(!guessable(&format!("{strong}{}", "a".repeat(1000))));
        assert!(guessable(&format!("{}{strong}", "a".repeat(1000))));
    }
}

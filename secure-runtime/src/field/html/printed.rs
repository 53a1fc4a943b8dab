//! How clean HTML is printed: a template may print it into an attribute, too.

use std::fmt::{self, Write};

/// Writes what the cleaner wrote so that a browser reads the same, without a quote. Where a template prints it
/// between the quotes of an attribute, it ends no attribute and begins no other.
pub(super) fn write_without_quotes(clean: &str, out: &mut impl Write) -> fmt::Result {
    let mut letters = clean.chars().peekable();
    let mut in_tag = false;
    while let Some(letter) = letters.next() {
        match letter {
            '=' if in_tag && letters.next_if_eq(&'"').is_some() => {
                let mut value = letters.by_ref().take_while(|letter| *letter != '"');
                let Some(first) = value.next() else { continue };
                out.write_char('=')?;
                write_value(first, out)?;
                value.try_for_each(|letter| write_value(letter, out))?;
                continue;
            }
            '<' => in_tag = true,
            '>' => in_tag = false,
            _ => {}
        }
        write_text(letter, out)?;
    }
    Ok(())
}

/// A letter of a value without quotes: what would end the value is a reference.
fn write_value(letter: char, out: &mut impl Write) -> fmt::Result {
    match letter {
        ' ' | '\t' | '\n' | '\r' | '\u{c}' | '<' | '>' | '=' => {
            write!(out, "&#{};", u32::from(letter))
        }
        letter => write_text(letter, out),
    }
}

fn write_text(letter: char, out: &mut impl Write) -> fmt::Result {
    match letter {
        '"' | '\'' | '`' => write!(out, "&#{};", u32::from(letter)),
        letter => out.write_char(letter),
    }
}

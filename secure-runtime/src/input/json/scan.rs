//! Looks through the text of a JSON body before anything is made of it. Serde takes more than there should
//! be: keys that stand twice where no field bears them, whatever is wrong in parts that are passed over, and
//! a hundred levels. It is one loop without recursion, and knows the place of all that it refuses.

use std::borrow::Cow;

use super::limits::{MOST_DEPTH, MOST_KEYS};
use crate::input::{
    FieldError,
    errors::{NUL, push_index, push_key},
};

/// Why a text is refused.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is no JSON (RFC 8259).
    Syntax,
    /// It is, up to this place, and more than there may be.
    At(FieldError),
}

/// Refuses what is no JSON, and what is nested too deep, has too many values, a key twice or a NUL in a
/// text. The first thing that is wrong counts.
pub(super) fn look_through(text: &str, most_values: usize) -> Result<(), Refusal> {
    let scan = Scan {
        text,
        at: 0,
        values: 0,
        most_values,
        open: Vec::new(),
        keys: Vec::new(),
    };
    scan.run()
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
    /// How many elements and keys there have been.
    values: usize,
    most_values: usize,
    /// The lists and objects around the present place.
    open: Vec<Open>,
    /// The keys so far of the objects among them, outermost first.
    keys: Vec<Cow<'a, str>>,
}

/// A list or an object of which the end has not come yet.
struct Open {
    is_object: bool,
    /// Where its keys begin.
    first_key: usize,
    /// How many elements or keys it has so far.
    count: usize,
}

/// What stands at the present place.
enum Found {
    /// A value, to its end.
    Whole,
    /// The beginning of a list or an object with something in it.
    Begun,
}

/// A text, without its quotes.
struct Quoted {
    from: usize,
    to: usize,
    has_escape: bool,
    has_nul: bool,
}

impl<'a> Scan<'a> {
    fn run(mut self) -> Result<(), Refusal> {
        self.blanks();
        loop {
            match self.value()? {
                Found::Begun => self.item()?,
                Found::Whole => match self.close()? {
                    true => self.item()?,
                    false => return self.end(),
                },
            }
        }
    }

    /// After a value: closes what ends with it. Whether another one follows; if none does, all is closed.
    fn close(&mut self) -> Result<bool, Refusal> {
        while let Some(open) = self.open.last() {
            let is_object = open.is_object;
            self.blanks();
            match (self.take(), is_object) {
                (Some(b','), _) => {
                    self.blanks();
                    return Ok(true);
                }
                (Some(b'}'), true) | (Some(b']'), false) => self.leave()?,
                _ => return Err(Refusal::Syntax),
            }
        }
        Ok(false)
    }

    fn end(&mut self) -> Result<(), Refusal> {
        self.blanks();
        match self.at == self.text.len() {
            true => Ok(()),
            false => Err(Refusal::Syntax),
        }
    }

    /// Up to the next element's value: over the key, in an object.
    fn item(&mut self) -> Result<(), Refusal> {
        self.values += 1;
        let Some(open) = self.open.last_mut() else {
            return Err(Refusal::Syntax);
        };
        open.count += 1;
        let (is_object, count) = (open.is_object, open.count);
        if is_object && count > MOST_KEYS {
            let detail = format!("has more than {MOST_KEYS} keys");
            return Err(self.refuse_around("too_many_values", detail));
        }
        if self.values > self.most_values {
            let detail = format!("has more than {} values", self.most_values);
            return Err(refuse("#".to_owned(), "too_many_values", detail));
        }
        match is_object {
            true => self.key(),
            false => Ok(()),
        }
    }

    fn key(&mut self) -> Result<(), Refusal> {
        if self.take() != Some(b'"') {
            return Err(Refusal::Syntax);
        }
        let quoted = self.quoted()?;
        let key = match quoted.has_escape {
            false => Cow::Borrowed(&self.text[quoted.from..quoted.to]),
            true => {
                let text = &self.text[quoted.from - 1..=quoted.to];
                Cow::Owned(serde_json::from_str(text).map_err(|_| Refusal::Syntax)?)
            }
        };
        self.keys.push(key);
        if quoted.has_nul {
            return Err(self.refuse_nul());
        }
        self.blanks();
        if self.take() != Some(b':') {
            return Err(Refusal::Syntax);
        }
        self.blanks();
        Ok(())
    }

    fn value(&mut self) -> Result<Found, Refusal> {
        match self.take() {
            Some(b'"') => match self.quoted()?.has_nul {
                true => Err(self.refuse_nul()),
                false => Ok(Found::Whole),
            },
            Some(b'{') => self.enter(true),
            Some(b'[') => self.enter(false),
            Some(b't') => self.literal("rue"),
            Some(b'f') => self.literal("alse"),
            Some(b'n') => self.literal("ull"),
            Some(b'-') => {
                let first = self.take();
                self.number(first)
            }
            first => self.number(first),
        }
    }

    fn enter(&mut self, is_object: bool) -> Result<Found, Refusal> {
        if self.open.len() == MOST_DEPTH {
            let detail = format!("stands in more than {MOST_DEPTH} lists and objects");
            return Err(refuse(self.pointer(), "too_deep", detail));
        }
        self.open.push(Open {
            is_object,
            first_key: self.keys.len(),
            count: 0,
        });
        self.blanks();
        let end = if is_object { b'}' } else { b']' };
        if self.peek() != Some(end) {
            return Ok(Found::Begun);
        }
        self.at += 1;
        self.leave()?;
        Ok(Found::Whole)
    }

    /// At the end of a list or an object. A key that stands twice in it is next to itself once they are sorted.
    fn leave(&mut self) -> Result<(), Refusal> {
        let Some(open) = self.open.pop() else {
            return Err(Refusal::Syntax);
        };
        let keys = &mut self.keys[open.first_key..];
        keys.sort_unstable();
        let mut pairs = keys.windows(2);
        let twice = pairs.find(|pair| pair[0] == pair[1]);
        let twice = twice.map(|pair| pair[0].clone().into_owned());
        self.keys.truncate(open.first_key);
        let Some(key) = twice else { return Ok(()) };
        let mut pointer = self.pointer();
        push_key(&mut pointer, &key);
        let detail = "is given more than once";
        Err(refuse(pointer, "duplicate_key", detail.to_owned()))
    }

    fn literal(&mut self, rest: &str) -> Result<Found, Refusal> {
        if !self.text.as_bytes()[self.at..].starts_with(rest.as_bytes()) {
            return Err(Refusal::Syntax);
        }
        self.at += rest.len();
        Ok(Found::Whole)
    }

    /// A number without its sign, of which the first byte has been taken.
    fn number(&mut self, first: Option<u8>) -> Result<Found, Refusal> {
        match first {
            Some(b'0') => {}
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(Refusal::Syntax),
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.some_digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.some_digits()?;
        }
        Ok(Found::Whole)
    }

    fn some_digits(&mut self) -> Result<(), Refusal> {
        let from = self.at;
        self.digits();
        match self.at > from {
            true => Ok(()),
            false => Err(Refusal::Syntax),
        }
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }

    /// To the end of a text whose first quote has been taken.
    fn quoted(&mut self) -> Result<Quoted, Refusal> {
        let from = self.at;
        let (mut has_escape, mut has_nul) = (false, false);
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
            let Some(length) = rest.iter().position(special) else {
                return Err(Refusal::Syntax);
            };
            self.at += length;
            match self.take() {
                Some(b'"') => break,
                Some(b'\\') => {
                    has_escape = true;
                    has_nul |= self.escape()? == Some('\0');
                }
                // Control characters are escaped in JSON.
                _ => return Err(Refusal::Syntax),
            }
        }
        Ok(Quoted {
            from,
            to: self.at - 1,
            has_escape,
            has_nul,
        })
    }

    /// An escape whose backslash has been taken: the character, where it is written by its number.
    fn escape(&mut self) -> Result<Option<char>, Refusal> {
        match self.take() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(None),
            Some(b'u') => {
                let first = self.unit()?;
                let mut second = None;
                // The first half of a pair: the other half follows.
                if (0xd800..0xdc00).contains(&first) {
                    let (backslash, letter) = (self.take(), self.take());
                    if (backslash, letter) != (Some(b'\\'), Some(b'u')) {
                        return Err(Refusal::Syntax);
                    }
                    second = Some(self.unit()?);
                }
                let units = std::iter::once(first).chain(second);
                let character = char::decode_utf16(units).next();
                let character = character.and_then(Result::ok);
                character.map(Some).ok_or(Refusal::Syntax)
            }
            _ => Err(Refusal::Syntax),
        }
    }

    /// Four hexadecimal digits.
    fn unit(&mut self) -> Result<u16, Refusal> {
        let mut unit = 0;
        for _ in 0..4 {
            let byte = self.take().ok_or(Refusal::Syntax)?;
            let digit = char::from(byte).to_digit(16).ok_or(Refusal::Syntax)?;
            // A digit is less than sixteen.
            unit = unit << 4 | digit as u16;
        }
        Ok(unit)
    }

    fn blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn take(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    /// Something is wrong with the innermost list or object.
    fn refuse_around(&mut self, code: &'static str, detail: String) -> Refusal {
        if let Some(open) = self.open.pop() {
            self.keys.truncate(open.first_key);
        }
        refuse(self.pointer(), code, detail)
    }

    fn refuse_nul(&self) -> Refusal {
        let (code, detail) = NUL;
        Refusal::At(FieldError::at(self.pointer(), code, detail))
    }

    /// The present place.
    fn pointer(&self) -> String {
        let mut pointer = String::from("#");
        for (at, open) in self.open.iter().enumerate() {
            let keys_end = match self.open.get(at + 1) {
                Some(inner) => inner.first_key,
                None => self.keys.len(),
            };
            match open.is_object {
                true => {
                    let keys = &self.keys[open.first_key..keys_end];
                    if let Some(key) = keys.last() {
                        push_key(&mut pointer, key);
                    }
                }
                false => push_index(&mut pointer, open.count.saturating_sub(1)),
            }
        }
        pointer
    }
}

fn refuse(pointer: String, code: &'static str, detail: String) -> Refusal {
    Refusal::At(FieldError::at(pointer, code, detail))
}

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;

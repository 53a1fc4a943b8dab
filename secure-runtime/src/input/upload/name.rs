//! What the sender calls a file: data, and never a part of a path.

use std::fmt;

use icu_normalizer::ComposingNormalizer;
use serde::{Serialize, Serializer};

use super::MediaType;

/// What file systems hold, in bytes. A longer name is cut before its extension.
const LONGEST: usize = 255;

/// Names that are devices on Windows, whatever their extension. `COM` and `LPT` stand with a digit.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// The name that a file has with its sender: for people, and for the name of a download.
///
/// It has an extension of the file's type, no folder before it, and nothing in it that a file system or a
/// reader could take for something else: no control characters, none that cannot be seen or that turn the
/// order of the letters round, no name of a device. It says nothing about where the file is kept.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct FileName(String);

impl FileName {
    /// Makes a name harmless that was sent. `None` where nothing is left of it, or where it holds a NUL, which
    /// nobody types.
    pub(super) fn sent(name: &str) -> Option<Self> {
        if name.contains('\0') {
            return None;
        }
        // Some browsers have sent the whole path, with the separators of their own system.
        let last = name.rsplit(['/', '\\']).next()?;
        let normal = ComposingNormalizer::new_nfc().normalize(last);
        let visible = normal.chars().filter(|letter| !is_invisible(*letter));
        let plain: String = visible.map(in_its_place).collect();
        let trimmed = plain.trim_matches(|letter: char| letter == '.' || letter.is_whitespace());
        if trimmed.is_empty() {
            return None;
        }
        let mut name = shortened(trimmed);
        if is_device(&name) {
            name = shortened(&format!("_{name}"));
        }
        Some(Self(name))
    }

    /// The name of a file that has none.
    pub(super) fn usual(kind: MediaType) -> Self {
        Self(format!("file.{}", kind.extension()))
    }

    /// The name under which a file of this type is offered; `name` may come from anywhere.
    pub(super) fn offered(name: &str, kind: MediaType) -> Self {
        let name = name.replace('\0', "");
        let harmless = |name: &str| Self::sent(name).filter(|name| name.is_of(kind));
        harmless(&name)
            .or_else(|| harmless(&format!("{}.{}", Self::sent(&name)?, kind.extension())))
            .unwrap_or_else(|| Self::usual(kind))
    }

    /// The name, such as `cat.png`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether its extension is one of the type's.
    pub(super) fn is_of(&self, kind: MediaType) -> bool {
        let extension = self.0.rsplit_once('.').map(|(_, extension)| extension);
        extension.is_some_and(|it| kind.has_extension(&it.to_ascii_lowercase()))
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl Serialize for FileName {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

/// Controls, what has no width, and what changes the direction of a text.
fn is_invisible(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// What stands for a letter that means something to a file system, a shell or a header.
fn in_its_place(letter: char) -> char {
    match letter {
        '<' | '>' | ':' | '"' | '|' | '?' | '*' | '%' | ';' | '`' | '$' => '_',
        letter if letter.is_whitespace() => ' ',
        letter => letter,
    }
}

/// The name in as many bytes as a file system holds, with its extension where that is one.
fn shortened(name: &str) -> String {
    if name.len() <= LONGEST {
        return name.to_owned();
    }
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if extension.len() <= 16 => (stem, extension),
        _ => (name, ""),
    };
    // The dot and the `_` before the name of a device.
    let mut end = stem.len().min(LONGEST - extension.len() - 2);
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    let stem = stem[..end].trim_end_matches(['.', ' ']);
    match extension {
        "" => stem.to_owned(),
        extension => format!("{stem}.{extension}"),
    }
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    let stem = stem.trim_end().to_lowercase();
    let numbered = ["com", "lpt"].iter().any(|device| {
        let digit = stem.strip_prefix(device).unwrap_or_default();
        let mut digits = digit.chars();
        let is_digit = digits
            .next()
            .is_some_and(|it| it.is_ascii_digit() || matches!(it, '¹' | '²' | '³'));
        is_digit && digits.next().is_none()
    });
    numbered || DEVICES.contains(&stem.as_str()) || matches!(stem.as_str(), "conin_" | "conout_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(name: &str) -> Option<String> {
        FileName::sent(name).map(|name| name.as_str().to_owned())
    }

    #[test]
    fn whatever_a_file_was_called_it_is_offered_as_what_it_is() {
        let long = "a".repeat(4096);
        for (name, offered) in [
            ("cat.png", "cat.png"),
            ("cat.PNG", "cat.PNG"),
            ("", "file.png"),
            ("..", "file.png"),
            ("\0", "file.png"),
            ("cat.png\0.exe", "cat.png.exe.png"),
            ("../../etc/passwd", "passwd.png"),
            ("cat.png/", "file.png"),
            ("cat.html", "cat.html.png"),
            (".htaccess", "htaccess.png"),
            ("con", "_con.png"),
            ("NUL.png", "_NUL.png"),
            ("\u{202e}gnp.exe", "gnp.exe.png"),
        ] {
            let found = FileName::offered(name, MediaType::Png);
            assert_eq!(found.as_str(), offered, "{name:?}");
            assert_eq!(FileName::offered(found.as_str(), MediaType::Png), found);
        }
        for long in [long.clone(), format!("{long}.png"), "猫".repeat(4096)] {
            let found = FileName::offered(&long, MediaType::Png);
            assert!(found.as_str().len() <= LONGEST && found.as_str().ends_with(".png"));
            assert!(found.as_str().len() > 200);
        }
    }

    #[test]
    fn an_ordinary_name_stays_as_it_is() {
        for name in [
            "cat.png",
            "Katze im Schnee (2).jpeg",
            "naïve résumé.pdf",
            "写真.webp",
            "фото.gif",
            "a.b.c.csv",
            "cat",
            "-rf.png",
            "🐈.png",
        ] {
            assert_eq!(sent(name).as_deref(), Some(name));
        }
    }

    #[test]
    fn whatever_could_be_something_else_is_taken_out() {
        for (name, harmless) in [
            ("../../etc/passwd.png", "passwd.png"),
            ("..\\..\\windows\\cat.png", "cat.png"),
            ("C:\\fakepath\\cat.png", "cat.png"),
            ("/etc/cron.d/cat.png", "cat.png"),
            ("\\\\server\\share\\cat.png", "cat.png"),
            ("C:cat.png", "C_cat.png"),
            (".htaccess", "htaccess"),
            ("...cat.png", "cat.png"),
            ("cat.png.", "cat.png"),
            ("cat.png. . ", "cat.png"),
            ("  cat.png\t", "cat.png"),
            ("cat.png::$DATA", "cat.png___DATA"),
            ("a\u{202e}gnp.exe", "agnp.exe"),
            ("a\u{2066}b\u{2069}.png", "ab.png"),
            ("a\u{200b}\u{200d}\u{feff}.png", "a.png"),
            ("a\r\nSet-Cookie: x.png", "aSet-Cookie_ x.png"),
            ("a\u{7f}\u{85}\u{1b}[31m.png", "a[31m.png"),
            ("\"><script>alert(1)</script>.png", "script_.png"),
            ("a\";x=\"b.png", "a__x=_b.png"),
            ("$(reboot).png", "_(reboot).png"),
            ("%2e%2e%2fcat.png", "_2e_2e_2fcat.png"),
            ("e\u{301}.png", "é.png"),
            ("CON", "_CON"),
            ("con.png", "_con.png"),
            ("nul .png", "_nul .png"),
            ("AUX.tar.png", "_AUX.tar.png"),
            ("com1.png", "_com1.png"),
            ("LPT³.png", "_LPT³.png"),
            ("CONIN$.png", "_CONIN_.png"),
            ("com10.png", "com10.png"),
            ("console.png", "console.png"),
        ] {
            assert_eq!(sent(name).as_deref(), Some(harmless), "{name:?}");
        }
    }

    #[test]
    fn what_nothing_is_left_of_is_no_name() {
        for name in [
            "",
            ".",
            "..",
            "...",
            "/",
            "a/",
            "..\\",
            " . ",
            "\u{200b}",
            "\r\n",
            "cat.png\0",
            "cat.php\0.png",
            "\0",
        ] {
            assert_eq!(sent(name), None, "{name:?}");
        }
    }

    #[test]
    fn a_name_is_no_longer_than_a_file_system_holds() {
        for name in [
            format!("{}.png", "a".repeat(4096)),
            format!("{}.png", "ä".repeat(2048)),
            format!("{}.png", "写".repeat(1000)),
            format!("{}.png", "🐈".repeat(1000)),
            format!("con.{}.png", "a".repeat(4096)),
        ] {
            let short = sent(&name).expect("a name");
            assert!(
                short.len() <= LONGEST && short.len() > 200,
                "{}",
                short.len()
            );
            assert!(short.ends_with(".png"));
        }
        let odd = sent(&format!("a.{}", "b".repeat(4096))).expect("a name");
        assert!(odd.len() <= LONGEST);
        let dots = sent(&format!("a{}.png", " .".repeat(4096))).expect("a name");
        assert_eq!(dots, "a.png");
        let device = sent(&format!("con.{}.png", "a".repeat(LONGEST - 8))).expect("a name");
        assert!(device.starts_with("_con.aaa") && device.ends_with(".png"));
        assert!(device.len() <= LONGEST, "{}", device.len());
        // Exactly as long.
        let whole = format!("{}.png", "a".repeat(LONGEST - 4));
        assert_eq!(sent(&whole), Some(whole));
    }

    #[test]
    fn the_last_extension_counts() {
        for (name, kind) in [
            ("cat.png", MediaType::Png),
            ("cat.PNG", MediaType::Png),
            ("cat.exe.JpEg", MediaType::Jpeg),
            ("a.csv", MediaType::Csv),
        ] {
            let name = FileName::sent(name).expect("a name");
            for other in MediaType::ALL {
                assert_eq!(name.is_of(other), other == kind, "{name} {other}");
            }
        }
        for name in [
            "png",
            "cat",
            "cat.png.exe",
            "cat.png::$DATA",
            "cat.p\u{131}ng",
        ] {
            let name = FileName::sent(name).expect("a name");
            assert!(
                MediaType::ALL.iter().all(|kind| !name.is_of(*kind)),
                "{name}"
            );
        }
    }
}

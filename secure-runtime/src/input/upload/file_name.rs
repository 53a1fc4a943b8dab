//! Names that files are offered under.

use super::MediaType;

/// What a file is called that has no better name.
const NAMELESS: &str = "download";
/// How many bytes a name has at most, its extension aside.
const LONGEST: usize = 180;
/// Names that some systems take for devices, whatever their extension.
const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

/// What is left of a name so that no system mistakes it for something else: no path, nothing that cannot be
/// seen or turns the text around, no device, and an extension of the file's type.
pub(super) fn harmless(name: &str, media_type: MediaType) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut text = String::new();
    for char in name.chars() {
        let char = match char {
            char if char.is_whitespace() => ' ',
            char if is_unseen(char) => continue,
            '<' | '>' | ':' | '"' | '|' | '?' | '*' | '%' => '_',
            char => char,
        };
        if char != ' ' || !text.ends_with(' ') {
            text.push(char);
        }
    }
    let text = text.trim_matches(['.', ' ']);
    let known = text.rsplit_once('.').filter(|(_, extension)| {
        let extension = extension.to_ascii_lowercase();
        media_type.has_extension(&extension)
    });
    let (stem, extension) = known.unwrap_or((text, media_type.extension()));
    let stem = stem.trim_end_matches(['.', ' ']);
    let stem = &stem[..stem.floor_char_boundary(LONGEST)];
    let stem = match stem {
        "" => NAMELESS,
        stem => stem,
    };
    match is_device(stem) {
        true => format!("_{stem}.{extension}"),
        false => format!("{stem}.{extension}"),
    }
}

/// Control characters, and what steers how the text around it is shown.
fn is_unseen(char: char) -> bool {
    char.is_control()
        || matches!(char,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{ffff}' | '\u{e000}'..='\u{f8ff}'
            | '\u{e0000}'..='\u{10ffff}')
}

fn is_device(stem: &str) -> bool {
    let name = stem.split('.').next().unwrap_or_default();
    let name = name.trim_end().to_ascii_uppercase();
    if DEVICES.contains(&&*name) {
        return true;
    }
    let port = name
        .strip_prefix("COM")
        .or_else(|| name.strip_prefix("LPT"));
    let mut digits = port.unwrap_or_default().chars();
    let is_digit = |digit: char| digit.is_ascii_digit() || matches!(digit, '¹' | '²' | '³');
    digits.next().is_some_and(is_digit) && digits.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_name_stays_one() {
        for name in [
            "cat.png",
            "Katze im Gras.PNG",
            "猫.png",
            "a.b.png",
            "é-1_2 (3).png",
        ] {
            assert_eq!(harmless(name, MediaType::Png), name);
        }
        assert_eq!(harmless("a.JPEG", MediaType::Jpeg), "a.JPEG");
    }

    #[test]
    fn what_is_none_becomes_one() {
        let table = [
            ("", "download.png"),
            (".", "download.png"),
            ("..", "download.png"),
            (".png", "png.png"),
            ("../../etc/passwd", "passwd.png"),
            ("C:\\Windows\\win.ini", "win.ini.png"),
            ("cat.png/", "download.png"),
            ("cat.exe", "cat.exe.png"),
            ("cat.png.exe", "cat.png.exe.png"),
            ("cat.png\0.exe", "cat.png.exe.png"),
            ("cat.png. .", "cat.png"),
            ("cat .png", "cat.png"),
            ("\u{202e}gnp.exe", "gnp.exe.png"),
            ("c\u{200b}a\u{feff}t.png", "cat.png"),
            ("a\r\nSet-Cookie: x=1.png", "a Set-Cookie_ x=1.png"),
            ("a\u{2028}b\u{85}c.png", "a b c.png"),
            ("\"; filename=\"evil.exe", "_; filename=_evil.exe.png"),
            ("100%41.png", "100_41.png"),
            ("CON", "_CON.png"),
            ("con.png", "_con.png"),
            ("nul .x.png", "_nul .x.png"),
            ("COM1.txt", "_COM1.txt.png"),
            ("lpt³.png", "_lpt³.png"),
            ("COM10.png", "COM10.png"),
            (".htaccess", "htaccess.png"),
            ("\u{e0041}\u{f8ff}", "download.png"),
        ];
        for (name, expected) in table {
            assert_eq!(harmless(name, MediaType::Png), expected, "{name:?}");
        }
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        for name in ["a".repeat(4096), "é".repeat(4096), "猫".repeat(4096)] {
            let name = harmless(&name, MediaType::Png);
            assert!((170..=LONGEST + 4).contains(&name.len()), "{}", name.len());
            assert!(name.ends_with(".png"));
        }
    }

    #[test]
    fn what_is_harmless_stays_as_it_is() {
        for name in ["", "CON", "a/../b", "x.PNG", ". .a. .", "猫"] {
            let once = harmless(name, MediaType::Png);
            assert_eq!(harmless(&once, MediaType::Png), once);
        }
    }
}

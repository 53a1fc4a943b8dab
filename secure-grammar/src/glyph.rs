//! How a character is drawn in a message: what does not print is escaped.

/// The longest piece of the user's text that a message repeats, in characters.
const LONGEST: usize = 48;

/// What stands for the character in a drawing, and how many columns that takes.
pub(crate) fn drawn(char: char) -> (String, usize) {
    if matches!(char, '"' | '\'' | '\\') {
        return (char.to_string(), 1);
    }
    let escaped = char.escape_debug().to_string();
    let columns = match escaped.chars().count() {
        1 if is_wide(char) => 2,
        count => count,
    };
    (escaped, columns)
}

/// A piece of the user's text, fit to stand in a message: escaped, and cut when it is long.
pub(crate) fn shown(text: &str) -> String {
    let mut shown: String = text
        .chars()
        .take(LONGEST)
        .map(|char| drawn(char).0)
        .collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// The first character that nobody sees and that is neither a space nor a tab, and its offset.
pub(crate) fn invisible(text: &str) -> Option<(usize, char)> {
    text.char_indices().find(|(_, char)| {
        !matches!(char, ' ' | '\t')
            && (char.is_whitespace() || char.is_control() || is_hidden(*char))
    })
}

/// Zero-width and direction-changing characters.
fn is_hidden(char: char) -> bool {
    matches!(char,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

/// The common characters that terminals draw two columns wide.
fn is_wide(char: char) -> bool {
    matches!(char,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{303e}' | '\u{3041}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff01}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{1f300}'..='\u{1f64f}'
        | '\u{1f680}'..='\u{1f6ff}' | '\u{1f900}'..='\u{1f9ff}' | '\u{20000}'..='\u{3fffd}')
}

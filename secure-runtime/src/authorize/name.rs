use std::any::type_name;

/// A type's name without the modules that it stands in, as it is written in a handler.
pub(super) fn short<T>() -> String {
    shortened(type_name::<T>())
}

fn shortened(name: &str) -> String {
    let mut short = String::new();
    // Where the path begins that is being read.
    let mut start = 0;
    let mut rest = name.chars().peekable();
    while let Some(character) = rest.next() {
        match (character, rest.peek()) {
            (':', Some(':')) => {
                rest.next();
                short.truncate(start);
            }
            (character, _) => {
                short.push(character);
                let is_of_a_name = character.is_alphanumeric() || character == '_';
                if !is_of_a_name {
                    start = short.len();
                }
            }
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_loses_its_modules() {
        for (name, short) in [
            ("u64", "u64"),
            ("app::domain::articles::Article", "Article"),
            (
                "app::Of<app::Article, (alloc::string::String, u8)>",
                "Of<Article, (String, u8)>",
            ),
            ("&[app::Article]", "&[Article]"),
            ("app::Größe", "Größe"),
        ] {
            assert_eq!(shortened(name), short);
        }
        assert_eq!(super::short::<Option<String>>(), "Option<String>");
    }
}

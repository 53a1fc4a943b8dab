//! Types of files that an upload can be checked for.

use std::fmt;

use crate::same;

/// A type of file that can be told from its content.
///
/// ```
/// use secure_grammar::MediaType;
///
/// assert_eq!(MediaType::parse("image/png"), Some(MediaType::Png));
/// assert_eq!(MediaType::of_extension("jpeg"), Some(MediaType::Jpeg));
/// assert_eq!(MediaType::Jpeg.extension(), "jpg");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum MediaType {
    /// `image/png`
    Png,
    /// `image/jpeg`
    Jpeg,
    /// `image/webp`
    WebP,
    /// `image/gif`
    Gif,
    /// `application/pdf`
    Pdf,
    /// `text/plain`, in UTF-8.
    PlainText,
    /// `text/csv`, in UTF-8.
    Csv,
}

impl MediaType {
    /// Each of them.
    pub const ALL: [Self; 7] = [
        Self::Png,
        Self::Jpeg,
        Self::WebP,
        Self::Gif,
        Self::Pdf,
        Self::PlainText,
        Self::Csv,
    ];

    /// The type of this name, such as `image/png`, in lower case and without parameters.
    pub const fn parse(name: &str) -> Option<Self> {
        let mut at = 0;
        while at < Self::ALL.len() {
            if same(name, Self::ALL[at].as_str()) {
                return Some(Self::ALL[at]);
            }
            at += 1;
        }
        None
    }

    /// The type whose files have this extension, in lower case and without the dot.
    pub const fn of_extension(extension: &str) -> Option<Self> {
        let mut at = 0;
        while at < Self::ALL.len() {
            if Self::ALL[at].has_extension(extension) {
                return Some(Self::ALL[at]);
            }
            at += 1;
        }
        None
    }

    /// The name, such as `image/png`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
            Self::Pdf => "application/pdf",
            Self::PlainText => "text/plain",
            Self::Csv => "text/csv",
        }
    }

    /// The extensions of its files, the usual one first, in lower case and without the dot.
    pub const fn extensions(self) -> &'static [&'static str] {
        match self {
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::WebP => &["webp"],
            Self::Gif => &["gif"],
            Self::Pdf => &["pdf"],
            Self::PlainText => &["txt"],
            Self::Csv => &["csv"],
        }
    }

    /// The usual extension of its files.
    pub const fn extension(self) -> &'static str {
        self.extensions()[0]
    }

    /// Whether its files may have this extension, in lower case and without the dot.
    pub const fn has_extension(self, extension: &str) -> bool {
        let extensions = self.extensions();
        let mut at = 0;
        while at < extensions.len() {
            if same(extension, extensions[at]) {
                return true;
            }
            at += 1;
        }
        false
    }

    /// Whether it is an image.
    pub const fn is_image(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::WebP | Self::Gif)
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_extensions_lead_back_to_one_type() {
        for kind in MediaType::ALL {
            assert_eq!(MediaType::parse(kind.as_str()), Some(kind));
            for extension in kind.extensions() {
                assert_eq!(MediaType::of_extension(extension), Some(kind));
            }
        }
    }

    #[test]
    fn whatever_else_is_none() {
        for name in ["", "image/svg+xml", "text/html", "image/png ", "IMAGE/PNG"] {
            assert_eq!(MediaType::parse(name), None);
        }
        for extension in ["", "svg", "PNG", ".png", "exe"] {
            assert_eq!(MediaType::of_extension(extension), None);
        }
    }
}

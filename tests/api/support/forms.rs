use std::io::Cursor;

use image::{DynamicImage, ImageFormat};
use secure_runtime::test::{TestRequest, TestResponse};

const BOUNDARY: &str = "----form7MA4YWxkTrZu0gW";

/// A form with files, as a browser sends it; or as nobody but an attacker would.
#[derive(Debug, Clone, Default)]
pub(crate) struct FormBody(Vec<u8>);

impl FormBody {
    pub(crate) fn text(self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.part(
            &[&format!("Content-Disposition: form-data; name=\"{name}\"")],
            value,
        )
    }

    pub(crate) fn file(
        self,
        name: &str,
        file_name: &str,
        content_type: &str,
        content: impl AsRef<[u8]>,
    ) -> Self {
        let disposition =
            format!("Content-Disposition: form-data; name=\"{name}\"; filename=\"{file_name}\"");
        let content_type = format!("Content-Type: {content_type}");
        self.part(&[&disposition, &content_type], content)
    }

    /// A part with these headers.
    pub(crate) fn part(mut self, headers: &[&str], content: impl AsRef<[u8]>) -> Self {
        self.0.extend(format!("--{BOUNDARY}\r\n").into_bytes());
        for header in headers {
            self.0.extend(header.as_bytes());
            self.0.extend(b"\r\n");
        }
        self.0.extend(b"\r\n");
        self.0.extend(content.as_ref());
        self.0.extend(b"\r\n");
        self
    }

    /// Bytes as they are.
    pub(crate) fn raw(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.0.extend(bytes.as_ref());
        self
    }

    /// The body, with its end.
    pub(crate) fn end(mut self) -> Vec<u8> {
        self.0.extend(format!("--{BOUNDARY}--\r\n").into_bytes());
        self.0
    }

    /// The body as far as it was written.
    pub(crate) fn without_end(self) -> Vec<u8> {
        self.0
    }

    pub(crate) async fn send(self, request: TestRequest<'_>) -> TestResponse {
        request.body(&content_type(), self.end()).send().await
    }
}

pub(crate) fn content_type() -> String {
    format!("multipart/form-data; boundary={BOUNDARY}")
}

/// A picture of one colour.
pub(crate) fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let image = DynamicImage::new_rgb8(width, height);
    image.write_to(&mut bytes, format).expect("a picture");
    bytes.into_inner()
}

pub(crate) fn png() -> Vec<u8> {
    picture(7, 5, ImageFormat::Png)
}

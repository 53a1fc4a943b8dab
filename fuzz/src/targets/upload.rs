use std::{
    cell::OnceCell,
    fs,
    mem::ManuallyDrop,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use actix_web::{
    HttpResponse, Responder,
    rt::{System, SystemRunner},
};
use secure_runtime::{
    fuzzing,
    prelude::*,
    test::TestApp,
    upload::{ImageBounds, MediaType, Multipart, Upload, UploadSettings},
};

/// How large a file of the form may be, in bytes.
const MOST: u64 = 2048;
const BOUNDS: ImageBounds = ImageBounds {
    max_side: 100,
    max_pixels: 5_000,
};

#[validated]
struct Papers {
    #[upload(max = "2KiB", types = ["image/png", "image/gif", "text/plain", "text/csv"], max_side = 100)]
    file: Upload,
    #[upload(max = "2KiB", types = ["text/plain"])]
    #[validate(length(max = 2))]
    more: Vec<Upload>,
    #[validate(length(max = 20))]
    caption: Option<String>,
}

/// Looks at what arrives as a handler would.
#[post("/papers")]
#[public(unlimited = "because it is a test")]
#[validated]
async fn take(form: Multipart<Papers>) -> impl Responder {
    let form = form.into_inner();
    assert!(form.more.len() <= 2);
    assert!(
        form.caption
            .is_none_or(|text| text.chars().count() <= 20 && !text.contains('\0'))
    );
    for file in form.more.iter().chain([&form.file]) {
        let content = fs::read(file.path()).expect("a file");
        assert_eq!(file.size(), content.len() as u64);
        assert!((1..=MOST).contains(&file.size()));
        is_of(file.media_type(), &content);
        assert_eq!(file.dimensions().is_some(), file.media_type().is_image());
        let name = file.file_name().as_str();
        assert!(!name.is_empty() && name.len() <= 255, "{name:?}");
        assert!(!name.starts_with('.'), "{name:?}");
        let is_odd = |letter: char| letter.is_control() || "/\\\"<>:|?*%;".contains(letter);
        assert!(!name.contains(is_odd), "{name:?}");
    }
    HttpResponse::NoContent()
}

/// An app with a folder of its own, for one thread.
struct Uploading {
    /// Nobody can say when the thread's own values go, and a runtime needs some of them to the last.
    running: ManuallyDrop<(SystemRunner, TestApp)>,
    folder: PathBuf,
}

thread_local! {
    static UPLOADING: OnceCell<Uploading> = const { OnceCell::new() };
}

fn uploading() -> Uploading {
    let folder = own_path();
    let settings = UploadSettings::new(&folder);
    let runtime = System::new();
    let app = runtime.block_on(TestApp::with(
        |builder| builder.uploads(settings),
        |routes| {
            routes.service(take);
        },
        |_| {},
    ));
    Uploading {
        running: ManuallyDrop::new((runtime, app)),
        folder,
    }
}

impl Drop for Uploading {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.folder));
    }
}

/// The first line is the content type, and the rest the body.
///
/// A form is read or refused, by one of the statuses that say so; what arrives is what its fields say; and
/// nothing is left of it afterwards.
pub fn multipart(input: &[u8]) {
    let [content_type, body] = super::lines(input);
    let is_header = |byte: &u8| matches!(byte, b' '..=b'~' | b'\t' | 0x80..);
    let Ok(content_type) = str::from_utf8(content_type) else {
        return;
    };
    if !content_type.as_bytes().iter().all(is_header) {
        return;
    }
    UPLOADING.with(|cell| {
        let Uploading { running, folder } = cell.get_or_init(uploading);
        let (runtime, app) = &**running;
        let request = app.post("/papers").body(content_type, body.to_vec());
        let answer = runtime.block_on(request.send());
        let status = answer.status();
        assert!(
            [204, 400, 413, 415, 422].contains(&status),
            "{status}: {}",
            answer.text()
        );
        for inner in ["incoming", "kept"] {
            let left = fs::read_dir(folder.join(inner)).expect("a folder").count();
            assert_eq!(left, 0, "left in {inner}");
        }
    });
}

/// The first line is a media type, and the rest the content of a file that is said to be of it.
///
/// What is taken for an image begins as one, and is no larger than it may be; what is taken for a text is one.
pub fn content(input: &[u8]) {
    let [kind, content] = super::lines(input);
    let kind = str::from_utf8(kind).ok().and_then(MediaType::parse);
    let Some(kind) = kind else { return };
    let file = Written::new(content);
    let Some(size) = fuzzing::content(&file.0, kind, BOUNDS) else {
        return;
    };
    is_of(kind, content);
    assert_eq!(size.is_some(), kind.is_image());
    if let Some(size) = size {
        let sides = [size.width(), size.height()];
        assert!(
            sides
                .iter()
                .all(|side| (1..=BOUNDS.max_side).contains(side))
        );
        assert!(size.pixels() <= BOUNDS.max_pixels);
        let others = MediaType::ALL.into_iter().filter(|other| *other != kind);
        for other in others.filter(|other| other.is_image()) {
            let judged = fuzzing::content(&file.0, other, BOUNDS);
            assert!(judged.is_none(), "{kind} and {other}");
        }
    }
}

/// What anybody else would take for the beginning of such a file.
fn is_of(kind: MediaType, content: &[u8]) {
    let begins = match kind {
        MediaType::Png => content.starts_with(b"\x89PNG\r\n\x1a\n"),
        MediaType::Jpeg => content.starts_with(b"\xff\xd8\xff"),
        MediaType::Gif => content.starts_with(b"GIF8"),
        MediaType::WebP => content.starts_with(b"RIFF") && content.get(8..12) == Some(b"WEBP"),
        MediaType::Pdf => content.starts_with(b"%PDF-"),
        _ => str::from_utf8(content).is_ok_and(|text| !text.contains('\0')),
    };
    assert!(begins, "{kind}");
}

/// A file that is gone afterwards.
struct Written(PathBuf);

impl Written {
    fn new(content: &[u8]) -> Self {
        let path = own_path();
        fs::write(&path, content).expect("a file");
        Self(path)
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.0));
    }
}

fn own_path() -> PathBuf {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("secure-fuzz-{}-{number}", std::process::id());
    Path::new(&std::env::temp_dir()).join(name)
}

use std::{
    fs,
    io::Cursor,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
};

use image::{DynamicImage, Frame, ImageFormat, RgbaImage, codecs::gif::GifEncoder};

use super::*;

const BOUNDS: ImageBounds = ImageBounds {
    max_side: 100,
    max_pixels: 5_000,
};

/// A file that is gone after the test.
struct Written(PathBuf);

impl Written {
    fn new(bytes: &[u8]) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("secure-check-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, bytes).expect("a file");
        Self(path)
    }
}

impl Drop for Written {
    fn drop(&mut self) {
        drop(fs::remove_file(&self.0));
    }
}

/// What is made of a file: its size, or what is wrong with it.
fn judged(bytes: &[u8], kind: MediaType) -> Result<Option<(u32, u32)>, &'static str> {
    let file = Written::new(bytes);
    match check(&file.0, kind, BOUNDS) {
        Ok(size) => Ok(size.map(|size| (size.width(), size.height()))),
        Err(Fault::Content) => Err("content"),
        Err(Fault::Dimensions) => Err("dimensions"),
        Err(Fault::Unreadable(error)) => panic!("{error}"),
    }
}

fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let image = DynamicImage::new_rgb8(width, height);
    image.write_to(&mut bytes, format).expect("a picture");
    bytes.into_inner()
}

fn animation(frames: usize, width: u32, height: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = GifEncoder::new(&mut bytes);
    let frames = (0..frames).map(|_| Frame::new(RgbaImage::new(width, height)));
    encoder.encode_frames(frames).expect("an animation");
    drop(encoder);
    bytes
}

const PICTURES: [(MediaType, ImageFormat); 4] = [
    (MediaType::Png, ImageFormat::Png),
    (MediaType::Jpeg, ImageFormat::Jpeg),
    (MediaType::WebP, ImageFormat::WebP),
    (MediaType::Gif, ImageFormat::Gif),
];

#[test]
fn a_picture_is_what_it_is_and_nothing_else() {
    for (kind, format) in PICTURES {
        let bytes = picture(7, 5, format);
        assert_eq!(judged(&bytes, kind), Ok(Some((7, 5))), "{kind}");
        for other in MediaType::ALL.into_iter().filter(|other| *other != kind) {
            assert_eq!(judged(&bytes, other), Err("content"), "{kind} as {other}");
        }
    }
}

#[test]
fn a_picture_of_which_anything_is_missing_is_none() {
    for (kind, format) in PICTURES {
        let bytes = picture(7, 5, format);
        for length in 0..bytes.len() {
            let judged = judged(&bytes[..length], kind);
            assert_eq!(
                judged,
                Err("content"),
                "{kind}, {length} of {}",
                bytes.len()
            );
        }
    }
}

#[test]
fn nothing_stands_behind_a_picture() {
    for (kind, format) in PICTURES {
        for more in [
            &b"\0"[..],
            b"PK\x03\x04",
            b"<?php echo 1; ?>",
            b"<script>alert(1)</script>",
        ] {
            let bytes = [&picture(7, 5, format), more].concat();
            // Cameras do so, and nobody who shows the picture reads it.
            let expected = match kind {
                MediaType::Jpeg => Ok(Some((7, 5))),
                _ => Err("content"),
            };
            assert_eq!(judged(&bytes, kind), expected, "{kind}");
        }
    }
}

#[test]
fn a_few_bytes_of_a_signature_are_no_picture() {
    for (bytes, kind) in [
        (&b"GIF8"[..], MediaType::Gif),
        (b"GIF89a", MediaType::Gif),
        (b"GIF89a\x01\0\x01\0\0\0\0;", MediaType::Gif),
        (b"GIF89a/*\0\0\0\0*/=1;alert(1)//", MediaType::Gif),
        (b"\x89PNG\r\n\x1a\n", MediaType::Png),
        (b"\xff\xd8\xff", MediaType::Jpeg),
        (b"\xff\xd8\xff\xd9", MediaType::Jpeg),
        (
            b"\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0\xff\xd9",
            MediaType::Jpeg,
        ),
        (b"RIFF\x04\0\0\0WEBP", MediaType::WebP),
        (b"RIFF\xff\xff\xff\xffWEBPVP8 ", MediaType::WebP),
        (b"BM", MediaType::Png),
        (b"", MediaType::Png),
    ] {
        assert_eq!(judged(bytes, kind), Err("content"), "{bytes:?}");
    }
}

#[test]
fn the_pixels_are_bounded() {
    for (kind, format) in PICTURES {
        for (width, height, expected) in [
            (100, 50, Ok(Some((100, 50)))),
            (50, 100, Ok(Some((50, 100)))),
            (101, 1, Err("dimensions")),
            (1, 101, Err("dimensions")),
            (100, 51, Err("dimensions")),
            (71, 71, Err("dimensions")),
        ] {
            let bytes = picture(width, height, format);
            assert_eq!(judged(&bytes, kind), expected, "{kind} {width}x{height}");
        }
    }
}

#[test]
fn a_header_that_lies_is_found() {
    // A flood: a small file that says it is large.
    let mut png = picture(7, 5, ImageFormat::Png);
    png[16..20].copy_from_slice(&u32::MAX.to_be_bytes());
    assert_eq!(judged(&png, MediaType::Png), Err("dimensions"));
    // Another size than the checksum was made for.
    png[16..20].copy_from_slice(&8_u32.to_be_bytes());
    assert_eq!(judged(&png, MediaType::Png), Err("content"));
    png[16..20].copy_from_slice(&0_u32.to_be_bytes());
    assert_eq!(judged(&png, MediaType::Png), Err("content"));

    let mut gif = picture(7, 5, ImageFormat::Gif);
    gif[6..10].copy_from_slice(&[0xff; 4]);
    assert_eq!(judged(&gif, MediaType::Gif), Err("dimensions"));

    // The frame is larger than the screen says.
    let mut gif = picture(7, 5, ImageFormat::Gif);
    let frame = gif.iter().rposition(|byte| *byte == 0x2c);
    let frame = gif
        .windows(9)
        .position(|it| it[0] == 0x2c && it[5..9] == [7, 0, 5, 0])
        .or(frame)
        .expect("a frame");
    gif[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);
    assert_eq!(judged(&gif, MediaType::Gif), Err("dimensions"));

    let mut jpeg = picture(7, 5, ImageFormat::Jpeg);
    let frame = jpeg
        .windows(9)
        .position(|it| it[0] == 0xff && matches!(it[1], 0xc0 | 0xc2) && it[5..9] == [0, 5, 0, 7])
        .expect("a frame");
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0xff; 4]);
    assert_eq!(judged(&jpeg, MediaType::Jpeg), Err("dimensions"));
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0, 0, 0, 7]);
    assert_eq!(judged(&jpeg, MediaType::Jpeg), Err("content"));
}

#[test]
fn an_outer_header_of_webp_does_not_lie_about_what_is_inside() {
    let inner = picture(7, 5, ImageFormat::WebP);
    let extended = |width: u8, height: u8| {
        let mut bytes = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0".to_vec();
        bytes.extend([width - 1, 0, 0, height - 1, 0, 0]);
        bytes.extend(&inner[12..]);
        let length = (bytes.len() - 8) as u32;
        bytes[4..8].copy_from_slice(&length.to_le_bytes());
        bytes
    };
    assert_eq!(judged(&extended(7, 5), MediaType::WebP), Ok(Some((7, 5))));
    for (width, height) in [(1, 1), (5, 7), (8, 5), (7, 6)] {
        let bytes = extended(width, height);
        assert_eq!(
            judged(&bytes, MediaType::WebP),
            Err("content"),
            "{width}x{height}"
        );
    }
}

#[test]
fn an_animation_has_an_end() {
    let bytes = animation(3, 7, 5);
    assert_eq!(judged(&bytes, MediaType::Gif), Ok(Some((7, 5))));
    let bytes = animation(MOST_FRAMES + 1, 1, 1);
    assert_eq!(judged(&bytes, MediaType::Gif), Err("dimensions"));
}

/// A chunk of a PNG, with its checksum.
fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let checked = [&kind[..], data].concat();
    let sum = checked.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ (0xedb8_8320 * (sum & 1))
        })
    });
    let length = data.len() as u32;
    [&length.to_be_bytes()[..], &checked, &(!sum).to_be_bytes()].concat()
}

/// A picture of 7 by 5 with more chunks before its pixels.
fn png_with(chunks: &[Vec<u8>]) -> Vec<u8> {
    let png = picture(7, 5, ImageFormat::Png);
    // What stands before is the signature and the header.
    [&png[..33], &chunks.concat(), &png[33..]].concat()
}

fn animation_control(frames: u32) -> Vec<u8> {
    chunk(b"acTL", &[frames.to_be_bytes(), [0; 4]].concat())
}

fn frame_control(number: u32, [width, height, x, y]: [u32; 4]) -> Vec<u8> {
    let numbers = [number, width, height, x, y].map(u32::to_be_bytes);
    chunk(
        b"fcTL",
        &[&numbers.concat()[..], &[0, 1, 0, 1, 0, 0]].concat(),
    )
}

#[test]
fn an_animated_png_has_an_end_and_frames_within_the_picture() {
    let whole = frame_control(0, [7, 5, 0, 0]);
    let good = png_with(&[animation_control(1), whole.clone()]);
    assert_eq!(judged(&good, MediaType::Png), Ok(Some((7, 5))));
    for frame in [
        [8, 5, 0, 0],
        [7, 6, 0, 0],
        [7, 5, 1, 0],
        [7, 5, 0, 1],
        [7, 5, u32::MAX, 0],
        [u32::MAX, u32::MAX, 0, 0],
    ] {
        let bad = png_with(&[animation_control(1), frame_control(0, frame)]);
        assert_eq!(judged(&bad, MediaType::Png), Err("content"), "{frame:?}");
    }
    for short in [
        chunk(b"acTL", &[0, 0, 0, 1]),
        chunk(b"fcTL", &[0; 25]),
        chunk(b"fcTL", &[]),
    ] {
        let bad = png_with(&[short]);
        assert_eq!(judged(&bad, MediaType::Png), Err("content"));
    }
    let said = png_with(&[animation_control(1001), whole.clone()]);
    assert_eq!(judged(&said, MediaType::Png), Err("dimensions"));
    // More than it says, and without a word of how many they are.
    let frames = vec![whole; 1001];
    assert_eq!(
        judged(&png_with(&frames), MediaType::Png),
        Err("dimensions")
    );
    let lie = [vec![animation_control(2)], frames].concat();
    assert_eq!(judged(&png_with(&lie), MediaType::Png), Err("dimensions"));
}

/// Texts and profiles of a few bytes that are much when they are unpacked: the pixels alone are looked at.
#[test]
fn what_is_packed_beside_the_pixels_is_not_unpacked_without_a_bound() {
    // A stream of zlib that is never at its end: a stored block of the largest size, again and again.
    let block = [&[0, 0xff, 0xff, 0, 0][..], &[b'a'; 0xffff]].concat();
    let packed = [&[0x78, 0x01][..], &block.repeat(100)].concat();
    for (kind, head) in [
        (b"zTXt", &b"a\0\0"[..]),
        (b"iTXt", b"a\0\x01\0\0\0"),
        (b"iCCP", b"a\0\0"),
    ] {
        let bytes = png_with(&[chunk(kind, &[head, &packed].concat())]);
        // What a decoder makes of a broken profile is its own.
        assert!(matches!(
            judged(&bytes, MediaType::Png),
            Ok(Some((7, 5))) | Err("content")
        ));
    }
}

/// An animation of pictures at these places, of 7 by 5 in all.
fn animated_webp(frames: &[(u8, u8, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0\x06\0\0\x04\0\0".to_vec();
    bytes.extend(b"ANIM\x06\0\0\0\0\0\0\0\0\0");
    for (x, y, picture) in frames {
        let bits = u32::from_le_bytes([picture[21], picture[22], picture[23], picture[24]]);
        let (width, height) = (bits & 0x3fff, bits >> 14 & 0x3fff);
        let frame = [
            &[*x, 0, 0, *y, 0, 0][..],
            &width.to_le_bytes()[..3],
            &height.to_le_bytes()[..3],
            &[100, 0, 0, 0],
            &picture[12..],
        ];
        let frame = frame.concat();
        bytes.extend(b"ANMF");
        bytes.extend((frame.len() as u32).to_le_bytes());
        bytes.extend(frame);
    }
    let length = (bytes.len() - 8) as u32;
    bytes[4..8].copy_from_slice(&length.to_le_bytes());
    bytes
}

#[test]
fn an_animated_webp_has_an_end_and_frames_within_the_picture() {
    let webp = |width, height| picture(width, height, ImageFormat::WebP);
    let good = animated_webp(&[(0, 0, webp(7, 5)), (1, 1, webp(5, 3))]);
    assert_eq!(judged(&good, MediaType::WebP), Ok(Some((7, 5))));
    for length in 0..good.len() {
        let cut = judged(&good[..length], MediaType::WebP);
        assert_eq!(cut, Err("content"), "{length} of {}", good.len());
    }
    for frame in [
        (1, 0, webp(7, 5)),
        (0, 1, webp(7, 5)),
        (0, 0, webp(8, 5)),
        (255, 255, webp(1, 1)),
    ] {
        let bad = animated_webp(&[(0, 0, webp(7, 5)), frame]);
        assert_eq!(judged(&bad, MediaType::WebP), Err("content"));
    }
    assert_eq!(judged(&animated_webp(&[]), MediaType::WebP), Err("content"));
    // What is inside is larger than its frame says.
    let mut lie = animated_webp(&[(0, 0, webp(7, 5))]);
    let inner = lie.windows(4).position(|it| it == b"VP8L").expect("it");
    lie[inner + 9] ^= 1;
    assert_eq!(judged(&lie, MediaType::WebP), Err("content"));
    let many = vec![(0, 0, webp(1, 1)); MOST_FRAMES + 1];
    assert_eq!(
        judged(&animated_webp(&many), MediaType::WebP),
        Err("dimensions")
    );
}

#[test]
fn a_second_picture_in_a_jpeg_is_none() {
    let jpeg = picture(7, 5, ImageFormat::Jpeg);
    // Another start, another frame, before the data.
    for more in [
        &b"\xff\xd8"[..],
        b"\xff\xc0\0\x0b\x08\0\x05\0\x07\x01\x01\x11\0",
    ] {
        let bytes = [&jpeg[..2], more, &jpeg[2..]].concat();
        assert_eq!(judged(&bytes, MediaType::Jpeg), Err("content"));
    }
    // More scans than anybody needs.
    let scan = jpeg
        .windows(2)
        .position(|it| it == [0xff, 0xda])
        .expect("a scan");
    let body = &jpeg[scan..jpeg.len() - 2];
    let bytes = [&jpeg[..scan], &body.repeat(101), b"\xff\xd9"].concat();
    assert_eq!(judged(&bytes, MediaType::Jpeg), Err("dimensions"));
}

#[test]
fn a_pdf_has_a_beginning_and_an_end() {
    let whole = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n";
    assert_eq!(judged(whole, MediaType::Pdf), Ok(None));
    let long = [&whole[..9], &[b'x'; 100_000], &whole[9..]].concat();
    assert_eq!(judged(&long, MediaType::Pdf), Ok(None));
    for bad in [
        &b"%PDF-1.7"[..],
        b"%PDF-",
        b"%PDF-9.9\nstartxref\n9\n%%EOF\n",
        b"%PDF-1.x\nstartxref\n9\n%%EOF\n",
        b"\n%PDF-1.7\nstartxref\n9\n%%EOF\n",
        b"<script>%PDF-1.7\nstartxref\n9\n%%EOF\n",
        b"%PDF-1.7\n%%EOF\n",
        b"",
    ] {
        assert_eq!(judged(bad, MediaType::Pdf), Err("content"), "{bad:?}");
    }
    let after = [&whole[..], &[b'\n'; 2000]].concat();
    assert_eq!(judged(&after, MediaType::Pdf), Err("content"));
}

#[test]
fn a_text_is_utf_8_to_its_end() {
    for kind in [MediaType::PlainText, MediaType::Csv] {
        // Letters of each length, over the border of what is read at once.
        for letter in ["a", "ä", "写", "🐈"] {
            for before in 65_530..65_540 {
                let text = format!("{}{letter}b", "x".repeat(before));
                assert_eq!(judged(text.as_bytes(), kind), Ok(None), "{letter} {before}");
                let mut bad = text.into_bytes();
                bad[before] = 0xff;
                assert_eq!(judged(&bad, kind), Err("content"), "{letter} {before}");
            }
        }
        for bad in [
            &b"a\0b"[..],
            b"\0",
            b"a\xc0\x80",
            b"\xed\xa0\x80",
            b"\xf5\x80\x80\x80",
            b"abc\xe2\x82",
            b"\xff\xfea\0b\0",
            b"caf\xe9",
        ] {
            assert_eq!(judged(bad, kind), Err("content"), "{bad:?}");
        }
    }
}

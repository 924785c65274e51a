use std::io::Write;

use super::*;

/// An Exif segment that tells this orientation, in the byte order of its name.
fn exif(order: &[u8; 2], orientation: u16) -> Vec<u8> {
    let little = order == b"II";
    let short = |value: u16| if little { value.to_le_bytes() } else { value.to_be_bytes() };
    let long = |value: u32| if little { value.to_le_bytes() } else { value.to_be_bytes() };
    let mut tiff = order.to_vec();
    tiff.extend(short(42));
    tiff.extend(long(8));
    tiff.extend(short(2));
    for (tag, value) in [(0x0100, 7), (ORIENTATION, orientation)] {
        tiff.extend(short(tag));
        tiff.extend(short(SHORT));
        tiff.extend(long(1));
        tiff.extend(short(value));
        tiff.extend([0, 0]);
    }
    segment(JPEG_EXIF[1], &[b"Exif\0\0", tiff.as_slice()].concat())
}

fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&[0xff, marker], length.as_slice(), content].concat()
}

/// A JPEG of 3 by 4 with these segments in front.
fn jpeg(segments: &[Vec<u8>]) -> Vec<u8> {
    let frame = segment(0xc0, &[8, 0, 4, 0, 3, 1, 1, 0x11, 0]);
    [JPEG_START.as_slice(), &segments.concat(), &frame].concat()
}

#[test]
fn a_photograph_is_as_large_as_it_is_shown() {
    let jfif = || segment(0xe0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    for order in [b"II", b"MM"] {
        for orientation in 0..=9 {
            let shown = if (5..=8).contains(&orientation) { (4, 3) } else { (3, 4) };
            for segments in [vec![exif(order, orientation)], vec![jfif(), exif(order, orientation)]]
            {
                assert_eq!(of("image/jpeg", &jpeg(&segments)), Some(shown), "{orientation}");
            }
        }
    }
    assert_eq!(of("image/jpeg", &jpeg(&[jfif()])), Some((3, 4)));
    // An address instead of Exif, which may stand in the same kind of segment.
    let xmp = segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0<x/>");
    assert_eq!(of("image/jpeg", &jpeg(&[xmp, exif(b"II", 6)])), Some((4, 3)));
}

#[test]
fn sizes_are_read_of_every_format_that_is_shown() {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x03\0\0\0\x04".to_vec();
    let webp = b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\x02\0\0\x03\0\0".to_vec();
    let avif = b"\0\0\0\x14ftypavif\0\0\0\0avif\
        \0\0\0\x3cmeta\0\0\0\0\0\0\0\x30iprp\0\0\0\x28ipco\0\0\0\x14ispe\0\0\0\0\0\0\0\x03\0\0\0\x04"
        .to_vec();
    for (mime, content) in [
        ("image/png", png.clone()),
        ("image/gif", b"GIF89a\x03\0\x04\0\0\0\0".to_vec()),
        ("image/webp", webp),
        ("image/avif", avif),
        ("image/jpeg", jpeg(&[])),
    ] {
        assert_eq!(of(mime, &content), Some((3, 4)), "{mime}");
        // Cut anywhere, it says nothing or the same, and nothing breaks.
        for cut in 0..content.len() {
            assert!(matches!(of(mime, &content[..cut]), None | Some((3, 4))), "{mime} {cut}");
        }
    }
    png[19] = 0;
    assert_eq!(of("image/png", &png), None, "no width is no size");
}

#[test]
fn damaged_photographs_have_some_size() {
    let whole = jpeg(&[exif(b"MM", 6)]);
    for at in 0..whole.len() {
        for value in [0, 1, 2, 0x7f, 0x80, 0xff] {
            let mut changed = whole.clone();
            changed[at] = value;
            of("image/jpeg", &changed);
        }
    }
    for cut in 0..whole.len() {
        orientation(&whole[..cut]);
    }
}

#[test]
fn only_images_that_are_shown_are_looked_into() {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(b"GIF89a\x03\0\x04\0\0\0\0").unwrap();
    assert_eq!(pixels("image/gif", file.try_clone().unwrap()), Some((3, 4)));
    assert_eq!(pixels("application/octet-stream", file), None);
}

//! How large an image is shown.

use std::{
    fs::File,
    io::{Cursor, Read, Seek, SeekFrom},
};

/// How much of an image is searched for its size. A photograph's stands behind its description
/// and its preview.
const SEARCHED: u64 = 1024 * 1024;

/// The first marker of a JPEG, and the one of the segment that describes it.
const JPEG_START: [u8; 2] = [0xff, 0xd8];
const JPEG_EXIF: [u8; 2] = [0xff, 0xe1];

/// The orientation in Exif (Exif 2.32, 4.6.4), and the type of its value.
const ORIENTATION: u16 = 0x0112;
const SHORT: u16 = 3;

/// Width and height as a browser shows the image; none if it is no image that browsers show, or
/// does not say.
pub(super) fn pixels(mime: &str, mut file: File) -> Option<(u32, u32)> {
    if !matches!(mime, "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "image/avif") {
        return None;
    }
    let mut head = Vec::new();
    file.seek(SeekFrom::Start(0)).ok()?;
    file.take(SEARCHED).read_to_end(&mut head).ok()?;
    of(mime, &head)
}

fn of(mime: &str, head: &[u8]) -> Option<(u32, u32)> {
    let size = imagesize::reader_size(Cursor::new(head)).ok()?;
    let width = u32::try_from(size.width).ok().filter(|width| *width > 0)?;
    let height = u32::try_from(size.height).ok().filter(|height| *height > 0)?;
    // A telephone writes what its sensor saw, and how it was held.
    let lies = mime == "image/jpeg" && orientation(head).is_some_and(|how| (5..=8).contains(&how));
    Some(if lies { (height, width) } else { (width, height) })
}

/// The orientation that a JPEG's Exif segment tells.
fn orientation(jpeg: &[u8]) -> Option<u16> {
    let mut rest = jpeg.strip_prefix(&JPEG_START)?;
    loop {
        let (marker, after) = rest.split_first_chunk::<2>()?;
        let (length, _) = after.split_first_chunk::<2>()?;
        // The length counts itself.
        let (segment, next) = after.split_at_checked(u16::from_be_bytes(*length).into())?;
        if marker[0] != 0xff || segment.len() < 2 {
            return None;
        }
        if *marker == JPEG_EXIF
            && let Some(tiff) = segment[2..].strip_prefix(b"Exif\0\0")
        {
            return tiff_orientation(tiff);
        }
        rest = next;
    }
}

/// The orientation in the first directory of a TIFF, which is what Exif is.
fn tiff_orientation(tiff: &[u8]) -> Option<u16> {
    let little = match tiff.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes = *tiff.get(at..)?.first_chunk::<2>()?;
        Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let bytes = *tiff.get(4..)?.first_chunk::<4>()?;
    let offset = if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) };
    let directory = usize::try_from(offset).ok()?;
    let first = directory.checked_add(2)?;
    for entry in 0..usize::from(short(directory)?) {
        // Tag, type, count, value.
        let at = first.checked_add(12 * entry)?;
        if short(at)? == ORIENTATION {
            return (short(at + 2)? == SHORT).then(|| short(at + 8))?;
        }
    }
    None
}

#[cfg(test)]
mod tests;

//! What a file is, by how it begins; never by what anybody says of it.
//!
//! Only the types of [`SHOWN`] are given to a browser as what they are. Browsers decode them and
//! run nothing in them. All others, among them HTML, SVG, XML and PDF, can only be saved.

/// How much of the beginning is looked at, in bytes.
pub(super) const HEAD: usize = 64 * 1024;

/// Served as what they are.
const SHOWN: [&str; 13] = [
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "image/avif",
    "audio/mp4",
    "audio/mpeg",
    "audio/ogg",
    "audio/wav",
    "audio/webm",
    "video/mp4",
    "video/ogg",
    "video/webm",
];

/// What all others are served as.
pub(super) const UNKNOWN: &str = "application/octet-stream";

/// Text of any kind.
const TEXT: &str = "text/plain; charset=utf-8";

/// The type of a content that begins with `head` and is `size` bytes long.
pub(super) fn of(head: &[u8], size: u64) -> &'static str {
    let found = infer::get(head).map(|found| found.mime_type());
    // Text first: a text about `BMW` is no bitmap. Few formats are text all the way.
    if is_text(head, size) {
        return match found {
            Some(document @ ("application/pdf" | "application/rtf" | "application/postscript")) => {
                document
            }
            _ => TEXT,
        };
    }
    match found {
        // Names of the same that browsers do not all know.
        Some("video/x-m4v") => "video/mp4",
        Some("audio/m4a") => "audio/mp4",
        Some("audio/x-wav") => "audio/wav",
        Some("audio/opus") => "audio/ogg",
        Some("audio/ogg") if contains(head, b"\x80theora") => "video/ogg",
        Some("video/webm") if !contains(head, b"V_VP") && !contains(head, b"V_AV1") => {
            if contains(head, b"A_OPUS") || contains(head, b"A_VORBIS") {
                "audio/webm"
            } else {
                "video/webm"
            }
        }
        // Markup that is not text either, such as one with NULs in it.
        Some(markup) if markup.starts_with("text/") => UNKNOWN,
        Some(found) => found,
        None => UNKNOWN,
    }
}

/// The type to serve a file of this type as; none if it can only be saved.
pub(super) fn shown(mime: &str) -> Option<&'static str> {
    SHOWN.into_iter().find(|shown| *shown == mime)
}

/// Whether it begins with UTF-8 without NULs. A character that the end of `head` cuts is one.
fn is_text(head: &[u8], size: u64) -> bool {
    if head.contains(&0) {
        return false;
    }
    match str::from_utf8(head) {
        Ok(_) => true,
        Err(error) => error.error_len().is_none() && size > head.len() as u64,
    }
}

fn contains(head: &[u8], needle: &[u8]) -> bool {
    head.windows(needle.len()).any(|window| window == needle)
}

#[cfg(test)]
mod tests;

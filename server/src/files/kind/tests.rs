use super::*;

/// `head` and enough behind it for those formats that are looked into.
fn padded(head: &[u8]) -> Vec<u8> {
    let mut content = head.to_vec();
    content.resize(600, 0);
    content
}

fn kind(content: &[u8]) -> &'static str {
    of(&content[..content.len().min(HEAD)], content.len() as u64)
}

#[test]
fn what_browsers_decode_is_shown() {
    for (head, mime) in [
        (&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "image/png"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
        (b"GIF89a\x01\0\x01\0", "image/gif"),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", "image/avif"),
        (b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2", "video/mp4"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", "video/mp4"),
        (b"\0\0\0\x18ftypM4V \0\0\0\0isommp42", "video/mp4"),
        (b"\0\0\0\x18ftypM4A \0\0\0\0isommp42", "audio/mp4"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm\0V_VP9\0A_OPUS", "video/webm"),
        (b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm\0A_OPUS", "audio/webm"),
        (b"ID3\x03\0\0\0\0\0", "audio/mpeg"),
        (b"\xff\xfb\x90\x64\0\0", "audio/mpeg"),
        (b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\x1e\x01vorbis", "audio/ogg"),
        (b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x13OpusHead", "audio/ogg"),
        (b"OggS\0\x02\0\0\0\0\0\0\0\0\x01\x2a\x80theora", "video/ogg"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav"),
    ] {
        let content = padded(head);
        assert_eq!(kind(&content), mime, "{}", head.escape_ascii());
        assert_eq!(shown(mime), Some(mime));
    }
}

#[test]
fn everything_else_is_saved() {
    let text = "text/plain; charset=utf-8";
    for (content, mime) in [
        // What a browser would run, whatever it is called.
        (&b"<!DOCTYPE html><script>alert(1)</script>"[..], text),
        (b"  <html ><body>", text),
        (b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>", text),
        (b"<?xml version=\"1.0\"?><svg/>", text),
        (b"\xef\xbb\xbf<html >", text),
        (b"<html >\0<script>", UNKNOWN),
        (b"<?xml version=\"1.0\"?>\0", UNKNOWN),
        // In UTF-16.
        (b"\xff\xfe<\0h\0t\0m\0l\0>\0", UNKNOWN),
        (b"#!/bin/sh\nrm -rf /\n", text),
        (b"%PDF-1.7\n1 0 obj", "application/pdf"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
        (b"PK\x03\x04\x14\0\0\0", "application/zip"),
        (b"\x1f\x8b\x08\0\0\0", "application/gzip"),
        // Text that begins like something else.
        (b"BMW is a brand.", text),
        (b"MZ is an initial.", text),
        (b"ID3 tags are at the beginning.", text),
        (b"GIF89a is a version.", text),
        (b"RIFF....WEBPVP8 are words", text),
        (b"-----BEGIN CERTIFICATE-----", text),
        ("Grüße, 世界 👋".as_bytes(), text),
        (b"x", text),
        // Not quite text.
        (b"Gr\xfc\xdfe", UNKNOWN),
        (b"a\0b", UNKNOWN),
        ("👋".as_bytes().split_last().unwrap().1, UNKNOWN),
        // Not quite PNG.
        (b"\x89PNH\r\n\x1a\n\0\0\0\rIHDR", UNKNOWN),
    ] {
        assert_eq!(kind(content), mime, "{}", content.escape_ascii());
        assert_eq!(shown(mime), None);
    }
    for mime in ["image/svg+xml", "text/html", "image/PNG", "", "image/png; x", "image/heif"] {
        assert_eq!(shown(mime), None, "{mime}");
    }
}

#[test]
fn html_behind_the_beginning_of_an_image_is_that_image() {
    let polyglot = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR<html ><script>alert(1)</script>";
    assert_eq!(kind(polyglot), "image/png");
}

#[test]
fn text_may_go_on_behind_what_is_looked_at() {
    for before in 0..4 {
        let mut content = vec![b'x'; HEAD - before];
        content.extend_from_slice("👋".as_bytes());
        assert_eq!(kind(&content), "text/plain; charset=utf-8", "{before}");
    }
    let mut content = vec![b'x'; HEAD];
    content.push(0);
    assert_eq!(kind(&content), "text/plain; charset=utf-8");
    content[HEAD - 1] = 0;
    assert_eq!(kind(&content), UNKNOWN);
}

/// Beginnings of known formats, cut and changed at every place: a type, and no panic.
#[test]
fn damaged_files_have_some_type() {
    let heads: [&[u8]; 10] = [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"\xff\xd8\xff\xe1\0\x10Exif\0\0MM\0*",
        b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf",
        b"\0\0\0\x18ftypmif1\0\0\0\0",
        b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm",
        b"PK\x03\x04\x14\0\0\0\x08\0[Content_Types].xml",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"RIFF\x24\0\0\0WEBPVP8X",
        b"OggS\0\x02\0\0\0\0",
        b"ustar\0",
    ];
    for head in heads {
        for length in [head.len(), 64, 300, 5_000] {
            let mut content = head.to_vec();
            content.resize(length.max(head.len()), 0xff);
            for cut in 0..=content.len().min(600) {
                kind(&content[..cut]);
            }
            for at in 0..head.len() {
                for value in [0, 1, 0x7f, 0xff] {
                    let mut changed = content.clone();
                    changed[at] = value;
                    kind(&changed);
                }
            }
        }
    }
}

//! Embeds the page: every file of the page's folder goes into the binary as it is, in brotli and
//! in gzip (where that makes it smaller), with a validator made of its content.
//!
//! The folder is `PARLOUR_PAGE`, or `target/page` of the workspace. A folder without an
//! `index.html` is no page; `no-page` beside this file takes its place, so that the server builds
//! without the page's tool chain.
//!
//! Writes `page.rs`, which `src/assets.rs` includes: an array of its type `Embedded`, sorted by path.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use brotli::enc::BrotliEncoderParams;
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha256};

fn main() -> Result<(), Box<dyn Error>> {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    // A development build is started more often than it is loaded over a slow line.
    let thorough = env::var("PROFILE")? == "release";

    let folder = page_folder(&here)?;
    let mut files = Vec::new();
    list(&folder, &mut files)?;
    files.sort();

    let mut code = String::from("[\n");
    for (number, path) in files.iter().enumerate() {
        let content = fs::read(path)?;
        let path_in_urls = url_path(&folder, path)?;
        // The server writes into the head what the page has to know of it.
        if path_in_urls == "/index.html" && !String::from_utf8_lossy(&content).contains("</head>") {
            return Err(format!("{}: there is no </head>", path.display()).into());
        }
        let put = |kind: &str, bytes: &[u8]| -> Result<String, Box<dyn Error>> {
            let copy = out.join(format!("{number}.{kind}"));
            fs::write(&copy, bytes)?;
            Ok(format!("include_bytes!({copy:?})"))
        };
        // Not worth decompressing if it saves less than a tenth.
        let smaller = |bytes: Vec<u8>| (bytes.len() < content.len() / 10 * 9).then_some(bytes);
        let variant = |kind, bytes: Vec<u8>| match smaller(bytes) {
            Some(bytes) => put(kind, &bytes).map(|code| format!("Some({code})")),
            None => Ok("None".to_owned()),
        };
        writeln!(
            code,
            "Embedded {{ path: {:?}, tag: \"{}\", plain: {}, brotli: {}, gzip: {} }},",
            path_in_urls,
            hex(&Sha256::digest(&content)[..16]),
            put("plain", &content)?,
            variant("br", brotli(&content, thorough)?)?,
            variant("gz", gzip(&content, thorough)?)?,
        )?;
    }
    code.push(']');
    fs::write(out.join("page.rs"), code)?;
    Ok(())
}

/// The folder to embed. Tells Cargo what to watch.
fn page_folder(here: &Path) -> Result<PathBuf, Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=no-page");
    println!("cargo::rerun-if-env-changed=PARLOUR_PAGE");
    let folder = match env::var_os("PARLOUR_PAGE") {
        Some(folder) => PathBuf::from(folder),
        None => {
            let folder = here.join("../target/page");
            // Cargo takes a watched path that is not there for one that changes all the time,
            // and would build the server again and again.
            fs::create_dir_all(&folder)?;
            folder
        }
    };
    println!("cargo::rerun-if-changed={}", folder.display());
    if folder.join("index.html").is_file() {
        return Ok(folder);
    }
    Ok(here.join("no-page"))
}

/// All files under the folder; names that begin with a dot are left out.
fn list(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let path = entry.path();
        if path.is_dir() {
            list(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// `/app.js` for `<folder>/app.js`.
fn url_path(folder: &Path, file: &Path) -> Result<String, Box<dyn Error>> {
    let mut path = String::new();
    for part in file.strip_prefix(folder)? {
        let part = part.to_str().ok_or_else(|| format!("{file:?}: the name is not UTF-8"))?;
        path.push('/');
        path.push_str(part);
    }
    Ok(path)
}

fn brotli(content: &[u8], thorough: bool) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut compressed = Vec::new();
    let quality = if thorough { 11 } else { 4 };
    let parameters = BrotliEncoderParams { quality, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &content[..], &mut compressed, &parameters)?;
    Ok(compressed)
}

fn gzip(content: &[u8], thorough: bool) -> Result<Vec<u8>, Box<dyn Error>> {
    let level = if thorough { Compression::best() } else { Compression::fast() };
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

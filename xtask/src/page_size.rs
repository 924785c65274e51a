//! What somebody loads who opens the page for the first time: the files of the release build as
//! the server sends them, compressed with brotli, by part.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use brotli::enc::BrotliEncoderParams;

use crate::build;
use crate::kit::Kit;
use crate::report::Report;

/// What a first visit is to take, in bytes.
const AIM: usize = 150_000;
/// What it may take: what it takes today, and a little.
const LIMIT: usize = 256_000;

/// A part of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Wasm,
    Script,
    Styles,
    Document,
    /// The icon in the tab, and what the page is called where it is installed.
    Signs,
    /// Loaded when it is wanted: the other languages, the names of emoji, the icons of an installed
    /// page.
    OnDemand,
}

impl Part {
    /// Those of a first visit, and then the rest.
    const ALL: [Self; 6] =
        [Self::Wasm, Self::Script, Self::Styles, Self::Document, Self::Signs, Self::OnDemand];

    /// The part that a file of the page belongs to.
    fn of(path: &str) -> Self {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let is_another_icon = ["favicon-unread.svg", "favicon-mention.svg"].contains(&name);
        match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
            _ if !folder.is_empty() || is_another_icon => Self::OnDemand,
            "wasm" => Self::Wasm,
            "js" => Self::Script,
            "css" => Self::Styles,
            "html" => Self::Document,
            "svg" | "webmanifest" => Self::Signs,
            _ => Self::OnDemand,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Wasm => "WebAssembly",
            Self::Script => "its JavaScript",
            Self::Styles => "styles",
            Self::Document => "document",
            Self::Signs => "icon and manifest",
            Self::OnDemand => "only when wanted",
        }
    }
}

/// The size of a part, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Size {
    plain: usize,
    brotli: usize,
}

/// Builds the page, prints what it weighs, and says whether it is within the limit.
pub(crate) fn is_within_limit(kit: &Kit, report: &Report) -> bool {
    if build::page(kit, report).is_none() {
        return false;
    }
    let sizes = match sizes(&kit.places.page()) {
        Ok(sizes) => sizes,
        Err(error) => {
            report.note(&format!("{}: {error}", kit.places.page().display()));
            return false;
        }
    };
    print!("{}", table(&sizes));
    cold(&sizes) <= LIMIT
}

fn sizes(page: &Path) -> io::Result<[Size; Part::ALL.len()]> {
    let mut sizes = [Size::default(); Part::ALL.len()];
    let mut files = Vec::new();
    collect(page, &mut files)?;
    for file in files {
        let content = fs::read(&file)?;
        let path = file.strip_prefix(page).unwrap_or(&file);
        let size = &mut sizes[Part::of(&path.to_string_lossy()) as usize];
        size.plain += content.len();
        size.brotli += brotli(&content)?.min(content.len());
    }
    Ok(sizes)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// As the server's build does it.
fn brotli(content: &[u8]) -> io::Result<usize> {
    let parameters = BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &content[..], &mut compressed, &parameters)
}

/// What a first visit loads.
fn cold(sizes: &[Size]) -> usize {
    let all: usize = sizes.iter().map(|size| size.brotli).sum();
    all - sizes[Part::OnDemand as usize].brotli
}

fn table(sizes: &[Size]) -> String {
    let line = |name: &str, size: Size| {
        format!(
            "  {name:<20}{:>9.1} kB brotli{:>9.1} kB plain\n",
            kilo(size.brotli),
            kilo(size.plain)
        )
    };
    let mut table = String::new();
    for part in Part::ALL {
        if part == Part::OnDemand {
            let cold = kilo(cold(sizes));
            let (limit, aim) = (kilo(LIMIT), kilo(AIM));
            table += &format!(
                "  {:<20}{cold:>9.1} kB brotli (limit {limit:.0}, aim {aim:.0})\n",
                "a first visit"
            );
        }
        table += &line(part.name(), sizes[part as usize]);
    }
    table
}

fn kilo(bytes: usize) -> f64 {
    bytes as f64 / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_file_belongs_to_a_part() {
        for (path, part) in [
            ("index.html", Part::Document),
            ("parlour-app-5f_bg.wasm", Part::Wasm),
            ("parlour-app-5f.js", Part::Script),
            ("base-5f.css", Part::Styles),
            ("favicon.svg", Part::Signs),
            ("favicon-unread.svg", Part::OnDemand),
            ("manifest.webmanifest", Part::Signs),
            ("words/de.txt", Part::OnDemand),
            ("icons/icon-192.png", Part::OnDemand),
            ("emoji.txt", Part::OnDemand),
        ] {
            assert_eq!(Part::of(path), part, "{path}");
        }
    }

    #[test]
    fn a_first_visit_is_all_but_what_is_only_loaded_when_wanted() {
        let sizes = [1, 2, 4, 8, 16, 32].map(|brotli| Size { plain: 0, brotli: brotli * 1_000 });
        assert_eq!(cold(&sizes), 31_000);
        let table = table(&sizes);
        assert!(table.contains("a first visit            31.0 kB brotli"), "{table}");
    }
}

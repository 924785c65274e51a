//! Checks what the page says in each language, and makes keys of it: see `src/words/mod.rs`.
//!
//! A text that one language has and another has not, or with other places, fails the build.

#[path = "src/words/check.rs"]
mod check;
#[path = "src/words/file.rs"]
mod file;

use std::{env, error::Error, fs, path::PathBuf, process::ExitCode};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=src/words/check.rs");
    println!("cargo::rerun-if-changed=src/words/file.rs");

    let mut files = Vec::new();
    for language in check::LANGUAGES {
        let path = format!("words/{}.txt", language.code);
        println!("cargo::rerun-if-changed={path}");
        let text = fs::read_to_string(here.join(&path)).map_err(|why| format!("{path}: {why}"))?;
        files.push((language, text));
    }

    let mut wrong = Vec::new();
    let mut said = files.iter().map(|(language, file)| check::read(file, *language, &mut wrong));
    let reference = said.next().unwrap_or_default();
    let others: Vec<_> = said.collect();
    for (other, (language, _)) in others.iter().zip(&files[1..]) {
        check::compare(&reference, other, language.code, &mut wrong);
    }
    for sentence in &wrong {
        println!("cargo::error={sentence}");
    }
    if !wrong.is_empty() {
        return Ok(ExitCode::FAILURE);
    }

    let others: Vec<_> =
        files[1..].iter().map(|(language, file)| (language.code, file.as_str())).collect();
    let (keys, texts) = check::generate(&files[0].1, &others);
    fs::write(out.join("words.rs"), keys)?;
    fs::write(out.join("words.txt"), texts)?;
    Ok(ExitCode::SUCCESS)
}

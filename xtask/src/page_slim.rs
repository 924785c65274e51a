//! Makes the page that Trunk has built smaller: the last step of its release build.
//!
//! * wasm-opt shortens the WebAssembly, and the names under which it and its JavaScript know each
//!   other. Trunk would call it as well, and would not know which name became which.
//! * Functions that are alike come to stand together (`wasm_order`).
//! * The JavaScript becomes one file with what starts the page, so that no script stands in the
//!   document; the style sheets become one.
//! * Checksums in the document are left out: they come from where the files come from.
//!
//! Files are named by their content, as Trunk names them.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;

use crate::hash::Hash;
use crate::job::{Failure, Job};
use crate::kit::{Kit, clean_command};
use crate::setup::npm;
use crate::wasm_order;

/// What proved best of what wasm-opt has. Which features of WebAssembly may be used, a section of the
/// file tells, which is of no use afterwards.
const OPTIMISE: [&str; 10] = [
    "-Oz",
    "--low-memory-unused",
    "--one-caller-inline-max-function-size=100",
    "--flatten",
    "--rereloop",
    "-Oz",
    "--dealign",
    "--strip-producers",
    "--strip-target-features",
    "--minify-imports-and-exports-and-modules",
];

/// Makes the page in `folder` smaller.
pub(crate) fn slim(kit: &Kit, job: &Job<'_>, folder: &Path) -> Result<(), Failure> {
    let index = read(&folder.join("index.html"))?;
    let script = between(&index, "import init, * as bindings from '/", "'")?;
    let wasm = between(&index, "module_or_path: '/", "'")?;

    let (small, names) = small_wasm(kit, job, folder, wasm)?;
    let glue = renamed(&read(&folder.join(script))?, &names)?;
    let entry =
        format!("import init from './{script}';\ninit({{ module_or_path: '/{small}' }});\n");
    write(&folder.join(script), &glue)?;
    write(&folder.join("entry.js"), &entry)?;
    let start = esbuild(kit, job, folder, &["entry.js", "--bundle", "--format=esm"], "js")?;

    let sheets = style_sheets(&index)?;
    let mut all = String::new();
    for sheet in &sheets {
        all.push_str(&read(&folder.join(sheet))?);
    }
    write(&folder.join("all.css"), &all)?;
    let style = esbuild(kit, job, folder, &["all.css"], "css")?;

    let index = document(&index, &start, &small, &style)?;
    write(&folder.join("index.html"), &index)?;
    for left in ["entry.js", "all.css", script, wasm].into_iter().chain(sheets) {
        let path = folder.join(left);
        fs::remove_file(&path).map_err(|error| Failure::io("cannot remove", &path, &error))?;
    }
    Ok(())
}

/// A name on both sides, and what it became.
type Names = Vec<(String, String)>;

/// The WebAssembly's names: where they come from, and which are asked for and offered.
struct Renamed {
    module: String,
    imports: Names,
    exports: Names,
}

/// Shortens the WebAssembly; gives the new file's name.
fn small_wasm(
    kit: &Kit,
    job: &Job<'_>,
    folder: &Path,
    wasm: &str,
) -> Result<(String, Renamed), Failure> {
    let small = folder.join("small.wasm");
    let mut command = clean_command(npm::BINARYEN.program(&kit.places), &kit.places);
    command.args(OPTIMISE).arg(folder.join(wasm)).arg("-o").arg(&small);
    job.run(&mut command)?;
    let told = job.output().map_err(|error| Failure::new(format!("no names: {error}")))?;
    let names = names(&told).ok_or_else(|| Failure::new("wasm-opt does not tell the names"))?;
    let module = fs::read(&small).map_err(|error| Failure::io("cannot read", &small, &error))?;
    let ordered = wasm_order::ordered(&module)
        .map_err(|error| Failure::new(format!("wasm-opt made no WebAssembly: {error}")))?;
    fs::write(&small, ordered).map_err(|error| Failure::io("cannot write", &small, &error))?;
    Ok((by_content(folder, &small, "_bg.wasm")?, names))
}

/// Reads what wasm-opt says of the names: `{"imports": [[module, old, new], ..], "exports": ..}`.
fn names(told: &str) -> Option<Renamed> {
    let from = told.rfind("\n{\n")?;
    let to = told.rfind('}')?;
    let told: serde_json::Value = serde_json::from_str(told.get(from..=to)?).ok()?;
    let pairs = |kind: &str| -> Option<Names> {
        let text = |it: Option<&serde_json::Value>| Some(it?.as_str()?.to_owned());
        let pair = |it: &serde_json::Value| {
            let mut end = it.as_array()?.iter().rev();
            let (new, old) = (text(end.next())?, text(end.next())?);
            Some((old, new))
        };
        told[kind].as_array()?.iter().map(pair).collect()
    };
    let module = told["imports"][0][0].as_str()?.to_owned();
    Some(Renamed { module, imports: pairs("imports")?, exports: pairs("exports")? })
}

/// The JavaScript with the new names.
fn renamed(glue: &str, names: &Renamed) -> Result<String, Failure> {
    let module = format!("\"{}\": import0", names.module);
    let mut text = once(glue, &module, "\"a\": import0")?;
    for (old, new) in &names.imports {
        text = once(&text, &format!(" {old}: "), &format!(" {new}: "))?;
    }
    let mut parts = text.split("wasm.");
    let mut renamed = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !(c.is_alphanumeric() || "_$".contains(c)));
        let (name, rest) = part.split_at(end.unwrap_or(part.len()));
        let new = names.exports.iter().find(|(old, _)| old == name);
        renamed.extend(["wasm.", new.map_or(name, |(_, new)| new), rest]);
    }
    Ok(renamed)
}

/// Runs esbuild on a file of `folder`; gives the name of what comes out.
fn esbuild(
    kit: &Kit,
    job: &Job<'_>,
    folder: &Path,
    what: &[&str],
    extension: &str,
) -> Result<String, Failure> {
    let out = folder.join(format!("small.{extension}"));
    let mut command: Command = clean_command(npm::ESBUILD.program(&kit.places), &kit.places);
    command.current_dir(folder).args(what).args(["--minify", "--log-level=warning"]);
    command.arg(format!("--outfile={}", out.display()));
    job.run(&mut command)?;
    by_content(folder, &out, &format!(".{extension}"))
}

/// Names a file by its content.
fn by_content(folder: &Path, file: &Path, end: &str) -> Result<String, Failure> {
    let mut hash = Hash::new();
    hash.add_files(file, &[]).map_err(|error| Failure::io("cannot read", file, &error))?;
    let name = format!("parlour-{}{end}", hash.hex());
    fs::rename(file, folder.join(&name))
        .map_err(|error| Failure::io("cannot rename", file, &error))?;
    Ok(name)
}

/// The document with the new files.
fn document(index: &str, start: &str, wasm: &str, style: &str) -> Result<String, Failure> {
    let mut lines = Vec::new();
    let mut has_style = false;
    let (before, rest) = split(index, "<script type=\"module\">")?;
    let (_, rest) = split(rest, "</script>")?;
    // Trunk's own hints follow: they name the old files.
    let (_, body) = split(rest, "</head>")?;
    for line in before.lines() {
        match line.contains("rel=\"stylesheet\"") {
            true if std::mem::replace(&mut has_style, true) => {}
            true => lines.push(format!("    <link rel=\"stylesheet\" href=\"/{style}\" />")),
            false => lines.push(line.to_owned()),
        }
    }
    let hint = "as=\"fetch\" type=\"application/wasm\" crossorigin";
    lines.push(format!("    <link rel=\"preload\" href=\"/{wasm}\" {hint} />"));
    lines.push(format!("    <script type=\"module\" src=\"/{start}\"></script>"));
    Ok(lines.join("\n") + "\n  </head>" + body)
}

/// The style sheets of the document, in order.
fn style_sheets(index: &str) -> Result<Vec<&str>, Failure> {
    let sheets = index.lines().filter(|line| line.contains("rel=\"stylesheet\""));
    sheets.map(|line| between(line, "href=\"/", "\"")).collect()
}

fn split<'a>(text: &'a str, at: &str) -> Result<(&'a str, &'a str), Failure> {
    text.split_once(at).ok_or_else(|| missing(at))
}

fn between<'a>(text: &'a str, before: &str, behind: &str) -> Result<&'a str, Failure> {
    Ok(split(split(text, before)?.1, behind)?.0)
}

/// Replaces what stands in a text exactly once.
fn once(text: &str, old: &str, new: &str) -> Result<String, Failure> {
    match text.matches(old).count() {
        1 => Ok(text.replacen(old, new, 1)),
        _ => Err(missing(old)),
    }
}

fn missing(what: &str) -> Failure {
    Failure::new(format!("what Trunk or wasm-bindgen wrote has not once {what:?} in it"))
        .advise("see whether another version of them writes it otherwise")
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| Failure::io("cannot read", path, &error))
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error: io::Error| Failure::io("cannot write", path, &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOLD: &str = r#"$ wasm-opt a.wasm
{
 "imports": [
  ["./app_bg.js", "__wbg_open_0b78", "$a"],
  ["./app_bg.js", "__wbg_open_0b780", "b"]
 ],
"exports": [
  ["memory", "c"],
  ["__wbindgen_malloc", "d"]
 ]
}
"#;

    #[test]
    fn both_sides_have_the_same_names() {
        let names = names(TOLD).unwrap();
        let glue = "const import0 = {
        __wbg_open_0b78: function(a) { return wasm.memory.buffer; },
        __wbg_open_0b780: function(a) { wasm.__wbindgen_malloc(1); wasm.other(); },
    };
    return { \"./app_bg.js\": import0 };";
        let expected = "const import0 = {
        $a: function(a) { return wasm.c.buffer; },
        b: function(a) { wasm.d(1); wasm.other(); },
    };
    return { \"a\": import0 };";
        assert_eq!(renamed(glue, &names).unwrap(), expected);
        assert!(renamed("{}", &names).is_err(), "nothing is left as it was without a word");
    }

    #[test]
    fn the_document_has_no_script_in_it_and_one_style_sheet() {
        let index = r#"<html>
    <link rel="stylesheet" href="/base-1.css" integrity="x"/>
    <link rel="stylesheet" href="/chat-2.css" integrity="x"/>

<script type="module">
import init, * as bindings from '/app-3.js';
</script>
  <link rel="modulepreload" href="/app-3.js"></head>
  <body></body>
</html>
"#;
        assert_eq!(style_sheets(index).unwrap(), ["base-1.css", "chat-2.css"]);
        let expected = r#"<html>
    <link rel="stylesheet" href="/s.css" />

    <link rel="preload" href="/w.wasm" as="fetch" type="application/wasm" crossorigin />
    <script type="module" src="/j.js"></script>
  </head>
  <body></body>
</html>
"#;
        assert_eq!(document(index, "j.js", "w.wasm", "s.css").unwrap(), expected);
    }
}

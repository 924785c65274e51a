//! The settings file.
//!
//! Nothing in it is passed over: a key that is no setting, or a value that does not fit, is one
//! line with the file's name, the line and the key.

use std::{fs, ops::Range, path::Path};

use clap::{Arg, Command};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{first_paragraph, is_list, one_line};

/// A setting that stands in the file.
#[derive(Debug, Clone)]
pub(super) struct FromFile {
    /// Of the argument whose default it replaces.
    pub(super) id: String,
    pub(super) values: Vec<String>,
}

/// Reads a settings file for a program with these arguments.
///
/// # Errors
/// One line.
pub(super) fn read(path: &Path, command: &Command) -> Result<Vec<FromFile>, String> {
    let name = path.display();
    let text = fs::read_to_string(path).map_err(|error| {
        format!("cannot read the settings file {name}: {}", crate::plain(&error))
    })?;
    parse(&text, command).map_err(|wrong| match wrong.at {
        Some(at) => format!("{name}, line {}: {}", line_of(&text, at), wrong.what),
        None => format!("{name}: {}", wrong.what),
    })
}

/// What is wrong with a file.
#[derive(Debug)]
struct Wrong {
    /// The byte where it stands.
    at: Option<usize>,
    what: String,
}

fn parse(text: &str, command: &Command) -> Result<Vec<FromFile>, Wrong> {
    let document = DeTable::parse(text).map_err(|error| Wrong {
        at: error.span().map(|span| span.start),
        what: one_line(error.message()),
    })?;
    // One value at a time is tried, which the environment has no part in.
    let trial = command.clone().mut_args(|arg| arg.env(None::<&str>));
    let mut all = Vec::new();
    for (key, value) in document.get_ref() {
        match (heading(command, key.get_ref()), value.get_ref()) {
            (Some(heading), DeValue::Table(table)) => {
                all.extend(table.iter().map(|(key, value)| (Some(heading), key, value)));
            }
            _ => all.push((None, key, value)),
        }
    }
    // As they stand in the file, so that the first one that is wrong is told.
    all.sort_by_key(|(_, key, _)| key.span().start);
    let mut settings = Vec::new();
    for (heading, key, value) in all {
        settings.push(setting(&trial, heading, key, value, &settings)?);
    }
    Ok(settings)
}

/// The heading that a table of the file is named like.
fn heading<'c>(command: &'c Command, name: &str) -> Option<&'c str> {
    let headings = command.get_arguments().filter_map(Arg::get_help_heading);
    headings.into_iter().find(|heading| heading.to_ascii_lowercase() == name)
}

/// One setting, if its value will do.
fn setting(
    trial: &Command,
    heading: Option<&str>,
    key: &Spanned<impl AsRef<str>>,
    value: &Spanned<DeValue<'_>>,
    before: &[FromFile],
) -> Result<FromFile, Wrong> {
    let wrong = |span: Range<usize>, what| Wrong { at: Some(span.start), what };
    let name = key.get_ref().as_ref();
    let flag = name.replace('_', "-");
    let arg = trial
        .get_arguments()
        // Which file to read cannot stand in the file.
        .find(|arg| arg.get_long() == Some(&flag) && arg.get_help_heading().is_some())
        .ok_or_else(|| wrong(key.span(), format!("there is no setting {name:?}")))?;
    let its_heading = arg.get_help_heading().unwrap_or_default();
    if heading.is_some_and(|heading| heading != its_heading) {
        let table = its_heading.to_ascii_lowercase();
        return Err(wrong(key.span(), format!("{name} belongs into [{table}]")));
    }
    let id = arg.get_id().to_string();
    if before.iter().any(|setting| setting.id == id) {
        return Err(wrong(key.span(), format!("{name} is set twice")));
    }
    let values = match value.get_ref() {
        DeValue::Array(items) if is_list(arg) => items.iter().map(scalar).collect(),
        _ => scalar(value).map(|value| vec![value]),
    };
    let values = values.map_err(|kind| {
        let expected = if is_list(arg) { "texts" } else { "a text or a number" };
        wrong(value.span(), format!("{name} cannot be {kind}: expected {expected}"))
    })?;
    let flags = values.iter().map(|value| format!("--{flag}={value}"));
    let trial =
        trial.clone().try_get_matches_from([trial.get_name().to_owned()].into_iter().chain(flags));
    match trial {
        Ok(_) => Ok(FromFile { id, values }),
        Err(error) => Err(wrong(value.span(), format!("{name}: {}", first_paragraph(&error)))),
    }
}

/// A text or a number, as it would stand on the command line. Otherwise what it is instead.
fn scalar(value: &Spanned<DeValue<'_>>) -> Result<String, &'static str> {
    match value.get_ref() {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Integer(number) => match i128::from_str_radix(number.as_str(), number.radix()) {
            Ok(number) => Ok(number.to_string()),
            Err(_) => Err("so large a number"),
        },
        DeValue::Float(_) => Err("a number with a point"),
        DeValue::Boolean(_) => Err("true or false"),
        DeValue::Datetime(_) => Err("a date"),
        DeValue::Array(_) => Err("a list"),
        DeValue::Table(_) => Err("a table"),
    }
}

/// The number of the line that this byte is in.
fn line_of(text: &str, at: usize) -> usize {
    1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count()
}

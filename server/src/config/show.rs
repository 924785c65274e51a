//! `parlour config`: what is in force, as a settings file.

use std::fmt;

use clap::{Arg, ArgMatches, Command, parser::ValueSource};

use super::{JWT_SECRET, file::FromFile, is_list, written};

/// Every setting as it is in force, and where its value comes from. Written out it is TOML that
/// can be a settings file; secrets are not in it.
#[derive(Debug, Clone)]
pub struct InForce {
    settings: Vec<Setting>,
    jwt_secret: bool,
}

#[derive(Debug, Clone)]
struct Setting {
    heading: String,
    name: String,
    /// As TOML. None if it is not set.
    value: Option<String>,
    source: &'static str,
}

impl InForce {
    pub(super) fn new(
        command: &Command,
        matches: &ArgMatches,
        from_file: &[FromFile],
        jwt_secret: bool,
    ) -> Self {
        let settings = command.get_arguments().filter_map(|arg| {
            // What has no heading is no setting: --help, --version, --config.
            let (heading, name) = arg.get_help_heading().zip(arg.get_long())?;
            let id = arg.get_id().as_str();
            let source = match matches.value_source(id) {
                Some(ValueSource::CommandLine) => "flag",
                Some(ValueSource::EnvVariable) => "environment",
                _ if from_file.iter().any(|setting| setting.id == id) => "file",
                _ => "default",
            };
            Some(Setting {
                heading: heading.to_owned(),
                name: name.to_owned(),
                value: value(arg, &written(matches, id)),
                source,
            })
        });
        Self { settings: settings.collect(), jwt_secret }
    }
}

impl fmt::Display for InForce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut heading = "";
        for setting in &self.settings {
            if setting.heading != heading {
                let gap = if heading.is_empty() { "" } else { "\n" };
                heading = &setting.heading;
                writeln!(f, "{gap}# {heading}")?;
            }
            match &setting.value {
                Some(value) => writeln!(f, "{} = {value} # {}", setting.name, setting.source)?,
                None => writeln!(f, "# {} is not set", setting.name)?,
            }
        }
        if self.jwt_secret {
            writeln!(f, "\n# {JWT_SECRET} = (set) # environment")?;
        }
        Ok(())
    }
}

/// As TOML.
fn value(arg: &Arg, written: &[String]) -> Option<String> {
    let literals: Vec<_> = written.iter().map(|text| literal(text)).collect();
    if is_list(arg) {
        Some(format!("[{}]", literals.join(", ")))
    } else {
        literals.first().cloned()
    }
}

/// A number if it looks the same as one, else a text.
fn literal(text: &str) -> String {
    match text.parse::<i64>() {
        Ok(number) if number.to_string() == text => text.to_owned(),
        _ => toml::Value::String(text.to_owned()).to_string(),
    }
}

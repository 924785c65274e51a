//! The table that is printed: what was measured, what was aimed at, and whether it is reached.

/// What a figure is to be.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Aim {
    /// This at most.
    Most(f64),
    /// This at least.
    Least(f64),
    /// Whatever it is: it tells where another one comes from.
    None,
}

/// What was measured, as it comes. A line is printed at once.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    lost: Vec<String>,
}

impl Figures {
    pub(crate) fn heading(&self, text: &str) {
        println!("\n{text}");
    }

    /// A figure of this unit.
    pub(crate) fn tell(&self, what: &str, value: f64, unit: &str, aim: Aim) {
        let shown = format!("{} {unit}", short(value));
        let (aim, reached) = match aim {
            Aim::Most(most) => (format!("≤ {} {unit}", short(most)), Some(value <= most)),
            Aim::Least(least) => (format!("≥ {} {unit}", short(least)), Some(value >= least)),
            Aim::None => (String::new(), None),
        };
        let reached = match reached {
            Some(true) => "reached",
            Some(false) => "NOT REACHED",
            None => "",
        };
        let line =
            format!("  {what:<52} {:>14}  {:<14} {reached}", shown.trim_end(), aim.trim_end());
        println!("{}", line.trim_end());
    }

    /// Something is not as it has to be: the command fails in the end.
    pub(crate) fn lost(&mut self, what: impl Into<String>) {
        let what = what.into();
        println!("  LOST: {what}");
        self.lost.push(what);
    }

    /// What was lost.
    pub(crate) fn end(self) -> Vec<String> {
        self.lost
    }
}

/// Two digits behind the point where they mean something.
fn short(value: f64) -> String {
    let digits = match value.abs() {
        it if it >= 100.0 || it.fract() == 0.0 => 0,
        it if it >= 10.0 => 1,
        _ => 2,
    };
    let text = format!("{value:.digits$}");
    match text.split_once('.') {
        Some(_) => text,
        None => thousands(&text),
    }
}

fn thousands(digits: &str) -> String {
    let first = digits.len() % 3;
    let mut text = digits[..first].to_owned();
    for group in digits.as_bytes()[first..].chunks(3) {
        if !text.is_empty() {
            text.push(',');
        }
        text.extend(group.iter().map(|digit| char::from(*digit)));
    }
    text
}

/// The middle one.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    percentile(&values, 50)
}

pub(crate) fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

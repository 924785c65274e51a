//! `cargo xtask`: sets up, builds, runs and tests Parlour. The one entry point for people and for
//! the gate.

mod bench;
mod build;
mod chaos;
mod dev;
mod failures;
mod fuzz;
mod hash;
mod job;
mod kit;
mod licences;
mod lighthouse;
mod page_size;
mod page_slim;
mod peers;
mod pins;
mod places;
mod proc;
mod report;
mod setup;
mod shared;
mod size;
mod suites;
mod tally;
mod wasm_order;

use std::env;
use std::process::ExitCode;

use setup::Purpose;

const USAGE: &str = "\
cargo xtask COMMAND

  setup [--for run]      set up everything to run and to test Parlour (or only to run it)
  run [-- FLAGS]         build page and server in release and start the server with FLAGS
  dev                    server and page for development, rebuilt whenever a file changes
  test [SUITE] [--list]  run all tests and checks (or one suite; --list names them)
  test native|system -- FILTER
                         run the tests whose names have FILTER in them, such as ::webkit
  fuzz [TARGET] [--seconds N]
                         run the fuzz targets of socketio-proto, half an hour each (or for N s)
  chaos [--kills N] [--faults N]
                         kill the server under load and fail its networks, hundreds of times
  bench [-- FLAGS]       run the benchmarks of socketio-proto
  bench server [PART]    how much the server takes in (sends), and what stuck readers cost (stuck)
  bench app [PART..]     what Lighthouse says of the page (lighthouse), and what the page does when
                         it starts (start), in a burst (burst) and in a flood of messages (flood)
  size                   what the page weighs, by part
  screenshots            take the pictures of docs/screenshots again
  env                    print shell lines for work by hand: eval \"$(cargo xtask env)\"
";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    if let Err(error) = proc::end_children_on_signals() {
        eprintln!("xtask: cannot listen for signals: {error}");
        return ExitCode::FAILURE;
    }
    let result = match *arguments {
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            Ok(())
        }
        ["setup"] => set_up(Purpose::Test).map(drop),
        ["setup", "--for", "run"] => set_up(Purpose::Run).map(drop),
        ["setup", "--for", "test"] => set_up(Purpose::Test).map(drop),
        ["env"] => print_environment(),
        ["run"] => run(&[]),
        ["run", "--", ref flags @ ..] => run(flags),
        ["dev"] => develop(),
        ["test"] => return test(None, &[]),
        ["test", "--list"] => {
            print!("{}", suites::list());
            Ok(())
        }
        ["test", suite] if suites::exists(suite) => return test(Some(suite), &[]),
        ["test", suite, "--", ref filter @ ..] if suites::can_be_filtered(suite) => {
            return test(Some(suite), filter);
        }
        ["test", suite] if !suite.starts_with('-') => {
            eprint!("xtask: there is no suite `{suite}`, but these:\n\n{}", suites::list());
            return ExitCode::from(2);
        }
        ["fuzz", ref rest @ ..] if let Some(plan) = fuzz::Plan::parse(rest) => run_fuzzers(&plan),
        ["chaos", ref rest @ ..] if let Some(plan) = chaos::Plan::parse(rest) => run_chaos(plan),
        ["bench"] => run_benches(&[]),
        ["bench", "server", ref parts @ ..] => bench_server(parts),
        ["bench", "app", ref parts @ ..] => bench_app(parts),
        ["bench", "--", ref flags @ ..] => run_benches(flags),
        ["size"] => measure_page(),
        ["screenshots"] => take_screenshots(),
        _ => {
            eprint!("xtask: cannot do `{}`\n\n{USAGE}", arguments.join(" "));
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error}");
            ExitCode::FAILURE
        }
    }
}

fn set_up(purpose: Purpose) -> Result<kit::Kit, String> {
    match setup::setup(purpose)? {
        (kit, failed) if failed.is_empty() => Ok(kit),
        (_, failed) => Err(format!("not set up: {}", failed.join(", "))),
    }
}

fn run(flags: &[&str]) -> Result<(), String> {
    let kit = set_up(Purpose::Run)?;
    shared::claim(&kit)?;
    build::build(&kit, &report::Report::new())?;
    Err(build::become_server(&kit, flags))
}

fn develop() -> Result<(), String> {
    let kit = set_up(Purpose::Run)?;
    shared::claim(&kit)?;
    Err(dev::run(&kit))
}

fn measure_page() -> Result<(), String> {
    let kit = set_up(Purpose::Run)?;
    shared::claim(&kit)?;
    match page_size::is_within_limit(&kit, &report::Report::new()) {
        true => Ok(()),
        false => Err("the page weighs more than it may".to_owned()),
    }
}

/// The last line is the sum of everything, whatever happens before.
fn test(only: Option<&str>, filter: &[&str]) -> ExitCode {
    let tally = match setup::setup(Purpose::Test) {
        Ok((kit, mut not_set_up)) => {
            not_set_up.extend(shared::claim(&kit).err());
            suites::run(&kit, only, filter, &not_set_up)
        }
        Err(error) => {
            println!("not set up: {error}");
            tally::Tally::of_check(false)
        }
    };
    println!("{tally}");
    if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run_fuzzers(plan: &fuzz::Plan) -> Result<(), String> {
    let kit = set_up(Purpose::Test)?;
    shared::claim(&kit)?;
    fuzz::run(&kit, plan)
}

fn run_chaos(plan: chaos::Plan) -> Result<(), String> {
    let kit = set_up(Purpose::Run)?;
    shared::claim(&kit)?;
    chaos::run(&kit, plan)
}

fn bench_server(parts: &[&str]) -> Result<(), String> {
    let kit = set_up(Purpose::Run)?;
    shared::claim(&kit)?;
    bench::become_server_bench(&kit, parts)
}

fn bench_app(parts: &[&str]) -> Result<(), String> {
    let kit = set_up(Purpose::Measure)?;
    shared::claim(&kit)?;
    build::build(&kit, &report::Report::new())?;
    if parts.is_empty() || parts.contains(&"lighthouse") {
        lighthouse::run(&kit)?;
    }
    match parts {
        ["lighthouse"] => Ok(()),
        _ => bench::become_app_bench(&kit, parts),
    }
}

fn take_screenshots() -> Result<(), String> {
    let kit = set_up(Purpose::Test)?;
    shared::claim(&kit)?;
    build::build(&kit, &report::Report::new())?;
    suites::take_screenshots(&kit)
}

/// Needs no more than Cargo.
fn run_benches(flags: &[&str]) -> Result<(), String> {
    let kit = kit::Kit::look()?;
    shared::claim(&kit)?;
    Err(bench::become_benches(&kit, flags))
}

fn print_environment() -> Result<(), String> {
    for line in kit::Kit::look()?.shell_lines() {
        println!("{line}");
    }
    Ok(())
}

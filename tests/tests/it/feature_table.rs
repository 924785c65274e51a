//! The table in socketio-client's README names a test for what the client does: each is there.

use std::{fs, path::Path};

/// The tests of a name's beginning are in this folder.
const FOLDERS: [(&str, &str); 3] = [
    ("it", "client/socketio-client/tests/it"),
    ("proto", "client/socketio-proto/tests/it"),
    ("interop", "tests/interop/tests/it"),
];

#[test]
fn every_test_that_the_table_names_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let readme = fs::read_to_string(root.join("client/socketio-client/README.md")).unwrap();
    let mut checked = 0;
    for row in readme.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [feature, ours, .., test] = cells[..] else { panic!("not a row: {row}") };
        let is_heading = feature.starts_with("**") || ours == "this client";
        if is_heading || ours == "no" {
            continue;
        }
        let parts: Vec<&str> = test.split("::").collect();
        let [place, file, name] = parts[..] else { panic!("{feature}: no test, but {test:?}") };
        let (_, folder) = FOLDERS
            .iter()
            .find(|(prefix, _)| *prefix == place)
            .unwrap_or_else(|| panic!("{feature}: where is {test}?"));
        let source = fs::read_to_string(root.join(folder).join(file).with_extension("rs"))
            .unwrap_or_else(|error| panic!("{feature}: {test}: {error}"));
        assert!(source.contains(&format!("fn {name}(")), "{feature}: {test} is not there");
        checked += 1;
    }
    assert!(checked > 30, "only {checked} rows were found");
}

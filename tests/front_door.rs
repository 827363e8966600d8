//! `scripts/test` says before it begins what is missing on this machine, all of it at once.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output};

/// What the script needs to say anything at all.
const TOOLS: &[&str] = &["bash", "dirname", "mktemp", "rm", "sed", "id", "env"];

/// A folder with these programs alone, to be the whole path.
fn machine_with(stubs: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for tool in TOOLS {
        let found = ["/usr/bin", "/bin"].iter().map(|place| Path::new(place).join(tool)).find(|path| path.exists());
        symlink(found.unwrap_or_else(|| panic!("{tool} is here")), folder.path().join(tool)).expect("a link");
    }
    // Nobody may install anything here.
    for (name, body) in stubs.iter().chain(&[("cargo", "echo cargo was run; exit 7")]) {
        let path = folder.path().join(name);
        std::fs::write(&path, format!("#!{}/bash\n{body}\n", folder.path().display())).expect("writable");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("its own file");
    }
    folder
}

fn run(machine: &Path, stages: &[&str]) -> (Output, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/test");
    let mut command = Command::new(machine.join("bash"));
    command.arg(script).args(stages).env_clear().env("PATH", machine).env("WAYBILL_REAL_SYSTEMS", machine.join("nowhere"));
    let output = command.output().expect("it runs");
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output, said)
}

#[test]
fn everything_that_is_missing_is_said_at_once_and_nothing_is_run() {
    let machine = machine_with(&[]);
    let (output, said) = run(machine.path(), &["tryton", "oidc", "odata", "examples"]);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for word in ["Python 3.10", "Node 20", "curl", "nowhere/tryton/setup.sh", "nowhere/oidc-provider/setup.sh", "nowhere/odata/setup.sh"] {
        assert!(said.contains(word), "`{word}` is not in: {said}");
    }
    assert!(said.contains("nothing was run") && !said.contains("cargo was run"), "{said}");
}

#[test]
fn what_is_too_old_counts_as_missing() {
    let machine = machine_with(&[("python3", "exit 1"), ("node", "echo false"), ("npm", ":"), ("curl", ":")]);
    let (output, said) = run(machine.path(), &["tryton", "oidc"]);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("Python 3.10") && said.contains("Node 20") && !said.contains("curl"), "{said}");
}

#[test]
fn a_stage_needs_only_its_own() {
    let machine = machine_with(&[]);
    let (_, said) = run(machine.path(), &["demo"]);
    assert!(said.contains("cargo was run") && !said.contains("missing"), "{said}");
    let (output, said) = run(machine.path(), &["demo", "dmeo"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said.contains("there is no stage `dmeo`") && !said.contains("cargo was run"), "{said}");
}

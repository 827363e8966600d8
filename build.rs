//! Builds the console (`console/`) and lists its files for `src/console`, where the feature `console` is on.
//!
//! The Rust build never depends on Node: without it, or without a network on the very first install, the hub is built all the
//! same and serves a page that says how to get the console. What this does with its environment:
//!
//! - `WAYBILL_CONSOLE=auto` (or unset): builds the console where Node is found, else leaves it out and says so;
//! - `WAYBILL_CONSOLE=require`: the build fails where the console cannot be built; for releases;
//! - `WAYBILL_CONSOLE=off`: leaves it out;
//! - `WAYBILL_CONSOLE_DIST=FOLDER`: takes a console that was built before (`npm run build` in `console/`).
//!
//! Only sources of the console make it run again, and packages are installed only when their lock file changed.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The oldest Node that the console's tools run on.
const NODE_MIN: (u32, u32) = (20, 19);
/// What the console is built from; anything else that changes is no reason to build it anew.
const SOURCES: [&str; 15] = [
    "src",
    "public",
    "scripts",
    "index.html",
    "approve.html",
    "vite.config.ts",
    "tsconfig.json",
    "package.json",
    "package-lock.json",
    // What the editor offers while somebody writes.
    "../schemas/language",
    // What it says of each code.
    "../docs/errors",
    // The gallery's connectors, with what they need beside them.
    "../connectors",
    "../mappings",
    "../dictionaries",
    "../samples",
];
/// Lines of a tool's output that are worth showing.
const LINES_SHOWN: usize = 8;

fn main() {
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR"));
    let out = PathBuf::from(variable("OUT_DIR"));
    let console = root.join("console");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=WAYBILL_CONSOLE");
    println!("cargo::rerun-if-env-changed=WAYBILL_CONSOLE_DIST");
    if std::env::var_os("CARGO_FEATURE_CONSOLE").is_none() {
        return;
    }
    let wish = std::env::var("WAYBILL_CONSOLE").unwrap_or_else(|_| "auto".to_owned());
    let built = match (std::env::var_os("WAYBILL_CONSOLE_DIST"), wish.as_str()) {
        (Some(dist), _) if !dist.is_empty() => {
            println!("cargo::rerun-if-changed={}", Path::new(&dist).display());
            Ok(root.join(dist))
        }
        (_, "off") => Err("it was switched off by WAYBILL_CONSOLE=off".to_owned()),
        (_, "auto" | "require") => {
            watch(&console);
            build(&console, &out)
        }
        (_, other) => fail(&format!("WAYBILL_CONSOLE is `{other}`; it takes auto, require or off")),
    };
    let table = match built {
        Ok(dist) => listed(&dist),
        Err(why) if wish == "require" => fail(&format!("the console cannot be built: {why}")),
        Err(why) => {
            if wish != "off" {
                println!(
                    "cargo::warning=the hub is built without its console: {why}. WAYBILL_CONSOLE=require tries again and fails if it cannot"
                );
            }
            format!(
                "/// Why there is no console.\npub const MISSING: Option<&str> = Some({why:?});\n/// Nothing.\npub static FILES: &[File] = &[];\n"
            )
        }
    };
    let target = out.join("console_files.rs");
    if let Err(error) = fs::write(&target, table) {
        fail(&format!("cannot write {}: {error}", target.display()));
    }
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| fail(&format!("cargo did not set {name}")))
}

fn fail(why: &str) -> ! {
    println!("cargo::error={why}");
    std::process::exit(1);
}

/// A change of what the console is built from builds it anew.
fn watch(console: &Path) {
    for source in SOURCES.map(|source| console.join(source)).iter().filter(|source| source.exists()) {
        println!("cargo::rerun-if-changed={}", source.display());
    }
}

/// Installs what the console is built with, when that changed, and builds it. An error says why there is none.
fn build(console: &Path, out: &Path) -> Result<PathBuf, String> {
    let lock = console.join("package-lock.json");
    let wanted = fs::read(&lock).map_err(|_| format!("there is no {}", lock.display()))?;
    node_fits()?;
    install(console, &wanted)?;
    let dist = out.join("console");
    let vite = console.join("node_modules/vite/bin/vite.js");
    let mut command = Command::new("node");
    command.arg(vite).args(["build", "--logLevel", "warn", "--emptyOutDir", "--outDir"]).arg(&dist).current_dir(console);
    match run(&mut command) {
        Ok(()) => Ok(dist),
        // Packages are there, so this is a fault of the console's sources: as much an error as one in Rust.
        Err(said) => fail(&format!("the console's build failed: {said}")),
    }
}

fn node_fits() -> Result<(), String> {
    let hint = format!("install Node {}.{} or newer with npm", NODE_MIN.0, NODE_MIN.1);
    let output = Command::new("node").arg("--version").stdin(Stdio::null()).output();
    let version = output.ok().filter(|output| output.status.success()).ok_or_else(|| format!("Node was not found; {hint}"))?;
    let text = String::from_utf8_lossy(&version.stdout).trim().trim_start_matches('v').to_owned();
    let mut numbers = text.split('.').map_while(|part| part.parse::<u32>().ok());
    let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if found >= NODE_MIN { Ok(()) } else { Err(format!("Node {text} is too old; {hint}")) }
}

/// Installs packages when the lock file is not the one they were installed from. Several builds of one folder wait for each
/// other.
fn install(console: &Path, wanted: &[u8]) -> Result<(), String> {
    let guard = File::create(console.join(".install.lock")).and_then(|file| file.lock().map(|()| file));
    let _guard = guard.map_err(|error| format!("{} cannot be locked: {error}", console.join(".install.lock").display()))?;
    let stamp = console.join("node_modules/.waybill-installed");
    if fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut command = Command::new(npm);
    command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"]).current_dir(console);
    run(&mut command).map_err(|said| {
        // What npm says names folders of this machine: it is for who builds, not for the page that says why.
        println!("cargo::warning=npm ci in console/: {said}");
        "`npm ci` in console/ failed; the first one needs a network".to_owned()
    })?;
    fs::write(&stamp, wanted).map_err(|error| format!("cannot write {}: {error}", stamp.display()))
}

/// Runs a tool quietly; what it said matters only when it fails.
fn run(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{command:?} cannot be started: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    // The first lines say what is wrong; after them tools explain themselves.
    let lines = said.lines().map(|line| line.trim().trim_start_matches("npm error").trim()).filter(|line| !line.is_empty());
    Err(lines.take(LINES_SHOWN).collect::<Vec<_>>().join(" | "))
}

/// The files of a built console as Rust, each with its compressed forms.
fn listed(dist: &Path) -> String {
    let mut found = Vec::new();
    walk(dist, &mut found);
    found.sort();
    if !found.iter().any(|file| file.ends_with("index.html")) {
        fail(&format!("{} holds no console: there is no index.html", dist.display()));
    }
    let mut table =
        "/// The console is there.\npub const MISSING: Option<&str> = None;\n/// Its files.\npub static FILES: &[File] = &[\n".to_owned();
    let bytes = |file: &Path| format!("include_bytes!({:?})", file.display().to_string());
    let form = |file: &Path, ending: &str| {
        let packed = PathBuf::from(format!("{}.{ending}", file.display()));
        if packed.exists() { format!("Some({})", bytes(&packed)) } else { "None".to_owned() }
    };
    for file in found.iter().filter(|file| !file.extension().is_some_and(|ending| ending == "br" || ending == "gz")) {
        let path = file.strip_prefix(dist).unwrap_or(file).to_string_lossy().replace('\\', "/");
        let (plain, gzip, brotli) = (bytes(file), form(file, "gz"), form(file, "br"));
        let _ = writeln!(table, "    File {{ path: {path:?}, plain: {plain}, gzip: {gzip}, brotli: {brotli} }},");
    }
    table.push_str("];\n");
    table
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { fail(&format!("cannot read {}", folder.display())) };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() { walk(&path, found) } else { found.push(path) }
    }
}

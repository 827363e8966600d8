//! `waybill test`: runs the cases that stand beside the definitions of a project.

use super::output::{self, Colour, OutputFormat};
use crate::app::cases::{self, Case};
use crate::app::load::load;
use crate::domain::catalog::{Catalog, has_errors};
use anyhow::Context;
use clap::Args;
use serde_json::json;
use std::fmt::Write as _;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Runs the cases of a project: tests of mappings, recorded examples of connectors, tests of flows.
///
/// Nothing is sent: partners' answers stand in the cases, and time moves as they say.
///
/// Exit codes: 0 all pass, 1 a case fails or `waybill check` finds errors, 2 the folder cannot be read.
///
/// Examples:
///   waybill test
///   waybill test path/to/project --only lost
///   waybill test --output json
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct TestArgs {
    /// The project folder, which holds connectors/ mappings/ flows/ config/ …
    #[arg(default_value = ".")]
    folder: PathBuf,
    /// Only cases whose file or name contains this text.
    #[arg(long)]
    only: Option<String>,
}

/// Runs and shows.
pub fn run(args: &TestArgs, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let (files, mut diagnostics) = load(&args.folder)?;
    let (catalog, found) = Catalog::compile(files);
    diagnostics.extend(found);
    let refused = has_errors(&diagnostics);
    // Cases of a project with errors would fail for reasons that `check` says better.
    let cases = if refused { Vec::new() } else { cases::run(&catalog, args.only.as_deref()) };
    let failed = cases.iter().filter(|case| !case.passes()).count();
    let missing = cases.is_empty() && args.only.is_some();
    let text = match output {
        OutputFormat::Json => {
            let mut json = output::findings_json(&diagnostics);
            json["cases"] = json!(cases);
            json["passed"] = json!(cases.len() - failed);
            json["failed"] = json!(failed);
            format!("{json}\n")
        }
        OutputFormat::Text if refused => {
            let shown = output::findings(&diagnostics, &catalog.files, Colour::of_terminal());
            format!("{shown}No case was run, since the definitions have {}.\n", output::counts(&diagnostics))
        }
        OutputFormat::Text => shown(&cases, args.only.as_deref(), Colour::of_terminal()),
    };
    std::io::stdout().lock().write_all(text.as_bytes()).context("the result cannot be written")?;
    Ok(if refused || failed > 0 || missing { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn shown(cases: &[Case], only: Option<&str>, colour: Colour) -> String {
    let mut out = String::new();
    for case in cases {
        let word = if case.passes() { colour.paint("32", "ok  ") } else { colour.paint("1;31", "FAIL") };
        // Writing into a string cannot fail.
        let _ = writeln!(out, "{word}  {:<9}  {}  {}", case.kind, case.file, case.name);
        for difference in &case.differences {
            let _ = writeln!(out, "        {}", difference.place);
            for (word, text) in [("expected: ", &difference.expected), ("actual:   ", &difference.actual)] {
                if let Some(text) = text {
                    let _ = writeln!(out, "          {word}{text}");
                }
            }
        }
    }
    let failed = cases.iter().filter(|case| !case.passes()).count();
    match (cases.len(), only) {
        (0, Some(only)) => out.push_str(&format!("No case has `{only}` in its file or name.\n")),
        (0, None) => out.push_str("The project has no cases.\n"),
        (all, _) => out.push_str(&format!("{}: {} passed, {failed} failed\n", output::many(all, "case"), all - failed)),
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::cases::Difference;

    #[test]
    fn results_say_what_differs() {
        let case = |name: &str, differences: Vec<Difference>| Case {
            kind: "mapping",
            file: "mappings/a.yaml".into(),
            name: name.into(),
            differences,
        };
        let difference = Difference { place: "form.amount".into(), expected: Some("\"1.00\"".into()), actual: Some("\"1.0\"".into()) };
        let text = shown(&[case("one", vec![]), case("two", vec![difference])], None, Colour::Never);
        assert_eq!(
            text,
            "ok    mapping    mappings/a.yaml  one\nFAIL  mapping    mappings/a.yaml  two\n        form.amount\n          expected: \"1.00\"\n          actual:   \"1.0\"\n2 cases: 1 passed, 1 failed\n"
        );
        assert_eq!(shown(&[], Some("x"), Colour::Never), "No case has `x` in its file or name.\n");
        assert_eq!(shown(&[], None, Colour::Never), "The project has no cases.\n");
    }
}

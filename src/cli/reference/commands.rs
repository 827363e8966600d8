//! `docs/reference/cli.md`: what every subcommand says of itself with `--help`.

use std::fmt::Write;

use clap::Command;

use super::top;

/// Columns of the help texts; a terminal's own width must not change the page.
const COLUMNS: usize = 110;

/// The page.
pub fn page() -> String {
    let mut command = plain(crate::cli::command()).term_width(COLUMNS);
    command.build();
    let mut out = top("Command line", "what `--help` says");
    all(&mut out, &mut command, "waybill");
    out
}

/// Values of variables on the machine that generates are none of the page's business.
fn plain(command: Command) -> Command {
    command.mut_args(|argument| argument.hide_env_values(true)).mut_subcommands(plain)
}

fn all(out: &mut String, command: &mut Command, name: &str) {
    let help = command.render_long_help().to_string();
    let lines: Vec<&str> = help.lines().map(str::trim_end).collect();
    // Writing into a string cannot fail.
    let _ = write!(out, "\n## {name}\n\n```text\n{}\n```\n", lines.join("\n").trim_end());
    for subcommand in command.get_subcommands_mut().filter(|subcommand| subcommand.get_name() != "help") {
        let name = format!("{name} {}", subcommand.get_name());
        all(out, subcommand, &name);
    }
}

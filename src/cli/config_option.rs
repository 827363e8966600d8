//! `--config`: which configuration a subcommand reads, and its findings shown as `check` shows its own.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;

use super::exit::Exit;
use super::output::{self, Colour};
use crate::config::{self, Config};
use crate::domain::text::files::Files;

/// Which configuration.
#[derive(Debug, Args)]
pub struct ConfigOption {
    /// The configuration file; without it, the defaults. `WAYBILL_SECTION_OPTION` variables count either way.
    #[arg(long, env = "WAYBILL_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
}

impl ConfigOption {
    /// Reads it; findings go to standard error, errors end the process with code 2.
    pub fn load(&self) -> anyhow::Result<Config> {
        let loaded = config::load(self.config.as_deref());
        if !loaded.findings.is_empty() {
            let shown = output::findings(&loaded.findings, &self.files(), Colour::Never);
            std::io::stderr().lock().write_all(shown.as_bytes())?;
        }
        let wrong = || Exit::usage(format!("the configuration has problems: {}", output::counts(&loaded.findings)));
        Ok(loaded.config.ok_or_else(|| wrong().hint("every option and its default stands in `config/waybill.yaml` of the sources"))?)
    }

    /// The file's text, for the lines that findings show.
    fn files(&self) -> Files {
        let path = self.config.as_ref().map(|path| path.display().to_string()).unwrap_or_default();
        let text = self.config.as_ref().and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
        [(path.as_str(), text.as_str())].into_iter().collect()
    }
}

//! Where a demonstration tells its story: standard output, or standard error where a program reads the verdict from the other.

use crate::cli::output::OutputFormat;
use std::io::{self, IsTerminal, Write};

/// The place, and whether a line there can be written over.
pub struct Screen {
    out: Box<dyn Write>,
    /// A terminal: the line of counts is renewed in its place.
    pub live: bool,
}

impl Screen {
    /// The place that goes with the form of the output.
    pub fn of(output: OutputFormat) -> Screen {
        match output {
            OutputFormat::Text => Screen { out: Box::new(io::stdout()), live: io::stdout().is_terminal() },
            OutputFormat::Json => Screen { out: Box::new(io::stderr()), live: io::stderr().is_terminal() },
        }
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

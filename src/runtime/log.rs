//! Logs: structured lines on standard error, as text for people or JSON for collectors.

use std::io::IsTerminal;

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::Registry;
use tracing_subscriber::util::SubscriberInitExt;

/// How lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// What is logged, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How lines look.
    pub format: Format,
    /// Which lines, in the syntax of `tracing-subscriber`: `info,waybill::gateway=debug`.
    pub filter: String,
}

impl Default for Options {
    fn default() -> Self {
        Self { format: Format::Text, filter: "info".to_owned() }
    }
}

/// Why logging cannot start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The filter cannot be read.
    #[error("the log filter `{filter}` cannot be read")]
    Filter {
        /// As written.
        filter: String,
        /// Why.
        #[source]
        source: tracing_subscriber::filter::ParseError,
    },
    /// Logging was started before in this process.
    #[error("logging has already been started")]
    Started,
}

/// Whether the filter can be read.
pub fn check_filter(filter: &str) -> Result<(), Error> {
    parse(filter).map(|_| ())
}

/// Starts logging to standard error, once in a process.
pub fn start(options: &Options) -> Result<(), Error> {
    subscriber(options, std::io::stderr, std::io::stderr().is_terminal())?.try_init().map_err(|_| Error::Started)?;
    std::panic::set_hook(Box::new(tell_of_panic));
    Ok(())
}

/// A panic is a line of the log like every other. Words that were put together as it happened may quote what was worked on, which
/// no log may hold; the place in the source tells enough.
fn tell_of_panic(panic: &std::panic::PanicHookInfo<'_>) {
    let place = panic.location().map_or_else(String::new, ToString::to_string);
    let words = panic.payload().downcast_ref::<&'static str>().copied().unwrap_or("in words that may quote what was worked on");
    tracing::error!(panic.place = %place, "a fault of this hub: panic at {place}: {words}");
}

fn parse(filter: &str) -> Result<EnvFilter, Error> {
    EnvFilter::builder().parse(filter).map_err(|source| Error::Filter { filter: filter.to_owned(), source })
}

fn subscriber<W>(options: &Options, writer: W, colour: bool) -> Result<Box<dyn Subscriber + Send + Sync>, Error>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let registry = Registry::default().with(parse(&options.filter)?);
    let layer = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(colour);
    Ok(match options.format {
        Format::Text => Box::new(registry.with(layer)),
        Format::Json => Box::new(registry.with(layer.json().flatten_event(true).with_current_span(true).with_span_list(false))),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl std::io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn logged(format: Format, filter: &str) -> String {
        let lines = Lines::default();
        let sink = lines.clone();
        let options = Options { format, filter: filter.to_owned() };
        let subscriber = subscriber(&options, move || sink.clone(), false).unwrap();
        tracing::subscriber::with_default(subscriber, || {
            tracing::info!(document.key = "PO-1", "the document PO-1 is stored");
            tracing::debug!("a detail");
        });
        let bytes = lines.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn json_lines_carry_the_sentence_and_the_fields() {
        let lines = logged(Format::Json, "info");
        let line: serde_json::Value = serde_json::from_str(lines.trim()).unwrap();
        assert_eq!(line["message"], "the document PO-1 is stored");
        assert_eq!(line["document.key"], "PO-1");
    }

    #[test]
    fn the_filter_decides() {
        assert!(logged(Format::Text, "debug").contains("a detail"));
        assert!(!logged(Format::Text, "info").contains("a detail"));
        assert_eq!(logged(Format::Text, "off"), "");
        assert!(check_filter("waybill=verbose=x").is_err());
    }
}

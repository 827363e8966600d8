//! Metrics: the one list of what is counted, the recorder of this process, and what the operating system says of it.
//!
//! Components count through the entries of `list`, so that no name, label or unit exists twice; `docs/operations/metrics.md`
//! is generated from it. Nothing here opens a port, and no label ever holds an id, a key or a text from outside: each label's
//! values are bounded by definitions, routes or words of the code.

pub mod list;
mod metric;
pub mod process;
mod recorder;

pub use metric::{Kind, Metric};
pub use recorder::{Metrics, install};

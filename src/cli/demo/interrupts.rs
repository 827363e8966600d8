//! Ctrl-C and SIGTERM, heard from the first moment to the last: one listener, so that none falls between two waits.

use tokio_util::sync::CancellationToken;

/// What was asked for so far.
#[derive(Clone, Debug, Default)]
pub struct Interrupts {
    /// The first: no more traffic.
    pub end: CancellationToken,
    /// The second: no more waiting for what is under way.
    pub at_once: CancellationToken,
}

impl Interrupts {
    /// Listens until the process ends.
    pub fn listen() -> Interrupts {
        let interrupts = Interrupts::default();
        let heard = interrupts.clone();
        tokio::spawn(async move {
            for token in [heard.end, heard.at_once] {
                if let Err(error) = crate::runtime::lifecycle::signal().await {
                    tracing::warn!("signals cannot be awaited: {error}");
                    return;
                }
                token.cancel();
            }
        });
        interrupts
    }
}

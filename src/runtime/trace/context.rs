//! Which span of which trace the work at hand belongs to.

use futures::future::Either;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// One span of one trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context {
    /// The trace.
    pub trace: Uuid,
    /// The span; never zero.
    pub span: u64,
}

tokio::task_local! {
    static CURRENT: Context;
}

impl Context {
    /// The first span of a trace.
    pub fn root(trace: Uuid) -> Context {
        Context { trace, span: derived(trace, &[b"root"]) }
    }

    /// The span of this trace that these parts name; equal parts, equal span.
    pub fn span(trace: Uuid, parts: &[&[u8]]) -> Context {
        Context { trace, span: derived(trace, parts) }
    }

    /// As the header `traceparent` of W3C Trace Context says it.
    pub fn traceparent(&self, sampled: bool) -> String {
        format!("00-{:032x}-{:016x}-{:02x}", self.trace.as_u128(), self.span, u8::from(sampled))
    }
}

/// Runs work that belongs to a span; what it calls finds the span with `current`.
///
/// No async function: one holds its argument and what it becomes, and the work of a delivery is many kilobytes.
pub fn within<T>(context: Option<Context>, work: impl Future<Output = T>) -> impl Future<Output = T> {
    match context {
        Some(context) => Either::Left(CURRENT.scope(context, work)),
        None => Either::Right(work),
    }
}

/// The span that the work at hand belongs to.
pub fn current() -> Option<Context> {
    CURRENT.try_with(|context| *context).ok()
}

fn derived(trace: Uuid, parts: &[&[u8]]) -> u64 {
    let mut hash = Sha256::new();
    hash.update(trace.as_bytes());
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let mut first = [0_u8; 8];
    first.copy_from_slice(&digest[..8]);
    // Zero means «no span».
    u64::from_be_bytes(first).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: Uuid = Uuid::from_u128(0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c);

    #[test]
    fn the_header_has_the_form_of_the_standard() {
        let context = Context { trace: TRACE, span: 0xb7ad_6b71_6920_3331 };
        assert_eq!(context.traceparent(true), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        assert_eq!(Context { span: 1, ..context }.traceparent(false), "00-0af7651916cd43dd8448eb211c80319c-0000000000000001-00");
    }

    #[test]
    fn equal_parts_name_one_span_and_their_borders_count() {
        assert_eq!(Context::span(TRACE, &[b"effect", b"1"]), Context::span(TRACE, &[b"effect", b"1"]));
        assert_ne!(Context::span(TRACE, &[b"effect", b"1"]), Context::span(TRACE, &[b"effect1"]));
        assert_ne!(Context::root(TRACE), Context::root(Uuid::nil()));
    }

    #[tokio::test]
    async fn work_within_a_span_knows_it_and_nothing_else_does() {
        let context = Context::root(TRACE);
        assert_eq!(within(Some(context), async { current() }).await, Some(context));
        assert_eq!(within(None, async { current() }).await, None);
    }
}

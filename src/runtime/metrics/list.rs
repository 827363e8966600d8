//! Every metric there is. One is added here, used through its constant, and gets its line in the docs by itself.

use super::metric::{Described, Kind, Metric};

macro_rules! metrics {
    ($($constant:ident $kind:ident $name:literal [$($label:literal),*] $help:literal;)*) => {
        $(
            #[doc = $help]
            pub static $constant: Metric<{ const LABELS: &[&str] = &[$($label),*]; LABELS.len() }> =
                Metric { name: $name, kind: Kind::$kind, labels: [$($label),*], help: $help };
        )*
        /// All of them, in the order of the docs.
        pub static ALL: &[Described] = &[$(Described { name: $name, kind: Kind::$kind, labels: &[$($label),*], help: $help }),*];
    };
}

metrics! {
    // The HTTP door.
    HTTP_CONNECTIONS Counter "waybill_http_connections_total" [] "Connections accepted.";
    HTTP_CONNECTIONS_REFUSED Counter "waybill_http_connections_refused_total" [] "Connections closed at once, because one address has too many.";
    HTTP_REQUESTS Counter "waybill_http_requests_total" ["route", "method", "status"] "Requests answered, by route pattern.";
    HTTP_REQUEST_SECONDS Seconds "waybill_http_request_seconds" ["route"] "Time from the request's headers to its answer.";
    HTTP_UNAUTHENTICATED Counter "waybill_http_unauthenticated_total" [] "Requests refused for want of a known token or a session that goes on.";
    HTTP_FORGED Counter "waybill_http_foreign_pages_total" [] "Requests refused because a page elsewhere made a browser send them.";
    SIGN_INS Counter "waybill_sign_ins_total" ["result"] "Attempts to sign in: `done`, `refused` (name or password wrong, account waits), `throttled` (too many from one address), `failed` (the store).";
    PROVIDER_SIGN_INS Counter "waybill_provider_sign_ins_total" ["provider", "result"] "Answers of identity providers: `done`, or why nobody was let in (docs/security/people.md).";

    AUDIT_SEALED Counter "waybill_audit_sealed_total" [] "Entries of the audit that this process sealed into their chain.";

    LOOP_DEATHS Counter "waybill_loop_deaths_total" ["part"] "Loops of this process that died of a fault of the hub and were begun again.";
    QUOTA_USED Gauge "waybill_quota_used_ratio" ["quota"] "How much of a quota the tenant nearest its end has taken: 1 is used up (docs/operations/quotas.md).";
    QUOTA_REFUSED Counter "waybill_quota_refused_total" ["quota"] "What was refused or put off because a quota is used up.";
    SECRETS Gauge "waybill_secrets" ["state"] "Secrets that the hub keeps: `good`, `expiring` (within 14 days), `expired`, `closed` (their master key is not here).";

    // Intake.
    WEBHOOKS_RECEIVED Counter "waybill_webhooks_received_total" ["connection"] "Webhook requests to an address that exists.";
    WEBHOOKS_ACKNOWLEDGED Counter "waybill_webhooks_acknowledged_total" ["connection"] "Webhook requests stored and acknowledged, repeats included.";
    WEBHOOKS_REFUSED Counter "waybill_webhooks_refused_total" ["connection", "reason"] "Webhook requests refused: bad signature, stale, unreadable, not stored.";
    WEBHOOK_SECONDS Seconds "waybill_webhook_acknowledge_seconds" ["connection"] "Time from a webhook's body to its acknowledgement, the durable insert included.";
    WEBHOOKS_LATE Counter "waybill_webhooks_late_total" ["connection"] "Webhooks acknowledged later than their partner waits (`acknowledge: {within: …}`): it sends them again.";
    INTAKE_MESSAGES Counter "waybill_intake_messages_total" ["connection", "result"] "Messages that reached the store: `new`, or a `duplicate` that changes nothing.";
    MESSAGES_WORKED Counter "waybill_messages_worked_total" ["connection", "result"] "Messages worked on: `done`, `parked` until their object is known, `later` (read again), `put_off` (a quota is used up), `stopped` (an exception).";
    MESSAGES_WAITING Gauge "waybill_messages_waiting" ["state"] "Messages stored and not finished, by state.";

    // The engine.
    ENGINE_BATCHES Counter "waybill_engine_batches_total" ["result"] "Engine transactions: `committed`, `halved` (a row was refused, the batch is bisected), `away` (the store could not be used), `failed` (one input alone was refused).";
    ENGINE_BATCH_INPUTS Sizes "waybill_engine_batch_inputs" [] "Inputs decided in one transaction.";
    ENGINE_DECISION_SECONDS Seconds "waybill_engine_decision_seconds" [] "Time to decide one batch in memory, inside its transaction.";
    ENGINE_TRANSACTION_SECONDS Seconds "waybill_engine_transaction_seconds" [] "Time of one engine transaction: load, decide, write, commit.";
    ENGINE_STATEMENTS Counter "waybill_engine_statements_total" [] "Statements run by engine transactions.";
    ENGINE_INPUTS Counter "waybill_engine_inputs_total" ["input", "verdict"] "Inputs by kind and by what became of them.";

    // Documents and instances.
    DOCUMENTS Gauge "waybill_documents" [] "Documents in the ledger.";
    INSTANCES Gauge "waybill_instances" ["status"] "Instances by status.";
    EXCEPTIONS_OPEN Gauge "waybill_exceptions_open" ["cause"] "Exceptions that wait for a person, by cause.";

    // Reading systems back.
    DRIFT_OPEN Gauge "waybill_drift_open" ["kind"] "Differences between the ledger and a system that nobody has settled, by kind.";
    RECONCILIATIONS Counter "waybill_reconciliations_total" ["connection", "result"] "Runs of reconciliation that ended: `done`, or `failed` because the system could not be read.";
    RECONCILED Counter "waybill_reconciled_documents_total" ["connection", "result"] "Documents compared by runs that ended: they `agree` or `differ`.";
    RECONCILED_AT Gauge "waybill_reconciliation_last_success_timestamp_seconds" ["connection"] "When this process last ended a run of the connection, seconds since 1970.";

    // The outbox.
    EFFECTS_UNFINISHED Gauge "waybill_effects_unfinished" ["state"] "Effects planned and not ended, by state.";
    OLDEST_READY Gauge "waybill_oldest_ready_lane_seconds" [] "How long the oldest lane that may go on has been waiting; 0 when none waits.";
    EFFECTS_CLAIMED Counter "waybill_effects_claimed_total" ["by"] "Effects taken by this process: in the commit that planned them (`planning`), named by a ticket (`ticket`), or by looking (`poll`).";
    EFFECTS_UNDER_WAY Gauge "waybill_effects_under_way" [] "Effects this process holds now.";
    EFFECT_WAIT_SECONDS Seconds "waybill_effect_wait_seconds" ["connection"] "Time from when an effect was due to when it was taken up.";
    EFFECTS_ENDED Counter "waybill_effects_ended_total" ["connection", "result"] "Effects that came to an end: `done` or `failed`.";
    EFFECTS_DEFERRED Counter "waybill_effects_deferred_total" ["connection"] "Effects put back to be tried or looked up later.";
    LEASES_LOST Counter "waybill_leases_lost_total" ["connection"] "Outcomes dropped because another process had taken the lane over.";

    // The transport.
    TRANSPORT_UP Gauge "waybill_transport_up" ["link"] "1 while the connection to the broker works: `publisher`, `consumer`; alert at 0.";
    TRANSPORT_MESSAGES Counter "waybill_transport_messages_total" ["kind", "result"] "Messages handed to the transport (`ticket`, `event`) by what became of them: `confirmed`, `returned` (no queue), `refused` (full queue), `unknown` (no word in time), `unsent`.";
    TRANSPORT_LANES Counter "waybill_transport_lanes_total" [] "Lanes named by tickets that were handed to the transport.";
    TRANSPORT_TAKEN Counter "waybill_transport_tickets_taken_total" ["redelivered"] "Tickets taken, by whether somebody had them before.";
    TRANSPORT_ACKNOWLEDGED Counter "waybill_transport_acknowledged_total" ["result"] "Acknowledgements of tickets: `yes`, or `lost` with their channel.";
    TRANSPORT_UNREADABLE Counter "waybill_transport_unreadable_total" [] "Messages that were no tickets and were put aside.";
    TRANSPORT_DISCONNECTS Counter "waybill_transport_disconnects_total" [] "Connections to the broker that ended, or could not be opened.";
    TRANSPORT_DEAD_LETTERS Gauge "waybill_transport_dead_letters" [] "Messages in the dead-letter queue; alert above 0.";

    // The gateway.
    GATEWAY_REQUESTS Counter "waybill_gateway_requests_total" ["connection", "operation", "class"] "Requests to partners by the class of their answer.";
    GATEWAY_REQUEST_SECONDS Seconds "waybill_gateway_request_seconds" ["connection", "operation"] "Time from sending a request to the end of its answer.";
    GATEWAY_WAIT_SECONDS Seconds "waybill_gateway_wait_seconds" ["connection"] "Time a request waited for its turn: rate limit, concurrency, a pause the partner asked for.";
    GATEWAY_HELD Counter "waybill_gateway_held_total" ["connection", "reason"] "Requests not sent: `limited`, breaker `open`, every place `full`, or the hub `stopping`.";
    EGRESS_REFUSED Counter "waybill_egress_refused_total" ["connection"] "Requests that were not sent because their address is none that the connection may reach.";
    GATEWAY_BREAKER_OPEN Gauge "waybill_gateway_breaker_open" ["connection"] "1 while calls to the partner wait for it to recover, else 0.";
    NOTICES Counter "waybill_notices_total" ["channel", "class"] "Notices to people by channel and outcome.";

    // Streams and timers.
    STREAM_LAST_SUCCESS Gauge "waybill_stream_last_success_timestamp_seconds" ["connection", "stream"] "When this process last read the stream to its end, seconds since 1970.";
    STREAM_LAG Gauge "waybill_stream_lag_seconds" ["connection", "stream"] "How much later than planned the stream was last begun.";
    STREAM_ITEMS Counter "waybill_stream_items_total" ["connection", "stream"] "Items found by reading the stream.";
    STREAM_FAILURES Counter "waybill_stream_failures_total" ["connection", "stream"] "Readings of the stream that did not reach its end.";
    TIMERS_FIRED Counter "waybill_timers_fired_total" [] "Timers that fired, each in the replica that fired it.";
    OLDEST_TIMER Gauge "waybill_oldest_due_timer_seconds" [] "How late the oldest due timer is; 0 when none is due.";

    // The store.
    STORE_UP Gauge "waybill_store_up" [] "1 while the database answers and can be written, else 0.";
    STORE_PING_SECONDS Seconds "waybill_store_ping_seconds" [] "Time to get a connection of the pool and one answer of the database.";
    STORE_CALL_SECONDS Seconds "waybill_store_call_seconds" ["call"] "Time of the store's busiest calls beside the engine's: `receive`, `progress`, `claim`.";
    STORE_CONNECTIONS Gauge "waybill_store_connections" ["state"] "Connections of the pool: `busy` and `idle`.";
    STORE_CONNECTIONS_MAX Gauge "waybill_store_connections_max" [] "Connections the pool may have.";

    // The process.
    BUILD_INFO Gauge "waybill_build_info" ["version"] "Always 1; the label says which version runs.";
    PROCESS_CPU Counter "process_cpu_seconds_total" [] "Processor time used, user and system.";
    PROCESS_MEMORY Gauge "process_resident_memory_bytes" [] "Memory the process holds.";
    PROCESS_FILES Gauge "process_open_fds" [] "Open files and sockets.";
    PROCESS_FILES_MAX Gauge "process_max_fds" [] "Open files and sockets allowed.";
    PROCESS_START Gauge "process_start_time_seconds" [] "When the process started, seconds since 1970.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_convention() {
        let mut seen = std::collections::BTreeSet::new();
        for metric in ALL {
            let name = metric.name;
            assert!(seen.insert(name), "{name} is listed twice");
            let process = name.starts_with("process_");
            assert!(process || name.starts_with("waybill_"), "{name}");
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
            assert_eq!(metric.kind == Kind::Counter, name.ends_with("_total"), "{name}");
            assert!(metric.kind != Kind::Seconds || name.ends_with("_seconds"), "{name}");
            assert!(metric.help.ends_with('.') && metric.help.len() > 12, "{name}");
            for label in metric.labels {
                // Whatever has no bound may never be a label.
                for unbounded in ["id", "key", "document", "instance", "path", "url", "address", "user", "message", "tenant"] {
                    assert_ne!(*label, unbounded, "{name}");
                }
            }
        }
    }
}

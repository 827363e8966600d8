//! Whether the broker answers, fits and takes messages.

use super::Check;
use crate::cli::broker;
use crate::config;
use crate::domain::catalog::Catalog;
use crate::transport::rabbitmq::{self, Error, Inspected};

/// The oldest RabbitMQ whose quorum queues have what tickets need.
const VERSION_MIN: (u32, u32) = (3, 10);
/// So many tickets for one partner say that nobody takes them, or that the partner is far behind.
const TICKETS_MANY: u32 = 10_000;

/// Looks at the broker of the configuration; declares what a hub would declare.
pub async fn check(config: &config::Config, catalog: &Catalog) -> Vec<Check> {
    let config::Transport::RabbitMq(broker) = &config.transport else {
        return vec![Check::good("broker", "none is used: work stays inside the process")];
    };
    let options = match broker::options(broker) {
        Ok(options) => options,
        Err(error) => return vec![Check::failed("broker", format!("{error:#}"), "check `transport.ca_file`")],
    };
    let connections: Vec<String> = catalog.connections.keys().map(ToString::to_string).collect();
    let mut checks = match rabbitmq::inspect(&options, &connections).await {
        Ok(found) => judge(&found),
        Err(error) => vec![failed(&error)],
    };
    checks.extend(keys(config));
    checks
}

fn judge(found: &Inspected) -> Vec<Check> {
    let mut checks = vec![version(found.version.as_deref())];
    checks.push(match &found.blocked {
        None => Check::good("broker messages", "it takes them; queues and exchange are as they should be"),
        Some(why) => Check::failed("broker messages", format!("it takes none: {why}"), "give the broker memory or disk"),
    });
    if found.dead_letters > 0 {
        let hint = "look at them with `waybill broker dead list`; what they announced was found by polling";
        checks.push(Check::warning("dead letters", format!("{} messages could not be handled", found.dead_letters), hint));
    }
    for (connection, why) in &found.apart {
        let hint = format!(
            "a queue of this name was declared otherwise by somebody: remove it, or choose another `transport.prefix`; `{connection}` works by polling meanwhile"
        );
        checks.push(Check::warning("broker queues", format!("the queue of `{connection}` is not ours to use: {why}"), hint));
    }
    if !found.earlier.is_empty() {
        let hint =
            "when it is convenient, remove each while no hub runs: its tickets are found by polling, and the next start declares it anew";
        let words = format!(
            "made by an earlier release, and used as they are; a dead letter on its way from them may get lost: {}",
            found.earlier.join(", ")
        );
        checks.push(Check::warning("earlier queues", words, hint));
    }
    for (connection, waiting) in found.tickets.iter().filter(|(_, waiting)| *waiting > TICKETS_MANY) {
        let hint = "is the partner down, or does no hub run?";
        checks.push(Check::warning("tickets", format!("{waiting} wait for `{connection}`"), hint));
    }
    checks
}

fn version(version: Option<&str>) -> Check {
    let Some(version) = version else { return Check::good("broker", "it answers") };
    let mut numbers = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let found = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    if found < VERSION_MIN {
        return Check::failed("broker", format!("it is RabbitMQ {version}"), "tickets need RabbitMQ 3.10 or newer");
    }
    Check::good("broker", format!("it answers and is RabbitMQ {version}"))
}

fn failed(error: &Error) -> Check {
    let mut words = error.to_string();
    if let Some(cause) = std::error::Error::source(error) {
        words = format!("{words}: {cause}");
    }
    let hint = if words.contains("PRECONDITION_FAILED") {
        "a queue or exchange of this name was declared otherwise: remove it, or choose another `transport.prefix`"
    } else if words.contains("ACCESS_REFUSED") {
        "the user needs the permissions configure, write and read on `transport.prefix`, and access to the vhost"
    } else {
        "check `transport.url`, the vhost and whether the broker runs; the hub works on by polling meanwhile"
    };
    Check::failed("broker", words, hint)
}

/// Replicas that cannot share tokens each log in: partners that allow one session throw the others out.
fn keys(config: &config::Config) -> Vec<Check> {
    let mut checks = Vec::new();
    if config.store.sealing_key.is_none() {
        let hint = "set `store.sealing_key`, the same for every replica";
        checks.push(Check::warning("shared log-ins", "each replica logs in at partners by itself", hint));
    }
    checks
}

#[cfg(test)]
mod tests {
    use super::super::Verdict;
    use super::*;

    #[test]
    fn an_old_broker_is_refused() {
        for (found, verdict) in [
            (Some("3.9.13"), Verdict::Failed),
            (Some("3.10.8"), Verdict::Good),
            (Some("4.1.0"), Verdict::Good),
            (Some("odd"), Verdict::Failed),
            (None, Verdict::Good),
        ] {
            assert_eq!(version(found).verdict, verdict, "{found:?}");
        }
    }

    #[test]
    fn what_stands_in_the_way_is_said() {
        let found = Inspected {
            version: Some("3.10.8".to_owned()),
            blocked: Some("low on memory".to_owned()),
            dead_letters: 2,
            apart: vec![("fin".to_owned(), "another kind".to_owned())],
            earlier: vec!["erp".to_owned()],
            tickets: vec![("oa_main".to_owned(), TICKETS_MANY + 1), ("erp".to_owned(), 3)],
        };
        let verdicts: Vec<(String, Verdict)> = judge(&found).into_iter().map(|check| (check.name, check.verdict)).collect();
        let expected = [
            ("broker", Verdict::Good),
            ("broker messages", Verdict::Failed),
            ("dead letters", Verdict::Warning),
            ("broker queues", Verdict::Warning),
            ("earlier queues", Verdict::Warning),
            ("tickets", Verdict::Warning),
        ];
        assert_eq!(verdicts, expected.map(|(name, verdict)| (name.to_owned(), verdict)));
    }
}

//! `waybill broker dead list|return|drop`.

use std::process::ExitCode;

use super::DeadOptions;
use crate::cli::ask::print;
use crate::cli::exit::Exit;
use crate::cli::output::{OutputFormat, many};
use crate::cli::table::table;
use crate::config;
use crate::transport::rabbitmq::{DeadAct, DeadLetter, DeadWork, dead_letters};

/// What is wanted.
#[derive(Clone, Copy)]
pub enum Wanted {
    /// To look.
    Look,
    /// To give tickets back, or to know which would go.
    Return {
        /// To do it.
        really: bool,
    },
    /// To remove messages, or to know which would go.
    Drop {
        /// To do it.
        really: bool,
    },
}

impl Wanted {
    fn act(self) -> DeadAct {
        match self {
            Wanted::Return { really: true } => DeadAct::Return,
            Wanted::Drop { really: true } => DeadAct::Drop,
            Wanted::Look | Wanted::Return { really: false } | Wanted::Drop { really: false } => DeadAct::Look,
        }
    }
}

/// Asks the broker and shows.
pub async fn run(options: &DeadOptions, wanted: Wanted, output: OutputFormat) -> anyhow::Result<ExitCode> {
    let config = options.config.load()?;
    let config::Transport::RabbitMq(broker) = &config.transport else {
        let hint = "set `transport: {kind: rabbitmq, url: …}` where several replicas run";
        return Err(Exit::usage("the configuration names no broker, so there is no dead-letter queue").hint(hint).into());
    };
    let work = match dead_letters(&super::options(broker)?, wanted.act(), options.limit).await {
        Ok(work) => work,
        Err(error) => {
            let cause = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
            return Err(Exit::unreachable(format!("{error}{cause}")).hint("`waybill doctor` says what is wrong with the broker").into());
        }
    };
    print(&work, output, |work| text(work, wanted))
}

fn text(work: &DeadWork, wanted: Wanted) -> String {
    let row = |letter: &DeadLetter| {
        let what = match &letter.ticket {
            Some(ticket) => format!("ticket of {} ({})", ticket.connection, many(ticket.lanes, "lane")),
            None => format!("no ticket: {}", letter.beginning.clone().unwrap_or_default()),
        };
        let became = letter.why_kept.map_or_else(|| letter.became.to_owned(), |why| format!("kept: {why}"));
        let dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        vec![dash(&letter.queue), dash(&letter.reason), letter.bytes.to_string(), what, became]
    };
    let rows: Vec<_> = work.messages.iter().map(row).collect();
    let mut text = table(&["STOOD IN", "PUT ASIDE FOR", "BYTES", "WHAT", "BECAME"], &rows, "Nothing was put aside: all is well.");
    if work.messages.is_empty() {
        return text;
    }
    let count = |became: &str| work.messages.iter().filter(|letter| letter.became == became).count();
    let tickets = work.messages.iter().filter(|letter| letter.ticket.is_some()).count();
    text += "\n";
    text += &match wanted {
        Wanted::Look => format!("{} of {} shown; nothing was changed.\n", work.messages.len(), work.in_queue),
        Wanted::Return { really: false } => {
            format!("{} would go back, {} would stay. Nothing was changed: add `--yes` to do it.\n", tickets, work.messages.len() - tickets)
        }
        Wanted::Drop { really: false } => {
            format!("{} would be removed. Nothing was changed: add `--yes` to do it.\n", many(work.messages.len(), "message"))
        }
        Wanted::Return { really: true } => format!("{} went back, {} stayed.\n", count("returned"), count("kept")),
        Wanted::Drop { really: true } => format!("{} removed.\n", many(count("dropped"), "message")),
    };
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::rabbitmq::DeadTicket;

    #[test]
    fn a_dry_run_says_that_nothing_was_changed() {
        let ticket = Some(DeadTicket { connection: "oa_main".into(), lanes: 3 });
        let letter = |ticket: Option<DeadTicket>| DeadLetter {
            queue: Some("waybill.effects.oa_main".into()),
            reason: Some("rejected".into()),
            bytes: 9,
            beginning: ticket.is_none().then(|| "no ticket".to_owned()),
            ticket,
            became: "kept",
            why_kept: None,
        };
        let work = DeadWork { in_queue: 5, messages: vec![letter(ticket), letter(None)] };
        let told = text(&work, Wanted::Return { really: false });
        assert!(
            told.contains("ticket of oa_main (3 lanes)") && told.contains("1 would go back, 1 would stay. Nothing was changed"),
            "{told}"
        );
        assert!(text(&work, Wanted::Look).contains("2 of 5 shown"));
        assert!(text(&work, Wanted::Drop { really: false }).contains("2 messages would be removed. Nothing was changed"));
        assert_eq!(Wanted::Drop { really: false }.act(), DeadAct::Look);
    }
}

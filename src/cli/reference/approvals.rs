//! `docs/reference/approvals.md`: what people may do, where and when, from the list of verbs that decides it.

use std::fmt::Write;

use super::{cell, sentence};
use crate::domain::approval::{RefusalCode, TaskKind, TaskState};
use crate::domain::flow::people::verbs::{On, VERBS, Verb, Whose};

/// The page.
pub fn page() -> String {
    let mut out = super::top("Approvals", "`src/domain/flow/people/verbs/`");
    out += "\nWhat people may do about a task or an instance. A verb is sent as `POST /api/v1/tasks/{id}/{verb}` or \
            `POST /api/v1/instances/{id}/people/{verb}`, or by `waybill tasks act` and `waybill tasks on-instance`. The same \
            `Idempotency-Key` is the same act and done once. A verb that is refused changes nothing.\n\n\
            ## Verbs\n\n| verb | what it does | about | whose | while suspended | can be switched off |\n|---|---|---|---|---|---|\n";
    for verb in VERBS {
        let yes = |flag: bool| if flag { "yes" } else { "no" };
        let (about, whose, doc) = (about(verb), whose(verb.whose), sentence(verb.doc));
        // Writing into a string cannot fail.
        let _ = writeln!(out, "| `{}` | {doc} | {about} | {whose} | {} | {} |", verb.word, yes(verb.while_suspended), switched(verb));
    }
    out += "\n## State × verb\n\nWhich verb a task's holder may use in which state; `·` is refused as `already_handled`.\n\n| verb |";
    for state in TaskState::ALL {
        let _ = write!(out, " {} |", state.word());
    }
    out += "\n|---|";
    out += &"---|".repeat(TaskState::ALL.len());
    out.push('\n');
    for verb in VERBS {
        let On::Task(kinds, states) = verb.on else { continue };
        let _ = write!(out, "| `{}` ({}) |", verb.word, words(kinds));
        for state in TaskState::ALL {
            out += if states.contains(&state) { " yes |" } else { " · |" };
        }
        out.push('\n');
    }
    out += "\n## Refusals\n\n| code | what it means |\n|---|---|\n";
    for code in RefusalCode::ALL {
        let _ = writeln!(out, "| `{}` | {} |", code.word(), cell(meaning(code)));
    }
    out
}

fn switched(verb: &Verb) -> &'static str {
    match verb.word {
        "withdraw" => "by `withdraw` of the flow",
        _ if verb.is_switched() => "by `verbs` of a step",
        _ => "no",
    }
}

fn words(kinds: &[TaskKind]) -> String {
    kinds.iter().map(|kind| kind.word()).collect::<Vec<_>>().join(", ")
}

fn about(verb: &Verb) -> String {
    match verb.on {
        On::Task(kinds, _) => format!("a task to {}", words(kinds)),
        On::Running => "an instance that runs".to_owned(),
        On::Ended => "an instance that has ended".to_owned(),
        On::Instance => "an instance".to_owned(),
    }
}

fn whose(whose: Whose) -> &'static str {
    match whose {
        Whose::Holder => "the holder, or who decides for them",
        Whose::HolderOrAdmin => "the holder, or who runs the flow",
        Whose::AskerOrAdmin => "who asked for the task, or who runs the flow",
        Whose::Initiator => "who began it",
        Whose::InitiatorOrAdmin => "who began it, or who runs the flow",
        Whose::Admin => "who runs the flow (permission `operate`)",
        Whose::AdminOrLetInitiator => "who runs the flow; who began it, where the flow's reaction says `by: initiator`",
        Whose::Participant => "whoever has to do with it",
    }
}

fn meaning(code: RefusalCode) -> &'static str {
    match code {
        RefusalCode::AlreadyHandled => "Somebody was faster, or the flow has gone on.",
        RefusalCode::NotYours => "The task is somebody else's, or the verb is for another.",
        RefusalCode::NotAllowed => "The verb is not for this task, this state or this step.",
        RefusalCode::Incomplete => "A comment, a file, a field or a place is missing.",
        RefusalCode::BadPeople => "Nobody is named, or somebody who cannot be asked.",
        RefusalCode::Suspended => "No clock runs and nobody decides until it is resumed.",
        RefusalCode::TooSoon => "It was done a moment ago.",
        RefusalCode::ChangedMeanwhile => {
            "The document is not the one that `If-Match` or `seen` names: it was changed since the task was read."
        }
    }
}

//! What a person may do with a stopped instance.

use super::world::*;
use crate::domain::flow::effect::Cause;
use crate::domain::flow::event::{Command, Event, Outcome};
use crate::domain::flow::stage::Stage;
use crate::domain::ids::ExceptionId;
use serde_json::json;

fn say(stage: &mut Stage<'_>, command: Command, exception: Option<ExceptionId>) {
    stage.tell(&Event::Command { command, exception, actor: "ops".into(), reason: Some("because".into()) });
}

fn mark(output: serde_json::Value) -> Command {
    Command::MarkDone { output, proof: "ticket 7".into() }
}

const POST: &str = "  - {id: oa, call: oa.create_approval, map: po_plain_oa, sets: in_approval, await: {event: oa.approval_changed}}\n  \
                    - {id: tell, when: \"steps.oa.outcome == 'approved'\", call: erp.release_order, map: po_ref}";

#[test]
fn retry_sends_the_same_effect_again() {
    let world = World::new();
    let flow = world.steps(POST, "");
    let mut stage = start(&flow, &world, "1.00");
    let id = stage.outbox[0].effect.id;
    answer(&mut stage, "create_approval", failed(Cause::PartnerDown));
    assert_eq!((codes(&stage), stage.exceptions[0].effect), (vec!["call_failed"], Some(id)));
    say(&mut stage, Command::Retry, None);
    assert_eq!((stage.outbox[0].effect.id, stage.outbox.len(), codes(&stage)), (id, 1, vec![]));
    answer(&mut stage, "create_approval", done(&[("external_id", "A1")]));
    assert_eq!(stage.status(), "in_approval");
}

#[test]
fn retry_of_a_disappointing_read_asks_anew_with_a_new_key() {
    let world = World::new();
    let flow = world.steps("  - {id: again, call: erp.check_budget, map: po_to_budget, expect: output.ok, otherwise: exception}", "");
    let mut stage = start(&flow, &world, "1.00");
    let id = stage.outbox[0].effect.id;
    answer(&mut stage, "check_budget", budget(false));
    say(&mut stage, Command::Retry, None);
    assert_ne!(stage.outbox[0].effect.id, id);
    answer(&mut stage, "check_budget", budget(true));
    assert_eq!(stage.instance.status_word(), "ended");
}

#[test]
fn skip_goes_on_without_output() {
    let world = World::new();
    let flow = world.steps(POST, "");
    let mut stage = start(&flow, &world, "1.00");
    answer(&mut stage, "create_approval", failed(Cause::Unknown));
    assert_eq!(codes(&stage), ["unknown_outcome"]);
    say(&mut stage, Command::Skip, None);
    assert_eq!((stage.instance.status_word(), codes(&stage), waiting(&stage)), ("ended", vec![], vec![]));
}

#[test]
fn mark_done_gives_the_output_the_step_would_have_had() {
    let world = World::new();
    let flow = world.steps(POST, "");
    let mut stage = start(&flow, &world, "1.00");
    answer(&mut stage, "create_approval", failed(Cause::Unknown));
    say(&mut stage, mark(json!({"external_id": 7, "odd": true})), None);
    assert_eq!(codes(&stage), ["unknown_outcome"], "an output that does not fit is not taken");
    say(&mut stage, mark(json!({"external_id": "A1"})), None);
    assert_eq!((codes(&stage), stage.status()), (vec![], "in_approval"));
    stage.tell(&heard("A1", Outcome::Approved));
    assert_eq!(waiting(&stage), ["release_order"]);

    let mut stage = start(&flow, &world, "1.00");
    answer(&mut stage, "create_approval", failed(Cause::Unknown));
    let command = mark(json!({"external_id": "A1", "outcome": "approved"}));
    let changes = stage.tell(&Event::Command { command, exception: None, actor: "ops".into(), reason: None });
    assert_eq!(waiting(&stage), ["release_order"], "with an outcome the await is over too");
    assert!(changes.links.iter().any(|link| link.external_id == "A1"), "what its system says of it later is heard: {:?}", changes.links);
}

#[test]
fn skipping_an_unknown_status_takes_the_object_back() {
    let world = World::new();
    let flow = world.steps(POST, "");
    let mut stage = start(&flow, &world, "1.00");
    answer(&mut stage, "create_approval", done(&[("external_id", "A1")]));
    stage.tell(&heard("A1", Outcome::Unknown));
    say(&mut stage, Command::Skip, None);
    assert_eq!(waiting(&stage), ["withdraw_approval"]);
    answer(&mut stage, "withdraw_approval", done(&[]));
    assert_eq!(stage.instance.status_word(), "ended");
}

#[test]
fn of_several_exceptions_one_must_be_named() {
    let world = World::new();
    let steps = "  - {id: both, parallel: {branches: [{id: a, steps: [{id: one, call: erp.tell_line, with: {line_no: \"'1'\"}}]}, \
                 {id: b, steps: [{id: two, call: erp.tell_line, with: {line_no: \"'2'\"}}]}]}}";
    let flow = world.steps(steps, "");
    let mut stage = start(&flow, &world, "1.00");
    answer(&mut stage, "tell_line", failed(Cause::DataWrong));
    answer(&mut stage, "tell_line", failed(Cause::DataWrong));
    say(&mut stage, Command::Skip, None);
    assert_eq!(stage.exceptions.len(), 2);
    let first = stage.exceptions[0].id;
    say(&mut stage, Command::Skip, Some(first));
    assert_eq!(stage.exceptions.len(), 1);
    assert_ne!(stage.exceptions[0].id, first);
    say(&mut stage, Command::Skip, Some(first));
    assert_eq!(stage.exceptions.len(), 1, "a settled one is settled");
    say(&mut stage, Command::Skip, None);
    assert_eq!(stage.instance.status_word(), "ended");
}

#[test]
fn cancel_takes_everything_back_and_ends() {
    let world = World::new();
    let flow = world.flow(SHIPPED);
    let mut stage = start(&flow, &world, "20000.00");
    answer(&mut stage, "check_budget", budget(true));
    answer(&mut stage, "create_approval", done(&[("external_id", "A1")]));
    stage.tell(&heard("A1", Outcome::Approved));
    answer(&mut stage, "check_budget", budget(true));
    answer(&mut stage, "create_payable", done(&[("external_id", "F1")]));
    answer(&mut stage, "release_order", failed(Cause::DataWrong));
    assert_eq!(waiting(&stage), ["void_payable"], "the failed sibling");
    say(&mut stage, Command::Cancel, None);
    say(&mut stage, Command::Cancel, None);
    assert_eq!(waiting(&stage), ["void_payable"], "what is being undone is not undone twice");
    answer(&mut stage, "void_payable", done(&[]));
    assert_eq!((stage.instance.outcome_word(), stage.status(), waiting(&stage)), (Some("cancelled"), "cancelled", vec![]));
    assert_eq!(codes(&stage), Vec::<&str>::new());
    say(&mut stage, Command::Cancel, None);
    assert_eq!(stage.history.last().map(|entry| entry.kind.as_str()), Some("ignored"));
}

#[test]
fn a_failed_reversal_can_be_retried_or_skipped() {
    let world = World::new();
    let flow = world.steps(POST, "");
    for command in [Command::Retry, Command::Skip] {
        let mut stage = start(&flow, &world, "1.00");
        answer(&mut stage, "create_approval", done(&[("external_id", "A1")]));
        say(&mut stage, Command::Cancel, None);
        let id = stage.outbox[0].effect.id;
        answer(&mut stage, "withdraw_approval", failed(Cause::PartnerDown));
        assert_eq!((codes(&stage), stage.instance.status_word()), (vec!["reverse_failed"], "exception"));
        say(&mut stage, command.clone(), None);
        if command == Command::Retry {
            assert_eq!(stage.outbox[0].effect.id, id);
            answer(&mut stage, "withdraw_approval", done(&[]));
        }
        assert_eq!((stage.instance.outcome_word(), codes(&stage)), (Some("cancelled"), vec![]), "{command:?}");
    }
}

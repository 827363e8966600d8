//! Reactions to drift: once a repair, only at their role, and on request where the flow says so.

use super::world::*;
use crate::domain::flow::Flow;
use crate::domain::flow::event::{Command, DriftSeen, Event, Outcome};
use crate::domain::flow::stage::Stage;

fn repair(kind: &str, connection: &str, repair: &str, asked: bool) -> Event {
    let seen = DriftSeen {
        kind: kind.to_owned(),
        repair: repair.to_owned(),
        asked,
        connection: connection.to_owned(),
        external_id: Some("100001".to_owned()),
        field: None,
        ours: Some("released".to_owned()),
        theirs: Some("waiting".to_owned()),
    };
    Event::Command { command: Command::Repair(seen), exception: None, actor: "reconciliation".to_owned(), reason: None }
}

fn released<'a>(flow: &'a Flow, world: &'a World) -> Stage<'a> {
    let mut stage = start(flow, world, "20000.00");
    answer(&mut stage, "check_budget", budget(true));
    answer(&mut stage, "create_approval", done(&[("external_id", "A1")]));
    stage.tell(&heard("A1", Outcome::Approved));
    answer(&mut stage, "check_budget", budget(true));
    answer(&mut stage, "create_payable", done(&[("external_id", "F1")]));
    answer(&mut stage, "release_order", done(&[]));
    let notice = stage.outbox[0].effect.id;
    stage.end(notice, done(&[]));
    stage
}

/// The connection that plays the role.
fn at(stage: &Stage<'_>, role: &str) -> String {
    stage.facts.binding.roles[role].clone()
}

#[test]
fn a_repair_begins_once_and_writes_under_a_key_of_its_own() {
    let world = World::new();
    let flow = world.flow(SHIPPED);
    let mut stage = released(&flow, &world);
    let (erp, oa) = (at(&stage, "erp"), at(&stage, "oa"));
    stage.tell(&repair("approved_not_executed", &oa, "d1:run", false));
    stage.tell(&repair("voided_there", &erp, "d1:run", false));
    assert!(waiting(&stage).is_empty(), "nothing reacts to these");
    stage.tell(&repair("approved_not_executed", &erp, "d1:run", false));
    stage.tell(&repair("approved_not_executed", &erp, "d1:run", false));
    assert_eq!(waiting(&stage), ["release_order"]);
    let first = stage.outbox[0].effect.id;
    answer(&mut stage, "release_order", done(&[]));
    stage.tell(&repair("approved_not_executed", &erp, "d1:run", false));
    assert!(waiting(&stage).is_empty(), "a crash between commit and note tells it again");
    stage.tell(&repair("approved_not_executed", &erp, "d1:person", true));
    assert_eq!(waiting(&stage), ["release_order"]);
    assert_ne!(stage.outbox[0].effect.id, first, "another repair is another visit");
    answer(&mut stage, "release_order", done(&[]));
    assert_eq!((stage.instance.outcome_word(), stage.status()), (Some("approved"), "released"));
}

#[test]
fn a_reaction_on_request_waits_for_a_person() {
    let world = World::new();
    let text =
        SHIPPED.replace("{drift: approved_not_executed, at: erp, do:", "{drift: approved_not_executed, at: erp, on_request: true, do:");
    assert_ne!(text, SHIPPED);
    let flow = world.flow(&text);
    let mut stage = released(&flow, &world);
    let erp = at(&stage, "erp");
    stage.tell(&repair("approved_not_executed", &erp, "d1:run", false));
    assert!(waiting(&stage).is_empty());
    stage.tell(&repair("approved_not_executed", &erp, "d1:person", true));
    assert_eq!(waiting(&stage), ["release_order"]);
}

//! What `check` says of flows that cannot run: code and line.

use super::world::*;
use crate::domain::flow::people::verbs::VERBS;

#[test]
fn the_shipped_flow_is_sound() {
    World::new().flow(SHIPPED);
}

#[test]
fn unsound_steps_are_found_in_their_line() {
    let world = World::new();
    // The first step stands in line 9.
    for (steps, code) in [
        ("  - {id: a, call: erp.no_such, map: po_ref}", "unknown_definition"),
        ("  - {id: a, call: warehouse.tell, map: po_ref}", "unknown_definition"),
        ("  - {id: a, call: erp.reject_order, map: po_reff}", "unknown_definition"),
        ("  - {id: a, call: rejectorder, map: po_ref}", "wrong_type"),
        ("  - {id: a, call: erp.reject_order}", "missing_input"),
        ("  - {id: a, call: erp.reject_order, with: {id: doc.number, odd: doc.number}}", "unknown_field"),
        ("  - {id: a, call: oa.create_approval, map: po_to_oa}", "missing_input"),
        ("  - {id: a, call: oa.create_approval, map: po_to_oa, with: {budget: doc.number}}", "expression_type"),
        ("  - {id: a, call: erp.reject_order, map: po_to_payable}", "wrong_mapping"),
        ("  - {id: a, create: payable, map: po_ref}", "wrong_mapping"),
        ("  - {id: a, create: invoice, map: po_to_payable}", "unknown_definition"),
        ("  - {id: a, for: nobody, call: erp.reject_order, map: po_ref}", "unknown_step"),
        ("  - {id: a, call: erp.reject_order, map: po_ref, sets: aproved}", "unknown_definition"),
        ("  - {id: a, call: erp.reject_order, map: po_ref, when: doc.nubmer == 'x'}", "unknown_field"),
        ("  - {id: a, call: erp.reject_order, map: po_ref, when: doc.number}", "expression_type"),
        ("  - {id: a, call: erp.reject_order, map: po_ref, when: \"doc.total_gross > doc.number\"}", "expression_type"),
        ("  - {id: a, call: erp.reject_order, map: po_ref, when: \"event.outcome == 'x'\"}", "expression_name"),
        ("  - {id: a, call: erp.reject_order, map: po_ref, when: \"steps.b.state == 'x'\"}", "unknown_field"),
        ("  - {id: a, call: erp.reject_order, map: po_ref, owner: {role: nobody}}", "unknown_definition"),
        ("  - {id: a, call: erp.reject_order, map: po_ref, on_error: [{cause: partner_down, retry_for: 3wd}]}", "bad_value"),
        ("  - {id: a, call: erp.release_order, map: po_ref, await: {event: oa.approval_changed}}", "no_object"),
        ("  - {id: a, call: oa.create_approval, map: po_plain_oa, await: {event: oa.nothing}}", "unknown_definition"),
        ("  - {id: a, call: oa.create_approval, map: po_plain_oa, await: {event: erp.purchase_orders}}", "wrong_source"),
        (
            "  - {id: a, call: oa.create_approval, map: po_plain_oa, await: {event: oa.approval_changed, ladder: [{remind: initiator}]}}",
            "missing_key",
        ),
        (
            "  - {id: a, call: oa.create_approval, map: po_plain_oa, await: {event: oa.approval_changed, ladder: [{every: 1d, outcome: expired}]}}",
            "bad_value",
        ),
        ("  - {id: a, assign: {nubmer: doc.number}}", "unknown_field"),
        ("  - {id: a, assign: {total_gross: \"true\"}}", "expression_type"),
        ("  - {id: a, assign: {status: \"'released'\"}}", "bad_value"),
        ("  - {id: a, assign: {number: \"'PO-1'\"}}", "bad_value"),
        (
            "  - {id: a, for: p, call: finance.create_payable, map: payable_to_finance}\n  - {id: p, create: payable, map: po_to_payable, link: pays}",
            "never_before",
        ),
        ("  - {id: a, each: doc.number, steps: []}", "expression_type"),
        ("  - {id: a, each: doc.lines, as: doc, steps: []}", "bad_value"),
        ("  - {id: a, each: doc.lines, max: 5000, steps: []}", "bad_value"),
        ("  - {id: a, wait: {until: doc.number}}", "expression_type"),
        ("  - {id: a, notify: initiator}", "missing_key"),
        ("  - {id: a, notify: initiator, template: nothing}", "unknown_definition"),
        ("  - {id: a, notify: initiator, template: po_released, channel: pigeon}", "unknown_definition"),
        ("  - {id: a, choose: {branches: [{id: x, when: \"true\", steps: []}]}}", "missing_otherwise"),
        ("  - {id: a, parallel: {branches: []}}", "missing_key"),
        ("  - {id: a, end: {outcome: approved, status: relesed}}", "unknown_definition"),
        ("  - {id: a, end: {outcome: approved, status: released, untold: [erp]}}", "missing_key"),
        ("  - {id: done, outcome: approved}", "duplicate_step"),
        ("  - {id: a, approve: {by: {role: cfo}}, due: 1d}", "missing_key"),
        ("  - {id: a, approve: {by: {role: cfo}, empty: block}}", "missing_owner"),
        ("  - {id: a, approve: {by: {role: chief}, empty: block}, due: 1d}", "unknown_definition"),
        ("  - {id: a, approve: {by: {handler_of: b}, empty: block}, due: 1d}", "unknown_step"),
        ("  - {id: a, approve: {by: {table: t}, empty: block}, due: 1d}", "unknown_definition"),
        ("  - {id: a, approve: {by: {from: revision}, empty: block}, due: 1d}", "expression_type"),
        ("  - {id: a, approve: {by: {manager: 0}, empty: block}, due: 1d}", "bad_value"),
        ("  - {id: a, approve: {by: initiator, empty: block, mode: {percent: 101}}, due: 1d}", "bad_value"),
        ("  - {id: a, approve: {by: initiator, empty: block, veto: {role: cfo}}, due: 1d}", "bad_value"),
        ("  - {id: a, approve: {by: initiator, empty: block, second_person: true, own: pass}, due: 1d}", "bad_value"),
        ("  - {id: a, approve: {by: initiator, empty: block, fields: {total_nett: edit}}, due: 1d}", "unknown_definition"),
        ("  - {id: a, approve: {by: initiator, empty: block, fields: {number: edit}}, due: 1d}", "bad_value"),
        ("  - {id: a, approve: {by: initiator, empty: block, fields: {lines.qantity: hide}}, due: 1d}", "unknown_definition"),
        ("  - {id: a, approve: {by: initiator, empty: block, fields: {lines.quantity: edit}}, due: 1d}", "bad_value"),
        ("  - {id: a, approve: {by: initiator, empty: block, fields: {lines.quantity: required}}, due: 1d}", "bad_value"),
        ("  - {id: a, approve: {by: initiator, empty: block, fields: {lines: edit, lines.quantity: hide}}, due: 1d}", "bad_value"),
        ("  - {id: a, parallel: {join: {at_least: 2}, branches: [{id: x, steps: []}]}}", "bad_value"),
        ("  - {id: a, approve: {by: initiator, empty: block, ladder: [{after: 1d, hand_over: {manager: 99}}]}, due: 1d}", "bad_value"),
        ("  - {id: a, subflow: other}", "unknown_definition"),
        ("  - {id: a, task: x}", "wrong_type"),
        ("  - {id: a, cal: erp.reject_order}", "missing_key"),
        ("  - {id: a, outcome: maybe}", "bad_word"),
        ("  - {id: a, reverse: all}", "missing_key"),
        // Words of closed vocabularies.
        ("  - {id: a, call: erp.reject_order, map: po_ref, when: \"doc.status == 'submited'\"}", "unknown_definition"),
        ("  - {id: a, call: erp.reject_order, map: po_ref, when: \"'submited' != doc.status\"}", "unknown_definition"),
        ("  - {id: a, call: erp.reject_order, map: po_ref, when: \"doc.status in ['submitted', 'aproved']\"}", "unknown_definition"),
        (
            "  - {id: a, call: erp.reject_order, map: po_ref, await: {event: oa.approval_changed, when: \"event.outcome == 'revokd'\"}}",
            "unknown_definition",
        ),
        (
            "  - {id: a, call: erp.reject_order, map: po_ref, on_error: [{cause: data_wrong, then: exception}, {cause: data_wrong, then: continue}]}",
            "duplicate_key",
        ),
        ("  - {id: a, end: {outcome: approved, status: released, untold: [epr], reason: by phone}}", "unknown_definition"),
    ] {
        let found = errors(world.compile(&text(steps, "")));
        let line = if code == "duplicate_step" { 10 } else { 9 };
        assert!(found.contains(&(code, line)), "{steps}: {found:?}");
    }
}

#[test]
fn a_column_of_a_line_table_is_read_or_hidden_and_versions_of_before_go_on() {
    let mut world = World::new();
    let steps = |fields: &str| text(&format!("  - {{id: a, approve: {{by: initiator, empty: block, fields: {{{fields}}}}}, due: 1d}}"), "");
    for fields in ["lines.quantity: hide", "lines.quantity: read", "lines: edit, note: hide"] {
        assert_eq!(errors(world.compile(&steps(fields))), vec![], "{fields}");
    }
    world.env.stored = true;
    for fields in ["lines.quantity: required", "lines.qantity: hide", "lines: edit, lines.quantity: hide"] {
        assert_eq!(errors(world.compile(&steps(fields))), vec![], "{fields}, stored before this was refused");
    }
}

#[test]
fn words_of_earlier_steps_are_known() {
    let world = World::new();
    let first = "  - {id: one, call: erp.reject_order, map: po_ref}\n";
    for (when, sound) in [
        ("steps.one.outcome == 'approved'", true),
        ("steps.one.outcome == 'aproved'", false),
        ("steps.one.state in ['done', 'skipped']", true),
        ("steps.one.state == 'finished'", false),
        ("doc.status == 'submitted' || doc.note == 'anything'", true),
    ] {
        let compiled = world.compile(&text(&format!("{first}  - {{id: two, when: \"{when}\", outcome: approved}}"), ""));
        assert_eq!(compiled.is_ok(), sound, "{when}: {:?}", compiled.err());
    }
}

#[test]
fn a_flow_that_nothing_starts_is_refused() {
    let world = World::new();
    let sound = text("  - {id: a, outcome: approved}", "");
    let start = sound.lines().position(|line| line.starts_with("start:")).expect("a start");
    let nothing: Vec<&str> = sound
        .lines()
        .enumerate()
        .filter(|(at, line)| *at <= start || !line.starts_with("  - {event"))
        .map(|(at, line)| if at == start { "start: []" } else { line })
        .collect();
    let found = errors(world.compile(&nothing.join("\n")));
    assert!(found.iter().any(|(code, line)| *code == "missing_key" && *line as usize == start + 1), "{found:?}");
}

#[test]
fn unsound_paths_are_found() {
    let world = World::new();
    let head = "format: 1\nflow: tested\ndocument: purchase_order\nowner: {role: procurement_head}\nstart: [{event: erp.purchase_orders}]\nsteps:\n";
    let tell = "  - {id: tell, call: erp.reject_order, map: po_ref}\n";
    let end = "{outcome: rejected, status: rejected}";
    for (body, code, line) in [
        (tell.to_owned(), "path_without_end", 7),
        (format!("{tell}  - {{id: a, end: {end}}}\n  - {{id: b, outcome: approved}}\n"), "unreachable_step", 9),
        (format!("  - {{id: a, end: {end}}}\n"), "untold", 7),
        (format!("  - {{id: a, call: erp.check_budget, map: po_to_budget}}\n  - {{id: b, end: {end}}}\n"), "untold", 8),
        (
            format!(
                "  - {{id: a, choose: {{branches: [{{id: x, when: \"true\", steps: [{{id: t, call: erp.reject_order, map: po_ref}}]}}], otherwise: {{id: y, steps: []}}}}}}\n  - {{id: b, end: {end}}}\n"
            ),
            "untold",
            8,
        ),
        (
            format!(
                "  - {{id: a, choose: {{branches: [{{id: x, when: \"true\", steps: [{{id: t, end: {end}}}]}}], otherwise: {{id: y, steps: []}}}}}}\n{tell}"
            ),
            "path_without_end",
            8,
        ),
        (format!("{tell}  - {{id: a, when: \"false\", end: {end}}}\n"), "path_without_end", 8),
    ] {
        let found = errors(world.compile(&format!("{head}{body}")));
        assert!(found.contains(&(code, line)), "{body}: {found:?}");
    }
    for body in [
        format!("{tell}  - {{id: a, end: {end}}}\n"),
        "  - {id: a, end: {outcome: rejected, status: rejected, untold: [erp], reason: by phone}}\n".to_owned(),
        format!(
            "  - {{id: a, choose: {{branches: [{{id: x, when: \"true\", steps: [{{id: t, call: erp.reject_order, map: po_ref}}]}}], otherwise: {{id: y, steps: [{{id: u, call: erp.return_order, map: po_ref}}]}}}}}}\n  - {{id: b, end: {end}}}\n"
        ),
    ] {
        assert_eq!(errors(world.compile(&format!("{head}{body}"))), vec![], "{body}");
    }
}

#[test]
fn unsound_reactions_and_starts_are_found() {
    let world = World::new();
    let step = "  - {id: tell, call: erp.reject_order, map: po_ref}";
    for (more, code) in [
        ("reactions: [{revision: changed, do: [{reverse: [tell]}]}]", "no_reverse"),
        ("reactions: [{revision: changed, do: [{reverse: [nothing]}]}]", "unknown_step"),
        // Taking all back takes the instance over; then it has to say what becomes of it.
        ("reactions: [{revision: changed, do: [{reverse: all}]}]", "path_without_end"),
        (
            "reactions: [{revision: withdrawn, do: [{reverse: all}, {when: doc.note == 'x', end: {outcome: cancelled, status: cancelled}}]}]",
            "path_without_end",
        ),
        ("reactions: [{revision: altered, do: []}]", "bad_word"),
        ("reactions: [{event: oa.nothing, do: []}]", "unknown_definition"),
        ("reactions: [{revision: changed, when: \"event.outcome == 'x'\", do: []}]", "expression_name"),
        ("reactions: [{revision: changed, do: [{restart: false}]}]", "bad_value"),
        ("reactions: [{revision: changed, do: [{end: {outcome: cancelled, status: cancelled}}, {restart: true}]}]", "unreachable_step"),
        ("on_error: [{cause: bad_luck}]", "bad_word"),
        ("withdraw: sometimes", "bad_word"),
        ("withdraw: never\nreactions: [{verb: withdraw, do: [{end: {outcome: cancelled, status: cancelled}}]}]", "bad_value"),
    ] {
        let found = errors(world.compile(&text(step, more)));
        assert!(found.iter().any(|(known, _)| *known == code), "{more}: {found:?}");
    }
    let text = text(step, "");
    for (from, to, code) in [
        ("{event: erp.purchase_orders}", "{event: oa.approval_changed}", "wrong_source"),
        ("{event: erp.purchase_orders}", "{form: po_request}", "unknown_definition"),
        ("{event: erp.purchase_orders}", "{api: false}", "bad_value"),
        ("document: purchase_order", "document: purchase_ordre", "unknown_definition"),
        ("calendar: cn", "calendar: cm", "unknown_definition"),
        ("owner: {role: procurement_head}\n", "", "missing_owner"),
        ("{role: procurement_head}", "{role: procurement_heda}", "unknown_definition"),
    ] {
        let found = errors(world.compile(&text.replace(from, to)));
        assert!(found.iter().any(|(known, _)| *known == code), "{to}: {found:?}");
    }
}

#[test]
fn a_step_names_no_verb_that_it_cannot_switch_off() {
    let world = World::new();
    for verb in VERBS {
        let step = format!("  - {{id: a, approve: {{by: {{user: ma}}, empty: block, verbs: [{}]}}, due: 1d}}", verb.word);
        let found = errors(world.compile(&text(&step, "")));
        let wanted: &[(&str, u32)] = if verb.is_switched() { &[] } else { &[("bad_word", 9)] };
        assert_eq!(found, wanted, "{}", verb.word);
        // What an earlier release took goes on as it ran.
        let mut stored = World::new();
        stored.env.stored = true;
        assert_eq!(errors(stored.compile(&text(&step, ""))), [], "{}", verb.word);
    }
}

#[test]
fn looking_ahead_is_warned_of() {
    let world = World::new();
    let later = "  - {id: a, call: erp.reject_order, map: po_ref, when: \"steps.b.state == 'done'\"}\n  - {id: b, call: erp.return_order, map: po_ref}";
    let branches = "  - {id: a, choose: {branches: [{id: x, when: \"steps.a.state == 'done'\", steps: [{id: t, outcome: approved}]}], otherwise: {id: y, steps: \
                    [{id: u, when: \"steps.t.outcome == 'approved'\", outcome: rejected}]}}}";
    let sound = "  - {id: a, parallel: {branches: [{id: x, steps: [{id: t, when: \"steps.u.state == 'done'\", outcome: approved}]}, \
                 {id: y, steps: [{id: u, outcome: approved}]}]}}\n  - {id: b, when: \"steps.t.outcome == 'approved'\", outcome: approved}";
    for (steps, wanted) in [(later, 1), (branches, 1), (sound, 0)] {
        let mut report = crate::domain::diagnostic::Report::new("flow.yaml");
        let node = crate::domain::text::tree::parse(&text(steps, ""), &mut report).expect("it parses");
        let definition = crate::domain::flow::Definition::read(&node, &mut report).expect("it reads");
        assert!(crate::domain::flow::Flow::compile(&definition, &world.env, &mut report).is_some(), "warnings do not stop it");
        let found = report.into_items().iter().filter(|item| item.code == "never_before").count();
        assert_eq!(found, wanted, "{steps}");
    }
}

#[test]
fn giving_up_needs_a_partner_that_can_withdraw() {
    let mut world = World::new();
    let steps = "  - {id: a, call: oa.create_approval, map: po_plain_oa, await: {event: oa.approval_changed, ladder: [{after: 1d, outcome: expired}]}}";
    assert!(world.compile(&text(steps, "")).is_ok());
    let oa = world.env.roles.get_mut("oa").expect("the role");
    let mut second = (*oa[0]).clone();
    second.can.withdraw = false;
    second.connection = "oa_second".into();
    oa.push(second.into());
    assert_eq!(errors(world.compile(&text(steps, ""))), [("cannot", 9)], "every connection of the role must fit");
}

#[test]
fn a_step_assigns_to_its_own_document_alone() {
    let steps = "  - {id: p, create: payable, map: po_to_payable, link: pays}\n  - {id: a, for: p, assign: {number: \"'x'\"}}";
    assert_eq!(errors(World::new().compile(&text(steps, ""))), [("bad_value", 10)]);
}

/// Warnings of a flow of these steps, with this code.
fn warnings(world: &World, steps: &str, more: &str, code: &str) -> usize {
    let mut report = crate::domain::diagnostic::Report::new("flow.yaml");
    let node = crate::domain::text::tree::parse(&text(steps, more), &mut report).expect("it parses");
    let definition = crate::domain::flow::Definition::read(&node, &mut report).expect("it reads");
    assert!(crate::domain::flow::Flow::compile(&definition, &world.env, &mut report).is_some(), "warnings do not stop it");
    report.into_items().iter().filter(|item| item.code == code).count()
}

#[test]
fn unequal_to_the_outcome_of_a_step_that_may_be_left_out_is_warned_of() {
    let world = World::new();
    let after = |steps: &str, when: &str| {
        warnings(&world, &format!("{steps}\n  - {{id: z, when: \"{when}\", outcome: rejected}}"), "", "compares_unset")
    };
    let always = "  - {id: a, outcome: approved}";
    let sometimes = "  - {id: a, when: \"doc.total_gross > 5\", outcome: approved}";
    let in_branch = "  - id: c\n    choose: {branches: [{id: x, when: \"doc.total_gross > 5\", steps: [{id: a, outcome: approved}]}], otherwise: {id: y, steps: []}}";
    let beside = |join: &str| {
        format!(
            "  - {{id: c, parallel: {{join: {join}, branches: [{{id: x, steps: [{{id: a, outcome: approved}}]}}, {{id: y, steps: [{{id: b, outcome: approved}}]}}]}}}}"
        )
    };
    let unequal = "steps.a.outcome != 'approved'";
    for (steps, when, wanted) in [
        (always, unequal, 0),
        (sometimes, unequal, 1),
        (sometimes, "'approved' != steps.a.outcome", 1),
        (sometimes, "steps.a.outcome == 'approved'", 0),
        (sometimes, "!(steps.a.outcome == 'approved')", 0),
        (sometimes, "has(steps.a.outcome) && steps.a.outcome != 'approved'", 0),
        (in_branch, unequal, 1),
        (&beside("all"), unequal, 0),
        (&beside("any"), unequal, 1),
    ] {
        assert_eq!(after(steps, when), wanted, "{steps}\n{when}");
    }
    let inside = "  - id: c\n    choose: {branches: [{id: x, when: \"doc.total_gross > 5\", steps: [{id: a, outcome: approved}, {id: z, when: \"steps.a.outcome != 'approved'\", outcome: rejected}]}], otherwise: {id: y, steps: []}}";
    assert_eq!(warnings(&world, inside, "", "compares_unset"), 0, "in its own branch it has been visited");
    let reaction = "reactions:\n  - {verb: revoke, do: [{id: r, when: \"steps.a.outcome != 'approved'\", outcome: rejected}, {end: {outcome: revoked, status: revoked}}]}";
    assert_eq!(warnings(&world, always, reaction, "compares_unset"), 1, "a reaction may come before");
}

#[test]
fn a_role_that_nobody_has_is_warned_of_wherever_people_are_named_by_it() {
    let mut world = World::new();
    world.env.vacant_roles.insert("vacant".to_owned());
    for (keys, wanted) in [
        ("by: {role: vacant}, empty: block", 1),
        ("by: {role: cfo}, empty: {to: {role: vacant}}", 1),
        ("by: {role: cfo}, empty: block, copies: [{to: {role: vacant}}], instead: {role: vacant}", 2),
        ("by: {role: cfo}, empty: block, ladder: [{after: 1d, escalate: {role: vacant}}]", 1),
        ("by: {role: cfo}, empty: {to: {role: board}}", 0),
    ] {
        assert_eq!(warnings(&world, &format!("  - {{id: ask, approve: {{{keys}}}, due: 1d}}"), "", "vacant_role"), wanted, "{keys}");
    }
}

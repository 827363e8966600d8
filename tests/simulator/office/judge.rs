//! The judge of an office: nothing stuck, nothing decided twice, nobody who was not asked, nobody who has left, every answer true.

use super::book::Answer;
use super::company::{BOSS, Company};
use super::items::Item;
use super::{items, timers};
use crate::world::World;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use waybill::domain::approval::{Task, TaskState};
use waybill::domain::flow::Instance;
use waybill::domain::flow::event::Outcome;
use waybill::domain::flow::instance::Visit;
use waybill::domain::ids::{InstanceId, TenantId, task_id};
use waybill::store::{DecisionRow, InstanceRow, TaskRow};

/// One line of an instance's history.
pub struct Told {
    pub kind: String,
    pub step: Option<String>,
    pub visit: Option<u32>,
    pub detail: serde_json::Value,
    pub at: Timestamp,
}

/// Whether everything is decided and nothing is on its way.
pub fn is_at_rest(world: &World) -> bool {
    let state = world.store.state();
    let runs = |row: &InstanceRow| matches!(row.status.as_str(), "running" | "exception");
    !state.instances.values().any(runs) && state.lanes.is_empty() && state.messages.values().all(|stored| stored.message.state == "stopped")
}

/// What an instance leaves behind.
struct Case {
    row: InstanceRow,
    instance: Instance,
    told: Vec<Told>,
    tasks: Vec<TaskRow>,
    decisions: Vec<DecisionRow>,
    initiator: String,
    items: Vec<Item>,
}

/// Judges everything at the end.
pub fn judge(world: &Arc<World>) {
    let cases = cases(world);
    for case in cases.values() {
        let wrong = |what: String| world.wrong(format!("{} {}: {what}", case.row.flow, case.row.id));
        if case.row.status != "ended" {
            wrong(format!("stuck, {} at {:?}", case.row.status, case.row.at_step));
            continue;
        }
        world.count(&format!("Ended {}", case.row.outcome.clone().unwrap_or_default()));
        rows_are_the_state(case, &wrong);
        nothing_twice(case, &wrong);
        whoever_was_asked(world, case, &wrong);
        as_the_mode_says(case, &wrong);
        second_person(world, case, &cases, &wrong);
        items::judge(world, &case.instance, &case.items, &wrong);
        timers::judge(world, &case.row, &case.instance, &case.told);
    }
    answers_are_true(world);
    let state = world.store.state();
    if let Some(((instance, number), (_, due))) = state.timers.first_key_value() {
        world.wrong(format!("timer {number} of {instance} is left, due {due}"));
    }
    for row in state.messages.values() {
        world.wrong(format!("message {} is {}: {:?}", row.message.new.id, row.message.state, row.message.problem));
    }
}

fn cases(world: &World) -> BTreeMap<InstanceId, Case> {
    let state = world.store.state();
    let mut cases = BTreeMap::new();
    for row in state.instances.values() {
        let mut told = Vec::new();
        for line in state.history.get(&row.id).into_iter().flatten() {
            let entries: Vec<waybill::domain::flow::decision::HistoryEntry> = serde_json::from_str(&line.entries).unwrap_or_default();
            told.extend(entries.into_iter().map(|entry| Told {
                kind: entry.kind,
                step: entry.step,
                visit: entry.visit,
                detail: entry.detail,
                at: line.at,
            }));
        }
        let body = state.revisions.get(&(row.document, row.revision)).map(|row| row.body.clone()).unwrap_or_default();
        let body: serde_json::Value = serde_json::from_str(&body).unwrap_or_default();
        let decisions = state.decisions.range((row.id, 0)..=(row.id, u32::MAX)).map(|(_, row)| row.clone()).collect();
        let case = Case {
            instance: serde_json::from_str(&row.state).unwrap_or_default(),
            told,
            tasks: state.tasks_of(TenantId::DEFAULT, row.id),
            decisions,
            items: items::read(&body),
            initiator: body["requester"]["id"].as_str().unwrap_or_default().to_owned(),
            row: row.clone(),
        };
        cases.insert(row.id, case);
    }
    cases
}

fn asking(case: &Case) -> impl Iterator<Item = (&Visit, &[Task])> {
    case.instance.visits.iter().filter_map(|visit| Some((visit, visit.people.as_deref()?.tasks.as_slice())))
}

/// Lists and records say what the state says.
fn rows_are_the_state(case: &Case, wrong: &dyn Fn(String)) {
    let mut known = 0;
    for (visit, tasks) in asking(case) {
        for (number, task) in (0_u32..).zip(tasks) {
            known += 1;
            let id = task_id(TenantId::DEFAULT, case.row.id, &visit.step, visit.number, number);
            let Some(row) = case.tasks.iter().find(|row| row.id == id) else {
                wrong(format!("task {number} of {}#{} is in no list", visit.step, visit.number));
                continue;
            };
            if (row.person.as_str(), row.kind.as_str(), row.state.as_str()) != (task.person.as_str(), task.kind.word(), task.state.word()) {
                wrong(format!("the list says {} {} {}, the state {task:?}", row.person, row.kind, row.state));
            }
            if task.state.is_open() && row.kind != "copy" {
                wrong(format!("it is over, and {} still holds {}#{}", row.person, visit.step, visit.number));
            }
        }
    }
    if known != case.tasks.len() {
        wrong(format!("{known} tasks in the state, {} in lists", case.tasks.len()));
    }
    let numbers: Vec<u32> = case.decisions.iter().map(|row| row.number).collect();
    if numbers != (1..=case.instance.decisions).collect::<Vec<u32>>() {
        wrong(format!("its records are numbered {numbers:?} of {}", case.instance.decisions));
    }
    if !case.instance.timers.is_empty() {
        wrong(format!("it is over, and has timers: {:?}", case.instance.timers));
    }
}

/// One decision closes a task; only taking it back opens it again.
fn nothing_twice(case: &Case, wrong: &dyn Fn(String)) {
    let mut closed: BTreeMap<(String, u32, u32), &DecisionRow> = BTreeMap::new();
    for row in &case.decisions {
        let (Some(step), Some(visit), Some(task)) = (&row.step, row.visit, row.task) else { continue };
        let key = (step.clone(), visit, task);
        match row.verb.as_str() {
            "take_back" => {
                closed.remove(&key);
            }
            "approve" | "reject" | "complete" | "return" | "transfer" | "answer" | "contribute" | "resubmit" | "remove" => {
                if let Some(first) = closed.insert(key, row) {
                    wrong(format!(
                        "{step}#{visit} task {task} was decided twice: {} by {} at {}, {} by {} at {}",
                        first.verb, first.person, first.at, row.verb, row.person, row.at
                    ));
                }
            }
            _ => {}
        }
    }
}

/// Verbs that are only whoever holds the task's, or their agent's.
const HOLDERS: [&str; 11] =
    ["approve", "reject", "complete", "return", "resubmit", "claim", "take_back", "assist", "contribute", "consult", "answer"];

/// What clocks may be apart, and what a replica may need to hear that somebody has left.
const APART: SignedDuration = SignedDuration::from_mins(21);

fn whoever_was_asked(world: &World, case: &Case, wrong: &dyn Fn(String)) {
    let (company, book) = (Company::default(), world.book());
    let start: Timestamp = "2026-09-28T01:00:00Z".parse().expect("a timestamp");
    let mut problems = Vec::new();
    for row in case.decisions.iter().filter(|row| HOLDERS.contains(&row.verb.as_str()) && row.person != "system") {
        let (Some(step), Some(visit), Some(number)) = (&row.step, row.visit, row.task) else { continue };
        let Some(task) = case.tasks.iter().find(|task| task.step == *step && task.visit == visit && task.number == number) else {
            problems.push(format!("{} {} about a task that there is not", row.person, row.verb));
            continue;
        };
        let delegated = book.delegations.iter().any(|(of, agent, from, until)| {
            *of == task.person && *agent == row.person && *from <= row.at + APART && row.at < *until + APART
        });
        let acts_for = row.on_behalf_of.as_ref() == Some(&task.person) && delegated;
        if task.person != row.person && !acts_for {
            problems.push(format!("{} {} at {step}#{visit}, which is {}'s", row.person, row.verb, task.person));
        }
        if let Some(left) = book.left.get(&row.person)
            && row.at > start + *left + APART
        {
            problems.push(format!("{} {} at {step}#{visit} on {}, and had left", row.person, row.verb, row.at));
        }
    }
    // Whom the rules can lead to, whom somebody named, and who stands above whoever had it.
    let role = |role: &str| company.roles.get(role).cloned().unwrap_or_default();
    let named: BTreeSet<String> =
        case.decisions.iter().flat_map(|row| serde_json::from_str::<Vec<String>>(&row.named).unwrap_or_default()).collect();
    let held: BTreeSet<&String> = case.tasks.iter().map(|task| &task.person).collect();
    let above: BTreeSet<String> = held.iter().flat_map(|person| company.above(person)).collect();
    let doers: Vec<String> = case.tasks.iter().filter(|task| task.step == "act").map(|task| task.person.clone()).collect();
    for task in case.tasks.iter().filter(|task| task.kind != "copy") {
        let of_rule = match (task.kind.as_str(), task.step.as_str()) {
            ("resubmit", _) => vec![case.initiator.clone()],
            (_, "lead" | "up") => company.above(&case.initiator),
            (_, "board" | "vote") => role("board"),
            (_, "money" | "over") => role("finance"),
            (_, "ask") => case.items.iter().map(|item| item.owner.clone()).chain(company.above(&case.initiator)).collect(),
            (_, "first" | "act") => role("clerks"),
            (_, "check_it") => doers.clone(),
            (_, "second") => [role("legal"), role("audit")].concat(),
            (_, "say") => role("legal"),
            _ => Vec::new(),
        };
        let known = of_rule.contains(&task.person) || named.contains(&task.person) || above.contains(&task.person) || task.person == BOSS;
        if !known {
            problems.push(format!("{} was asked at {}#{}, and nothing leads there", task.person, task.step, task.visit));
        }
    }
    drop(book);
    problems.into_iter().for_each(wrong);
}

/// What a step came to is what its people said, by the mode.
fn as_the_mode_says(case: &Case, wrong: &dyn Fn(String)) {
    for (visit, tasks) in asking(case) {
        // Time or somebody who runs the flow has said it.
        let of = |row: &&DecisionRow| row.step.as_deref() == Some(&visit.step) && row.visit == Some(visit.number);
        let by_rule = case.decisions.iter().filter(of).any(|row| row.person == "system" && row.task.is_none());
        let meddled = case.decisions.iter().any(|row| row.verb == "intervene");
        let kinds: Vec<&Task> = tasks.iter().filter(|task| task.kind.decides()).collect();
        if by_rule || meddled || kinds.is_empty() {
            continue;
        }
        let counted: Vec<&&Task> = kinds
            .iter()
            .filter(|task| task.state != TaskState::Transferred)
            .filter(|task| task.state != TaskState::Cancelled || task.why.as_deref() == Some("peer_decided"))
            .collect();
        let yes = counted.iter().filter(|task| task.state.is_passed()).count();
        let no = counted.iter().filter(|task| task.state == TaskState::Rejected).count();
        let said = format!("{}#{}: {yes} yes and {no} no of {}", visit.step, visit.number, counted.len());
        match (visit.outcome, visit.step.as_str()) {
            (Some(Outcome::Approved), "board" | "up") if yes < counted.len() => wrong(format!("agreed at {said}")),
            (Some(Outcome::Approved), "vote") if yes < (counted.len() * 60).div_ceil(100) => wrong(format!("agreed at {said}")),
            (Some(Outcome::Approved), "say") if yes < counted.len().min(2) => wrong(format!("agreed at {said}")),
            (Some(Outcome::Approved), _) if yes == 0 => wrong(format!("agreed at {said}")),
            (Some(Outcome::Rejected), _) if no == 0 => wrong(format!("refused at {said}")),
            _ => {}
        }
    }
}

/// Who decided in the flow before, or began it, decides nothing at `second`.
fn second_person(world: &World, case: &Case, cases: &BTreeMap<InstanceId, Case>, wrong: &dyn Fn(String)) {
    let deciders = |tasks: &[Task]| -> BTreeSet<String> {
        let said = tasks.iter().filter(|task| task.kind.decides() && task.why.is_none());
        let said = said.filter(|task| matches!(task.state, TaskState::Approved | TaskState::Rejected | TaskState::Done));
        said.flat_map(|task| [Some(task.person.clone()), task.by.clone()]).flatten().collect()
    };
    for (index, visit) in case.instance.visits.iter().enumerate().filter(|(_, visit)| visit.step == "second" && !visit.left) {
        let Some(people) = &visit.people else { continue };
        let mut before = BTreeSet::from([case.initiator.clone()]);
        for earlier in case.instance.visits[..index].iter().filter(|earlier| !earlier.left) {
            let inner = earlier.sub.as_ref().and_then(|sub| cases.get(&sub.instance));
            before.extend(inner.into_iter().flat_map(asking).filter(|(visit, _)| !visit.left).flat_map(|(_, tasks)| deciders(tasks)));
        }
        let again: Vec<String> = deciders(&people.tasks).intersection(&before).cloned().collect();
        world.count("Second person");
        if !again.is_empty() {
            wrong(format!("{again:?} decided before, and at `second` again"));
        }
    }
}

/// Whoever was told that it is done finds it done, once; whoever was refused finds nothing.
fn answers_are_true(world: &World) {
    let mut done: BTreeMap<String, u32> = BTreeMap::new();
    let mut problems = Vec::new();
    {
        let (state, book) = (world.store.state(), world.book());
        for row in state.decisions.values() {
            let Some(token) = &row.token else { continue };
            *done.entry(token.clone()).or_default() += 1;
            let asked = book.asked.get(token);
            if asked.is_none_or(|asked| asked.person != row.person || asked.verb != row.verb) {
                problems.push(format!("record {} of {} says {} {}: nobody asked for it", row.number, row.instance, row.person, row.verb));
            }
        }
        for (token, asked) in &book.asked {
            let found = done.get(token).copied().unwrap_or(0);
            let told = asked.answers.contains(&Answer::Done);
            let refused = asked.under_way == 0 && !asked.unheard && asked.answers.iter().all(|answer| matches!(answer, Answer::Refused(_)));
            if found > 1 || (told && found == 0) || (refused && found > 0) {
                problems.push(format!(
                    "{} {} ({token}) was answered {:?} and is recorded {found} times",
                    asked.person, asked.verb, asked.answers
                ));
            }
        }
    }
    problems.into_iter().for_each(|problem| world.wrong(problem));
}

//! Telling people: in whose language, by which channels, in which words. Nothing here waits for an answer.

use super::compile::Compiler;
use super::decision::WaitingNotice;
use super::delegated;
use super::effect::{Purpose, RetryPolicy, Work};
use super::event::Bundle;
use super::machine::Machine;
use super::reference;
use super::steps::notify;
use crate::domain::approval::{DecisionLink, TaskKind, TaskState};
use crate::domain::ids::{self, TaskId};
use crate::domain::notice::{BETWEEN_PEOPLE, BUILT_IN, EVENTS, Tells as Reach, Told, Words, digest_words, own_words};
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use jiff::Timestamp;
use std::collections::BTreeMap;

static TELL: ObjectShape = ObjectShape {
    name: "tell",
    doc: "How people are told of one thing.",
    fields: &[
        Field::optional("template", Shape::Id, "The template of `flows/templates/`; the hub's own words when left out."),
        Field::optional("channels", Shape::OneOrMany(&Shape::Text), "Channels beside those that people have."),
        Field::optional("urgent", Shape::Bool, "It waits neither for the end of quiet hours nor for a digest."),
    ],
};

macro_rules! event {
    ($word:literal, $doc:literal) => {
        Field::optional($word, Shape::Object(&TELL), $doc)
    };
}

/// The key `notices` of flows and steps.
pub const SHAPE: Shape = Shape::Object(&ObjectShape {
    name: "notices",
    doc: "How people are told, by what they are told of.",
    fields: &[
        event!("turn", "It is somebody's turn."),
        event!("copied", "A copy, to know."),
        event!("returned", "It went back to who began it."),
        event!("mentioned", "A comment names them."),
        event!("urged", "Somebody urges them."),
        event!("reminded", "The ladder reminds them."),
        event!("escalated", "The ladder tells them that it takes long; always urgent."),
    ],
});

/// How people are told of one thing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tell {
    /// The template.
    pub template: Option<String>,
    /// Channels beside those that people have.
    pub channels: Vec<String>,
    /// It waits for nothing.
    pub urgent: bool,
}

/// By what people are told of.
pub type Tells = BTreeMap<String, Tell>;

impl Compiler<'_> {
    /// Reads what stands under `notices`.
    pub(super) fn tells(&mut self, node: Option<&Node>) -> Tells {
        let mut tells = Tells::new();
        for (event, node) in node.map(Node::entries).unwrap_or_default() {
            let mut tell = Tell { urgent: node.get("urgent").and_then(Node::bool).unwrap_or(false), ..Tell::default() };
            if let Some((template, name)) = node.get("template").and_then(|template| Some((template, template.text()?))) {
                if !self.env.templates.contains(name) {
                    self.unknown("template", name, template.span, self.env.templates.iter());
                }
                tell.template = Some(name.to_owned());
            }
            let channels = node.get("channels").map(|channels| match channels.text() {
                Some(_) => std::slice::from_ref(channels),
                None => channels.items(),
            });
            for channel in channels.unwrap_or_default() {
                tell.channels.extend(self.channel(channel));
            }
            tells.insert(event.text.clone(), tell);
        }
        tells
    }

    /// The task centres that a flow names, which must be there.
    pub(super) fn centres(&mut self, node: Option<&Node>) -> Vec<String> {
        let mut centres = Vec::new();
        for named in node.map(Node::items).unwrap_or_default() {
            let Some(name) = named.text() else { continue };
            if !self.env.centres.contains(name) {
                self.unknown("task centre", name, named.span, self.env.centres.iter());
            }
            centres.push(name.to_owned());
        }
        centres
    }

    /// The name of a channel, which must be there.
    pub(super) fn channel(&mut self, node: &Node) -> Option<String> {
        let name = node.text()?;
        if !self.env.channels.contains(name) {
            self.unknown("channel", name, node.span, self.env.channels.iter());
        }
        Some(name.to_owned())
    }
}

/// What is to be told.
#[derive(Clone)]
pub(super) struct Telling<'t> {
    /// One of `EVENTS`, or `notify`.
    pub event: &'t str,
    /// Whom.
    pub to: Vec<String>,
    /// For whom they decide, where it is not their own duty.
    pub on_behalf_of: &'t [String],
    /// The one channel, where a step names it.
    pub channel: Option<&'t str>,
    /// Channels beside.
    pub more: &'t [String],
    /// It waits for nothing.
    pub urgent: bool,
    /// What a step says; none for the template of the event, or the hub's own words.
    pub says: Option<&'t notify::Says>,
    /// How long a channel that is down is tried.
    pub retry: RetryPolicy,
}

/// One notice by one channel.
struct Letter {
    channel: String,
    told: Told,
    words: Words,
}

/// Tells people.
///
/// # Errors
/// When a step's own text cannot be made; then nobody is told.
pub(super) fn tell(machine: &mut Machine<'_>, visit: usize, telling: &Telling<'_>) -> Result<(), String> {
    let mut letters = Vec::new();
    for (channel, people) in by_channel(machine, telling) {
        let (later, at_once) = waiting(machine, telling, &channel, people);
        for (language, people) in groups(machine, telling, &channel, at_once) {
            let (told, _) = told(machine, visit, telling, language, people);
            let words = words(machine, visit, telling, &told)?;
            letters.push((None, Letter { channel: channel.clone(), told, words }));
        }
        for (person, due) in later {
            let language = machine.env().language(&person).to_owned();
            let (told, task) = told(machine, visit, telling, language, vec![person]);
            let words = words(machine, visit, telling, &told)?;
            letters.push((Some((due, task)), Letter { channel: channel.clone(), told, words }));
        }
    }
    for (later, letter) in letters {
        match later {
            Some((due, task)) => keep(machine, visit, letter, due, task),
            None => plan(machine, visit, letter, telling.retry.clone()),
        }
    }
    Ok(())
}

/// What follows from what a flow says of an event: the step's word before the flow's.
pub(super) fn tell_of<'m>(machine: &Machine<'m>, visit: usize, event: &str) -> Option<&'m Tell> {
    let step = machine.step_of(visit);
    step.and_then(|step| step.notices.get(event)).or_else(|| machine.flow.notices.get(event))
}

/// Channels in the order of the first who has them, each with its people.
fn by_channel(machine: &Machine<'_>, telling: &Telling<'_>) -> Vec<(String, Vec<String>)> {
    let mut found: Vec<(String, Vec<String>)> = Vec::new();
    let mut add = |channel: &str, person: &str| match found.iter_mut().find(|(known, _)| known == channel) {
        Some((_, people)) if people.iter().any(|known| known == person) => {}
        Some((_, people)) => people.push(person.to_owned()),
        None => found.push((channel.to_owned(), vec![person.to_owned()])),
    };
    let directory = machine.env().directory();
    // What a group was told for one of them, whoever decides for them can read there.
    let read_there = |channel: &str| {
        machine.env().channel(channel).is_some_and(|known| known.tells == Reach::Group)
            && telling.on_behalf_of.iter().any(|principal| directory.channels(principal).iter().any(|known| **known == *channel))
    };
    for person in &telling.to {
        match telling.channel {
            Some(channel) => add(channel, person),
            None => directory.channels(person).iter().filter(|channel| !read_there(channel)).for_each(|channel| add(channel, person)),
        }
        telling.more.iter().for_each(|channel| add(channel, person));
    }
    found
}

/// Who waits, and until when; then those who do not. What a group reads waits for nobody.
fn waiting(machine: &Machine<'_>, telling: &Telling<'_>, channel: &str, people: Vec<String>) -> (Vec<(String, Timestamp)>, Vec<String>) {
    let waits = !telling.urgent && machine.env().channel(channel).is_none_or(|known| known.tells != Reach::Group);
    let (mut later, mut at_once) = (Vec::new(), Vec::new());
    for person in people {
        match machine.env().directory().waits(&person, machine.now).filter(|_| waits) {
            Some(due) => later.push((person, due)),
            None => at_once.push(person),
        }
    }
    (later, at_once)
}

/// Keeps a notice that waits. Its place among the effects of the visit gives it its id.
fn keep(machine: &mut Machine<'_>, visit: usize, letter: Letter, due: Timestamp, task: Option<TaskId>) {
    let index = machine.next_effect(visit);
    let found = &machine.instance.visits[visit];
    let Letter { channel, told, words } = letter;
    let waiting = WaitingNotice {
        id: machine.effect_id(visit, index),
        person: told.people.into_iter().next().unwrap_or_default(),
        channel,
        due,
        step: found.step.clone(),
        visit: found.number,
        task,
        event: told.event,
        subject: words.subject,
        text: words.text,
        url: told.url,
    };
    machine.changes.waiting.push(waiting);
}

/// Bundles that an instance remembers: a repeat comes within minutes.
const BUNDLES_MAX: usize = 64;

/// What waited for somebody goes out as one.
pub(super) fn bundle(machine: &mut Machine<'_>, bundle: &Bundle) {
    let known = bundle.id.simple().to_string()[16..].to_owned();
    if machine.instance.bundles.contains(&known) {
        return machine.note("ignored", None, serde_json::json!({"why": "these notices were sent already"}));
    }
    let visits = &machine.instance.visits;
    let visit = visits.iter().position(|visit| visit.step == bundle.step && visit.number == bundle.visit);
    let Some(visit) = visit.or_else(|| visits.len().checked_sub(1)) else { return };
    let language = machine.env().language(&bundle.person).to_owned();
    let telling = Telling {
        event: "digest",
        to: vec![bundle.person.clone()],
        on_behalf_of: &[],
        channel: Some(&bundle.channel),
        more: &[],
        urgent: false,
        says: None,
        retry: RetryPolicy::default(),
    };
    let (mut told, _) = told(machine, visit, &telling, language, telling.to.clone());
    let words = match bundle.items.as_slice() {
        [only] => {
            told.event.clone_from(&only.event);
            if only.event == BETWEEN_PEOPLE {
                // It is about no document: this instance only sends it.
                told = Told { document_kind: String::new(), key: String::new(), step: String::new(), step_title: String::new(), ..told };
                (told.approve_url, told.reject_url) = Default::default();
            }
            told.url.clone_from(&only.url);
            Words { subject: only.subject.clone(), text: only.text.clone(), items: Vec::new() }
        }
        items => {
            told.url = format!("{HERE}/tasks");
            // Of several nobody decides by one link.
            told.approve_url.clear();
            told.reject_url.clear();
            let items: Vec<(String, String)> = items.iter().map(|item| (item.subject.clone(), item.url.clone())).collect();
            let (subject, text) = digest_words(&told.language, &items);
            Words { subject, text, items }
        }
    };
    machine.note("notified", Some(visit), serde_json::json!({"to": [bundle.person], "notices": bundle.items.len()}));
    plan(machine, visit, Letter { channel: bundle.channel.clone(), told, words }, RetryPolicy::default());
    if machine.instance.bundles.len() >= BUNDLES_MAX {
        machine.instance.bundles.remove(0);
    }
    machine.instance.bundles.push(known);
}

/// Who shares one notice of a channel, and in which language.
fn groups(machine: &Machine<'_>, telling: &Telling<'_>, channel: &str, people: Vec<String>) -> Vec<(String, Vec<String>)> {
    let language = |person: &str| machine.env().language(person).to_owned();
    match machine.env().channel(channel) {
        // Its readers are whoever is in the group: the language of the house.
        Some(known) if known.tells == Reach::Group => vec![(language(""), people)],
        Some(_) => people.into_iter().map(|person| (language(&person), vec![person])).collect(),
        // What leads to somebody's own task is for them alone.
        None if channel == "mail" && telling.says.is_none() => people.into_iter().map(|person| (language(&person), vec![person])).collect(),
        None => notify::by_language(machine, people),
    }
}

fn told(machine: &Machine<'_>, visit: usize, telling: &Telling<'_>, language: String, people: Vec<String>) -> (Told, Option<TaskId>) {
    let (document, key) = machine.subject_of(visit);
    let found = &machine.instance.visits[visit];
    let title = machine.step_of(visit).and_then(|step| step.title.get(&language)).map(str::to_owned);
    // Whose task it leads to: their own, or that of the one for whom they decide.
    let holder = match (telling.on_behalf_of, people.as_slice()) {
        ([principal], [_]) => Some(principal),
        ([], [person]) => Some(person),
        _ => None,
    };
    let task = holder.and_then(|holder| task_of(machine, visit, telling.event, holder));
    let (approve_url, reject_url) = decision_urls(machine, visit, task, holder, &people);
    let names = telling.on_behalf_of.iter().map(|person| machine.env().directory().name(person));
    let told = Told {
        approve_url,
        reject_url,
        event: telling.event.to_owned(),
        person_name: people.first().map(|person| machine.env().directory().name(person).to_owned()).unwrap_or_default(),
        on_behalf_of: names.collect::<Vec<_>>().join(if language == "zh" { "、" } else { ", " }),
        urgent: telling.urgent,
        document_kind: machine.facts.document.kind.to_string(),
        step_title: title.unwrap_or_else(|| found.step.clone()),
        step: found.step.clone(),
        at: machine.now.to_string(),
        url: task.map_or_else(|| format!("{HERE}/docs/{document}"), |task| format!("{HERE}/tasks?task={task}")),
        language,
        people,
        key,
    };
    (told, task)
}

/// Where somebody decides their task by one click and a confirmation: whose turn it is to agree, where the directory allows it.
fn decision_urls(
    machine: &Machine<'_>,
    visit: usize,
    task: Option<TaskId>,
    holder: Option<&String>,
    people: &[String],
) -> (String, String) {
    let lasts = machine.env().directory().decision_links.as_ref().map(|links| links.lasts);
    let asked = |person: &String| {
        let tasks = machine.instance.visits[visit].people.as_ref().map(|activation| activation.tasks.as_slice()).unwrap_or_default();
        tasks.iter().any(|task| task.person == *person && task.kind == TaskKind::Approve && task.state == TaskState::Pending)
    };
    let (Some(lasts), Some(task), Some(holder), [person]) = (lasts, task, holder, people) else { return Default::default() };
    let Some(until) = machine.now.checked_add(lasts).ok().filter(|_| asked(holder)) else { return Default::default() };
    let link = |verb: &str| {
        let link = DecisionLink { task, person: person.clone(), verb: verb.to_owned(), until };
        format!("{HERE}/decide/{}", link.payload())
    };
    (link("approve"), link("reject"))
}

/// How an address of this hub is written until it leaves: where it is reached from outside, only the process knows.
pub const HERE: &str = "waybill:";

/// Somebody's open task at a visit.
fn task_of(machine: &Machine<'_>, visit: usize, event: &str, person: &str) -> Option<TaskId> {
    let found = &machine.instance.visits[visit];
    let fits = |kind: TaskKind| (kind == TaskKind::Copy) == (event == "copied");
    let tasks = &found.people.as_ref()?.tasks;
    let number = tasks.iter().rposition(|task| task.person == person && task.state.is_open() && fits(task.kind))?;
    Some(ids::task_id(machine.facts.tenant, machine.facts.instance, &found.step, found.number, u32::try_from(number).ok()?))
}

fn words(machine: &mut Machine<'_>, visit: usize, telling: &Telling<'_>, told: &Told) -> Result<Words, String> {
    if let Some(says) = telling.says {
        let (subject, text) = notify::words(machine, visit, says, told)?;
        return Ok(Words { subject, text, items: Vec::new() });
    }
    if let Some(template) = tell_of(machine, visit, telling.event).and_then(|tell| tell.template.clone()) {
        match notify::words(machine, visit, &notify::Says::Template(template), told) {
            Ok((subject, text)) => return Ok(Words { subject, text, items: Vec::new() }),
            // Nobody waits for a text in vain: the hub's own words tell them as well.
            Err(message) => machine.note("template_failed", Some(visit), serde_json::json!({"message": message})),
        }
    }
    Ok(own_words(told))
}

fn plan(machine: &mut Machine<'_>, visit: usize, letter: Letter, retry: RetryPolicy) {
    let index = machine.next_effect(visit);
    let work = match call(machine, visit, index, &letter) {
        Ok(work) => work,
        // It is planned all the same, so that it stands in an exception and a person sees who was not told.
        Err(problem) => letter_of(letter, Some(problem)),
    };
    let (document, _) = machine.subject_of(visit);
    machine.plan(visit, index, document, work, retry);
    machine.instance.visits[visit].notices.push(index);
}

fn letter_of(letter: Letter, problem: Option<String>) -> Work {
    let Letter { told, words, .. } = letter;
    // Of a channel that is not there nobody takes work.
    Work::Notice { channel: "log".to_owned(), to: told.people, subject: words.subject, body: words.text, problem }
}

/// What is asked for: a letter by the hub itself, or an operation of a connector.
fn call(machine: &Machine<'_>, visit: usize, index: u32, letter: &Letter) -> Result<Work, String> {
    let Letter { channel, told, words } = letter;
    if BUILT_IN.contains(&channel.as_str()) {
        let (to, subject, body) = (told.people.clone(), words.subject.clone(), words.text.clone());
        return Ok(Work::Notice { channel: channel.clone(), to, subject, body, problem: None });
    }
    call_of(machine, (visit, index), (channel, false), ("notice", told.in_words(words)))
}

/// The call of a channel that is an operation of a connector; or of what opens a centre.
fn call_of(
    machine: &Machine<'_>,
    (visit, index): (usize, u32),
    (channel, opening): (&str, bool),
    (name, value): (&str, Value),
) -> Result<Work, String> {
    let known = machine.env().channel(channel).ok_or_else(|| format!("the flow version has no notice channel `{channel}`"))?;
    let (operation, map) = match known.opens.as_ref().filter(|_| opening) {
        Some(opens) => (&opens.operation, &opens.map),
        None => (&known.operation, &known.map),
    };
    let binding = &machine.facts.binding;
    let connection = binding.roles.get(&*known.role).ok_or_else(|| format!("no connection plays the role `{}`", known.role))?;
    let info = machine.env().operation(connection, operation);
    let info = info.ok_or_else(|| format!("`{connection}` has no operation `{operation}`"))?;
    let map = binding.maps.get(&**map).map_or(&**map, String::as_str);
    let scope = crate::domain::expression::Scope::default().with(name, value).with("values", binding.values.clone());
    let input = machine.env().map(map, &scope).map_err(|failure| failure.message)?;
    let (_, key) = machine.subject_of(visit);
    let reference = reference::of(&key, machine.effect_id(visit, index), &info.input);
    let input: Value = reference::fill(&input, &info.input, &reference);
    Ok(Work::Call {
        connection: connection.clone(),
        operation: operation.to_string(),
        input: input.to_json(),
        reference,
        purpose: Purpose::Notice,
    })
}

/// Shows a centre the tasks of the instance, or opens it; what cannot be shown stands in an exception, and nobody waits for it. Gives
/// the index among the effects of the visit.
pub(super) fn show(machine: &mut Machine<'_>, visit: usize, (channel, opening): (&str, bool), shown: Value) -> u32 {
    let index = machine.next_effect(visit);
    let call = call_of(machine, (visit, index), (channel, opening), ("shown", shown));
    let work = call.unwrap_or_else(|problem| Work::Notice {
        channel: "log".to_owned(),
        to: Vec::new(),
        subject: channel.to_owned(),
        body: String::new(),
        problem: Some(problem),
    });
    machine.plan(visit, index, machine.facts.document.id, work, RetryPolicy::default());
    machine.instance.visits[visit].notices.push(index);
    index
}

/// Tells people of something about a step: a line in the history, and a notice in each one's language.
pub(super) fn tell_people(machine: &mut Machine<'_>, visit: usize, event: &str, to: Vec<String>) {
    debug_assert!(EVENTS.contains(&event), "`{event}` is not among what people are told of");
    let agents = delegated::agents(machine, visit, event, &to);
    let mut detail = serde_json::json!({"to": to});
    if !agents.is_empty() {
        detail["agents"] = agents.iter().map(|(agent, _)| agent.as_str()).collect::<Vec<_>>().into();
    }
    if event != "turn" || !to.is_empty() {
        machine.note(event, Some(visit), detail);
    }
    if to.is_empty() {
        return;
    }
    let tell_of = tell_of(machine, visit, event).cloned().unwrap_or_default();
    let telling = Telling {
        event,
        to,
        on_behalf_of: &[],
        channel: None,
        more: &tell_of.channels,
        // Who is told that it takes long is told now.
        urgent: tell_of.urgent || event == "escalated",
        says: None,
        retry: RetryPolicy::default(),
    };
    // Without a step's own text there is none that could fail.
    let _ = tell(machine, visit, &telling);
    for (agent, principals) in &agents {
        let telling = Telling { to: vec![agent.clone()], on_behalf_of: principals, more: &[], ..telling.clone() };
        let _ = tell(machine, visit, &telling);
    }
}

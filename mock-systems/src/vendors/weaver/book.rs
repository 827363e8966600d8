//! Requests: where each stands, who is asked, and what has been written about it.

use crate::instant::Micros;
use crate::vendors::templates::Template;

use super::form::Row;
use super::workflow::{ARCHIVE, MONITOR, NODES, Node, VERDICT, first};

/// An entry of the log.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// `0` agreed, `2` submitted, `3` returned, `7` forwarded, `9` remarked, `a` asked for an opinion, `e` archived by
    /// force, `h` handed over.
    pub kind: &'static str,
    pub person: String,
    pub node: u32,
    pub to: u32,
    pub remark: String,
    pub at: Micros,
}

/// Somebody who is or was asked.
#[derive(Clone, Debug)]
pub(super) struct Operator {
    pub person: String,
    pub node: u32,
    /// 0 has not answered, 1 was forwarded to, 2 has answered, 4 archived.
    pub state: u8,
    pub received: Micros,
    pub answered: Option<Micros>,
}

#[derive(Clone, Debug)]
pub(super) struct Request {
    pub id: u64,
    pub workflow: String,
    pub name: String,
    pub level: String,
    pub creator: String,
    pub main: Row,
    /// Tables by their names, each with its rows.
    pub details: Vec<(String, Vec<Row>)>,
    node: usize,
    /// The words of the last exit.
    pub status: String,
    pub created: Micros,
    pub touched: Micros,
    pub last_person: String,
    pub log: Vec<Entry>,
    pub operators: Vec<Operator>,
}

pub(super) struct Book {
    pub requests: Vec<Request>,
    pub workflows: Vec<Template>,
    next: u64,
}

/// How a person answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Agree,
    /// By the exit that leads to the archive.
    Refuse,
}

impl Book {
    pub(super) fn new() -> Self {
        Self { requests: Vec::new(), workflows: vec![first()], next: 447_473 }
    }

    pub(super) fn get(&self, id: u64) -> Option<&Request> {
        self.requests.iter().find(|request| request.id == id)
    }

    pub(super) fn get_mut(&mut self, id: u64) -> Option<&mut Request> {
        self.requests.iter_mut().find(|request| request.id == id)
    }

    pub(super) fn next_id(&mut self) -> u64 {
        self.next += 1;
        self.next - 1
    }

    /// A workflow that requests may be made of: of those with one name only the newest version.
    pub(super) fn active(&self, code: &str) -> Option<&Template> {
        let wanted = self.workflows.iter().find(|workflow| workflow.code == code)?;
        self.workflows.iter().rfind(|workflow| workflow.name == wanted.name).filter(|newest| newest.code == code)
    }
}

impl Request {
    /// A request at its first node, in its creator's hands.
    pub(super) fn new(id: u64, workflow: &str, name: &str, creator: &str, now: Micros) -> Self {
        let mut request = Self {
            id,
            workflow: workflow.to_owned(),
            name: name.to_owned(),
            level: "0".to_owned(),
            creator: creator.to_owned(),
            main: Row::new(),
            details: Vec::new(),
            node: 0,
            status: NODES[0].name.to_owned(),
            created: now,
            touched: now,
            last_person: creator.to_owned(),
            log: Vec::new(),
            operators: Vec::new(),
        };
        request.ask(now);
        request
    }

    pub(super) fn node(&self) -> &'static Node {
        &NODES[self.node]
    }

    pub(super) fn is_over(&self) -> bool {
        self.node == ARCHIVE
    }

    pub(super) fn is_seen_by(&self, person: &str) -> bool {
        person == MONITOR || person == self.creator || self.operators.iter().any(|operator| operator.person == person)
    }

    /// Those who have not answered.
    pub(super) fn holders(&self) -> impl Iterator<Item = &str> {
        self.operators.iter().filter(|operator| operator.state == 0).map(|operator| operator.person.as_str())
    }

    /// A holder answers. Where several are asked, the request stays until all have; one refusal is enough.
    pub(super) fn answer(&mut self, person: &str, answer: Answer, remark: &str, now: Micros) -> bool {
        let Some(open) = self.operators.iter_mut().find(|operator| operator.state == 0 && operator.person == person) else { return false };
        open.state = 2;
        open.answered = Some(now);
        let (node, waits) = (self.node(), self.holders().next().is_some());
        let to = match answer {
            Answer::Refuse if node.kind == 1 => ARCHIVE,
            Answer::Agree if waits => self.node,
            _ => self.node + 1,
        };
        self.write(if node.kind == 1 { "0" } else { "2" }, person, NODES[to].id, remark, now);
        if to != self.node {
            let exit = if answer == Answer::Refuse && node.kind == 1 { "不同意" } else { node.exit };
            self.move_to(to, exit, now);
            if to == ARCHIVE {
                self.set_verdict(if answer == Answer::Agree { "1" } else { "0" });
            }
        }
        true
    }

    /// Back to its creator, with an entry that says so.
    pub(super) fn give_back(&mut self, person: &str, remark: &str, now: Micros) {
        self.write("3", person, NODES[0].id, remark, now);
        self.move_to(0, "退回", now);
    }

    /// Back to its creator who took it back: no entry.
    pub(super) fn take_back(&mut self, now: Micros) {
        self.move_to(0, NODES[0].name, now);
    }

    /// To the archive whoever was asked. What the actions of the last node would have done is not done.
    pub(super) fn end(&mut self, person: &str, remark: &str, now: Micros) {
        self.write("e", person, NODES[ARCHIVE].id, remark, now);
        self.move_to(ARCHIVE, "强制归档", now);
    }

    pub(super) fn write(&mut self, kind: &'static str, person: &str, to: u32, remark: &str, now: Micros) {
        let node = self.node().id;
        self.log.push(Entry { kind, person: person.to_owned(), node, to, remark: remark.to_owned(), at: now });
        person.clone_into(&mut self.last_person);
        self.touched = now;
    }

    pub(super) fn set_verdict(&mut self, verdict: &str) {
        self.main.retain(|(name, _)| name != VERDICT);
        self.main.push((VERDICT.to_owned(), verdict.to_owned()));
    }

    fn move_to(&mut self, node: usize, status: &str, now: Micros) {
        for open in self.operators.iter_mut().filter(|operator| operator.state < 2) {
            open.state = if node == ARCHIVE { 4 } else { 2 };
        }
        self.node = node;
        status.clone_into(&mut self.status);
        self.touched = now;
        self.ask(now);
    }

    /// Asks the people of the node it stands at.
    fn ask(&mut self, now: Micros) {
        let creator = [self.creator.as_str()];
        let people: &[&str] = if self.node == 0 { &creator } else { self.node().people };
        let node = self.node().id;
        let asked = people.iter().map(|person| Operator { person: (*person).to_owned(), node, state: 0, received: now, answered: None });
        let asked: Vec<Operator> = asked.collect();
        self.operators.extend(asked);
    }
}

/// The server's own time, which is China's: day and time of day.
pub(super) fn local(at: Micros) -> (String, String) {
    const OFFSET_SECONDS: i64 = 8 * 3_600;
    let text = at.plus_seconds(OFFSET_SECONDS).to_rfc3339();
    (text[..10].to_owned(), text[11..19].to_owned())
}

/// `yyyy-MM-dd HH:mm:ss`.
pub(super) fn stamp(at: Micros) -> String {
    let (day, time) = local(at);
    format!("{day} {time}")
}

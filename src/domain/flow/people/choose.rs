//! Who is asked: the ways to say it, and the people they lead to. A forecast asks here too, so that it says what will be.

use crate::domain::directory::{Around, Directory, Who};
use crate::domain::expression::{EvaluateError, ScopeType};
use crate::domain::flow::compile::{Compiler, StepContext};
use crate::domain::flow::flow::Condition;
use crate::domain::flow::instance::State;
use crate::domain::flow::machine::Machine;
use crate::domain::text::shape::{Field, KeyedShape, ObjectShape, Shape, Variant};
use crate::domain::text::tree::Node;
use crate::domain::value::{Type, Value};
use std::sync::Arc;

/// Managers one above the other that are asked at most.
const LEVELS_MAX: u32 = 20;

/// One way to say who.
pub const CHOOSER: Shape = Shape::Either(&[Shape::Word(&["initiator"]), Shape::Keyed(&KEYED)]);

static KEYED: KeyedShape = KeyedShape {
    name: "chooser",
    doc: "Who is asked.",
    common: &[],
    variants: &[
        &Variant { key: Field::required("user", Shape::Text, "This person, by id."), fields: &[] },
        &Variant { key: Field::required("role", Shape::Id, "Those who have the role, by the nearest scope."), fields: &[] },
        &Variant { key: Field::required("manager", Shape::Int, "The initiator's manager; 1 is the direct one."), fields: &[] },
        &Variant { key: Field::required("head", Shape::Text, "The head of this department."), fields: &[] },
        &Variant {
            key: Field::required(
                "department_head",
                Shape::Int,
                "The head of the initiator's department (1), of the one above it (2), and so on; a level without a head is passed over.",
            ),
            fields: &[],
        },
        &Variant {
            key: Field::required(
                "managers",
                Shape::Either(&[
                    Shape::Int,
                    Shape::Object(&ObjectShape {
                        name: "managers_until",
                        doc: "Managers one above the other, up to a role.",
                        fields: &[
                            Field::required("until", Shape::Id, "The role whose holder is the last one asked."),
                            Field::optional("most", Shape::Int, "At most so many levels; 20 when left out."),
                        ],
                    }),
                ]),
                "The initiator's managers one above the other: so many levels, or until one has a role (or the top).",
            ),
            fields: &[],
        },
        &Variant { key: Field::required("handler_of", Shape::Id, "Who decided at an earlier step, after transfers."), fields: &[] },
        &Variant {
            key: Field::required("from", Shape::Expression, "Those an expression names: an id, a person, or a list of them."),
            fields: &[],
        },
        &Variant {
            key: Field::required("table", Shape::Id, "A decision table; its output `approvers` lists who."),
            fields: &[Field::optional("output", Shape::Id, "The output that lists who, when it is not `approvers`.")],
        },
    ],
};

/// One way to say who, compiled.
#[derive(Clone, Debug)]
pub enum Chooser {
    /// Who set the instance going.
    Initiator,
    /// By the directory.
    Who(Who),
    /// The head of the initiator's department, so many levels up from 1.
    DepartmentHead(u32),
    /// Managers one above the other.
    Managers {
        /// Until one has this role.
        until: Option<Arc<str>>,
        /// At most so many.
        most: u32,
    },
    /// Who decided at an earlier step.
    HandlerOf(String),
    /// Those an expression names.
    From(Condition),
    /// Those a decision table names under this output.
    Table(String, String),
}

impl Chooser {
    /// Reads one way to say who; problems are in the report.
    pub fn compile(compiler: &mut Compiler<'_>, node: &Node, context: &StepContext<'_>) -> Option<Chooser> {
        if let Some(from) = node.get("from") {
            return compiler_from(compiler, from, &context.scope);
        }
        if let Some(step) = node.get("handler_of") {
            let id = step.text()?;
            let asks = compiler.text_of(id).is_some_and(|text| ["approve", "task"].iter().any(|key| text.get(key).is_some()));
            if !asks {
                let known = compiler.step_ids();
                compiler.unknown_step(id, step.span, &known);
                return None;
            }
            return Some(Chooser::HandlerOf(id.to_owned()));
        }
        if let Some(table) = node.get("table") {
            return table_of(compiler, node, table);
        }
        if let Some(role) = node.get("role") {
            compiler.people_role(role);
        }
        let chooser = Chooser::read(node);
        if chooser.is_none() {
            compiler.report.error("bad_value", node.span, format!("levels are counted from 1 to {LEVELS_MAX}"));
        }
        chooser
    }

    /// Reads what needs no compiler: what stands in a flow, or in the row of a decision table.
    fn read(node: &Node) -> Option<Chooser> {
        if node.text() == Some("initiator") {
            return Some(Chooser::Initiator);
        }
        let level = |node: &Node| node.int().and_then(|level| u32::try_from(level).ok()).filter(|level| (1..=LEVELS_MAX).contains(level));
        if let Some(head) = node.get("department_head") {
            return level(head).map(Chooser::DepartmentHead);
        }
        if let Some(managers) = node.get("managers") {
            return match managers.get("until") {
                Some(role) => {
                    let most = managers.get("most").map_or(Some(LEVELS_MAX), level)?;
                    Some(Chooser::Managers { until: Some(role.text()?.into()), most })
                }
                None => Some(Chooser::Managers { until: None, most: level(managers)? }),
            };
        }
        Who::read(node).map(Chooser::Who)
    }

    /// Reads what a row of a decision table says.
    fn of_value(value: &Value) -> Option<Chooser> {
        let text = |key: &str| value.member(key).as_text().map(Arc::from);
        let level = |value: &Value| match value {
            Value::Int(level) => u32::try_from(*level).ok().filter(|level| (1..=LEVELS_MAX).contains(level)),
            Value::Text(text) => text.parse().ok().filter(|level| (1..=LEVELS_MAX).contains(level)),
            _ => None,
        };
        if value.as_text() == Some("initiator") {
            return Some(Chooser::Initiator);
        }
        let managers = value.member("managers");
        let until = || {
            let role: Arc<str> = managers.member("until").as_text()?.into();
            Some(Chooser::Managers { until: Some(role), most: level(managers.member("most")).unwrap_or(LEVELS_MAX) })
        };
        text("user")
            .map(Who::User)
            .or_else(|| text("role").map(Who::Role))
            .or_else(|| text("head").map(Who::Head))
            .or_else(|| level(value.member("manager")).map(Who::Manager))
            .map(Chooser::Who)
            .or_else(|| level(value.member("department_head")).map(Chooser::DepartmentHead))
            .or_else(|| level(managers).map(|most| Chooser::Managers { until: None, most }))
            .or_else(until)
    }

    /// Its expression, for lints.
    pub(in crate::domain::flow) fn condition(&self) -> Option<&Condition> {
        match self {
            Chooser::From(condition) => Some(condition),
            _ => None,
        }
    }
}

fn compiler_from(compiler: &mut Compiler<'_>, from: &Node, scope: &ScopeType) -> Option<Chooser> {
    let expression = compiler.expression(from, scope)?;
    let one = |of: &Type| matches!(of, Type::Text | Type::Any | Type::Object(_) | Type::Map(_));
    let fits = match expression.expression.result_type() {
        Type::List(item, _) => one(item),
        of => one(of),
    };
    if !fits {
        let message = format!("this gives {}, but a person or a list of people is wanted", expression.expression.result_type().name());
        compiler.report.error("expression_type", from.span, message).hint("name a field with a person's id");
    }
    Some(Chooser::From(expression))
}

fn table_of(compiler: &mut Compiler<'_>, node: &Node, table: &Node) -> Option<Chooser> {
    let id = table.text()?;
    let env = compiler.env;
    let Some(known) = env.tables.get(id) else {
        compiler.unknown("decision table", id, table.span, env.tables.keys());
        return None;
    };
    compiler.uses_table(id);
    let output = node.get("output").and_then(Node::text).unwrap_or("approvers");
    let has = match known.result_type() {
        Type::Object(object) => object.fields.contains_key(output),
        _ => true,
    };
    if !has {
        compiler
            .report
            .error("unknown_definition", table.span, format!("the table `{id}` says no `{output}`"))
            .hint("let its rows say `out: {approvers: [{role: …}]}`, or name another of its outputs under `output`");
    }
    Some(Chooser::Table(id.to_owned(), output.to_owned()))
}

/// What a document's people are seen from.
pub(in crate::domain::flow) fn around(machine: &Machine<'_>) -> Around {
    around_of(&machine.facts.initiator, &machine.doc)
}

/// What a document's people are seen from: who began, its department, its company.
pub fn around_of(initiator: &Value, doc: &Value) -> Around {
    let text = |value: &Value| value.as_text().map(Arc::from);
    Around {
        initiator: text(initiator.member("id")),
        department: text(doc.member("department").member("id"))
            .or_else(|| text(doc.member("department").member("code")))
            .or_else(|| text(doc.member("department"))),
        company: text(doc.member("company").member("code")).or_else(|| text(doc.member("company"))),
    }
}

/// The people these lead to, each once, in order. Who no longer works here is not among them.
pub(in crate::domain::flow) fn people(machine: &Machine<'_>, visit: usize, choosers: &[Chooser]) -> Result<Vec<String>, EvaluateError> {
    let around = around(machine);
    let mut found: Vec<String> = Vec::new();
    for chooser in choosers {
        for person in of_chooser(machine, visit, chooser, &around)? {
            if !found.contains(&person) {
                found.push(person);
            }
        }
    }
    Ok(found)
}

/// The people a reference to the directory leads to; none when it leads to nobody.
pub(in crate::domain::flow) fn resolved(directory: &Directory, who: &Who, around: &Around) -> Vec<String> {
    directory.resolve(who, around).map(|users| users.into_iter().map(|user| user.id.to_string()).collect()).unwrap_or_default()
}

fn of_chooser(machine: &Machine<'_>, visit: usize, chooser: &Chooser, around: &Around) -> Result<Vec<String>, EvaluateError> {
    let directory = machine.env().directory();
    let known = |people: Vec<String>| people.into_iter().filter(|person| directory.works_here(person)).collect();
    Ok(match chooser {
        Chooser::Initiator => known(around.initiator.iter().map(ToString::to_string).collect()),
        Chooser::Who(who) => resolved(directory, who, around),
        Chooser::DepartmentHead(level) => directory.department_head(*level, around).map(|user| user.id.to_string()).into_iter().collect(),
        Chooser::Managers { until, most } => {
            directory.managers(around, until.as_deref(), *most).into_iter().map(|user| user.id.to_string()).collect()
        }
        Chooser::HandlerOf(step) => known(handlers(machine, visit, step)),
        Chooser::From(condition) => known(named(&machine.value(visit, condition)?)),
        Chooser::Table(id, output) => {
            let Some(used) = machine.flow.tables.get(id) else { return Ok(Vec::new()) };
            let decided = used.decide(&used.values(&machine.own_scope())?)?;
            let mut found = Vec::new();
            let listed = decided.value.member(output);
            let rows: Vec<&Value> = match listed {
                Value::List(rows) => rows.iter().collect(),
                Value::Unset | Value::Null => Vec::new(),
                one => vec![one],
            };
            for chooser in rows.into_iter().filter_map(Chooser::of_value) {
                found.extend(of_chooser(machine, visit, &chooser, around)?);
            }
            found
        }
    })
}

/// Ids in a value: texts, people with an `id`, lists of them.
fn named(value: &Value) -> Vec<String> {
    match value {
        Value::List(items) => items.iter().flat_map(named).collect(),
        Value::Text(text) if !text.is_empty() => vec![text.to_string()],
        other => other.member("id").as_text().map(str::to_owned).into_iter().collect(),
    }
}

/// Who decided at the newest finished visit of a step.
fn handlers(machine: &Machine<'_>, visit: usize, step: &str) -> Vec<String> {
    let finished = (0..machine.instance.visits.len()).rev().find(|index| {
        let found = &machine.instance.visits[*index];
        *index != visit && found.step == step && found.state == State::Done && !found.left
    });
    let Some(activation) = finished.and_then(|index| machine.instance.visits[index].people.as_ref()) else { return Vec::new() };
    let decided = activation.tasks.iter().filter(|task| task.kind.decides() && task.state.is_passed() && task.why.is_none());
    decided.map(|task| task.person.clone()).collect()
}

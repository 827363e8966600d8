//! A small world by hand: one ERP, one OA, one finance system, a handful of mappings; no other room is needed.

use crate::domain::diagnostic::{Diagnostic, Report, Severity};
use crate::domain::directory::Directory;
use crate::domain::expression::Scope;
use crate::domain::flow::effect::{Cause, EffectResult, Work};
use crate::domain::flow::environment::{
    AfterLookUp, Can, ConnectorInfo, DocumentInfo, Environment, EventInfo, FlowEnvironment, Idempotency, MapFailure, MappingInfo,
    MappingTarget, OperationInfo, Person, ReverseInfo,
};
use crate::domain::flow::event::{Event, Heard, Outcome};
use crate::domain::flow::facts::{Binding, DocumentFacts, Facts};
use crate::domain::flow::stage::{Phase, Stage};
use crate::domain::flow::{Definition, Flow};
use crate::domain::ids::{self, TenantId};
use crate::domain::notice::Channel;
use crate::domain::text::tree::parse;
use crate::domain::text::units::Span;
use crate::domain::value::{ObjectType, Type, TypeField, Value};
use indexmap::IndexMap;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub const NOW: &str = "2026-09-28T02:00:00Z";
pub const SHIPPED: &str = include_str!("../../../../flows/purchase_order_approval.yaml");

/// A type from `name type` words; `?` behind the type makes it optional.
pub fn object(name: &str, fields: &[(&str, Type)]) -> Type {
    let fields = fields
        .iter()
        .map(|(key, of)| {
            let (key, required) = key.strip_suffix('?').map_or((*key, true), |key| (key, false));
            (Arc::from(key), TypeField { of: of.clone(), required, max_length: None })
        })
        .collect::<IndexMap<_, _>>();
    Type::Object(Arc::new(ObjectType { name: Arc::from(name), fields, open: false }))
}

fn amount() -> Type {
    Type::Decimal { currency: Some(Arc::from("currency")) }
}

fn list(of: Type) -> Type {
    Type::List(Box::new(of), Some(100))
}

pub fn order_type() -> Type {
    object(
        "purchase_order",
        &[
            ("source?", object("source", &[("id", Type::Text)])),
            ("status?", Type::Text),
            ("number", Type::Text),
            ("requester?", object("requester", &[("id?", Type::Text), ("email?", Type::Text), ("name?", Type::Text)])),
            ("currency", Type::Text),
            ("total_gross", amount()),
            ("note?", Type::Text),
            ("due?", Type::Instant),
            ("lines?", list(object("line", &[("line_no", Type::Text), ("quantity", Type::Decimal { currency: None })]))),
        ],
    )
}

fn payable_type() -> Type {
    object("payable", &[("number", Type::Text), ("currency", Type::Text), ("total_gross", amount())])
}

fn operation(write: bool, input: &[(&str, Type)], output: &[(&str, Type)]) -> OperationInfo {
    let (input, output) = (object("input", input), object("output", output));
    OperationInfo { write, input, output, reverse: None, idempotency: Idempotency::Repeatable, says_absence: false }
}

fn reversed_by(mut info: OperationInfo, operation: &str, uses_input: bool) -> OperationInfo {
    info.reverse = Some(ReverseInfo { operation: operation.to_owned(), uses_input });
    info
}

fn connector(
    connection: &str,
    operations: Vec<(&str, OperationInfo)>,
    events: Vec<(&str, EventInfo)>,
    withdraw: bool,
) -> Arc<ConnectorInfo> {
    Arc::new(ConnectorInfo {
        connection: connection.to_owned(),
        connector: format!("test_{connection}"),
        operations: operations.into_iter().map(|(name, info)| (name.to_owned(), info)).collect(),
        events: events.into_iter().map(|(name, info)| (name.to_owned(), info)).collect(),
        can: Can { withdraw },
    })
}

fn erp() -> Arc<ConnectorInfo> {
    let id = || ("id", Type::Text);
    let told = || operation(true, &[id(), ("reason?", Type::Text)], &[]);
    let budget = operation(
        false,
        &[("order_number", Type::Text), ("amount", amount())],
        &[("ok?", Type::Bool), ("available?", Type::Decimal { currency: None })],
    );
    connector(
        "erp_hq",
        vec![
            ("check_budget", budget),
            ("release_order", reversed_by(told(), "return_order", true)),
            ("reject_order", told()),
            ("return_order", told()),
            ("tell_line", operation(true, &[("line_no", Type::Text)], &[("line?", Type::Text)])),
        ],
        vec![(
            "purchase_orders",
            EventInfo { output: object("order", &[("id?", Type::Text)]), outcomes: false, document: Some("purchase_order".into()) },
        )],
        false,
    )
}

fn oa() -> Arc<ConnectorInfo> {
    let form = [("reference", Type::Text), ("title", Type::Text), ("budget?", Type::Text)];
    let mut create = reversed_by(operation(true, &form, &[("external_id", Type::Text)]), "withdraw_approval", false);
    create.idempotency = Idempotency::LookUp { operation: "find_approval".to_owned(), then: AfterLookUp::Repeat };
    let changed = EventInfo { output: object("approval", &[("holders?", list(Type::Text))]), outcomes: true, document: None };
    connector(
        "oa_main",
        vec![
            ("create_approval", create),
            ("find_approval", operation(false, &[("reference", Type::Text)], &[("external_id?", Type::Text)])),
            ("withdraw_approval", operation(true, &[("id", Type::Text)], &[])),
            ("comment", operation(true, &[("text", Type::Text)], &[])),
        ],
        vec![("approval_changed", changed)],
        true,
    )
}

fn finance() -> Arc<ConnectorInfo> {
    let payable = [("reference", Type::Text), ("number", Type::Text), ("amount", amount())];
    let mut blind = operation(true, &[("number?", Type::Text)], &[("external_id", Type::Text)]);
    blind.idempotency = Idempotency::None;
    connector(
        "finance_main",
        vec![
            ("create_payable", reversed_by(operation(true, &payable, &[("external_id", Type::Text)]), "void_payable", false)),
            ("void_payable", operation(true, &[("id", Type::Text)], &[])),
            ("blind_payable", blind),
        ],
        vec![],
        true,
    )
}

fn mapping(inputs: &[(&str, Type)], target: MappingTarget, fills: &[&str]) -> MappingInfo {
    MappingInfo {
        inputs: inputs.iter().map(|(name, of)| ((*name).to_owned(), of.clone())).collect(),
        target,
        fills: fills.iter().map(|name| (*name).to_owned()).collect(),
    }
}

/// The world: both what `compile` checks against and what `decide` asks.
pub struct World {
    pub env: FlowEnvironment,
    /// Mappings that fail, to test what follows.
    pub broken: BTreeMap<String, MapFailure>,
    /// People.
    pub directory: Directory,
    /// Channels by name.
    pub channels: BTreeMap<String, Channel>,
}

impl World {
    pub fn new() -> World {
        let doc = || [("doc", order_type())];
        let budget = object("output", &[("ok?", Type::Bool), ("available?", Type::Decimal { currency: None })]);
        let to = |operation: &str| MappingTarget::Operation(operation.to_owned());
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<String>>();
        let statuses = "draft submitted in_approval approved rejected released cancelled revoked expired";
        let env = FlowEnvironment {
            tables: BTreeMap::new(),
            forms: BTreeMap::new(),
            flows: BTreeMap::new(),
            documents: BTreeMap::from([
                (
                    "purchase_order".to_owned(),
                    DocumentInfo { of: order_type(), key: "number".into(), statuses: statuses.split(' ').map(str::to_owned).collect() },
                ),
                (
                    "payable".to_owned(),
                    DocumentInfo { of: payable_type(), key: "number".into(), statuses: vec!["draft".into(), "cancelled".into()] },
                ),
            ]),
            roles: BTreeMap::from([
                ("erp".to_owned(), vec![erp()]),
                ("oa".to_owned(), vec![oa()]),
                ("finance".to_owned(), vec![finance()]),
            ]),
            mappings: BTreeMap::from([
                ("po_to_budget".to_owned(), mapping(&doc(), to("erp.check_budget"), &["order_number", "amount"])),
                (
                    "po_to_oa".to_owned(),
                    mapping(&[("doc", order_type()), ("budget", budget)], to("oa.create_approval"), &["title", "budget"]),
                ),
                ("po_plain_oa".to_owned(), mapping(&doc(), to("oa.create_approval"), &["title"])),
                ("po_ref".to_owned(), mapping(&doc(), to("erp.release_order"), &["id"])),
                ("po_to_payable".to_owned(), mapping(&doc(), MappingTarget::Document("payable".into()), &["number", "total_gross"])),
                ("payable_to_finance".to_owned(), mapping(&[("doc", payable_type())], to("finance.create_payable"), &["number", "amount"])),
            ]),
            values: IndexMap::from([(Arc::from("free_limit"), Type::Decimal { currency: Some(Arc::from("CNY")) })]),
            calendars: words(&["cn"]),
            vacant_roles: std::collections::BTreeSet::new(),
            people_roles: words(&["procurement_head", "procurement_clerk", "finance_manager", "cfo", "board", "vacant"]),
            templates: words(&["po_released"]),
            channels: words(&["log"]),
            centres: words(&["centre"]),
            stored: false,
        };
        World { env, broken: BTreeMap::new(), directory: Directory::default(), channels: BTreeMap::new() }
    }

    pub fn compile(&self, text: &str) -> Result<Flow, Vec<Diagnostic>> {
        let mut report = Report::new("flow.yaml");
        let flow = parse(text, &mut report)
            .and_then(|node| Definition::read(&node, &mut report))
            .and_then(|definition| Flow::compile(&definition, &self.env, &mut report));
        match flow {
            Some(flow) if !report.has_errors() => Ok(flow),
            _ => Err(report.into_items()),
        }
    }

    /// Compiles a flow that must be sound.
    pub fn flow(&self, text: &str) -> Flow {
        match self.compile(text) {
            Ok(flow) => flow,
            Err(items) => panic!("{:#?}", items.iter().map(|item| (item.code, item.span.line, &item.message)).collect::<Vec<_>>()),
        }
    }

    /// A flow from its steps, with a start, an end (unless the steps bring one) and whatever else is given.
    pub fn steps(&self, steps: &str, more: &str) -> Flow {
        self.flow(&text(steps, more))
    }

    fn info(&self, connection: &str) -> Option<&ConnectorInfo> {
        self.env.roles.values().flatten().find(|info| info.connection == connection).map(|info| &**info)
    }
}

/// The text of a flow around some steps.
pub fn text(steps: &str, more: &str) -> String {
    format!(
        "format: 1\nflow: tested\ndocument: purchase_order\ncalendar: cn\nowner: {{role: procurement_head}}\n\
         start: [{{event: erp.purchase_orders}}]\nuntold: {{erp: a test}}\nsteps:\n{steps}\n  - {{id: done, end: {{outcome: approved, status: released}}}}\n{more}\n"
    )
}

pub fn errors(result: Result<Flow, Vec<Diagnostic>>) -> Vec<(&'static str, u32)> {
    let items = result.err().unwrap_or_default();
    items.iter().filter(|item| item.severity == Severity::Error).map(|item| (item.code, item.span.line)).collect()
}

impl Environment for World {
    fn operation(&self, connection: &str, operation: &str) -> Option<&OperationInfo> {
        self.info(connection)?.operations.get(operation)
    }

    fn event(&self, connection: &str, event: &str) -> Option<&EventInfo> {
        self.info(connection)?.events.get(event)
    }

    fn reverse_input(&self, _: &str, _: &str, input: &Value, output: &Value) -> Result<Value, String> {
        let id = [output.member("external_id"), input.member("id")].into_iter().find(|id| !id.is_unset());
        Ok(Value::map([("id", id.ok_or("there is no id")?.clone())]))
    }

    fn map(&self, mapping: &str, scope: &Scope<'_>) -> Result<Value, MapFailure> {
        if let Some(failure) = self.broken.get(mapping) {
            return Err(failure.clone());
        }
        let doc = scope.get("doc");
        let (number, total) = (doc.member("number").clone(), doc.member("total_gross").clone());
        Ok(match mapping {
            "po_to_budget" => Value::map([("order_number", number), ("amount", total)]),
            "po_to_oa" => {
                let available = scope.get("budget").member("available").to_json();
                Value::map([("title", number), ("budget", Value::text(available.as_str().unwrap_or_default()))])
            }
            "po_plain_oa" => Value::map([("title", number)]),
            "po_ref" => Value::map([("id", doc.member("source").member("id").clone())]),
            "po_to_payable" => {
                let key = format!("AP-{}", number.as_text().unwrap_or_default());
                Value::map([("number", Value::text(key)), ("currency", doc.member("currency").clone()), ("total_gross", total)])
            }
            "payable_to_finance" => Value::map([("number", number), ("amount", total)]),
            "opened" => Value::map([("title", scope.get("shown").member("key").clone())]),
            "shown" => Value::map([("text", Value::text(scope.get("shown").to_json_text()))]),
            other => return Err(MapFailure { cause: Cause::OurFault, message: format!("no mapping {other}") }),
        })
    }

    /// A working day is a day here, a working hour three.
    fn due(&self, _: Option<&str>, from: Timestamp, span: Span) -> Timestamp {
        let millis = match span {
            Span::Plain(millis) => i64::try_from(millis).unwrap_or(i64::MAX),
            Span::WorkingDays(days) => i64::from(days) * 86_400_000,
            Span::WorkingHours(hours) => i64::from(hours) * 3 * 3_600_000,
        };
        from.checked_add(SignedDuration::from_millis(millis)).unwrap_or(Timestamp::MAX)
    }

    fn directory(&self) -> &Directory {
        &self.directory
    }

    fn people(&self, who: &Person) -> Vec<String> {
        vec![who.word()]
    }

    fn channel(&self, name: &str) -> Option<&Channel> {
        self.channels.get(name)
    }

    fn language(&self, person: &str) -> &str {
        if person.ends_with("_zh") { "zh" } else { "" }
    }

    fn notice(&self, template: &str, language: &str, scope: &Scope<'_>) -> Result<(String, String), String> {
        Ok((format!("{template}{language}"), format!("about {}", scope.get("doc").member("number").as_text().unwrap_or("?"))))
    }
}

pub fn order(total: &str) -> Value {
    let json = format!(
        r#"{{"source": {{"id": "100001"}}, "status": "submitted", "number": "PO-4417", "requester": {{"id": "e1001", "email": "li@example.com"}},
            "currency": "CNY", "total_gross": "{total}", "due": "2026-10-01T00:00:00Z",
            "lines": [{{"line_no": "1", "quantity": "3"}}, {{"line_no": "2", "quantity": "5"}}, {{"line_no": "3", "quantity": "7"}}]}}"#
    );
    order_type().read(&json.parse().expect("the fixture is JSON")).expect("the fixture fits its type")
}

pub fn binding() -> Binding {
    let roles = [("erp", "erp_hq"), ("oa", "oa_main"), ("finance", "finance_main")];
    let limit = Value::Decimal("5000.00".parse().expect("a decimal"));
    Binding {
        row: "all".to_owned(),
        roles: roles.map(|(role, connection)| (role.to_owned(), connection.to_owned())).into(),
        maps: BTreeMap::new(),
        values: Value::map([("free_limit", limit)]),
    }
}

pub fn facts(total: &str) -> Facts {
    let tenant = TenantId::DEFAULT;
    let doc = order(total);
    let id = ids::document_id(tenant, "purchase_order", "erp_hq", "PO-4417");
    Facts {
        tenant,
        instance: ids::instance_id(tenant, id, "tested", 1),
        version: "v1".to_owned(),
        initiator: doc.member("requester").clone(),
        document: DocumentFacts {
            id,
            kind: "purchase_order".into(),
            key: "PO-4417".into(),
            revision: 1,
            doc,
            status: "submitted".into(),
            source: "erp_hq".into(),
            external_id: Some("100001".into()),
        },
        binding: binding(),
        delegations: Arc::default(),
        made: Arc::default(),
    }
}

pub fn now() -> Timestamp {
    NOW.parse().expect("a time")
}

/// A started stage for an order over this total.
pub fn start<'a>(flow: &'a Flow, world: &'a World, total: &str) -> Stage<'a> {
    let mut stage = Stage::new(flow, world, facts(total), now());
    stage.tell(&Event::Started);
    stage
}

pub fn done(output: &[(&str, &str)]) -> EffectResult {
    EffectResult::Done { output: Value::map(output.iter().map(|(key, text)| (*key, Value::text(text)))) }
}

pub fn failed(cause: Cause) -> EffectResult {
    EffectResult::Failed { cause, message: "no".to_owned(), class: "refused".to_owned() }
}

pub fn budget(ok: bool) -> EffectResult {
    let available = Value::Decimal("90000.00".parse().expect("a decimal"));
    EffectResult::Done { output: Value::map([("ok", Value::Bool(ok)), ("available", available)]) }
}

/// Operations that wait for an answer, in order; notices as `notice`.
pub fn waiting(stage: &Stage<'_>) -> Vec<String> {
    let ready = stage.outbox.iter().filter(|open| open.phase == Phase::Ready);
    ready
        .map(|open| match &open.effect.work {
            Work::Call { operation, .. } => operation.clone(),
            Work::Notice { .. } => "notice".to_owned(),
        })
        .collect()
}

/// Ends the one open effect of an operation.
#[track_caller]
pub fn answer(stage: &mut Stage<'_>, operation: &str, result: EffectResult) {
    let found = stage.outbox.iter().find(|open| {
        let matches = matches!(&open.effect.work, Work::Call { operation: asked, .. } if asked == operation);
        matches && open.phase == Phase::Ready
    });
    let Some(id) = found.map(|open| open.effect.id) else { panic!("{operation} is not asked for, but {:?}", waiting(stage)) };
    stage.end(id, result);
}

pub fn heard(id: &str, outcome: Outcome) -> Event {
    let output = Value::map([("holders", Value::list([Value::text("u7")]))]);
    Event::Heard(Heard {
        connection: "oa_main".into(),
        event: "approval_changed".into(),
        external_id: id.into(),
        outcome: Some(outcome),
        output,
        asked: None,
    })
}

pub fn codes(stage: &Stage<'_>) -> Vec<&'static str> {
    let known = [
        "call_failed",
        "unknown_outcome",
        "unread_success",
        "mapping_failed",
        "expect_failed",
        "expression_failed",
        "reverse_failed",
        "unknown_status",
        "timed_out",
        "notice_failed",
        "no_connection",
        "too_many",
        "branch_failed",
        "bad_state",
        "decision_limit",
        "no_key",
        "no_document",
        "path_without_end",
    ];
    stage.exceptions.iter().map(|open| known.iter().find(|code| **code == open.code).copied().unwrap_or("?")).collect()
}

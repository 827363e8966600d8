//! Instances, their tasks and timelines, and which definitions somebody has subscribed to.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::instant::Micros;
use crate::vendors::templates::{Field, Template};

#[derive(Clone, Debug)]
pub(super) struct Task {
    pub id: String,
    pub user: String,
    /// `PENDING`, `APPROVED`, `REJECTED`, `TRANSFERRED`, `DONE`.
    pub status: &'static str,
    pub started: Micros,
    pub ended: Option<Micros>,
}

#[derive(Clone, Debug)]
pub(super) struct Instance {
    pub code: String,
    pub uuid: String,
    pub serial: String,
    pub template: String,
    pub originator: String,
    pub department: String,
    /// A JSON text, as it came.
    pub form: String,
    /// `PENDING`, `APPROVED`, `REJECTED`, `CANCELED`, `DELETED`.
    pub status: &'static str,
    /// Approved and then taken back: CANCELED with a mark.
    pub reverted: bool,
    pub started: Micros,
    pub ended: Option<Micros>,
    pub tasks: Vec<Task>,
    pub timeline: Vec<Value>,
    pub comments: Vec<Value>,
    /// Who decides after the one whose task is open.
    pub waiting: Vec<String>,
}

pub(super) struct Book {
    pub instances: Vec<Instance>,
    pub templates: Vec<Template>,
    pub subscribed: BTreeSet<String>,
}

/// The definition that is there from the start.
pub(super) const TEMPLATE: &str = "AC-MOCK-PO-0001";

impl Book {
    pub(super) fn new() -> Self {
        let fields = vec![
            Field::new("单号", "widget_no", "input").required(),
            Field::new("供应商", "widget_supplier", "input"),
            Field::new("币种", "widget_currency", "radioV2"),
            Field::new("金额", "widget_amount", "amount").required(),
            Field::new("交期", "widget_due", "date"),
            Field::new("事由", "widget_why", "textarea"),
            Field::new("明细", "widget_lines", "fieldList").with(vec![
                Field::new("物料", "widget_item", "input"),
                Field::new("数量", "widget_quantity", "number"),
                Field::new("含税金额", "widget_gross", "amount"),
            ]),
        ];
        let template = Template { code: TEMPLATE.to_owned(), name: "采购订单审批".to_owned(), fields };
        Self { instances: Vec::new(), templates: vec![template], subscribed: BTreeSet::new() }
    }

    /// By its code, or by the uuid it was made with; a uuid has no case.
    pub(super) fn find(&self, id: &str) -> Option<&Instance> {
        self.instances.iter().find(|instance| instance.is(id))
    }

    pub(super) fn find_mut(&mut self, id: &str) -> Option<&mut Instance> {
        self.instances.iter_mut().find(|instance| instance.is(id))
    }
}

impl Instance {
    fn is(&self, id: &str) -> bool {
        self.code == id || (!self.uuid.is_empty() && self.uuid.eq_ignore_ascii_case(id))
    }

    pub(super) fn tell(&mut self, kind: &str, user: &str, comment: Option<&str>, now: Micros) {
        // What more there is to an entry is a JSON text of its own.
        let mut entry = json!({"type": kind, "create_time": millis(now), "user_id": user, "open_id": format!("ou_{user}"), "ext": "{}"});
        if let Some(comment) = comment {
            entry["comment"] = json!(comment);
        }
        self.timeline.push(entry);
    }

    pub(super) fn end(&mut self, status: &'static str, now: Micros) {
        self.status = status;
        self.ended = Some(now);
        for task in self.tasks.iter_mut().filter(|task| task.status == "PENDING") {
            task.status = "DONE";
            task.ended = Some(now);
        }
    }
}

/// Milliseconds as a text; `"0"` for what has not ended.
pub(super) fn millis(at: Micros) -> String {
    at.0.div_euclid(1_000).to_string()
}

pub(super) fn millis_or_zero(at: Option<Micros>) -> String {
    at.map_or_else(|| "0".to_owned(), millis)
}

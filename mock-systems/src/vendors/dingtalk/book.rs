//! Approval instances, their tasks and what was done with them.

use serde_json::{Value, json};

use crate::instant::Micros;
use crate::vendors::templates::{Field, Template};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Running,
    Completed,
    Terminated,
}

impl Status {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Running => "RUNNING",
            Self::Completed => "COMPLETED",
            Self::Terminated => "TERMINATED",
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Task {
    pub id: u64,
    pub user: String,
    /// `RUNNING`, `COMPLETED` or `CANCELED`.
    pub status: &'static str,
    /// `AGREE`, `REFUSE`, `REDIRECTED`; none while it runs.
    pub result: Option<&'static str>,
    pub created: Micros,
    pub finished: Option<Micros>,
}

#[derive(Clone, Debug)]
pub(super) struct Instance {
    pub id: String,
    pub business_id: String,
    pub template: String,
    pub title: String,
    pub originator: String,
    pub department: String,
    /// As they came: name and text.
    pub values: Vec<(String, String)>,
    pub status: Status,
    /// `agree` or `refuse`, when it is completed.
    pub result: Option<&'static str>,
    /// `NONE`, `REVOKE` or `MODIFY`.
    pub action: &'static str,
    pub main: String,
    pub attached: Vec<String>,
    pub created: Micros,
    pub finished: Option<Micros>,
    pub records: Vec<Value>,
    pub tasks: Vec<Task>,
    /// Who still has to decide after the running tasks.
    pub waiting: Vec<(String, Vec<String>)>,
}

pub(super) struct Book {
    pub instances: Vec<Instance>,
    pub templates: Vec<Template>,
    next_task: u64,
}

/// The template that is there from the start.
pub(super) const TEMPLATE: &str = "PROC-MOCK-PO-0001";

impl Book {
    pub(super) fn new() -> Self {
        let fields = vec![
            Field::new("外部单号", "TextField-REF", "TextField").required(),
            Field::new("单号", "TextField-NO", "TextField").required(),
            Field::new("供应商", "TextField-SUP", "TextField"),
            Field::new("币种", "DDSelectField-CUR", "DDSelectField"),
            Field::new("金额", "MoneyField-AMT", "MoneyField").required(),
            Field::new("交期", "DDDateField-DUE", "DDDateField"),
            Field::new("事由", "TextareaField-WHY", "TextareaField"),
            Field::new("明细", "TableField-LINES", "TableField").with(vec![
                Field::new("物料", "TextField-MAT", "TextField"),
                Field::new("数量", "NumberField-QTY", "NumberField"),
                Field::new("含税金额", "MoneyField-GROSS", "MoneyField"),
            ]),
        ];
        let template = Template { code: TEMPLATE.to_owned(), name: "采购订单审批".to_owned(), fields };
        Self { instances: Vec::new(), templates: vec![template], next_task: 60_000_000_001 }
    }

    pub(super) fn get(&self, id: &str) -> Option<&Instance> {
        self.instances.iter().find(|instance| instance.id == id)
    }

    pub(super) fn get_mut(&mut self, id: &str) -> Option<&mut Instance> {
        self.instances.iter_mut().find(|instance| instance.id == id)
    }

    /// Gives tasks to the next approvers; false when there are none.
    pub(super) fn hand_on(&mut self, id: &str, now: Micros) -> bool {
        let first = self.next_task;
        let Some(instance) = self.get_mut(id) else { return false };
        if instance.waiting.is_empty() {
            return false;
        }
        let (_, users) = instance.waiting.remove(0);
        let mut next = first;
        for user in users {
            instance.tasks.push(Task { id: next, user, status: "RUNNING", result: None, created: now, finished: None });
            next += 1;
        }
        self.next_task = next;
        true
    }

    /// Moves a running task to somebody else.
    pub(super) fn redirect(&mut self, id: &str, task: u64, to: &str, now: Micros) -> bool {
        let new = self.next_task;
        let Some(instance) = self.get_mut(id) else { return false };
        let Some(old) = instance.tasks.iter_mut().find(|known| known.id == task && known.status == "RUNNING") else { return false };
        old.status = "COMPLETED";
        old.result = Some("REDIRECTED");
        old.finished = Some(now);
        let from = old.user.clone();
        instance.record(&from, "REDIRECT_TASK", "NONE", None, now);
        instance.tasks.push(Task { id: new, user: to.to_owned(), status: "RUNNING", result: None, created: now, finished: None });
        self.next_task = new + 1;
        true
    }
}

impl Instance {
    pub(super) fn record(&mut self, user: &str, kind: &str, result: &str, remark: Option<&str>, now: Micros) {
        let mut record = json!({"userId": user, "date": minutes(now), "type": kind, "result": result});
        if let Some(remark) = remark {
            record["remark"] = json!(remark);
        }
        self.records.push(record);
    }

    pub(super) fn end(&mut self, status: Status, result: Option<&'static str>, now: Micros) {
        self.status = status;
        self.result = result;
        self.finished = Some(now);
        for task in self.tasks.iter_mut().filter(|task| task.status == "RUNNING") {
            task.status = "CANCELED";
            task.finished = Some(now);
        }
    }
}

/// `2021-08-17T06:20Z`: UTC, minutes.
pub(super) fn minutes(at: Micros) -> String {
    format!("{}Z", &at.to_rfc3339()[..16])
}

/// `2019-03-11 10:00:00`: eight hours ahead of UTC, and no word of it.
pub(super) fn local(at: Micros) -> String {
    at.plus_seconds(8 * 3_600).to_rfc3339()[..19].replace('T', " ")
}

//! Approvals by their numbers, and who had them before them.

use serde_json::{Value, json};

use crate::instant::Micros;
use crate::vendors::templates::{Field, Template};

#[derive(Clone, Debug)]
pub(super) struct Record {
    pub user: String,
    /// 1 in progress, 2 agreed, 3 rejected, 4 passed on, 11 returned, 12 add-sign, 13 agreed and add-sign.
    pub status: u8,
    pub at: i64,
    pub speech: String,
}

#[derive(Clone, Debug)]
pub(super) struct Approval {
    pub number: String,
    pub template: String,
    pub creator: String,
    pub contents: Vec<Value>,
    pub summary: Value,
    /// 1 in progress, 2 approved, 3 rejected, 4 withdrawn, 6 revoked after approval, 7 deleted, 10 paid.
    pub status: u8,
    pub applied: Micros,
    pub records: Vec<Record>,
    pub comments: Vec<Value>,
}

pub(super) struct Book {
    pub approvals: Vec<Approval>,
    pub templates: Vec<Template>,
}

/// The template that is there from the start.
pub(super) const TEMPLATE: &str = "3TmockPO0001";

impl Book {
    pub(super) fn new() -> Self {
        let fields = vec![
            Field::new("外部单号", "Text-1700000000001", "Text").required(),
            Field::new("单号", "Text-1700000000002", "Text").required(),
            Field::new("供应商", "Text-1700000000003", "Text"),
            Field::new("金额", "Money-1700000000004", "Money").required(),
            Field::new("交期", "Date-1700000000005", "Date"),
            Field::new("币种", "Selector-1700000000006", "Selector"),
            Field::new("明细", "Table-1700000000007", "Table").with(vec![
                Field::new("物料", "Text-1700000000008", "Text"),
                Field::new("数量", "Number-1700000000009", "Number"),
                Field::new("含税金额", "Money-1700000000010", "Money"),
            ]),
        ];
        let template = Template { code: TEMPLATE.to_owned(), name: "采购订单审批".to_owned(), fields };
        Self { approvals: Vec::new(), templates: vec![template] }
    }

    pub(super) fn get(&self, number: &str) -> Option<&Approval> {
        self.approvals.iter().find(|approval| approval.number == number)
    }

    pub(super) fn get_mut(&mut self, number: &str) -> Option<&mut Approval> {
        self.approvals.iter_mut().find(|approval| approval.number == number)
    }
}

impl Approval {
    /// Puts it where people left it.
    pub(super) fn move_to(&mut self, status: u8, by: &str, speech: &str, at: i64) {
        self.status = status;
        if let Some(open) = self.records.iter_mut().find(|record| record.status == 1)
            && matches!(status, 2 | 3)
        {
            open.status = status;
            open.at = at;
            open.speech = speech.to_owned();
            if !by.is_empty() {
                open.user = by.to_owned();
            }
        }
    }
}

/// The template as `gettemplatedetail` shows it.
pub(super) fn shown(template: &Template) -> Value {
    let property = |field: &Field| {
        json!({
            "control": field.kind, "id": field.id, "require": u8::from(field.required), "un_print": 0,
            "title": [{"text": field.label, "lang": "zh_CN"}], "placeholder": [{"text": "", "lang": "zh_CN"}],
        })
    };
    let controls: Vec<Value> = template
        .fields
        .iter()
        .map(|field| {
            let children: Vec<Value> = field.columns.iter().map(|column| json!({"property": property(column)})).collect();
            let config = if children.is_empty() { json!({}) } else { json!({"table": {"children": children}}) };
            json!({"property": property(field), "config": config})
        })
        .collect();
    json!({"template_names": [{"text": template.name, "lang": "zh_CN"}], "template_content": {"controls": controls}})
}

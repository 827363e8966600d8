//! One document's story: what happened to it, in sentences of both languages with the facts beside them.
//!
//! Made from what is stored: revisions, mends, the history of its instances. Nothing is invented; a kind of entry that has no
//! sentence of its own is told by its name.

use crate::app::diagnosis::{Words, chinese};
use crate::app::reading::{Error, Reader, Result};
use crate::domain::ids::{DocumentId, InstanceId, TenantId};
use crate::store::{AmendmentRow, RevisionRow};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

/// What happened, oldest first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Story {
    /// The entries.
    pub items: Vec<StoryEntry>,
    /// Whether older instances were left out.
    pub cut: bool,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StoryEntry {
    /// When.
    pub at: Timestamp,
    /// Its instance; absent for what happened to the document itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub instance: Option<Uuid>,
    /// 1 what everybody wants to know, 2 how it went, 3 machinery.
    pub level: u8,
    /// What kind of thing: `revision`, `amended`, or a kind of the instance's history.
    pub kind: String,
    /// The step.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub step: Option<String>,
    /// Which visit of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub visit: Option<u32>,
    /// In a sentence.
    pub words: Words,
    /// Facts.
    #[serde(skip_serializing_if = "Value::is_null", default)]
    #[schema(value_type = Object)]
    pub detail: Value,
}

/// Instances whose history is told; a document that was restarted more often has a pattern worth its own look.
const INSTANCES_MAX: usize = 20;

/// Tells the story of a document.
///
/// # Errors
/// When there is no such document.
pub async fn story(reader: &Reader, tenant: TenantId, document: DocumentId) -> Result<Story> {
    let view = reader.document_view(tenant, document).await?;
    let amendments = reader.amendment_rows(tenant, document).await?;
    let mut items: Vec<StoryEntry> = view.revisions.iter().map(|row| revision(row, &amendments)).collect();
    let cut = view.instances.len() > INSTANCES_MAX;
    for instance in view.instances.iter().take(INSTANCES_MAX) {
        items.extend(of_instance(reader, tenant, instance.id).await?);
    }
    // Stable: what one decision brought stays in its order.
    items.sort_by_key(|entry| entry.at);
    Ok(Story { items, cut })
}

async fn of_instance(reader: &Reader, tenant: TenantId, instance: InstanceId) -> Result<Vec<StoryEntry>> {
    let history = reader.history(tenant, instance).await.or_else(|error| match error {
        Error::NotFound(_) => Ok(Vec::new()),
        other => Err(other),
    })?;
    let entry = |at: Timestamp, line: crate::app::reading::HistoryLine| StoryEntry {
        at,
        instance: Some(instance.0),
        level: level(&line.kind, &line.detail),
        words: sentence(&line.kind, line.step.as_deref(), &line.detail),
        kind: line.kind,
        step: line.step,
        visit: line.visit,
        detail: line.detail,
    };
    Ok(history.into_iter().flat_map(|item| item.entries.into_iter().map(move |line| entry(item.at, line))).collect())
}

fn revision(row: &RevisionRow, amendments: &[AmendmentRow]) -> StoryEntry {
    let mend = amendments.iter().find(|mend| mend.number == row.number);
    let words = match mend {
        Some(mend) => words(
            format!("{} mended the document: {}. This is revision {}.", mend.actor, mend.reason, row.number),
            format!("{} 修改了单据数据：{}。版本 {}。", mend.actor, mend.reason, row.number),
        ),
        None if row.number == 1 => words("The document was taken.".to_owned(), "收到单据。".to_owned()),
        None => words(format!("Its source changed it; this is revision {}.", row.number), format!("来源变更了单据，版本 {}。", row.number)),
    };
    let detail = match mend {
        Some(mend) => {
            let changes: Value = serde_json::from_str(&mend.changes).unwrap_or_default();
            let paths: Vec<&Value> = changes.as_array().into_iter().flatten().filter_map(|change| change.get("path")).collect();
            json!({"revision": row.number, "actor": mend.actor, "reason": mend.reason, "fields": paths})
        }
        None => json!({"revision": row.number}),
    };
    let kind = if mend.is_some() { "amended" } else { "revision" };
    StoryEntry { at: row.created_at, instance: None, level: 1, kind: kind.to_owned(), step: None, visit: None, words, detail }
}

fn level(kind: &str, detail: &Value) -> u8 {
    match kind {
        "started" | "outcome" | "exception" | "command" | "ended" | "revision" | "superseded" | "reaction" | "escalated" => 1,
        "heard" if detail.get("outcome").and_then(Value::as_str).is_some_and(|word| word != "pending") => 1,
        "called" | "done" | "failed" | "awaiting" | "reminded" | "reversed" | "reversing" | "status" | "created" | "again" | "notified"
        | "skipped" | "timed_out" => 2,
        _ => 3,
    }
}

/// The sentence of one entry of an instance's history.
fn sentence(kind: &str, step: Option<&str>, detail: &Value) -> Words {
    let fact = |name: &str| detail.get(name).and_then(Value::as_str).unwrap_or("-").to_owned();
    let told = |name: &str| chinese(&fact(name));
    let at = step.unwrap_or("-");
    match kind {
        "started" => words("The flow began.".to_owned(), "流程开始。".to_owned()),
        "entered" => words(format!("Step `{at}` began."), format!("进入节点 {at}。")),
        "called" if detail.get("purpose").and_then(Value::as_str) == Some("reverse") => words(
            format!("Step `{at}` is taken back: `{}` is asked of `{}`.", fact("operation"), fact("connection")),
            format!("撤销节点 {at}：调用 {} 的 {}。", fact("connection"), fact("operation")),
        ),
        "called" => words(
            format!("`{}` is asked of `{}`.", fact("operation"), fact("connection")),
            format!("调用 {} 的 {}。", fact("connection"), fact("operation")),
        ),
        "awaiting" => words(format!("Step `{at}` waits for the partner's word."), format!("节点 {at} 等待对方结果。")),
        "heard" | "heard_early" => {
            words(format!("A partner said of `{at}`: {}.", fact("outcome")), format!("收到对方关于 {at} 的消息：{}。", told("outcome")))
        }
        "outcome" => words(format!("Step `{at}` came to `{}`.", fact("outcome")), format!("节点 {at} 的结果：{}。", told("outcome"))),
        "done" => words(format!("Step `{at}` is done."), format!("节点 {at} 完成。")),
        "skipped" => words(
            format!("Step `{}` was skipped.", step.map_or_else(|| fact("step"), str::to_owned)),
            format!("跳过节点 {}。", step.map_or_else(|| fact("step"), str::to_owned)),
        ),
        "failed" => words(
            format!("Step `{at}` failed, and the flow went on: {}.", fact("message")),
            format!("节点 {at} 失败，流程继续：{}。", fact("message")),
        ),
        "exception" => words(
            format!("Step `{at}` stopped ({}): {}.", fact("cause"), fact("message")),
            format!("节点 {at} 停止（{}）：{}。", fact("cause"), fact("message")),
        ),
        "command" => words(
            format!("{} ordered `{}`{}.", fact("actor"), fact("command"), because(detail, ": ")),
            format!("{} 执行了 {}{}。", fact("actor"), fact("command"), because(detail, "，原因：")),
        ),
        "reminded" => words(format!("Those who hold `{at}` were reminded."), format!("已催办节点 {at}。")),
        "escalated" => words(format!("Step `{at}` was escalated."), format!("节点 {at} 已升级。")),
        "notified" => words(format!("A notice was sent from `{at}`."), format!("节点 {at} 发送了通知。")),
        "status" => words(format!("The document is now `{}`.", fact("status")), format!("单据状态变为{}。", told("status"))),
        "created" => words(format!("Step `{at}` made a linked document."), format!("节点 {at} 生成了关联单据。")),
        "reversing" => words("What was done is being taken back.".to_owned(), "正在撤销已执行的内容。".to_owned()),
        "reversed" => words(format!("What `{at}` did was taken back."), format!("节点 {at} 已撤销。")),
        "again" => words(format!("The flow works anew from `{at}`."), format!("流程从节点 {at} 重新执行。")),
        "timed_out" => words(format!("Step `{at}` took longer than the time given."), format!("节点 {at} 超时。")),
        "reaction" => words("Something changed outside, and the flow reacts.".to_owned(), "外部发生变化，流程作出反应。".to_owned()),
        "revision" => words("The flow was told that its source changed the document.".to_owned(), "流程得知来源变更了单据。".to_owned()),
        "superseded" => words("A newer instance takes over.".to_owned(), "由新的流程实例接替。".to_owned()),
        "ended" => words(
            format!("The flow ended with `{}`; the document is `{}`.", fact("outcome"), fact("status")),
            format!("流程结束，结果为{}，单据状态为{}。", told("outcome"), told("status")),
        ),
        "ignored" => {
            words(format!("Something came that changes nothing: {}.", fact("why")), format!("收到一条不影响流程的消息：{}。", fact("why")))
        }
        other => words(format!("`{other}` at `{at}`."), format!("{at}:{other}。")),
    }
}

fn because(detail: &Value, before: &str) -> String {
    detail.get("reason").and_then(Value::as_str).map(|reason| format!("{before}{reason}")).unwrap_or_default()
}

fn words(en: String, zh: String) -> Words {
    Words { en, zh }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_has_a_sentence_in_both_languages() {
        for (kind, detail, en) in [
            ("command", json!({"actor": "zhang", "command": "skip", "reason": "told by phone"}), "zhang ordered `skip`: told by phone."),
            ("command", json!({"actor": "zhang", "command": "retry", "reason": null}), "zhang ordered `retry`."),
            ("called", json!({"operation": "create", "connection": "oa"}), "`create` is asked of `oa`."),
            ("never_heard_of", Value::Null, "`never_heard_of` at `ask`."),
        ] {
            let told = sentence(kind, Some("ask"), &detail);
            assert_eq!(told.en, en);
            assert!(told.zh.ends_with('。') && told.zh.chars().any(|letter| letter > '\u{7f}'), "{}", told.zh);
        }
        assert_eq!(level("heard", &json!({"outcome": "pending"})), 3);
        assert_eq!(level("heard", &json!({"outcome": "approved"})), 1);
    }
}

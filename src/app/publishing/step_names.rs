//! What steps are called where people read them: their titles, and for those of reactions whose ids are made up here, what
//! they do and what sets them off.

use crate::app::diagnosis::Words;
use crate::domain::flow::steps::Kind;
use crate::domain::flow::{Flow, Reaction, Step, Trigger};
use std::collections::BTreeMap;

/// The names of a flow's steps by id; a step that has none but its id is left out.
pub fn step_names(flow: &Flow) -> BTreeMap<String, Words> {
    let mut names = BTreeMap::new();
    for step in &flow.steps {
        if let (Some(en), Some(zh)) = (step.title.get("en"), step.title.get("zh")) {
            names.insert(step.id.clone(), Words { en: en.to_owned(), zh: zh.to_owned() });
        }
    }
    for reaction in &flow.reactions {
        let trigger = trigger(reaction);
        for step in steps_of(flow, reaction) {
            if !step.is_authored() && !names.contains_key(&step.id) {
                let what = action(step);
                let (en, zh) = (format!("{} ({})", what.en, trigger.en), format!("{}（{}）", what.zh, trigger.zh));
                names.insert(step.id.clone(), Words { en, zh });
            }
        }
    }
    names
}

/// The steps of a reaction, those inside others included.
fn steps_of<'f>(flow: &'f Flow, reaction: &Reaction) -> Vec<&'f Step> {
    let mut blocks: Vec<usize> = flow.steps.get(reaction.frame).map(|frame| frame.children.clone()).unwrap_or_default();
    let mut found = Vec::new();
    while let Some(block) = blocks.pop() {
        for step in flow.blocks.get(block).into_iter().flatten().filter_map(|index| flow.steps.get(*index)) {
            blocks.extend(&step.children);
            found.push(step);
        }
    }
    found
}

fn both(en: impl Into<String>, zh: impl Into<String>) -> Words {
    Words { en: en.into(), zh: zh.into() }
}

fn trigger(reaction: &Reaction) -> Words {
    match &reaction.trigger {
        Trigger::Changed => both("after a new revision", "新修订后"),
        Trigger::Withdrawn => both("after the document was withdrawn", "单据撤回后"),
        Trigger::Event { role, event } => both(format!("after {role}.{event}"), format!("{role}.{event} 之后")),
        Trigger::Drift { kind, role } => both(format!("after drift {kind} at {role}"), format!("{role} 出现差异 {kind} 后")),
        Trigger::Verb(verb) => both(format!("after {verb}"), format!("{verb} 之后")),
        Trigger::Cancel => both("after an operator cancelled", "操作员取消后"),
        Trigger::Withdraw => both("after its initiator withdrew it", "发起人撤回后"),
        Trigger::Expire => both("after its time was up", "超过时限后"),
    }
}

fn action(step: &Step) -> Words {
    let zh = match &step.kind {
        Kind::Call(call) => format!("调用 {}.{}", call.role, call.operation),
        Kind::Create(_) => "生成单据".to_owned(),
        Kind::Assign(_) => "设置字段".to_owned(),
        Kind::Outcome(_) => "给出结论".to_owned(),
        Kind::Decide(_) => "查询决策表".to_owned(),
        Kind::Subflow(_) => "运行子流程".to_owned(),
        Kind::Choose(_) => "选择分支".to_owned(),
        Kind::Parallel(_) => "并行分支".to_owned(),
        Kind::Each(_) => "逐项处理".to_owned(),
        Kind::Wait(_) => "等待".to_owned(),
        Kind::Approve(_) => "请人审批".to_owned(),
        Kind::Task(_) => "请人处理".to_owned(),
        Kind::Notify(_) => "通知人员".to_owned(),
        Kind::End(_) => "结束流程实例".to_owned(),
        Kind::Reverse(_) => "撤销之前的节点".to_owned(),
        Kind::Restart => "用最新修订重新开始".to_owned(),
        Kind::Reaction(_) => "反应".to_owned(),
    };
    both(step.words(), zh)
}

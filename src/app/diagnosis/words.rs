//! The sentences, English and Chinese, one pair a situation. No times of day: those are fields, shown in the reader's
//! own zone; only how long from now.

use jiff::Timestamp;

use super::Words;
use super::rules::Situation;
use crate::domain::delivery::{BAD_ANSWER, UNREAD_SUCCESS};
use crate::domain::flow::effect::Cause;

/// Why, and what next.
pub fn sentences(situation: &Situation, now: Timestamp) -> (Words, Words) {
    match situation {
        Situation::Exception { cause, code, message, step, owner, others, .. } => {
            exception(cause_words(*cause, code), message, step, owner.as_deref(), *others)
        }
        Situation::OutcomeUnknown { connection, operation, answer, ask_at, .. } => (
            match answer {
                Some(answer) => words(
                    format!("`{connection}` answered `{operation}` with: {answer}. It may or may not have been done."),
                    format!("{connection} 对 {operation} 的应答为：{answer}。是否已执行未知。"),
                ),
                None => words(
                    format!("`{connection}` did not answer `{operation}`, so it may or may not have been done."),
                    format!("{connection} 未应答 {operation}，是否已执行未知。"),
                ),
            },
            words(
                format!("The hub finds out {}, by look-up or under the same key; it is never repeated blindly.", from_now(now, *ask_at).en),
                format!("系统将{}查询结果或以同一幂等键确认，绝不盲目重发。", from_now(now, *ask_at).zh),
            ),
        ),
        Situation::RetryLater { connection, operation, attempts, answer, retry_at, .. } => (
            words(
                format!("`{operation}` at `{connection}` has failed {attempts} time(s), last with: {answer}."),
                format!("{connection} 的 {operation} 已失败 {attempts} 次，最近一次：{answer}。"),
            ),
            words(
                format!("The hub tries again {}.", from_now(now, *retry_at).en),
                format!("系统将{}自动重试。", from_now(now, *retry_at).zh),
            ),
        ),
        Situation::Calling { connection, operation, .. } => (
            words(
                format!("`{operation}` at `{connection}` is under way or next in line."),
                format!("正在或即将调用 {connection} 的 {operation}。"),
            ),
            words("The flow goes on when it answers.".to_owned(), "收到应答后流程继续。".to_owned()),
        ),
        Situation::AwaitingPartner { connection, external_id, seen, people, ask_at, .. } => {
            awaiting(connection, external_id, seen.as_deref(), people, ask_at.map(|at| from_now(now, at)))
        }
        Situation::Standing { step, .. } => (
            words(format!("The flow stands at `{step}` and waits."), format!("流程停在 {step}，正在等待。")),
            words(
                "It goes on when its time has come or what it waits for is heard.".to_owned(),
                "到时间或收到所等待的消息后继续。".to_owned(),
            ),
        ),
        Situation::Ended { flow, outcome, status, .. } => (
            words(
                format!("The flow `{flow}` has ended with the outcome `{outcome}`; the document is `{status}`."),
                format!("流程 {flow} 已结束，结果为{}，单据状态为{}。", chinese(outcome), chinese(status)),
            ),
            words(
                "Nothing more, unless its source changes it or a partner revokes its decision.".to_owned(),
                "无后续动作，除非来源变更单据或审批被撤销。".to_owned(),
            ),
        ),
        Situation::Superseded { revision, .. } => (
            words(
                format!("Revision {revision} has replaced the one the last instance ran for."),
                format!("第 {revision} 版已取代上一流程实例所用的版本。"),
            ),
            words(
                "A new instance begins when what the old one left open is reversed.".to_owned(),
                "旧实例未完事项撤销后，将启动新实例。".to_owned(),
            ),
        ),
        Situation::NotStarted { withdrawn: true, .. } => (
            words("Its source has withdrawn it, and no flow had taken it.".to_owned(), "来源已撤回，且没有流程处理过。".to_owned()),
            words("Nothing.".to_owned(), "无。".to_owned()),
        ),
        Situation::NotStarted { withdrawn: false, .. } => (
            words("No flow has taken it.".to_owned(), "尚无流程受理。".to_owned()),
            words(
                "A flow starts when one of its start conditions fits, for example when the status changes at the source.".to_owned(),
                "满足某个流程的启动条件（例如来源状态变化）时自动启动。".to_owned(),
            ),
        ),
    }
}

fn exception(why: Words, message: &str, step: &str, owner: Option<&str>, others: usize) -> (Words, Words) {
    let and = if others == 0 {
        words(String::new(), String::new())
    } else {
        words(format!(" {others} more exception(s) are open."), format!("另有 {others} 个异常未处理。"))
    };
    let who = owner.map_or_else(|| words("an operator".to_owned(), "运维人员".to_owned()), named);
    (
        words(
            format!("It stopped at `{step}`: {} ({}).{}", why.en, sentence_part(message), and.en),
            format!("停在 {step}：{}（{}）。{}", why.zh, sentence_part(message), and.zh),
        ),
        words(
            format!("Nothing happens by itself: {} decides to retry, skip, mark it done outside, or cancel.", who.en),
            format!("不会自动继续：请{}选择重试、跳过、标记为已在外部完成或取消。", who.zh),
        ),
    )
}

/// Whose an exception is, as flows name them.
fn named(owner: &str) -> Words {
    match owner.split_once(':') {
        Some(("role", role)) => words(format!("the role `{role}`"), format!("角色 {role} ")),
        Some(("user", user)) => words(format!("`{user}`"), format!(" {user} ")),
        _ if owner == "initiator" => words("who began it".to_owned(), "发起人".to_owned()),
        _ => words(owner.to_owned(), owner.to_owned()),
    }
}

fn cause_words(cause: Option<Cause>, code: &str) -> Words {
    let (en, zh) = match cause {
        _ if code == UNREAD_SUCCESS => {
            ("the partner says that it did it, but its answer is not what the connector declares", "对方应答成功，但应答与连接器的声明不符")
        }
        _ if code == BAD_ANSWER => ("the partner's answer is not what the connector declares", "对方的应答与连接器的声明不符"),
        Some(Cause::PartnerDown) => ("the partner cannot be reached or is failing", "对方系统不可用"),
        Some(Cause::DataWrong) => ("the partner refuses the data, or it cannot be mapped", "数据被拒绝或无法映射"),
        Some(Cause::RuleMissing) => ("no rule says what to do", "缺少处理规则"),
        Some(Cause::Credentials) => ("the partner refuses our credentials", "对方拒绝了我们的凭证"),
        Some(Cause::Unknown) => ("it may or may not have been done, and nothing can tell", "是否已执行未知且无法查明"),
        Some(Cause::OurFault) => ("a defect of the hub", "系统自身缺陷"),
        None => ("an unnamed cause", "未知原因"),
    };
    words(en.to_owned(), zh.to_owned())
}

fn awaiting(connection: &str, external_id: &str, seen: Option<&str>, people: &[String], ask: Option<Words>) -> (Words, Words) {
    let people = people.join(", ");
    let (by, by_zh) = if people.is_empty() {
        (String::new(), String::new())
    } else {
        (format!(" with {people}"), format!("，当前处理人：{people}"))
    };
    let (said, said_zh) = match seen {
        Some(seen) => (format!(", which last said `{seen}`"), format!("，最近状态：{seen}")),
        None => (String::new(), String::new()),
    };
    let (ask, ask_zh) = match ask {
        Some(ask) => (format!(" The hub asks by itself {}.", ask.en), format!("系统将{}主动查询。", ask.zh)),
        None => (String::new(), String::new()),
    };
    (
        words(
            format!("It waits for a decision at `{connection}` (`{external_id}`){by}{said}."),
            format!("等待 {connection} 作出决定（单号 {external_id}）{by_zh}{said_zh}。"),
        ),
        words(format!("The flow goes on when the decision arrives.{ask}"), format!("收到决定后流程继续。{ask_zh}")),
    )
}

/// Outcomes and our statuses in Chinese; what a company added stands as it is.
pub(in crate::app) fn chinese(word: &str) -> String {
    let known = match word {
        "draft" => "草稿",
        "submitted" => "已提交",
        "in_approval" => "审批中",
        "approved" => "已批准",
        "rejected" => "已拒绝",
        "released" => "已下达",
        "partially_fulfilled" => "部分完成",
        "fulfilled" => "已完成",
        "closed" => "已关闭",
        "cancelled" => "已取消",
        "revoked" => "已撤销",
        "withdrawn" => "已撤回",
        "expired" => "已过期",
        "posted" => "已过账",
        "paid" => "已付款",
        "void" => "已作废",
        _ => return format!(" {word} "),
    };
    known.to_owned()
}

fn words(en: String, zh: String) -> Words {
    Words { en, zh }
}

/// A message inside parentheses has no full stop of its own.
fn sentence_part(message: &str) -> &str {
    message.trim_end_matches(['.', '。'])
}

/// How long from now, in the largest unit that says enough.
fn from_now(now: Timestamp, at: Timestamp) -> Words {
    let seconds = at.duration_since(now).as_secs();
    let (number, en, zh) = match seconds {
        ..=0 => return words("now".to_owned(), "立即".to_owned()),
        1..120 => (seconds, "second", "秒"),
        120..7_200 => (seconds / 60, "minute", "分钟"),
        7_200..172_800 => (seconds / 3_600, "hour", "小时"),
        _ => (seconds / 86_400, "day", "天"),
    };
    let plural = if number == 1 { "" } else { "s" };
    words(format!("in {number} {en}{plural}"), format!("在 {number} {zh}后"))
}

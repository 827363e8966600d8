//! What the hub itself says, in Chinese and English, where nobody has written a template.

use super::{Told, Words};

/// Notices of a bundle that are named one by one.
const NAMED_MAX: usize = 50;

/// What the hub itself says.
pub fn own_words(told: &Told) -> Words {
    let zh = told.language == "zh";
    let (subject, body) = match (told.event.as_str(), zh) {
        ("turn", true) => ("待您处理", "停在步骤 `{step}`，等待您处理。"),
        ("turn", false) => ("waiting for you", "waits at step `{step}` for you."),
        ("copied", true) => ("抄送给您", "在步骤 `{step}` 抄送给您，供知悉。"),
        ("copied", false) => ("for your information", "is shown to you at step `{step}`, for your information."),
        ("returned", true) => ("已退回", "从步骤 `{step}` 退回给您，请修改后重新提交。"),
        ("returned", false) => ("returned to you", "was returned to you from step `{step}`; mend it and submit it anew."),
        ("mentioned", true) => ("有人提到您", "的评论中提到了您。"),
        ("mentioned", false) => ("you were mentioned", "has a comment that mentions you."),
        ("escalated", true) => ("审批超时", "停在步骤 `{step}`，已等待较长时间。"),
        ("escalated", false) => ("takes long", "has waited long at step `{step}` for a decision."),
        (_, true) => ("等待审批", "停在步骤 `{step}`，等待审批决定。"),
        (_, false) => ("waiting for a decision", "waits at step `{step}` for a decision."),
    };
    let colon = if zh { "：" } else { ": " };
    let Told { key, document_kind, step, url, on_behalf_of, .. } = told;
    let (behalf, line) = match (on_behalf_of.is_empty(), zh) {
        (true, _) => (String::new(), String::new()),
        (false, true) => (format!("（代{on_behalf_of}）"), format!("您受{on_behalf_of}委托处理。\n")),
        (false, false) => (format!(" (for {on_behalf_of})"), format!("You decide for {on_behalf_of}.\n")),
    };
    let mut text = format!("{document_kind} {key} {}\n{line}{url}", body.replace("{step}", step));
    for (word, url) in [(if zh { "同意" } else { "Approve" }, &told.approve_url), (if zh { "驳回" } else { "Reject" }, &told.reject_url)]
    {
        if !url.is_empty() {
            text += &format!("\n{word}{colon}{url}");
        }
    }
    Words { subject: format!("{key}{colon}{subject}{behalf}"), text, items: Vec::new() }
}

/// A digest in the hub's own words: each notice in a line, and where it leads in the next.
pub fn digest_words(language: &str, items: &[(String, String)]) -> (String, String) {
    let zh = language == "zh";
    let count = items.len();
    let subject = if zh { format!("{count} 条通知") } else { format!("{count} notices") };
    let mut lines: Vec<String> = items.iter().take(NAMED_MAX).map(|(subject, url)| format!("{subject}\n{url}")).collect();
    if let Some(more) = count.checked_sub(NAMED_MAX).filter(|more| *more > 0) {
        lines.push(if zh { format!("另有 {more} 条。") } else { format!("And {more} more.") });
    }
    (subject, lines.join("\n"))
}

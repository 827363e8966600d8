//! `GET /decide/{link}` and `POST /decide/{link}`: the page behind a link in a notice.
//!
//! Following the link decides nothing: scanners of mail do that, and so do thumbs. The page asks, and its button decides. It
//! runs nothing and loads nothing, so that it opens on any phone.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::auth::{Gate, Stranger};
use super::body;
use super::extract::LinkText;
use super::plain::{Language, Page, Tone, escaped};
use super::problem::Problem;
use crate::app::access::Actor;
use crate::app::people::{DecisionLinks, Follower, LinkLook, LinkRefusal};
use crate::domain::approval::Unreadable;

/// Characters of a comment that are taken.
const COMMENT_CHARACTERS_MAX: usize = 4_000;

/// Shows what a link would decide. Nothing is decided.
#[utoipa::path(
    get, path = "/decide/{link}", tag = "tasks", operation_id = "look_at_decision_link",
    params(("link" = String, Path, description = "The link's signed text")),
    responses((status = 200, description = "A page that asks", content_type = "text/html"), (status = 403, description = "A page that says why not", content_type = "text/html")),
    security(())
)]
pub async fn look(
    Stranger(actor): Stranger,
    LinkText(link): LinkText,
    State(links): State<DecisionLinks>,
    State(gate): State<Gate>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let language = Language::asked(&parts.headers, parts.uri.query());
    let follower = follower(&gate, &parts, actor).await;
    match links.look(&link, language.word(), &follower).await {
        Ok(look) => question(language, &look),
        Err(refusal) => refused(language, true, &refusal),
    }
}

/// Decides by a link, once.
#[utoipa::path(
    post, path = "/decide/{link}", tag = "tasks", operation_id = "use_decision_link",
    params(("link" = String, Path, description = "The link's signed text")),
    request_body(content = String, description = "The page's form: `comment`", content_type = "application/x-www-form-urlencoded"),
    responses((status = 200, description = "A page that says so", content_type = "text/html"), (status = 403, description = "A page that says why not", content_type = "text/html")),
    security(())
)]
pub async fn decide(
    Stranger(actor): Stranger,
    LinkText(link): LinkText,
    State(links): State<DecisionLinks>,
    State(gate): State<Gate>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, content) = request.into_parts();
    let language = Language::asked(&parts.headers, parts.uri.query());
    let follower = follower(&gate, &parts, actor).await;
    let body = body::read(Request::from_parts(parts, content)).await?;
    let comment = url::form_urlencoded::parse(&body).find(|(name, _)| name == "comment").map(|(_, value)| value.trim().to_owned());
    let comment = comment.filter(|comment| !comment.is_empty()).map(|comment| comment.chars().take(COMMENT_CHARACTERS_MAX).collect());
    Ok(match links.decide(&link, comment, &follower).await {
        Ok(_) => {
            let words = language.of("您的决定已记录，可以关闭此页。", "Your decision is recorded. You can close this page.");
            let body = format!("<p>{words}</p>{}", tasks(language));
            Page { language, tone: Tone::Done, title: language.of("已完成", "Done"), body: &body, turns: false }.answer(StatusCode::OK)
        }
        Err(refusal) => refused(language, false, &refusal),
    })
}

/// Who follows: the session of a browser, where there is one.
async fn follower(gate: &Gate, parts: &http::request::Parts, actor: Actor) -> Follower {
    match gate.caller(parts).await {
        Ok(caller) => Follower {
            actor: Actor { tenant: caller.tenant, name: caller.name.to_string(), via: caller.via(), ..actor },
            person: caller.person().map(str::to_owned),
            signed_in: true,
        },
        Err(_) => Follower { actor, person: None, signed_in: false },
    }
}

fn question(language: Language, look: &LinkLook) -> Response {
    let agrees = look.verb == "approve";
    let (title, act) = match agrees {
        true => (language.of("同意这张单据？", "Approve this?"), language.of("同意", "Approve")),
        false => (language.of("驳回这张单据？", "Reject this?"), language.of("驳回", "Reject")),
    };
    let facts = [
        (look.kind_title.as_str(), look.key.as_str()),
        (language.of("步骤", "Step"), look.step.as_str()),
        (language.of("您的身份", "You decide as"), look.person_name.as_str()),
    ];
    let facts: String = facts.iter().map(|(name, value)| format!("<dt>{}</dt><dd>{}</dd>", escaped(name), escaped(value))).collect();
    let (required, wanted) = match look.needs_comment {
        true => (" required", language.of("意见（必填）", "Comment (required)")),
        false => ("", language.of("意见（可不填）", "Comment (if you like)")),
    };
    let body = format!(
        "<dl>{facts}</dl><form method=\"post\"><label for=\"comment\">{wanted}</label><textarea id=\"comment\" name=\"comment\" rows=\"4\" maxlength=\"4000\"{required}></textarea><button{}>{act}</button></form><p class=\"dim\">{} <a href=\"/a/{}\">{}</a></p>",
        if agrees { "" } else { " class=\"no\"" },
        language.of("点击按钮之前，不会作出任何决定。", "Nothing is decided before you press the button."),
        escaped(&look.task),
        language.of("查看完整待办", "See the whole task"),
    );
    Page { language, tone: Tone::Asks, title, body: &body, turns: true }.answer(StatusCode::OK)
}

fn refused(language: Language, turns: bool, refusal: &LinkRefusal) -> Response {
    let (status, zh) = match refusal {
        LinkRefusal::Unreadable(Unreadable::Forged) => (StatusCode::NOT_FOUND, "链接无效，可能没有复制完整。".to_owned()),
        LinkRefusal::Unreadable(Unreadable::Expired) => (StatusCode::GONE, "链接已过期。".to_owned()),
        LinkRefusal::SignIn => (StatusCode::UNAUTHORIZED, "请先以链接所属人员的身份登录，再打开此链接。".to_owned()),
        LinkRefusal::Forwarded => (StatusCode::FORBIDDEN, "此链接属于其他人。".to_owned()),
        LinkRefusal::Left => (StatusCode::FORBIDDEN, "链接所属人员已离职。".to_owned()),
        LinkRefusal::Moved => (StatusCode::CONFLICT, "任务已转给其他人。".to_owned()),
        LinkRefusal::Used => (StatusCode::CONFLICT, "链接已使用过，决定已记录。".to_owned()),
        LinkRefusal::Over(state) => (StatusCode::CONFLICT, format!("任务已结束{}。", how_it_ended(state))),
        LinkRefusal::Off => (StatusCode::FORBIDDEN, "此处不接受通过链接作出的决定。".to_owned()),
        LinkRefusal::Refused(_) => (StatusCode::CONFLICT, "现在不能这样处理。".to_owned()),
        LinkRefusal::Busy => (StatusCode::SERVICE_UNAVAILABLE, "暂时无法处理，请稍后再试。".to_owned()),
    };
    let en = sentence(&refusal.to_string());
    let more = match refusal {
        LinkRefusal::SignIn => format!("<p><a href=\"/sign-in\">{}</a></p>", language.of("登录", "Sign in")),
        _ => tasks(language),
    };
    let body = format!("<p>{}</p>{more}", escaped(language.of(&zh, &en)));
    Page { language, tone: Tone::Not, title: language.of("未作决定", "Not decided"), body: &body, turns }.answer(status)
}

/// The word of a task's last state, in brackets.
fn how_it_ended(state: &str) -> &'static str {
    match state {
        "approved" => "（已同意）",
        "rejected" => "（已驳回）",
        "returned" => "（已退回）",
        "transferred" => "（已转交）",
        "cancelled" => "（已取消）",
        "skipped" => "（已跳过）",
        "expired" => "（已超时）",
        _ => "",
    }
}

/// What the hub says in passing, as a sentence.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str().trim_end_matches('.'))).unwrap_or_default()
}

/// Where whoever is here may go on.
fn tasks(language: Language) -> String {
    format!("<p><a href=\"/tasks\">{}</a></p>", language.of("打开我的待办", "Open my tasks"))
}

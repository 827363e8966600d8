//! `GET /decide/{link}` and `POST /decide/{link}`: the page behind a link in a notice.
//!
//! Following the link decides nothing: scanners of mail do that, and so do thumbs. The page asks, and its button decides. It
//! runs nothing and loads nothing, so that it opens on any phone.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::auth::{Gate, Stranger};
use super::body;
use super::extract::LinkText;
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
    let follower = follower(&gate, &parts, actor).await;
    match links.look(&link, &follower).await {
        Ok(look) => page(StatusCode::OK, &question(&look)),
        Err(refusal) => refused(&refusal),
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
    let follower = follower(&gate, &parts, actor).await;
    let body = body::read(Request::from_parts(parts, content)).await?;
    let comment = url::form_urlencoded::parse(&body).find(|(name, _)| name == "comment").map(|(_, value)| value.trim().to_owned());
    let comment = comment.filter(|comment| !comment.is_empty()).map(|comment| comment.chars().take(COMMENT_CHARACTERS_MAX).collect());
    Ok(match links.decide(&link, comment, &follower).await {
        Ok(_) => page(
            StatusCode::OK,
            &said("Done · 已完成", "Your decision is recorded. You can close this page. 您的决定已记录，可以关闭此页。"),
        ),
        Err(refusal) => refused(&refusal),
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

fn question(look: &LinkLook) -> String {
    let (en, zh) = if look.verb == "approve" { ("Approve", "同意") } else { ("Reject", "驳回") };
    let required = if look.needs_comment { " required" } else { "" };
    format!(
        "<h1>{en} · {zh}</h1><p>{} {}<br>{}<br>{}</p><form method=\"post\"><p><label>Comment · 意见<br><textarea name=\"comment\" rows=\"4\" cols=\"32\" maxlength=\"4000\"{required}></textarea></label></p><p><button>{en} · {zh}</button></p></form>",
        escaped(&look.document_kind),
        escaped(&look.key),
        escaped(&look.step),
        escaped(&look.person_name),
    )
}

fn refused(refusal: &LinkRefusal) -> Response {
    let (status, zh) = match refusal {
        LinkRefusal::Unreadable(Unreadable::Forged) => (StatusCode::NOT_FOUND, "链接无效。"),
        LinkRefusal::Unreadable(Unreadable::Expired) => (StatusCode::GONE, "链接已过期。"),
        LinkRefusal::SignIn => (StatusCode::UNAUTHORIZED, "请先以链接所属人员的身份登录，再打开此链接。"),
        LinkRefusal::Forwarded => (StatusCode::FORBIDDEN, "此链接属于其他人。"),
        LinkRefusal::Left => (StatusCode::FORBIDDEN, "链接所属人员已离职。"),
        LinkRefusal::Moved => (StatusCode::CONFLICT, "任务已转给其他人。"),
        LinkRefusal::Used => (StatusCode::CONFLICT, "链接已使用过。"),
        LinkRefusal::Over(_) => (StatusCode::CONFLICT, "任务已结束。"),
        LinkRefusal::Off => (StatusCode::FORBIDDEN, "此处不接受通过链接作出的决定。"),
        LinkRefusal::Refused(_) => (StatusCode::CONFLICT, "现在不能这样处理。"),
        LinkRefusal::Busy => (StatusCode::SERVICE_UNAVAILABLE, "暂时无法处理，请稍后再试。"),
    };
    let mut text = said("Not decided · 未作决定", &format!("{refusal}. {zh}"));
    if matches!(refusal, LinkRefusal::SignIn) {
        text += "<p><a href=\"/sign-in\">Sign in · 登录</a></p>";
    }
    page(status, &text)
}

fn said(title: &str, words: &str) -> String {
    format!("<h1>{}</h1><p>{}</p>", escaped(title), escaped(words))
}

fn page(status: StatusCode, body: &str) -> Response {
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>Waybill</title>{body}</html>"
    );
    let mut response = (status, Html(page)).into_response();
    let headers = response.headers_mut();
    // The address holds the link: it goes nowhere else, and the page runs nothing.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"),
    );
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

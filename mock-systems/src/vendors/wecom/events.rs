//! Callbacks: XML in an encrypted envelope, sent again three times when it is not acknowledged within 5 s.

use std::time::Duration;

use axum::http::Method;

use super::{CORP_ID, Shared, Wecom};
use crate::vendors::courier::{Letter, Receipt, dispatch, encoded, send, send_until_taken};
use crate::vendors::msgcrypt::Callback;
use crate::world::lock;

const WITHIN: Duration = Duration::from_secs(5);
/// The check of the address is more hurried.
const CHECK_WITHIN: Duration = Duration::from_secs(1);
/// Pauses before the tries after the first. How long they are is not documented.
const AGAIN_SECONDS: [i64; 3] = [5; 3];

/// What happened; the number is `StatuChangeEvent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Submit = 1,
    Agree = 2,
    Reject = 3,
    PassOn = 4,
    Withdraw = 6,
    Revoke = 8,
    Comment = 10,
}

/// Checks an address: a GET whose `echostr` must come back decrypted, to the letter.
pub(super) async fn check(wecom: &Wecom, callback: &Callback) -> Result<(), String> {
    let wanted = wecom.desk.dice.next().to_string();
    let echo = callback.encrypt(&wanted, &callback.owner, random(wecom));
    let (timestamp, nonce) = signs(wecom);
    let signature = callback.sign(&timestamp, &nonce, &echo);
    let query = format!("msg_signature={signature}&timestamp={timestamp}&nonce={nonce}&echostr={}", encoded(&echo));
    let letter = Letter { method: Method::GET, query, headers: Vec::new(), body: Vec::new() };
    let receipt = send(&callback.url, &letter, CHECK_WITHIN).await?;
    match receipt.status == 200 && receipt.body == wanted.as_bytes() {
        true => Ok(()),
        false => Err(format!("answered {} {:?}", receipt.status, String::from_utf8_lossy(&receipt.body))),
    }
}

fn random(wecom: &Wecom) -> [u8; 16] {
    wecom.desk.id().into_bytes()[..16].try_into().unwrap_or([0; 16])
}

fn signs(wecom: &Wecom) -> (String, String) {
    (wecom.desk.now_millis().div_euclid(1_000).to_string(), wecom.desk.dice.below(10_000_000_000).to_string())
}

/// Tells of an approval as it stands now.
pub(super) fn tell(wecom: &Shared, number: &str, change: Change) {
    let Some(callback) = lock(&wecom.callback).clone() else { return };
    let Some(message) = message(wecom, number, change) else { return };
    let kind = format!("{change:?}").to_ascii_lowercase();
    dispatch(&wecom.desk, &kind, || {
        let (wecom, callback, message, kind) = (wecom.clone(), callback.clone(), message.clone(), kind.clone());
        async move { send_until_taken(&wecom.desk, &AGAIN_SECONDS, || push(&wecom, &callback, &message, &kind)).await }
    });
}

/// Elements repeat without a list around them; one and many look alike.
fn message(wecom: &Wecom, number: &str, change: Change) -> Option<String> {
    let book = lock(&wecom.book);
    let approval = book.get(number)?;
    let cdata = |text: &str| format!("<![CDATA[{}]]>", text.replace("]]>", "]]]]><![CDATA[>"));
    let seconds = wecom.desk.now_millis().div_euclid(1_000);
    let details: String = approval
        .records
        .iter()
        .map(|record| {
            format!(
                "<Details><Approver><UserId>{}</UserId></Approver><Speech>{}</Speech><SpStatus>{}</SpStatus><SpTime>{}</SpTime></Details>",
                cdata(&record.user),
                cdata(&record.speech),
                record.status,
                record.at
            )
        })
        .collect();
    let comments: String = approval
        .comments
        .iter()
        .map(|comment| {
            format!(
                "<Comments><CommentUserInfo><UserId>{}</UserId></CommentUserInfo><CommentTime>{}</CommentTime><CommentContent>{}</CommentContent><CommentId>{}</CommentId></Comments>",
                cdata(comment["commentUserInfo"]["userid"].as_str().unwrap_or_default()),
                comment["commenttime"],
                cdata(comment["commentcontent"].as_str().unwrap_or_default()),
                cdata(comment["commentid"].as_str().unwrap_or_default())
            )
        })
        .collect();
    let plain = if wecom.desk.is_on("no_number") { String::new() } else { format!("<SpNo>{}</SpNo>", approval.number) };
    Some(format!(
        "<xml><ToUserName>{to}</ToUserName><FromUserName>{from}</FromUserName><CreateTime>{seconds}</CreateTime><MsgType>{kind}</MsgType>\
         <Event>{event}</Event><AgentID>3010040</AgentID><ApprovalInfo>{plain}<SpNoStr>{number}</SpNoStr><SpName>{name}</SpName>\
         <SpStatus>{status}</SpStatus><TemplateId>{template}</TemplateId><ApplyTime>{applied}</ApplyTime><Applyer><UserId>{creator}</UserId>\
         <Party>{party}</Party></Applyer><SpRecord><SpStatus>{status}</SpStatus><ApproverAttr>1</ApproverAttr>{details}</SpRecord>{comments}\
         <StatuChangeEvent>{change}</StatuChangeEvent></ApprovalInfo></xml>",
        to = cdata(CORP_ID),
        from = cdata("sys"),
        kind = cdata("event"),
        event = cdata("sys_approval_change"),
        number = cdata(&approval.number),
        name = cdata("采购订单审批"),
        status = approval.status,
        template = cdata(&approval.template),
        applied = approval.applied.0.div_euclid(1_000_000),
        creator = cdata(&approval.creator),
        party = cdata("1"),
        change = change as u8,
    ))
}

async fn push(wecom: &Wecom, callback: &Callback, message: &str, kind: &str) -> Result<Receipt, String> {
    let desk = &wecom.desk;
    let owner = if desk.strikes("event_wrong_receiver", kind) { "wwsomebodyelse00" } else { &callback.owner };
    let encrypted = callback.encrypt(message, owner, random(wecom));
    let (timestamp, nonce) = signs(wecom);
    let mut signature = callback.sign(&timestamp, &nonce, &encrypted);
    if desk.strikes("event_wrong_signature", kind) {
        let first = if signature.starts_with('0') { "1" } else { "0" };
        signature.replace_range(..1, first);
    }
    let body = format!(
        "<xml><ToUserName><![CDATA[{CORP_ID}]]></ToUserName><Encrypt><![CDATA[{encrypted}]]></Encrypt><AgentID><![CDATA[3010040]]></AgentID></xml>"
    );
    let query = format!("msg_signature={signature}&timestamp={timestamp}&nonce={nonce}");
    let letter = Letter { method: Method::POST, query, headers: vec![("content-type", "text/xml".to_owned())], body: body.into_bytes() };
    send(&callback.url, &letter, WITHIN).await
}

//! `kind: smtp`: mail that a flow sends through the connector `mail`.

use crate::bench::{Bench, gallery, told};
use crate::{Server, cutting};
use serde_json::{Value, json};
use waybill::domain::connector::Class;
use waybill::domain::flow::effect::Cause;

fn bench(port: u16, more: &str) -> Bench {
    let settings = format!("{{server: \"smtp://127.0.0.1:{port}\", from: \"Waybill <hub@example.com>\", {more}}}");
    Bench::new(&gallery("mail"), &settings, Vec::new())
}

const OWN: &str = "tls: \"off\", user: hub, password: Mail-Passw0rd-1";

fn mail(to: &[&str]) -> Value {
    json!({"to": to, "cc": ["周 <zhou@example.com>"], "subject": "PO-7 已释放", "text": "订单 PO-7 已释放。\n.\n"})
}

#[tokio::test]
async fn a_flow_s_mail_arrives_as_it_was_written() {
    let server = Server::start();
    let output = bench(server.port, OWN).ok("send", mail(&["li.hui@example.com"]), "key-1").await;
    let mail = server.wait_for(1).await.remove(0);
    assert_eq!(mail["rcpt_to"], json!(["li.hui@example.com", "zhou@example.com"]));
    assert_eq!((&mail["auth"], &mail["headers"]["Subject"]), (&json!(true), &json!("PO-7 已释放")));
    assert_eq!(mail["headers"]["Message-ID"], output["external_id"]);
    assert_eq!(mail["parts"][0]["text"].as_str().expect("text").replace("\r\n", "\n"), "订单 PO-7 已释放。\n.\n");
}

#[tokio::test]
async fn what_a_mail_server_refuses_is_told_from_what_passes() {
    let server = Server::start();
    let own = bench(server.port, OWN);
    for (to, class, words) in [
        (&["fail5xx@example.com"][..], Class::Refused, "550"),
        (&["fail4xx@example.com"][..], Class::Retryable, "451"),
        (&["li.hui@example.com", "fail5xx@example.com"][..], Class::Refused, "fail5xx@example.com"),
        (&["no address"][..], Class::Refused, "no mail address"),
    ] {
        let sent = own.call("send", mail(to), "key-2").await;
        assert_eq!(sent.class, class, "{to:?}: {}", told(&sent));
        assert!(sent.message.as_ref().is_some_and(|message| message.contains(words)), "{to:?}: {}", told(&sent));
    }
    let lines = json!({"to": ["li.hui@example.com"], "subject": "x\r\nBcc: all@example.com", "text": "x"});
    let injected = own.call("send", lines, "key-3").await;
    assert_eq!((injected.class, injected.attempts.len()), (Class::Refused, 0), "{}", told(&injected));
    // It offers no STARTTLS, and nothing leaves in plain unless the connection says so.
    let plain = bench(server.port, "tls: verify").call("send", mail(&["li.hui@example.com"]), "key-4").await;
    assert_eq!(plain.class, Class::Refused, "{}", told(&plain));
    let settings = format!("{{server: \"smtp://127.0.0.1:{}\", from: hub@example.com, tls: \"off\"}}", server.port);
    let blocked = Bench::reaching(&gallery("mail"), &settings, "10.0.0.0/8", Vec::new()).call("send", mail(&["a@example.com"]), "k").await;
    assert_eq!((blocked.class, blocked.cause), (Class::Refused, Some(Cause::RuleMissing)), "{}", told(&blocked));
    assert_eq!(server.mails().len(), 0, "nothing of all that was taken");
}

#[tokio::test]
async fn an_answer_lost_after_the_content_is_unknown_and_every_try_has_one_id() {
    let server = Server::start();
    let port = cutting(&server).await;
    let lost = bench(port, OWN).call("send", mail(&["li.hui@example.com"]), "key-5").await;
    assert_eq!(lost.class, Class::Unknown, "{}", told(&lost));
    bench(server.port, OWN).ok("send", mail(&["li.hui@example.com"]), "key-5").await;
    let mails = server.wait_for(2).await;
    assert_eq!(mails[0]["headers"]["Message-ID"], mails[1]["headers"]["Message-ID"]);
}

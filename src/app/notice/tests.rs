//! Against a server on loopback that hangs up where it is told; `tests/mail` speaks to a real one.

use super::*;
use base64::Engine;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

/// Where the server ends the line, and what it says.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Hangs {
    /// Not at all, and it refuses with whatever it got: the log-in where there is one, else the content.
    Quotes,
    AtConnect,
    AtSender,
    AtData,
    AfterContent,
    Never,
    /// Keeps the line open and says nothing after the content.
    SilentAfterContent,
}

/// A server; what it took is kept.
async fn server(hangs: Hangs) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let taken: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = taken.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let kept = kept.clone();
            tokio::spawn(async move {
                if hangs == Hangs::AtConnect {
                    return None;
                }
                let (read, mut write) = stream.into_split();
                let mut lines = BufReader::new(read).lines();
                write.write_all(b"220 test\r\n").await.ok()?;
                let mut content: Option<String> = None;
                while let Ok(Some(line)) = lines.next_line().await {
                    if let Some(text) = &mut content {
                        if line != "." {
                            text.push_str(&line);
                            text.push('\n');
                            continue;
                        }
                        kept.lock().unwrap().push(content.take().unwrap_or_default());
                        match hangs {
                            Hangs::Quotes => {
                                let text = kept.lock().unwrap().pop().unwrap_or_default();
                                let links: Vec<&str> = text.lines().filter(|line| line.contains("/decide/")).collect();
                                write.write_all(format!("554 5.7.1 blocked: {}\r\n", links.join(" ")).as_bytes()).await.ok()?;
                            }
                            Hangs::AfterContent => return None,
                            Hangs::SilentAfterContent => std::future::pending().await,
                            _ => write.write_all(b"250 taken\r\n").await.ok()?,
                        }
                        continue;
                    }
                    let word = line.get(..4).unwrap_or_default();
                    let answer = match word {
                        "MAIL" if hangs == Hangs::AtSender => return None,
                        "DATA" if hangs == Hangs::AtData => return None,
                        "EHLO" => "250-test\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n",
                        "AUTH" if hangs == Hangs::Quotes => {
                            let said = line.rsplit(' ').next().unwrap_or_default();
                            let decoded = base64::engine::general_purpose::STANDARD.decode(said).unwrap_or_default();
                            let plain = String::from_utf8_lossy(&decoded).replace('\0', " ");
                            write.write_all(format!("535 5.7.8 nobody is {plain} ({said})\r\n").as_bytes()).await.ok()?;
                            continue;
                        }
                        "AUTH" => "535 5.7.8 wrong\r\n",
                        "DATA" => {
                            content = Some(String::new());
                            "354 go on\r\n"
                        }
                        _ => "250 fine\r\n",
                    };
                    write.write_all(answer.as_bytes()).await.ok()?;
                }
                Some(())
            });
        }
    });
    (port, taken)
}

fn notices(port: u16, security: Security) -> Notices {
    signed_in(port, security, None)
}

fn signed_in(port: u16, security: Security, password: Option<&str>) -> Notices {
    let options = SmtpOptions {
        name: "mail".to_owned(),
        host: "127.0.0.1".to_owned(),
        port,
        security,
        from: "Waybill <hub@example.com>".to_owned(),
        user: password.map(|_| "hub".to_owned()),
        password: password.map(|password| password.to_owned().into()),
    };
    Notices::new(&[options], HashMap::from([("e1001".to_owned(), "li@example.com".to_owned())])).unwrap()
}

const ID: &str = "0197c1a2-0000-7000-8000-00000000e001";

async fn send(notices: &Notices, within: Duration) -> Attempted {
    let to = ["e1001".to_owned()];
    notices.send("mail", Letter { to: &to, subject: "订单 PO-1", body: "已释放\n", id: ID }, within).await
}

#[tokio::test]
async fn only_what_is_lost_after_the_content_is_unknown() {
    for (hangs, class) in [
        (Hangs::AtConnect, Class::Retryable),
        (Hangs::AtSender, Class::Retryable),
        (Hangs::AtData, Class::Retryable),
        (Hangs::AfterContent, Class::Unknown),
        (Hangs::Never, Class::Ok),
    ] {
        let (port, taken) = server(hangs).await;
        let attempted = send(&notices(port, Security::None), Duration::from_secs(10)).await;
        assert_eq!(attempted.class, class, "{hangs:?}: {}", attempted.message);
        let may_be_there = matches!(hangs, Hangs::AfterContent | Hangs::Never);
        assert_eq!(taken.lock().unwrap().len(), usize::from(may_be_there), "{hangs:?}");
    }
}

#[tokio::test]
async fn silence_after_the_content_is_unknown_when_the_time_is_over() {
    let (port, taken) = server(Hangs::SilentAfterContent).await;
    let attempted = send(&notices(port, Security::None), Duration::from_millis(700)).await;
    assert_eq!(attempted.class, Class::Unknown, "{}", attempted.message);
    assert_eq!(taken.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_repeat_is_recognised_by_its_id() {
    let (port, taken) = server(Hangs::Never).await;
    let notices = notices(port, Security::None);
    for _ in 0..2 {
        assert_eq!(send(&notices, Duration::from_secs(10)).await.class, Class::Ok);
    }
    for mail in taken.lock().unwrap().iter() {
        assert!(mail.contains("charset=utf-8"), "{mail}");
        assert!(mail.contains(&format!("Message-ID: <{ID}@waybill>")), "{mail}");
    }
}

#[tokio::test]
async fn a_line_that_must_be_protected_is_not_used_in_plain() {
    let (port, taken) = server(Hangs::Never).await;
    let attempted = send(&notices(port, Security::StartTls), Duration::from_secs(10)).await;
    assert_eq!(attempted.class, Class::Refused, "{}", attempted.message);
    assert!(attempted.message.contains("STARTTLS") && taken.lock().unwrap().is_empty(), "{}", attempted.message);
}

#[tokio::test]
async fn a_refused_password_is_a_matter_of_credentials_and_is_not_said() {
    let (port, taken) = server(Hangs::Never).await;
    let attempted = send(&signed_in(port, Security::None, Some("canary-9")), Duration::from_secs(10)).await;
    assert_eq!((attempted.class, attempted.credentials), (Class::Refused, true), "{}", attempted.message);
    assert!(attempted.message.contains("535") && !attempted.message.contains("canary"), "{}", attempted.message);
    assert!(taken.lock().unwrap().is_empty());
}

/// Filters that refuse a mail name the address that they do not like, and some servers say back what they were given.
#[tokio::test]
async fn what_a_server_says_back_of_our_secrets_is_masked() {
    let (port, _) = server(Hangs::Quotes).await;
    let refused = send(&signed_in(port, Security::None, Some("canary-9")), Duration::from_secs(10)).await;
    // `\0hub\0canary-9`, as it was sent.
    for told in ["canary-9", "AGh1YgBjYW5hcnktOQ=="] {
        assert!(!refused.message.contains(told), "{}", refused.message);
    }
    assert!(refused.message.contains("535") && refused.message.contains("nobody is"), "{}", refused.message);

    let key = crate::domain::approval::LinkKey::of(b"k");
    let here = Here::new(Some(&url::Url::parse("https://hub.example").unwrap()), Some(key.clone()));
    let (notices, to) = (notices(port, Security::None).at(here), ["e1001".to_owned()]);
    let letter = Letter { to: &to, subject: "PO-1", body: "it waits\nApprove: waybill:/decide/abc-_1", id: ID };
    let refused = notices.send("mail", letter, Duration::from_secs(10)).await;
    let signature = key.sign("abc-_1").split_once('.').unwrap().1.to_owned();
    assert!(refused.message.contains("https://hub.example/decide/"), "the server names it: {}", refused.message);
    assert!(!refused.message.contains(&signature), "{}", refused.message);
}

#[tokio::test]
async fn nobody_there_is_tried_again() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    assert_eq!(send(&notices(port, Security::None), Duration::from_secs(10)).await.class, Class::Retryable);
}

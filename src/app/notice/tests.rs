//! Against a server on loopback that hangs up where it is told; `tests/mail` speaks to a real one.

use super::*;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

/// Where the server ends the line.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Hangs {
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

#[tokio::test]
async fn nobody_there_is_tried_again() {
    let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    assert_eq!(send(&notices(port, Security::None), Duration::from_secs(10)).await.class, Class::Retryable);
}

//! Who is told something by the hub and says it back: a collector of traces and a mail server.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base64::Engine;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What came, in the order of its coming.
#[derive(Clone, Default)]
pub struct Taken(Arc<Mutex<Vec<String>>>);

impl Taken {
    pub fn all(&self) -> Vec<String> {
        self.0.lock().expect("sound").clone()
    }

    fn push(&self, text: String) -> usize {
        let mut taken = self.0.lock().expect("sound");
        taken.push(text);
        taken.len()
    }
}

/// A collector: the first batch is refused with the header that came, the others are taken. Texts of OTLP lie in plain.
pub async fn collector() -> (Taken, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("its address"));
    let taken = Taken::default();
    let router = Router::new().route("/v1/traces", post(traces)).with_state(taken.clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (taken, address)
}

async fn traces(State(taken): State<Taken>, headers: HeaderMap, body: Bytes) -> (StatusCode, String) {
    if taken.push(String::from_utf8_lossy(&body).into_owned()) > 1 {
        return (StatusCode::OK, String::new());
    }
    (StatusCode::UNAUTHORIZED, format!("{:?} is nobody's", headers.get("authorization")))
}

/// A mail server that is busy once at the log-in and once at the content, and names what it got each time. Mails are kept whole.
pub async fn mail() -> (Taken, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("its address").port();
    let (taken, busy) = (Taken::default(), Arc::new(Mutex::new((true, true))));
    let kept = taken.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, kept.clone(), busy.clone()));
        }
    });
    (taken, port)
}

async fn serve(stream: TcpStream, taken: Taken, busy: Arc<Mutex<(bool, bool)>>) -> Option<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 quoting\r\n").await.ok()?;
    while let Some(line) = lines.next_line().await.ok()? {
        let answer = match line.get(..4).unwrap_or_default() {
            "EHLO" => "250-quoting\r\n250-AUTH PLAIN\r\n250 8BITMIME\r\n".to_owned(),
            "AUTH" if std::mem::take(&mut busy.lock().expect("sound").0) => {
                let said = line.rsplit(' ').next().unwrap_or_default();
                let plain = base64::engine::general_purpose::STANDARD.decode(said).unwrap_or_default();
                format!("454 4.7.0 busy with {} ({said})\r\n", String::from_utf8_lossy(&plain).replace('\0', " "))
            }
            "AUTH" => "235 fine\r\n".to_owned(),
            "DATA" => {
                write.write_all(b"354 go on\r\n").await.ok()?;
                let mail = content(&mut lines).await?;
                if std::mem::take(&mut busy.lock().expect("sound").1) {
                    let links: Vec<&str> = mail.lines().filter(|line| line.contains("/decide/")).collect();
                    format!("451 4.7.1 greylisted for {}\r\n", links.join(" "))
                } else {
                    taken.push(mail);
                    "250 taken\r\n".to_owned()
                }
            }
            _ => "250 fine\r\n".to_owned(),
        };
        write.write_all(answer.as_bytes()).await.ok()?;
    }
    Some(())
}

/// A mail up to its end, with soft line breaks and escapes of quoted-printable undone.
async fn content(lines: &mut tokio::io::Lines<BufReader<tokio::net::tcp::OwnedReadHalf>>) -> Option<String> {
    let mut mail = String::new();
    loop {
        let line = lines.next_line().await.ok()??;
        if line == "." {
            return Some(mail.replace("=\n", "").replace("=3D", "="));
        }
        mail += &line;
        mail.push('\n');
    }
}

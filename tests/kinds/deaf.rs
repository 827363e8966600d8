//! A line that breaks at a word: what the client says reaches the server up to and with that word, and nothing comes back. Or
//! without it, and the server never hears it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// When the line breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breaks {
    /// The server hears the word, its answer is lost.
    AfterIt,
    /// The server never hears it.
    BeforeIt,
}

/// A proxy that breaks lines; it ends when dropped.
pub struct Deaf {
    port: u16,
    armed: Arc<AtomicBool>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Deaf {
    /// Listens for this port of the loopback interface; armed, it breaks a line at the word.
    pub async fn start(target: u16, word: &'static [u8], breaks: Breaks) -> Deaf {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let armed = Arc::new(AtomicBool::new(false));
        let watched = armed.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(pass(near, target, word, breaks, watched.clone()));
            }
        });
        Deaf { port, armed, accepting }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The next line that says the word breaks; those after it do not.
    pub fn arm(&self) {
        self.armed.store(true, Ordering::SeqCst);
    }

    pub fn is_armed(&self) -> bool {
        self.armed.load(Ordering::SeqCst)
    }
}

impl Drop for Deaf {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn pass(near: TcpStream, target: u16, word: &[u8], breaks: Breaks, armed: Arc<AtomicBool>) {
    let far = TcpStream::connect(("127.0.0.1", target)).await.expect("the server is there");
    let (mut near_read, mut near_write) = near.into_split();
    let (mut far_read, mut far_write) = far.into_split();
    let back = tokio::spawn(async move {
        let _ = tokio::io::copy(&mut far_read, &mut near_write).await;
    });
    let mut bytes = vec![0; 64 * 1024];
    while let Ok(count) = near_read.read(&mut bytes).await {
        let said = &bytes[..count];
        let breaks_here = said.windows(word.len()).any(|window| window == word) && armed.swap(false, Ordering::SeqCst);
        if breaks_here {
            back.abort();
            if breaks == Breaks::AfterIt {
                let _ = far_write.write_all(said).await;
                // Time to do it; whether it was done the test asks the server itself.
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
            return;
        }
        if count == 0 || far_write.write_all(said).await.is_err() {
            return;
        }
    }
}

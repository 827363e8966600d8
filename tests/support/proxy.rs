//! A TCP proxy that can be cut: open connections end at once, new ones are refused until it is mended. With several
//! targets it is a plain load balancer that skips those who do not answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// A proxy; it ends when dropped.
pub struct Proxy {
    port: u16,
    cut: Arc<watch::Sender<bool>>,
    accepting: tokio::task::JoinHandle<()>,
}

impl Proxy {
    /// Listens on a free port for these ports of the loopback interface.
    pub async fn start(targets: Vec<u16>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let port = listener.local_addr().expect("bound").port();
        let cut = Arc::new(watch::Sender::new(false));
        let (turn, targets, watched) = (Arc::new(AtomicUsize::new(0)), Arc::new(targets), cut.clone());
        let accepting = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(pass(near, targets.clone(), turn.clone(), watched.subscribe()));
            }
        });
        Self { port, cut, accepting }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Ends what is open and refuses what is new.
    pub fn cut(&self) {
        self.cut.send_replace(true);
    }

    /// Lets connections through again.
    pub fn mend(&self) {
        self.cut.send_replace(false);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut.send_replace(true);
    }
}

async fn pass(mut near: TcpStream, targets: Arc<Vec<u16>>, turn: Arc<AtomicUsize>, mut cut: watch::Receiver<bool>) {
    if *cut.borrow_and_update() {
        return;
    }
    let first = turn.fetch_add(1, Ordering::Relaxed);
    for next in 0..targets.len() {
        let port = targets[(first + next) % targets.len()];
        if let Ok(mut far) = TcpStream::connect(("127.0.0.1", port)).await {
            let _ = (near.set_nodelay(true), far.set_nodelay(true));
            tokio::select! {
                _ = tokio::io::copy_bidirectional(&mut near, &mut far) => {}
                _ = cut.wait_for(|cut| *cut) => {}
            }
            return;
        }
    }
}

//! How many requests a second the mocks carry; run by hand, with `--release -- --ignored --nocapture`.

use std::time::{Duration, Instant};

use crate::common::{approval, plain};
use axum::body::{Body, to_bytes};
use axum::http::Request;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use mock_systems::System;
use tokio::net::TcpStream;

const CONNECTIONS: usize = 16;
const LASTS: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a check"]
async fn creates_per_second() {
    let world = plain().await;
    let (address, token) = (world.running.address(System::Oa), world.oa.token().to_owned());
    let started = Instant::now();
    let mut tasks = Vec::new();
    for connection in 0..CONNECTIONS {
        let token = token.clone();
        tasks.push(tokio::spawn(async move {
            let stream = TcpStream::connect(address).await.expect("the mock listens");
            stream.set_nodelay(true).expect("a socket");
            let (mut sender, driver) = http1::handshake(TokioIo::new(stream)).await.expect("HTTP");
            tokio::spawn(driver);
            let mut count = 0_u64;
            while started.elapsed() < LASTS {
                let reference = format!("r{connection}-{count}");
                let body = approval(&reference, &reference).to_string();
                let request = Request::post("/approvals")
                    .header("host", "mock")
                    .header("authorization", format!("Bearer {token}"))
                    .body(Body::from(body))
                    .expect("a request");
                let answer = sender.send_request(request).await.expect("an answer");
                assert_eq!(answer.status(), 200);
                to_bytes(Body::new(answer.into_body()), 65_536).await.expect("a body");
                count += 1;
            }
            count
        }));
    }
    let mut total = 0;
    for task in tasks {
        total += task.await.expect("no panic");
    }
    // Every answer stands for work that was really done.
    assert_eq!(world.running.audit().counts.approvals as u64, total);
    #[expect(clippy::print_stdout, reason = "a measurement is read by a person")]
    {
        println!("{:.0} creates a second, client included", total as f64 / started.elapsed().as_secs_f64());
    }
}

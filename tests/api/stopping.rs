//! Stopping: open exchanges finish, new ones are not taken, and nobody can hold the door open.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use waybill::runtime::lifecycle::Stopped;

use crate::support::door;

#[tokio::test]
async fn an_open_exchange_finishes_and_no_new_one_begins() {
    let door = door().await;
    let (client, url) = (door.client.clone(), format!("{}/hooks/slow", door.base));
    let answer = tokio::spawn(async move { client.post(url).body("x").send().await });
    door.intake.arrived.notified().await;
    let lifecycle = door.lifecycle.clone();
    let stop = tokio::spawn(async move { lifecycle.stop(Duration::from_secs(20)).await });
    door.lifecycle.listener().cancelled().await;
    assert!(!door.lifecycle.readiness().is_ready());
    while TcpStream::connect(door.address()).await.is_ok() {
        tokio::task::yield_now().await;
    }
    door.intake.go_on.notify_one();
    assert_eq!(answer.await.unwrap().unwrap().status(), 202);
    assert_eq!(stop.await.unwrap(), Stopped::Clean);
}

#[tokio::test]
async fn idle_and_half_sent_connections_do_not_hold_it_open() {
    let door = door().await;
    let mut idle = TcpStream::connect(door.address()).await.unwrap();
    idle.write_all(b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
    let mut first = [0; 12];
    idle.read_exact(&mut first).await.unwrap();
    assert_eq!(door.lifecycle.stop(Duration::from_secs(20)).await, Stopped::Clean);
}

#[tokio::test]
async fn a_handler_that_never_ends_is_cut_off() {
    let door = door().await;
    let (client, url) = (door.client.clone(), format!("{}/hooks/slow", door.base));
    let answer = tokio::spawn(async move { client.post(url).body("x").send().await });
    door.intake.arrived.notified().await;
    assert_eq!(door.lifecycle.stop(Duration::from_millis(200)).await, Stopped::CutOff);
    assert!(answer.await.unwrap().is_err(), "the connection is closed without an answer");
}

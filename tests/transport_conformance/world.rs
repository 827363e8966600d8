//! A transport of a case's own: in the process, or with names of its own at the shared broker.

use futures::StreamExt;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use waybill::domain::ids::{LaneId, TenantId};
use waybill::runtime::{Clock, IdMaker, SystemClock};
use waybill::transport::rabbitmq::{self, Names, Options};
use waybill::transport::{Delivery, Event, InProcess, Listening, RabbitMq, Ticket, Transport};

/// Nothing takes longer on a working broker.
pub const SOON: Duration = Duration::from_secs(30);
/// Long enough for a wrong ticket to come, on the way to saying that none does.
pub const A_WHILE: Duration = Duration::from_millis(700);

/// What a case gets. Cheap to clone.
#[derive(Clone)]
pub struct World {
    kind: Kind,
    current: Arc<Mutex<Arc<dyn Transport>>>,
}

#[derive(Clone)]
enum Kind {
    InProcess(Arc<InProcess>),
    RabbitMq(Options),
}

/// The connections of a world that are listened to, and one more that is declared by a case.
pub const CONNECTIONS: [&str; 3] = ["oa", "erp", "late"];

impl World {
    pub fn in_process() -> World {
        let transport = Arc::new(InProcess::default());
        World { kind: Kind::InProcess(transport.clone()), current: Arc::new(Mutex::new(transport)) }
    }

    /// A world at the shared broker.
    pub async fn rabbitmq(case: &str) -> World {
        let url = std::env::var("WAYBILL_TEST_AMQP").unwrap_or_else(|_| "amqp://guest:guest@127.0.0.1:5672/%2f".to_owned());
        let prefix = format!("waybill_test_{}_{case}", std::process::id());
        World::at(&url, &prefix).await
    }

    /// A world at this broker.
    pub async fn at(url: &str, prefix: &str) -> World {
        let options =
            Options { url: url.to_owned().into(), ca: None, prefix: prefix.to_owned(), process: "conformance".to_owned(), seed: 7 };
        let transport = start(&options);
        World { kind: Kind::RabbitMq(options), current: Arc::new(Mutex::new(transport)) }
    }

    /// The transport, listening to `oa` and `erp` with this prefetch, once it is up.
    pub async fn listening(&self, prefetch: u16) -> Arc<dyn Transport> {
        let transport = self.transport();
        transport.listen(["erp", "oa"].map(|connection| listening(connection, prefetch)).to_vec());
        up(&transport).await;
        transport
    }

    pub fn transport(&self) -> Arc<dyn Transport> {
        self.current.lock().unwrap().clone()
    }

    /// The taking process dies with what it has in hand, and another comes up.
    pub async fn consumer_dies(&self, in_hand: Vec<Delivery>, prefetch: u16) -> Arc<dyn Transport> {
        drop(in_hand);
        if let Kind::RabbitMq(options) = &self.kind {
            self.transport().close().await;
            *self.current.lock().unwrap() = start(options);
        }
        self.listening(prefetch).await
    }

    /// Collects events from now on: their ids and routing keys.
    pub async fn listen_to_events(&self) -> Listener {
        let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
        match &self.kind {
            Kind::InProcess(transport) => {
                let mut events = transport.events();
                tokio::spawn(async move {
                    while let Ok(event) = events.recv().await {
                        let _ = sender.send(event);
                    }
                });
            }
            Kind::RabbitMq(options) => bind(options, sender).await,
        }
        Listener(receiver)
    }

    /// Removes what was declared.
    pub async fn remove(&self) {
        self.transport().close().await;
        if let Kind::RabbitMq(options) = &self.kind {
            rabbitmq::remove(options, &CONNECTIONS).await.expect("it is removed");
        }
    }
}

/// A third party that listens to events.
pub struct Listener(tokio::sync::mpsc::UnboundedReceiver<Event>);

impl Listener {
    pub async fn next(&mut self) -> Event {
        tokio::time::timeout(SOON, self.0.recv()).await.expect("an event comes").expect("the listener lives")
    }
}

fn start(options: &Options) -> Arc<dyn Transport> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let ids = IdMaker::new(clock.clone());
    Arc::new(RabbitMq::start(options, &clock, &ids))
}

async fn bind(options: &Options, sender: tokio::sync::mpsc::UnboundedSender<Event>) {
    use lapin::options::{BasicConsumeOptions, QueueBindOptions, QueueDeclareOptions};
    use lapin::types::FieldTable;
    use secrecy::ExposeSecret;
    let properties = lapin::ConnectionProperties::default();
    let connection = lapin::Connection::connect(options.url.expose_secret(), properties).await.expect("the broker answers");
    let channel = connection.create_channel().await.expect("a channel");
    let queue = channel.queue_declare("".into(), QueueDeclareOptions::exclusive(), FieldTable::default()).await.expect("a queue");
    let exchange = Names::new(&options.prefix).events();
    let bound = channel.queue_bind(queue.name().clone(), exchange.into(), "#".into(), QueueBindOptions::default(), FieldTable::default());
    bound.await.expect("bound");
    let consume = BasicConsumeOptions { no_ack: true, ..BasicConsumeOptions::default() };
    let mut consumer = channel.basic_consume(queue.name().clone(), "".into(), consume, FieldTable::default()).await.expect("a consumer");
    tokio::spawn(async move {
        while let Some(Ok(delivery)) = consumer.next().await {
            let id = delivery.properties.message_id().as_ref().map(ToString::to_string).unwrap_or_default();
            let _ = sender.send(Event { id, routing_key: delivery.routing_key.to_string(), body: delivery.data });
        }
        // Kept until here: the consumer ends with its connection.
        drop((connection, channel));
    });
}

/// Waits until a transport has no trouble.
pub async fn up(transport: &Arc<dyn Transport>) {
    let began = std::time::Instant::now();
    while let Some(trouble) = transport.health().trouble() {
        assert!(began.elapsed() < 2 * SOON, "not up after {:?}: {trouble}", began.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Waits for a condition.
pub async fn until(what: &str, condition: impl Fn() -> bool) {
    let began = std::time::Instant::now();
    while !condition() {
        assert!(began.elapsed() < 2 * SOON, "not after {:?}: {what}", began.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

pub fn listening(connection: &str, prefetch: u16) -> Listening {
    Listening { connection: connection.to_owned(), prefetch }
}

pub fn ticket(connection: &str, number: u128) -> Ticket {
    let lanes = vec![LaneId(uuid::Uuid::from_u128(number)), LaneId(uuid::Uuid::from_u128(number + 1_000_000))];
    Ticket { tenant: TenantId(3), connection: connection.to_owned(), priority: 4, lanes }
}

/// The next ticket, which comes soon.
pub async fn next(transport: &Arc<dyn Transport>) -> Delivery {
    tokio::time::timeout(SOON, transport.next()).await.expect("a ticket comes").expect("the transport lives")
}

/// No ticket comes for a while.
pub async fn nothing(transport: &Arc<dyn Transport>) {
    let came = tokio::time::timeout(A_WHILE, transport.next()).await;
    assert!(came.is_err(), "{came:?}");
}

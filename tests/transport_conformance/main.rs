//! One suite for both transports: what is not tested here is not promised. RabbitMQ is found at `WAYBILL_TEST_AMQP`; what
//! needs a broker that can be restarted and starved starts a private one (`only_rabbitmq`).

mod events;
mod only_rabbitmq;
#[path = "../support/mod.rs"]
mod support;
mod tickets;
mod world;

/// Declares each case once for each transport.
macro_rules! conformance {
    ($($module:ident :: $case:ident),* $(,)?) => {
        mod in_process { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $case() {
            super::$module::$case(super::world::World::in_process()).await;
        })* }
        mod rabbitmq { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $case() {
            let world = super::world::World::rabbitmq(stringify!($case)).await;
            super::$module::$case(world.clone()).await;
            world.remove().await;
        })* }
    };
}

conformance! {
    tickets::a_ticket_arrives_as_it_was,
    tickets::a_ticket_for_nobody_is_returned,
    tickets::a_doubled_ticket_arrives_twice,
    tickets::no_more_than_the_prefetch_is_in_hand,
    tickets::one_connection_does_not_hold_up_another,
    tickets::what_is_dropped_comes_again,
    tickets::a_paused_taker_still_acknowledges,
    tickets::listening_can_change,
    tickets::nothing_comes_after_the_end,
    tickets::a_thousand_tickets_are_all_confirmed,
    events::events_arrive_in_order_with_their_ids,
    events::events_without_listeners_are_confirmed,
}

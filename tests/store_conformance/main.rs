//! One suite for all stores: what is not tested here is not promised. Each case runs on a fresh database of each engine, and
//! on the simulator's store in memory; PostgreSQL is found at `WAYBILL_TEST_POSTGRES`.

#![expect(clippy::disallowed_methods, reason = "names of databases only have to differ; partitions are made for real days")]
#![expect(clippy::cast_possible_wrap, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cases count to ten thousand")]

#[path = "../support/columns.rs"]
mod columns;
mod desk;
mod engine;
mod feed;
mod files;
mod fixtures;
mod house;
mod identity;
mod intake;
mod lanes;
#[path = "../support/memory_store/mod.rs"]
mod memory_store;
mod only_postgres;
mod only_sqlite;
mod own;
mod people;
mod publishing;
mod reconcile;
mod row_security;
mod scopes;
mod sealed;
mod shared;
mod streams;
mod tickets;
mod views;
mod world;

/// Declares each case once for each engine.
macro_rules! conformance {
    ($($module:ident :: $case:ident),* $(,)?) => {
        mod on_postgres { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $case() {
            super::world::on_postgres(super::$module::$case).await;
        })* }
        mod on_sqlite { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $case() {
            super::world::on_sqlite(super::$module::$case).await;
        })* }
        /// Through the store that seals, everything marked: what is above it must not notice.
        mod on_sealed { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $case() {
            super::world::on_sealed(super::$module::$case).await;
        })* }
        mod in_memory { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $case() {
            super::world::in_memory(super::$module::$case).await;
        })* }
    };
}

/// Cases for what people read and write, which the store in memory does not have.
macro_rules! conformance_of_people {
    ($($case:ident),* $(,)?) => {
        mod desk_on_postgres { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $case() {
            super::world::on_postgres(super::desk::$case).await;
        })* }
        mod desk_on_sqlite { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $case() {
            super::world::on_sqlite(super::desk::$case).await;
        })* }
    };
}

/// Cases for what scopes reach, the same.
macro_rules! conformance_of_scopes {
    ($($case:ident),* $(,)?) => {
        mod scopes_on_postgres { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $case() {
            super::world::on_postgres(super::scopes::$case).await;
        })* }
        mod scopes_on_sqlite { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $case() {
            super::world::on_sqlite(super::scopes::$case).await;
        })* }
    };
}

conformance_of_scopes! {
    a_thing_belongs_to_flows_connections_and_whoever_began_it,
    lists_hold_what_is_within_alone,
}

/// Cases for who may come in, which the store in memory does not know either.
macro_rules! conformance_of_the_door {
    ($($case:ident),* $(,)?) => {
        mod door_on_postgres { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $case() {
            super::world::on_postgres(super::identity::$case).await;
        })* }
        mod door_on_sqlite { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $case() {
            super::world::on_sqlite(super::identity::$case).await;
        })* }
    };
}

conformance_of_the_door! {
    a_name_is_given_once_and_a_user_changes_only_from_what_was_seen,
    attempts_are_counted_and_the_waits_grow,
    a_password_is_set_over_the_one_that_was_seen_and_ends_sessions,
    a_link_works_once_and_a_newer_one_takes_its_place,
    sessions_are_found_ended_and_swept,
    an_answer_is_taken_once_and_an_account_elsewhere_is_one_user,
    two_owners_cannot_both_go,
    entries_are_sealed_in_one_chain_whoever_seals,
    a_secret_changes_only_from_the_version_before,
    a_proposal_waits_once_and_is_settled_once,
}

conformance_of_people! {
    exceptions_are_grouped_by_their_fingerprint,
    instances_of_a_flow_are_measured_with_their_histories,
    an_exception_is_given_to_one_person_at_a_time,
    a_selection_stays_what_it_was,
    a_batch_works_on_every_item_once,
    a_batch_keeps_its_rate_and_stops_when_told,
    concurrent_claimers_share_a_batch,
    documents_are_found_by_whole_beginning_and_end,
    documents_are_narrowed_by_what_lists_filter_on,
    saved_views_change_only_from_what_was_seen,
    notes_about_pages_are_bounded_and_settled_once,
    an_organisation_is_kept_over_what_was_seen,
    what_is_asked_elsewhere_is_listed_and_held_by_nobody,
    tasks_of_those_who_have_left_are_counted,
    a_delegation_is_kept_with_its_notices_and_told_once,
    documents_that_never_went_anywhere_are_taken_out,
    a_file_is_kept_once_and_read_whole_alone,
    files_that_wait_are_bounded_for_each_who_uploads,
    files_that_nothing_names_go_after_their_time,
    counts_of_minutes_add_up,
    receipts_are_a_ring,
    breakers_are_held_and_let_go,
    a_commit_tells_the_feed_what_changed,
    a_call_that_goes_on_later_is_told_too,
    an_exception_is_told_to_whose_it_is_also_when_it_is_settled,
    tasks_are_told_as_such,
    differences_are_told_when_they_open_and_when_they_are_settled,
    a_release_is_told_when_it_goes_live,
    cursors_move_only_from_what_was_seen,
    waiting_messages_are_chosen,
    a_mended_revision_keeps_who_and_why,
    the_hub_tells_how_it_is_doing,
}

conformance! {
    intake::messages_are_stored_once,
    people::tasks_are_listed_found_and_held,
    people::records_of_decisions_are_kept_once,
    people::delegations_hold_until_they_end,
    intake::a_repeated_receive_is_still_ours,
    intake::equal_message_ids_of_different_senders_are_different,
    intake::concurrent_receivers_store_a_message_once,
    intake::leases_keep_messages_until_they_end,
    intake::deferred_messages_keep_what_was_learnt,
    intake::handled_messages_go_with_the_commit,
    engine::a_batch_is_written_and_loaded_back,
    engine::exceptions_are_found_by_id,
    engine::an_object_brings_the_instance_that_made_it_with_its_own_document,
    engine::history_comes_in_pages,
    engine::objects_lead_to_documents_and_instances,
    engine::the_newest_ended_instance_of_each_flow_comes_with_its_document,
    engine::a_batch_repeated_after_an_unknown_commit_changes_nothing,
    engine::a_made_document_that_is_known_comes_back_and_nothing_is_written,
    engine::a_stale_instance_refuses_the_batch,
    engine::one_bad_row_refuses_the_batch_and_others_pass,
    engine::texts_come_back_as_they_were,
    engine::concurrent_batches_lose_no_update,
    engine::concurrent_creations_make_one_document,
    engine::a_timer_fires_once,
    engine::timers_can_be_moved_and_removed,
    engine::links_forget_nothing,
    engine::statuses_reach_documents_that_were_not_loaded,
    engine::ten_thousand_rows_fit_a_batch,
    lanes::effects_are_claimed_with_the_commit_when_the_lane_is_free,
    lanes::a_lane_is_done_in_order_one_at_a_time,
    lanes::a_long_lane_keeps_its_order,
    lanes::a_waiting_head_blocks_its_lane_until_it_is_due,
    lanes::a_failed_head_frees_its_lane,
    lanes::an_effect_given_back_is_claimed_again,
    lanes::a_zombie_writes_nothing,
    lanes::a_zombie_in_a_batch_is_not_held,
    lanes::a_second_report_on_a_hold_is_lost,
    lanes::an_empty_lane_gives_no_token_twice,
    lanes::concurrent_claimers_share_lanes,
    lanes::connections_get_their_room_in_turn,
    lanes::priorities_go_first,
    lanes::nobody_waits_for_ever,
    own::numbers_are_drawn_once,
    own::messages_of_the_hub_come_with_the_commit,
    own::drift_is_kept_until_it_is_gone,
    lanes::unsent_effects_can_be_taken_back,
    lanes::stopped_effects_are_queued_again_in_order,
    lanes::a_repeated_effect_is_left_alone,
    lanes::attempts_are_recorded_with_progress,
    lanes::attempts_come_in_pages_whatever_began_at_once,
    reconcile::a_run_belongs_to_one_process_at_a_time,
    reconcile::a_cancelled_run_stores_nothing_more,
    reconcile::a_schedule_fires_once,
    reconcile::a_page_finds_links_with_their_documents,
    reconcile::a_scan_looks_at_every_document_once_and_reads_what_is_worth_it,
    reconcile::links_know_since_when_they_differ,
    reconcile::a_reading_does_not_replace_what_was_heard_after_it_was_asked_for,
    reconcile::a_person_s_word_stands_against_a_run_that_did_not_see_it,
    reconcile::drift_is_listed_filtered_and_counted,
    tickets::a_commit_names_the_lanes_it_leaves_ready,
    tickets::named_lanes_are_claimed_once,
    tickets::a_stale_name_claims_nothing,
    tickets::a_dead_owner_s_lane_is_claimed_by_name,
    tickets::concurrent_takers_of_one_ticket_share_it,
    streams::a_stream_runs_in_one_process,
    streams::no_more_streams_are_claimed_than_there_is_room_for,
    streams::rereads_space_out,
    streams::definitions_are_stored_once,
    views::pages_show_every_row_once,
    views::documents_are_found_by_any_key,
    views::a_document_shows_what_hangs_on_it,
    views::filters_narrow,
    views::tenants_do_not_see_each_other,
    views::exceptions_open_and_close,
    house::counts_tell_what_is_there,
    house::cleaning_drops_old_payloads_and_attempts,
    house::migrating_twice_changes_nothing,
    house::a_closed_store_is_unavailable,
}

/// Declares each case once for each database: what simulations leave out.
macro_rules! of_databases {
    ($($module:ident :: $case:ident),* $(,)?) => {
        mod more_on_postgres { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $case() {
            super::world::on_postgres(super::$module::$case).await;
        })* }
        mod more_on_sealed { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $case() {
            super::world::on_sealed(super::$module::$case).await;
        })* }
        mod more_on_sqlite { $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)] async fn $case() {
            super::world::on_sqlite(super::$module::$case).await;
        })* }
    };
}

of_databases! {
    shared::a_duty_is_one_process_s_at_a_time,
    shared::events_wait_in_order_until_they_are_published,
    shared::a_refused_batch_leaves_no_event,
    shared::slots_are_given_to_one_caller_each,
    shared::concurrent_callers_stay_within_the_rate,
    shared::one_process_logs_in_for_all,
    shared::a_lapsed_credential_is_renewed_in_time,
    shared::a_log_in_that_failed_is_given_up,
    house::an_answer_is_given_once_per_key,
    publishing::a_release_comes_back_as_it_was_published,
    publishing::a_release_on_top_of_another_than_the_live_one_changes_nothing,
    publishing::of_concurrent_publishers_one_wins,
    publishing::a_release_that_cannot_be_stored_leaves_the_live_one,
    publishing::versions_say_in_which_releases_they_stand,
    publishing::a_draft_is_saved_over_what_was_seen,
    publishing::of_concurrent_saves_one_wins,
    publishing::published_drafts_go_with_the_release_and_newer_ones_stay,
    publishing::an_instance_moves_to_another_version_with_its_state,
}

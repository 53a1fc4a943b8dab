//! Every backend of the store: one acceptance suite for all, a model, races, and what happens when the
//! server behind it is gone, hangs or is full.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

mod backend;
mod faults_postgres;
mod faults_redis;
mod faults_sqlite;
mod field_columns;
mod memory;
mod migrations;
mod model;
mod one_time;
mod operations;
mod patience;
mod races;
mod refresh;
mod refusals;
mod sealed_columns;
mod servers;
#[path = "../services/mod.rs"]
mod services;
mod sessions;
mod throttle;
mod tls;

/// Runs each case on each backend, under the name of the backend.
macro_rules! on_every_backend {
    ($($file:ident::$case:ident,)*) => {
        on_every_backend!(@ memory $($file::$case,)*);
        on_every_backend!(@ sqlite $($file::$case,)*);
        on_every_backend!(@ postgres $($file::$case,)*);
        on_every_backend!(@ redis $($file::$case,)*);
    };
    (@ $backend:ident $($file:ident::$case:ident,)*) => {
        mod $backend {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
                async fn $case() {
                    if let Some(at) = crate::backend::At::$backend().await {
                        crate::$file::$case(&at).await;
                    }
                }
            )*
        }
    };
}

mod on {
    on_every_backend! {
        operations::what_is_put_is_there,
        operations::a_ping_is_answered_and_changes_nothing,
        operations::what_is_put_again_is_replaced,
        operations::what_is_there_is_not_put_again,
        operations::what_is_taken_is_gone,
        operations::a_swap_needs_the_expected_value,
        operations::what_is_over_is_absent,
        operations::a_swap_renews_the_lifetime,
        operations::a_lifetime_is_counted_in_milliseconds,
        operations::for_ever_is_long,
        operations::an_owner_lists_what_is_his,
        operations::spaces_do_not_meet,
        operations::another_owner_takes_over,
        operations::many_entries_of_one_owner,
        operations::odd_keys_are_kept_apart,
        operations::values_are_bytes,
        refusals::keys_that_cannot_be,
        refusals::entries_that_cannot_be,
        refusals::what_is_refused_changes_nothing,
        races::one_of_many_takes_it,
        races::one_of_many_puts_it,
        races::no_step_of_a_counter_is_lost,
        races::each_put_is_taken_once,
        races::what_lives_is_always_listed,
        races::a_rotation_is_never_missed,
        model::it_does_what_the_model_does,
        refresh::a_hundred_at_once_get_the_one_successor,
        refresh::what_is_revoked_here_is_refused_there,
        throttle::of_many_guesses_at_once_five_are_looked_at,
        throttle::charges_of_an_account_are_neither_lost_nor_kept,
        sessions::of_many_during_a_change_one_gets_the_new_secret,
        sessions::a_session_that_was_ended_here_is_dead_there,
        sessions::of_many_sessions_that_begin_at_once_so_many_are_left_as_there_may_be,
        one_time::one_of_a_thousand_redeems_it,
        one_time::what_is_issued_here_is_redeemed_and_ended_there,
        one_time::what_is_put_back_ends_when_it_would_have,
    }
}

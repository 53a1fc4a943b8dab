//! How long things take, generously: the machine may be busy.

use std::time::{Duration, Instant};

use secure_runtime::store::{Store, StoreError};

use crate::backend::value;

/// The limit of a store in these tests.
pub(crate) const LIMIT: Duration = Duration::from_millis(400);

/// Within this, an operation with that limit must have ended, whatever else the machine does.
const BOUND: Duration = Duration::from_secs(20);

const KEY: secure_runtime::store::Key<'static> = secure_runtime::store::Space::new("test").key("a");

/// Every operation answers that the store is unavailable, in time.
pub(crate) async fn assert_unavailable(store: &dyn Store) {
    let start = Instant::now();
    let answers = futures_util::future::join_all([
        answer(store.get(KEY)),
        answer(store.put(KEY, value(b"one"))),
        answer(store.put_if_absent(KEY, value(b"one"))),
        answer(store.take(KEY)),
        answer(store.compare_and_swap(KEY, b"one", value(b"two"))),
        answer(store.list(KEY.space(), "alice")),
        answer(store.ping()),
    ]);
    for answer in answers.await {
        let Err(StoreError::Unavailable(cause)) = answer else {
            panic!("{answer:?}");
        };
        assert!(!cause.to_string().is_empty());
    }
    assert!(start.elapsed() < BOUND, "{:?}", start.elapsed());
}

/// Its success or failure, whatever it gives.
fn answer<'a, T: Send + 'a>(
    operation: impl Future<Output = Result<T, StoreError>> + Send + 'a,
) -> futures_util::future::BoxFuture<'a, Result<(), StoreError>> {
    Box::pin(async move { operation.await.map(drop) })
}

/// It works again on the same handle, soon.
pub(crate) async fn assert_recovers(store: &dyn Store) {
    let start = Instant::now();
    while let Err(error) = store.put(KEY, value(b"again")).await {
        assert!(matches!(error, StoreError::Unavailable(_)), "{error}");
        assert!(start.elapsed() < BOUND, "{error}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(store.take(KEY).await.unwrap().unwrap(), b"again");
}

/// It works.
pub(crate) async fn assert_works(store: &dyn Store) {
    store.put(KEY, value(b"one")).await.unwrap();
    assert_eq!(store.get(KEY).await.unwrap().unwrap(), b"one");
    assert_eq!(store.take(KEY).await.unwrap().unwrap(), b"one");
    store.ping().await.unwrap();
}

//! `cargo run --release -p secure-benches --bin allocations [stack]`
//!
//! Apart from the binary that measures time: counting costs time.

use std::{alloc::System, env};

use secure_benches::{Failure, stack, summary, tokens};
use secure_runtime::token::keys::Algorithm;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const OPERATIONS: usize = 1000;

fn main() -> Result<(), Failure> {
    actix_rt::System::new().block_on(async {
        summary::hand_over(&stack::count("allocations", so_far).await?)?;
        if env::args().nth(1).is_some_and(|section| section == "stack") {
            return Ok(());
        }
        let algorithms = [Algorithm::Hs256, Algorithm::Es256, Algorithm::Rs256];
        println!("\n{:<30}{:>12}{:>10}", "allocations", "number", "bytes");
        for fixture in tokens::fixtures(&algorithms).await? {
            let line = |what: &str| format!("{} {what}", fixture.name());
            count(&line("jsonwebtoken encode"), async || fixture.encode()).await;
            count(&line("issue"), async || fixture.issue()).await;
            count(&line("jsonwebtoken decode"), async || fixture.decode()).await;
            count(&line("verify cold"), async || fixture.verify_cold().await).await;
            count(&line("verify warm"), async || fixture.verify_warm().await).await;
            count(&line("request by hand"), async || {
                fixture.request_by_hand().await
            })
            .await;
            count(&line("request cold"), async || fixture.request_cold().await).await;
            count(&line("request warm"), async || fixture.request_warm().await).await;
        }
        Ok(())
    })
}

/// How often something was allocated since the start.
fn so_far() -> u64 {
    let stats = ALLOCATOR.stats();
    (stats.allocations + stats.reallocations) as u64
}

/// Prints what one operation allocates.
async fn count<T>(what: &str, mut operation: impl AsyncFnMut() -> T) {
    operation().await;
    let region = Region::new(ALLOCATOR);
    for _ in 0..OPERATIONS {
        operation().await;
    }
    let change = region.change();
    let each = |total: usize| total as f64 / OPERATIONS as f64;
    let number = each(change.allocations + change.reallocations);
    println!(
        "{what:<30}{number:>12.1}{:>10.0}",
        each(change.bytes_allocated)
    );
}

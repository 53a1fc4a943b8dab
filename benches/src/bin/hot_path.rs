//! `cargo run --release -p secure-benches --bin hot_path [-- bare|warm|cold N]`
//!
//! What a usual route of ours does to a GET, in process: without arguments it prints the allocations of a
//! request, and what each is beyond those of a bare handler. With a name and a number it answers so many
//! requests of that kind and nothing else, for a profiler:
//! `valgrind --tool=callgrind hot_path warm 10000`.

use std::{alloc::System, env};

use secure_benches::{Failure, hot_path::HotPath};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

const REQUESTS: usize = 1000;

fn main() -> Result<(), Failure> {
    actix_rt::System::new().block_on(async {
        let arguments: Vec<String> = env::args().skip(1).collect();
        match arguments.as_slice() {
            [kind, number] => {
                let path = HotPath::new(kind).await?;
                for _ in 0..number.parse()? {
                    path.request().await;
                }
            }
            _ => table().await?,
        }
        Ok(())
    })
}

async fn table() -> Result<(), Failure> {
    println!(
        "{:<22}{:>12}{:>10}{:>10}",
        "a GET", "allocations", "added", "bytes"
    );
    let mut bare = None;
    for kind in HotPath::KINDS {
        let path = HotPath::new(kind).await?;
        path.request().await;
        let region = Region::new(ALLOCATOR);
        for _ in 0..REQUESTS {
            path.request().await;
        }
        let change = region.change();
        let each = |total: usize| total as f64 / REQUESTS as f64;
        let number = each(change.allocations + change.reallocations);
        let added = number - *bare.get_or_insert(number);
        let bytes = each(change.bytes_allocated);
        println!("{kind:<22}{number:>12.1}{added:>10.1}{bytes:>10.0}");
    }
    Ok(())
}

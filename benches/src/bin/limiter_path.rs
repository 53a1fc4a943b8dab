//! `limiter_path N keys operations`: one limiter alone, for callgrind.
use secure_benches::{Failure, limiters};
fn main() -> Result<(), Failure> {
    let mut a = std::env::args().skip(1).map(|a| a.parse::<u32>().unwrap());
    let (which, keys, operations) = (
        a.next().unwrap() as usize,
        a.next().unwrap(),
        a.next().unwrap(),
    );
    let all = limiters::subjects(keys)?;
    println!("{}", measured(&all[which], operations));
    Ok(())
}
#[inline(never)]
fn measured(s: &limiters::Subject, n: u32) -> bool {
    s.check(n)
}

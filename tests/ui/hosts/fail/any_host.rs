//~ `*` would allow every host
use secure_runtime::{Hosts, hosts};

const HOSTS: Hosts = hosts!("*");

fn main() {}

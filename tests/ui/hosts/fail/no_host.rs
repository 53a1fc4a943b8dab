//~ `hosts!` names no host, so every request would be refused
use secure_runtime::{Hosts, hosts};

const HOSTS: Hosts = hosts!();

fn main() {}

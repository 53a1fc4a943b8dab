//~ path in host pattern
use secure_runtime::{Hosts, hosts};

const HOSTS: Hosts = hosts!("example.com/api");

fn main() {}

//~ wildcard within a name in host pattern
use secure_runtime::{Hosts, hosts};

const HOSTS: Hosts = hosts!("api.*.example.com");

fn main() {}

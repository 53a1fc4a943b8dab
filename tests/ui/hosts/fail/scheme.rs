//~ scheme in host pattern
use secure_runtime::{Hosts, hosts};

const HOSTS: Hosts = hosts!("https://example.com");

fn main() {}

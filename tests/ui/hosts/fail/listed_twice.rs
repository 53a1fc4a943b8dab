//~ `example.com` is listed twice
use secure_runtime::{Hosts, hosts};

const HOSTS: Hosts = hosts!("example.com", "example.com");

fn main() {}

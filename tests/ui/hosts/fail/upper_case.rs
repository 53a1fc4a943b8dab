//~ upper case in host pattern
use secure_runtime::{Hosts, hosts};

const HOSTS: Hosts = hosts!("Example.com");

fn main() {}

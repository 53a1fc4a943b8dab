//~ IPv6 address without brackets in host pattern
use secure_runtime::{Hosts, hosts};

const HOSTS: Hosts = hosts!("2001:db8::1");

fn main() {}

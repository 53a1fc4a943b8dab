//~ nothing before a dot in host pattern
use secure_runtime::{Hosts, hosts};

const HOSTS: Hosts = hosts!(".example.com");

fn main() {}

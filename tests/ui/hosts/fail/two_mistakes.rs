//~ upper case in host pattern
use secure_runtime::{Hosts, hosts};

const HOSTS: Hosts = hosts!("Example.com", "good.example", "bad.example/");

fn main() {}

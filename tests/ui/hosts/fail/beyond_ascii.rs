//~ letters beyond ASCII in host pattern
use secure_runtime::{Hosts, hosts};

const HOSTS: Hosts = hosts!("exämple.com");

fn main() {}

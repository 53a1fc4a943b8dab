//~ `http` is no port
use secure_runtime::{Hosts, hosts};

const HOSTS: Hosts = hosts!("example.com:http");

fn main() {}

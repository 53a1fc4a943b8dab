//~ `hosts!` takes strings
use secure_runtime::{Hosts, hosts};

const HOSTS: Hosts = hosts!(example.com);

fn main() {}

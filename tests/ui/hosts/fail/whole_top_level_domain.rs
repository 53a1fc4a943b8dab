//~ `*.com` means hosts of everybody
use secure_runtime::{Hosts, hosts};

const HOSTS: Hosts = hosts!("*.com");

fn main() {}

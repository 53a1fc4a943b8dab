//~ takes the name of one folder
secure_runtime::templates!(pages);

fn main() {}

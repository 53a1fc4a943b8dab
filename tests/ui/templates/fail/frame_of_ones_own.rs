//~ a value in `srcdoc`
secure_runtime::templates!("../pages/frame_of_ones_own");

fn main() {}

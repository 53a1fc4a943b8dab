//~ has no field `csrf_token`
secure_runtime::templates!("../pages/form_without_token");

fn main() {}

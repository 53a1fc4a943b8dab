use actix_web::web::Json;
use secure_runtime::{policy::Policy, prelude::*};

macro_rules! resource {
    ($path:literal $function:ident $model:ident { $($field:ident: $ty:ty,)* }) => {
        #[validated]
        pub struct $model {
            $(#[validate(length(min = 1, max = 200))]
            $field: $ty,)*
            #[validate(range(max = 10))]
            count: u32,
        }

        #[post($path)]
        #[protected]
        #[validated]
        async fn $function(Json(input): Json<$model>) -> String {
            let mut text = input.count.to_string();
            $(text.push_str(&format!("{:?}", input.$field));)*
            text
        }
    };
}

resource! { "/notes" create_note Note { text: String, tags: Vec<u32>, } }

fn main() {
    assert!(create_note::POLICY.validates());
    assert_eq!(create_note::POLICY.endpoints()[0].path(), "/notes");
}

use secure_runtime::prelude::*;
use serde_json::{from_value, json, to_value};
use validator::Validate as _;

#[validated]
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Title(
    #[normalize(trim, nfc)]
    #[validate(length(min = 1, max = 80))]
    pub(crate) String,
);

#[validated]
struct Author {
    name: Title,
}

/// Around a struct: its fields are those of the struct.
#[validated]
struct Writer(Author);

fn from_text<'de, D: serde::Deserializer<'de>>(input: D) -> Result<u32, D::Error> {
    let text = <String as serde::Deserialize>::deserialize(input)?;
    text.parse().map_err(serde::de::Error::custom)
}

#[validated]
struct Number(
    #[serde(deserialize_with = "from_text")]
    #[validate(range(max = 9))]
    u32,
);

#[validated]
#[serde(tag = "type")]
enum By {
    Writer(Writer),
    Author(Box<Author>),
}

#[validated]
struct Rank(#[unbounded = "because the body is"] Vec<String>);

macro_rules! texts {
    ($($name:ident $most:literal),*) => {
        $(#[validated]
        struct $name(#[validate(length(max = $most))] String);)*
    };
}

texts! { Short 3, Long 300 }

fn main() {
    let title: Title = from_value(json!("  On notes ")).unwrap();
    assert_eq!(title, Title("On notes".to_owned()));
    title.validate().unwrap();
    assert_eq!(to_value(&title).unwrap(), json!("On notes"));
    from_value::<Title>(json!("")).unwrap().validate().unwrap_err();

    let writer: Writer = from_value(json!({"name": "Ada"})).unwrap();
    assert_eq!(writer.0.name.0, "Ada");
    from_value::<Writer>(json!({"name": "Ada", "x": 1})).err().unwrap();
    assert_eq!(from_value::<Number>(json!("7")).unwrap().0, 7);
    from_value::<Number>(json!("17")).unwrap().validate().unwrap_err();
    for kind in ["Writer", "Author"] {
        let by: By = from_value(json!({"name": "Ada", "type": kind})).unwrap();
        by.validate().unwrap();
        match by {
            By::Writer(writer) => assert_eq!(writer.0.name.0, "Ada"),
            By::Author(author) => assert_eq!(author.name.0, "Ada"),
        }
    }
    assert_eq!(from_value::<Rank>(json!(["a"])).unwrap().0, ["a"]);
    from_value::<Short>(json!("four")).unwrap().validate().unwrap_err();
    assert_eq!(from_value::<Long>(json!("four")).unwrap().0, "four");
}

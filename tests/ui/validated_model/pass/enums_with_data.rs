use secure_runtime::prelude::*;
use serde_json::{from_value, json};
use validator::Validate as _;

/// May hold itself, and says so by `Self`.
#[validated]
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(rename_all = "kebab-case", rename_all_fields = "camelCase")]
enum Shape {
    Group {
        #[validate(length(max = 3))]
        all_shapes: Vec<Self>,
        and_one: Option<Box<Self>>,
    },
    #[serde(rename = "circle", alias = "round")]
    Disc(#[validate(range(min = 0.0))] f64),
    #[serde(rename_all = "UPPERCASE")]
    Label {
        #[normalize(trim)]
        #[validate(length(min = 1, max = 5))]
        text: String,
        #[serde(skip)]
        computed: u32,
        #[serde(default = "seven")]
        number: u8,
        #[cfg(any())]
        absent: NoSuchType,
        #[cfg(all())]
        r#type: Option<bool>,
    },
    #[cfg(any())]
    Absent(NoSuchType),
    #[cfg(all())]
    Present,
    #[serde(skip)]
    #[allow(dead_code)]
    Internal(std::time::Duration),
}

fn seven() -> u8 {
    7
}

fn odd(choice: &Choice) -> Result<(), validator::ValidationError> {
    match choice {
        Choice::Number { number, .. } if number % 2 == 0 => {
            Err(validator::ValidationError::new("even"))
        }
        _ => Ok(()),
    }
}

#[validated(unknown = "ignore")]
#[validate(schema(function = odd))]
#[serde(tag = "t", content = "c")]
enum Choice {
    Number {
        number: u32,
        #[validate(must_match(other = number))]
        again: u32,
    },
    Nothing,
}

/// Words alone, with a tag.
#[validated]
#[serde(tag = "kind")]
#[derive(Debug, PartialEq)]
enum Kind {
    Big,
    Small,
}

macro_rules! either {
    ($name:ident { $($variant:ident $field:ident: $ty:ty),* }) => {
        #[validated]
        #[serde(tag = "which")]
        enum $name {
            $($variant { #[validate(length(max = 3))] $field: $ty },)*
        }
    };
}

either! { Either { Left left: String, Right right: Vec<u8> } }

fn main() {
    let shape = json!({"group": {"allShapes": [
        {"circle": 1.5},
        {"round": 2},
        {"label": {"TEXT": " ab ", "TYPE": true}},
        "present",
    ], "andOne": {"circle": 3.0}}});
    let read: Shape = from_value(shape).unwrap();
    read.validate().unwrap_err();
    let Shape::Group { all_shapes, and_one } = read else {
        panic!()
    };
    let label = Shape::Label {
        text: "ab".to_owned(),
        computed: 0,
        number: 7,
        r#type: Some(true),
    };
    let expected = [Shape::Disc(1.5), Shape::Disc(2.0), label, Shape::Present];
    assert_eq!(all_shapes, expected);
    assert_eq!(and_one, Some(Box::new(Shape::Disc(3.0))));
    for shape in &all_shapes {
        shape.validate().unwrap();
        // What else is derived is as it would be without us.
        let written = serde_json::to_value(shape).unwrap();
        assert_eq!(from_value::<Shape>(written).unwrap(), *shape);
    }
    from_value::<Shape>(json!({"circle": -1.0})).unwrap().validate().unwrap_err();
    from_value::<Shape>(json!({"internal": {"secs": 1, "nanos": 0}})).unwrap_err();
    from_value::<Shape>(json!({"absent": 1})).unwrap_err();

    let choice = |number, again| {
        let value = json!({"t": "Number", "x": 1, "c": {"number": number, "again": again, "x": 1}});
        from_value::<Choice>(value).unwrap().validate()
    };
    choice(1, 1).unwrap();
    choice(1, 2).unwrap_err();
    choice(2, 2).unwrap_err();
    from_value::<Choice>(json!({"t": "Nothing", "x": 1})).unwrap().validate().unwrap();

    assert_eq!(from_value::<Kind>(json!({"kind": "Big"})).unwrap(), Kind::Big);
    assert_eq!(from_value::<Kind>(json!({"kind": "Small"})).unwrap(), Kind::Small);
    from_value::<Kind>(json!({"kind": "Small", "x": 1})).unwrap_err();
    from_value::<Kind>(json!("Small")).unwrap_err();

    let left: Either = from_value(json!({"left": "abc", "which": "Left"})).unwrap();
    left.validate().unwrap();
    let right: Either = from_value(json!({"right": [1, 2, 3, 4], "which": "Right"})).unwrap();
    right.validate().unwrap_err();
    for either in [left, right] {
        match either {
            Either::Left { left } => assert_eq!(left, "abc"),
            Either::Right { right } => assert_eq!(right.len(), 4),
        }
    }
}

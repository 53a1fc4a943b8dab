use secure_runtime::prelude::*;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[validated(unknown = "ignore")]
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Search {
    /// What to look for.
    #[validate(length(max = 100))]
    #[serde(default)]
    search_text: String,
    #[serde(rename = "n", default)]
    pub(crate) page_number: u32,
    #[serde(skip)]
    hits: Vec<String>,
    r#type: Option<bool>,
}

fn main() {
    let search: Search =
        serde_json::from_str(r#"{"searchText": "a", "n": 3, "type": null, "utm": 1}"#).unwrap();
    assert_eq!((search.search_text.as_str(), search.page_number), ("a", 3));
    assert_eq!(serde_json::to_value(&search).unwrap()["searchText"], "a");
}

//! What is said about an argument that is none. The type's name decides only how it is worded.

/// The way out for input that no type of ours can hold.
pub(super) const OR_UNVALIDATED: &str =
    "or say why it is safe as it is: `#[unvalidated = \"because …\"]` before the argument";

/// What holds one input.
const INPUTS: [&str; 4] = ["Json", "Form", "Query", "Path"];

/// The message for an argument that is none.
pub(super) fn unknown_argument(shown: &str) -> String {
    if shown.contains("Authorized<") {
        return unknown_resource(shown);
    }
    if let Some(form) = inside("Checked", shown) {
        return match inside("Form", form) {
            Some(inner) => cannot_be_validated(shown, &[inner], None),
            None => format!(
                "`{shown}` is no form, and only forms are shown again\n  \
                 help: `Checked<Form<…>>`, or the input without `Checked`"
            ),
        };
    }
    if let Some(input) = inside("Option", shown) {
        return match inner(input) {
            Some(("Path", _)) => format!(
                "`{shown}` may be nothing, and a path's parameters are always there\n  \
                 help: `{input}`, and another route for the path without them"
            ),
            Some((_, model)) => cannot_be_validated(shown, &[model], Some(OR_UNVALIDATED)),
            None if is_input(input) => format!(
                "`{shown}` cannot be left out\n  \
                 help: `Option<Json<…>>`, `Option<Form<…>>` and `Option<Query<…>>` can\n  \
                 help: or `{input}`"
            ),
            None => nothing_known(shown),
        };
    }
    if let Some(sides) = inside("Either", shown) {
        let (left, right) = halves(sides);
        return match (inner(left), inner(right)) {
            (Some(("Json", json)), Some(("Form", form))) => {
                cannot_be_validated(shown, &[json, form], Some(OR_UNVALIDATED))
            }
            (Some(("Form", form)), Some(("Json", json))) => {
                cannot_be_validated(shown, &[form, json], Some(OR_UNVALIDATED))
            }
            _ => format!(
                "nothing says which side of `{shown}` a request means\n  \
                 help: `Either<Json<…>, Form<…>>` goes by the content type\n  \
                 help: for several forms of one input: an enum with `#[validated]`"
            ),
        };
    }
    match inner(shown) {
        Some((_, model)) => cannot_be_validated(shown, &[model], Some(OR_UNVALIDATED)),
        None => nothing_known(shown),
    }
}

/// For a resource about which nobody decides, and for one that is wrapped in something.
fn unknown_resource(shown: &str) -> String {
    let Some(inner) = inside("Authorized", shown) else {
        return format!(
            "`{shown}` would let a caller through who may not\n  \
             help: take the `Authorized<…>` itself: it answers 401, 403 or 404 before the handler runs"
        );
    };
    let (resource, action) = halves(inner);
    format!(
        "nobody says who may `{action}` the `{resource}`\n  \
         help: `impl Allows<{action}> for {resource}`, beside `impl Resource for {resource}`"
    )
}

/// For an input of a type without rules. Of two types, nobody knows which one it is.
fn cannot_be_validated(shown: &str, models: &[&str], way_out: Option<&str>) -> String {
    let way_out = way_out.map(|way_out| format!("\n  help: {way_out}"));
    let way_out = way_out.unwrap_or_default();
    let help = match models {
        ["String"] => {
            "read it into a struct with `#[validated]`, and bound the field: `#[validate(length(max = 200))]`"
                .to_owned()
        }
        models => {
            let models: Vec<_> = models.iter().map(|model| format!("`{model}`")).collect();
            format!(
                "put `#[validated]` on {}, and a bound on each text and collection in it",
                models.join(" and ")
            )
        }
    };
    format!("the input `{shown}` cannot be validated\n  help: {help}{way_out}")
}

fn nothing_known(shown: &str) -> String {
    format!(
        "`{shown}` can be neither validated nor recognised as carrying no input\n  \
         help: if it carries nothing that a caller chose: `#[trusted = \"because …\"]` before the argument\n  \
         help: {OR_UNVALIDATED}"
    )
}

/// Which input it is, and what it holds.
fn inner(shown: &str) -> Option<(&'static str, &str)> {
    let mut inputs = INPUTS.into_iter();
    inputs.find_map(|input| Some((input, inside(input, shown)?)))
}

/// Whether it is something of ours that holds inputs.
fn is_input(shown: &str) -> bool {
    ["Checked", "Either", "Multipart"]
        .iter()
        .any(|name| inside(name, shown).is_some())
}

/// What stands in the angle brackets of a type with such a name.
pub(super) fn inside<'a>(name: &str, shown: &'a str) -> Option<&'a str> {
    let (before, rest) = shown.split_once('<')?;
    let is_name = before.rsplit("::").next() == Some(name);
    is_name.then(|| rest.strip_suffix('>')).flatten()
}

/// The two types of `A<B, C>, D`: what stands before the comma that is in no brackets, and after it.
fn halves(types: &str) -> (&str, &str) {
    let mut depth = 0;
    for (at, letter) in types.char_indices() {
        match letter {
            '<' | '(' | '[' => depth += 1,
            '>' | ')' | ']' => depth -= 1,
            ',' if depth == 0 => return (types[..at].trim(), types[at + 1..].trim()),
            _ => {}
        }
    }
    (types, "")
}

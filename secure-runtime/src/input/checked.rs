use std::fmt;

use actix_web::{HttpRequest, dev::Payload, web::Form};

use super::{Errors, Unaccepted, Validated, errors::Place, form};
use crate::{
    Problem,
    guard::{Argument, Caller, Extraction},
    policy::{Input, InputKind},
};

/// A form that was validated, for a handler that answers with a page: it gets the errors too, in the place
/// of a 422, and shows them at their fields.
///
/// What cannot be read as a form at all is refused as for [`Form`]: 400, 413, 415.
///
/// ```
/// use actix_web::{HttpResponse, http::header::ContentType, web::{Form, Html}};
/// use secure_runtime::{Unaccepted, prelude::*};
///
/// #[validated]
/// pub struct NewArticle {
///     #[validate(length(min = 1, max = 80))]
///     title: String,
///     #[validate(length(max = 10_000))]
///     text: String,
/// }
///
/// #[get("/articles/new")]
/// #[protected]
/// async fn new_article() -> Html {
///     Html::new(page(&Unaccepted::blank::<NewArticle>()))
/// }
///
/// #[post("/articles")]
/// #[protected]
/// #[validated]
/// async fn create_article(form: Checked<Form<NewArticle>>) -> Result<HttpResponse, Problem> {
///     let (article, mut form) = match form.accept() {
///         Ok(accepted) => accepted,
///         Err(form) => return Ok(again(&form)),
///     };
///     if is_taken(&article.title) {
///         form.add("title", "There is an article of that title already.");
///         return Ok(again(&form));
///     }
///     Ok(HttpResponse::SeeOther().insert_header(("location", "/articles")).finish())
/// }
///
/// fn again(form: &Unaccepted) -> HttpResponse {
///     HttpResponse::UnprocessableEntity().content_type(ContentType::html()).body(page(form))
/// }
///
/// /// In the place of a template, which escapes what it shows.
/// fn page(form: &Unaccepted) -> String {
///     format!("{:?} {:?}", form.value("title"), form.error("title"))
/// }
/// # fn is_taken(_: &str) -> bool { false }
/// ```
#[must_use]
pub struct Checked<I> {
    /// What was sent, where it keeps to the rules.
    input: Option<I>,
    form: Unaccepted,
}

/// An input that can be [`Checked`]: `Form`, and `Multipart`.
pub trait Checkable {
    /// What it holds.
    type Value;

    /// What it holds.
    #[doc(hidden)]
    fn into_value(self) -> Self::Value;
}

impl<T> Checkable for Form<T> {
    type Value = T;

    fn into_value(self) -> T {
        self.into_inner()
    }
}

impl<I: Checkable> Checked<I> {
    /// What was sent, where it keeps to the rules, with the form: the app may still have something to say
    /// against it. Otherwise the form with what is wrong.
    ///
    /// # Errors
    /// The form, to be shown again.
    pub fn accept(self) -> Result<(I::Value, Unaccepted), Unaccepted> {
        match self.input {
            Some(input) => Ok((input.into_value(), self.form)),
            None => Err(self.form),
        }
    }

    /// As [`accept`](Self::accept), for an app that has nothing more to say against what was sent.
    ///
    /// # Errors
    /// The form, to be shown again.
    pub fn into_result(self) -> Result<I::Value, Unaccepted> {
        self.accept().map(|(input, _)| input)
    }
}

#[cfg(feature = "uploads")]
impl<I> Checked<I> {
    pub(super) fn accepted(input: I, form: Unaccepted) -> Self {
        let input = Some(input);
        Self { input, form }
    }

    pub(super) fn refused(form: Unaccepted) -> Self {
        Self { input: None, form }
    }
}

impl<T: Validated> Argument for Checked<Form<T>> {
    type Value = Self;
    const INPUT: Option<Input> = Some(Input::validated::<T>(InputKind::Form));
    const CALLER: Caller = Caller::Unused;

    fn extract(request: &HttpRequest, payload: &mut Payload) -> Extraction<Self> {
        let pairs = form::read(request, payload);
        let errors = Errors::of_request(Place::Body, request);
        Extraction::Body(Box::pin(async move {
            let pairs = pairs.await?;
            let mut form = Unaccepted::sent::<T>(&pairs);
            let input = match form::deserialize(&pairs, errors) {
                Ok(input) => Some(Form(input)),
                // Nothing that the sender could mend at a field.
                Err(errors) if errors.iter().any(|error| error.is_forbidden) => {
                    return Err(Problem::invalid(errors));
                }
                Err(errors) => {
                    form.add_all(errors);
                    None
                }
            };
            Ok(Self { input, form })
        }))
    }
}

/// Without what was sent.
impl<I> fmt::Debug for Checked<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checked")
            .field("form", &self.form)
            .finish_non_exhaustive()
    }
}

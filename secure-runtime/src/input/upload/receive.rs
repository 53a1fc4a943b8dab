//! Reads a form with files, part by part: what can be refused by the head of a part is refused before the rest
//! of it is read.

use actix_multipart::Field;
use actix_web::{HttpRequest, dev::Payload, web::BytesMut};

use super::{
    FileName, ImageBounds, Upload, UploadField, Uploads,
    body::Body,
    check::{self, Fault},
    declared::{declared, is_text},
    fault::blocking,
    form_data::Files,
    head::PartHead,
    refused::{file_too_large, invalid, malformed, media_type, too_large, too_many},
    values::Value,
};
use crate::{
    Problem,
    context::RequestContext,
    csrf::{self, Sent},
    input::{FieldKind, errors::pointer_to},
};

/// No form has more parts that are no files.
const MOST_TEXTS: u64 = 200;
/// What may stand around the parts in all, such as their headers, in bytes.
const AROUND: u64 = 64 * 1024;
/// And around each file besides, in bytes.
const AROUND_A_FILE: u64 = 1024;

/// What a form may hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    pub(super) uploads: &'static [UploadField],
    pub(super) field: fn(&str) -> Option<FieldKind>,
    pub(super) denies_unknown: bool,
}

/// What a form held.
#[derive(Debug)]
pub(super) struct Received {
    pub(super) texts: Vec<(String, Value)>,
    /// In the order of the plan.
    pub(super) files: Vec<Files>,
}

/// Why a form is refused, and the texts that came before.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) problem: Problem,
    pub(super) texts: Vec<(String, Value)>,
}

/// What is needed on the way.
struct Reading {
    request: HttpRequest,
    uploads: Uploads,
    plan: Plan,
    /// How many bytes of text there may still be.
    text: usize,
    has_token: bool,
    received: Received,
}

/// Reads all of it.
///
/// # Errors
/// What is wrong with it. No file is left of it then.
pub(super) async fn receive(
    request: HttpRequest,
    payload: Payload,
    plan: Plan,
) -> Result<Received, Refused> {
    let (mut reading, mut body) = begin(request, payload, plan).map_err(|problem| Refused {
        problem,
        texts: Vec::new(),
    })?;
    match reading.all(&mut body).await {
        Ok(()) => Ok(reading.received),
        Err(problem) => Err(Refused {
            problem,
            texts: reading.received.texts,
        }),
    }
}

fn begin(request: HttpRequest, payload: Payload, plan: Plan) -> Result<(Reading, Body), Problem> {
    let context = RequestContext::of_guarded(&request)?;
    let uploads = context.security.uploads().cloned();
    let uploads = uploads.ok_or_else(|| Problem::internal("nobody said `.uploads(…)`"))?;
    let text = context.security.body_limit();
    let body = Body::of(&request, payload, plan.most(text))?;
    let files = plan.uploads.iter().map(|field| Files {
        name: field.name,
        files: Vec::new(),
    });
    let reading = Reading {
        received: Received {
            texts: Vec::new(),
            files: files.collect(),
        },
        request,
        uploads,
        plan,
        text,
        has_token: false,
    };
    Ok((reading, body))
}

impl Plan {
    /// All that a form may weigh, in bytes.
    fn most(self, text: usize) -> u64 {
        let files = self.uploads.iter();
        let files = files.map(|field| {
            field
                .max
                .saturating_add(AROUND_A_FILE)
                .saturating_mul(field.most)
        });
        files.fold(AROUND.saturating_add(text as u64), u64::saturating_add)
    }

    fn files(self) -> u64 {
        let files = self.uploads.iter().map(|field| field.most);
        files.fold(0, u64::saturating_add)
    }
}

impl Reading {
    async fn all(&mut self, body: &mut Body) -> Result<(), Problem> {
        let mut left = MOST_TEXTS.saturating_add(self.plan.files());
        while let Some(part) = body.next_part().await? {
            left = left
                .checked_sub(1)
                .ok_or_else(|| malformed("the form has too many parts"))?;
            self.part(body, part).await?;
        }
        // A form that has not told yet has nothing to tell.
        csrf::judge_field(&self.request, &Sent::Nothing)
    }

    async fn part(&mut self, body: &Body, part: Field) -> Result<(), Problem> {
        let head = PartHead::of(&part)?;
        let uploads = self.plan.uploads;
        if head.name == csrf::FIELD {
            return self.token(body, part).await;
        }
        if let Some(place) = uploads.iter().position(|field| field.name == head.name) {
            // Whoever did not mean to send it shall not fill the disk: the token stands before the first file.
            csrf::judge_field(&self.request, &Sent::Nothing)?;
            return self.file(body, part, &head, place).await;
        }
        if (self.plan.field)(&head.name).is_none() && self.plan.denies_unknown {
            return Err(invalid(
                &head.name,
                "unknown_field",
                "is not a field of this input",
            ));
        }
        if head.file_name.is_some() || !is_text(head.content_type.as_ref()) {
            return match (self.plan.field)(&head.name) {
                Some(_) => Err(invalid(&head.name, "type", "must be a text and no file")),
                None => ignore(body, part).await,
            };
        }
        let text = self.text(body, part).await?;
        self.received.texts.push((head.name, Value::Text(text)));
        Ok(())
    }

    /// The form token, which is the guard's: the form never sees it.
    async fn token(&mut self, body: &Body, part: Field) -> Result<(), Problem> {
        if std::mem::replace(&mut self.has_token, true) {
            return Err(invalid(
                csrf::FIELD,
                "duplicate_field",
                "is given more than once",
            ));
        }
        let token = self.text(body, part).await?;
        csrf::judge_field(&self.request, &Sent::Token(token))
    }

    async fn text(&mut self, body: &Body, mut part: Field) -> Result<String, Problem> {
        let mut bytes = BytesMut::new();
        while let Some(chunk) = body.next_chunk(&mut part).await? {
            self.text = self.text.checked_sub(chunk.len()).ok_or_else(too_large)?;
            bytes.extend_from_slice(&chunk);
        }
        String::from_utf8(bytes.into()).map_err(|_| malformed("a text is not in UTF-8"))
    }

    async fn file(
        &mut self,
        body: &Body,
        part: Field,
        head: &PartHead,
        place: usize,
    ) -> Result<(), Problem> {
        let field = &self.plan.uploads[place];
        let Some(sent_name) = &head.file_name else {
            return Err(invalid(field.name, "type", "must be a file"));
        };
        if sent_name.is_empty() {
            return no_file(body, part, field).await;
        }
        let taken = &self.received.files[place].files;
        if taken.len() as u64 >= field.most {
            return Err(too_many(field));
        }
        let upload = self.upload(body, part, head, sent_name, field).await?;
        self.received.files[place].files.push(upload);
        Ok(())
    }

    /// A file: by what it is called, what it is said to be and what it is, all the same.
    async fn upload(
        &self,
        body: &Body,
        mut part: Field,
        head: &PartHead,
        sent_name: &str,
        field: &UploadField,
    ) -> Result<Upload, Problem> {
        let kind = head.content_type.as_ref().and_then(declared);
        let kind = kind.filter(|kind| field.types.contains(kind));
        let kind = kind.ok_or_else(|| media_type(field))?;
        let Some(name) = FileName::sent(sent_name) else {
            return Err(invalid(
                field.name,
                "file_name",
                "has a name that no file has",
            ));
        };
        if !name.is_of(kind) {
            let endings = kind.extensions().join(", .");
            let detail = format!("must have a name that ends in: .{endings}");
            return Err(invalid(field.name, "file_name", detail));
        }
        let mut incoming = self.uploads.begin().await?;
        let mut size: u64 = 0;
        while let Some(chunk) = body.next_chunk(&mut part).await? {
            size = size.saturating_add(chunk.len() as u64);
            if size > field.max {
                return Err(file_too_large(field));
            }
            incoming.write(chunk).await?;
        }
        if size == 0 {
            return Err(invalid(field.name, "empty", "is empty"));
        }
        let file = incoming.finish().await?;
        let (path, bounds) = (file.path().to_owned(), field.image);
        let checked = blocking(move || Ok(check::check(&path, kind, bounds))).await?;
        let dimensions = match checked {
            Ok(dimensions) => dimensions,
            Err(Fault::Unreadable(error)) => return Err(super::fault::fault(&error)),
            Err(Fault::Content) => {
                let detail = format!("is no whole file of the type {kind}");
                return Err(invalid(field.name, "content", detail));
            }
            Err(Fault::Dimensions) => return Err(too_many_pixels(field)),
        };
        let pointer = pointer_to(field.name);
        self.uploads
            .scan(&file, kind, &pointer, &self.request)
            .await?;
        Ok(Upload::new(file, kind).with(name, dimensions))
    }
}

/// What browsers send for a field in which no file was chosen.
async fn no_file(body: &Body, mut part: Field, field: &UploadField) -> Result<(), Problem> {
    while let Some(chunk) = body.next_chunk(&mut part).await? {
        if !chunk.is_empty() {
            return Err(invalid(field.name, "file_name", "has no name"));
        }
    }
    Ok(())
}

/// Reads a part that nobody asks for, where the input ignores what it does not know.
async fn ignore(body: &Body, mut part: Field) -> Result<(), Problem> {
    while body.next_chunk(&mut part).await?.is_some() {}
    Ok(())
}

fn too_many_pixels(field: &UploadField) -> Problem {
    let ImageBounds {
        max_side,
        max_pixels,
    } = field.image;
    invalid(
        field.name,
        "dimensions",
        format!("must be an image of at most {max_side} pixels a side and {max_pixels} in all"),
    )
}

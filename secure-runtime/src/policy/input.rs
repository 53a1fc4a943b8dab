use super::Need;
use crate::{
    authorize::ResourceCheck,
    guard::Caller,
    input::{Bounded, Bounds},
};

/// An input that a handler reads from the request.
#[derive(Debug, Clone, Copy)]
pub struct Input {
    kind: InputKind,
    unvalidated: Option<&'static str>,
    sample: Option<fn() -> serde_json::Value>,
    optional: bool,
}

/// Where an input stands in the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum InputKind {
    /// The body, as JSON.
    Json,
    /// The body, as a form (`application/x-www-form-urlencoded`).
    Form,
    /// The body, as a form with files (`multipart/form-data`).
    Multipart,
    /// The body, as JSON or as a form.
    JsonOrForm,
    /// The query string.
    Query,
    /// The path's parameters.
    Path,
    /// Something that the app reads in its own way.
    Other,
}

impl InputKind {
    /// The kind's name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Form => "form",
            Self::JsonOrForm => "json or form",
            Self::Multipart => "multipart",
            Self::Query => "query",
            Self::Path => "path",
            Self::Other => "other",
        }
    }

    /// Whether it is the body, or may be.
    const fn is_body(self) -> bool {
        match self {
            Self::Json | Self::Form | Self::JsonOrForm | Self::Multipart | Self::Other => true,
            Self::Query | Self::Path => false,
        }
    }
}

impl Input {
    /// An input that is validated before the handler runs.
    pub(crate) const fn validated<T: Bounded>(kind: InputKind) -> Self {
        Self {
            kind,
            unvalidated: None,
            sample: Some(|| T::sample(&Bounds::default())),
            optional: false,
        }
    }

    /// The same input, which may be left out.
    pub(crate) const fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    const fn unvalidated(because: &'static str) -> Self {
        Self {
            kind: InputKind::Other,
            unvalidated: Some(because),
            sample: None,
            optional: false,
        }
    }

    /// Where it stands in the request.
    pub const fn kind(&self) -> InputKind {
        self.kind
    }

    /// Whether it may be left out.
    pub const fn is_optional(&self) -> bool {
        self.optional
    }

    /// Whether it is read from the body, or may be: nobody knows of what is not validated.
    pub(crate) const fn may_be_body(&self) -> bool {
        self.kind.is_body()
    }

    /// Why it is not validated, where the handler says so.
    pub const fn unvalidated_because(&self) -> Option<&'static str> {
        self.unvalidated
    }

    /// A value that passes the input's rules as far as they are known, for the `curl` line that
    /// development prints.
    pub(crate) fn sample(&self) -> Option<serde_json::Value> {
        self.sample.map(|sample| sample())
    }
}

/// One argument of a handler, as far as the policy is concerned. Written by the attributes.
#[doc(hidden)]
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    input: Option<Input>,
    caller: Caller,
    needs: &'static [Need],
    resource: Option<ResourceCheck>,
    is_known: bool,
}

impl Parameter {
    /// What is no argument. A program with one does not build.
    pub(crate) const UNKNOWN: Self = Self {
        is_known: false,
        ..Self::trusted()
    };

    /// An argument that says itself what it is.
    pub(crate) const fn new(input: Option<Input>, caller: Caller, needs: &'static [Need]) -> Self {
        Self {
            input,
            caller,
            needs,
            resource: None,
            is_known: true,
        }
    }

    /// With what the authorize stage has to find and to decide about for it.
    #[must_use]
    pub(crate) const fn with_resource(mut self, resource: Option<ResourceCheck>) -> Self {
        self.resource = resource;
        self
    }

    /// An argument marked `#[trusted]`.
    pub const fn trusted() -> Self {
        Self {
            input: None,
            caller: Caller::Unused,
            needs: &[],
            resource: None,
            is_known: true,
        }
    }

    /// An argument marked `#[unvalidated]`.
    pub const fn unvalidated(because: &'static str) -> Self {
        Self {
            input: Some(Input::unvalidated(because)),
            caller: Caller::Unused,
            needs: &[],
            resource: None,
            is_known: true,
        }
    }

    /// Whether it is an argument at all.
    pub const fn is_known(&self) -> bool {
        self.is_known
    }

    /// Whether it carries what a caller chose.
    pub const fn is_input(&self) -> bool {
        self.input.is_some()
    }

    pub(crate) const fn caller(&self) -> Caller {
        self.caller
    }

    pub(crate) const fn input(&self) -> Option<Input> {
        self.input
    }

    pub(crate) const fn needs(&self) -> &'static [Need] {
        self.needs
    }

    pub(crate) const fn resource(&self) -> Option<ResourceCheck> {
        self.resource
    }

    pub(crate) const fn sets_session(&self) -> bool {
        let mut at = 0;
        while at < self.needs.len() {
            if matches!(self.needs[at], Need::Sessions) {
                return true;
            }
            at += 1;
        }
        false
    }

    pub(crate) const fn is_caller(&self) -> bool {
        !matches!(self.caller, Caller::Unused)
    }

    pub(crate) const fn is_account(&self) -> bool {
        matches!(
            self.caller,
            Caller::Required { account: true }
                | Caller::Optional { account: true }
                | Caller::Decided { account: true }
        )
    }
}

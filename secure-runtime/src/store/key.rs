use super::StoreError;

/// The longest part of a key, in bytes.
const LONGEST_PART: usize = 255;

/// What entries are for, and for which tenant: ids of two spaces never meet.
///
/// # Examples
///
/// ```
/// use secure_runtime::store::Space;
///
/// const REFRESH: Space<'static> = Space::new("refresh");
///
/// let key = REFRESH.of_tenant("acme").key("7f3a");
/// assert_eq!(key.space().purpose(), "refresh");
/// assert!(key.check().is_ok());
/// assert!(REFRESH.key("").check().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Space<'a> {
    purpose: &'static str,
    tenant: &'a str,
}

impl Space<'static> {
    /// The space of a purpose (`"refresh"`), for an app without tenants.
    pub const fn new(purpose: &'static str) -> Self {
        Self {
            purpose,
            tenant: "",
        }
    }
}

impl<'a> Space<'a> {
    /// The same purpose for a tenant.
    #[must_use]
    pub const fn of_tenant(self, tenant: &str) -> Space<'_> {
        Space {
            purpose: self.purpose,
            tenant,
        }
    }

    /// The key of an id within the space.
    #[must_use]
    pub const fn key(self, id: &'a str) -> Key<'a> {
        Key { space: self, id }
    }

    /// What the entries are for.
    pub const fn purpose(&self) -> &'static str {
        self.purpose
    }

    /// Whose they are; empty in an app without tenants.
    pub const fn tenant(&self) -> &'a str {
        self.tenant
    }
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key<'a> {
    space: Space<'a>,
    id: &'a str,
}

impl<'a> Key<'a> {
    /// The space that it is in.
    pub const fn space(&self) -> Space<'a> {
        self.space
    }

    /// The id within the space.
    pub const fn id(&self) -> &'a str {
        self.id
    }

    /// What every backend asks before it does anything.
    ///
    /// # Errors
    /// When a part is empty (but the tenant), longer than 255 bytes, or holds a NUL, which PostgreSQL
    /// has no text for.
    pub fn check(&self) -> Result<(), StoreError> {
        check_space(self.space)?;
        check_part("id", self.id, false)
    }
}

/// Whether a text can be part of a key, or an owner.
pub(super) fn check_part(
    what: &'static str,
    text: &str,
    may_be_empty: bool,
) -> Result<(), StoreError> {
    let empty = text.is_empty() && !may_be_empty;
    if empty || text.len() > LONGEST_PART || text.contains('\0') {
        return Err(StoreError::Invalid(what));
    }
    Ok(())
}

/// Whether a space can hold anything.
pub(super) fn check_space(space: Space<'_>) -> Result<(), StoreError> {
    check_part("purpose", space.purpose, false)?;
    check_part("tenant", space.tenant, true)
}

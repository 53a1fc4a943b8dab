use serde::Serialize;

/// How much of a list is shown at once. There is no list without it.
const PAGE_SIZE: u32 = 20;

/// Which page of a list, from 1.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PageNumber(u32);

impl PageNumber {
    /// The page that was asked for, or the first.
    pub(crate) fn new(asked_for: Option<u32>) -> Self {
        Self(asked_for.unwrap_or(1).max(1))
    }

    /// For SQL.
    pub(super) fn limit(self) -> i64 {
        PAGE_SIZE.into()
    }

    /// For SQL.
    pub(super) fn offset(self) -> i64 {
        i64::from(self.0 - 1) * i64::from(PAGE_SIZE)
    }
}

/// A page of a list.
#[derive(Debug, Serialize)]
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) page: u32,
    pub(crate) pages: u32,
    pub(crate) total: u32,
}

impl<T> Page<T> {
    pub(super) fn new(items: Vec<T>, number: PageNumber, total: u32) -> Self {
        Self {
            items,
            page: number.0,
            pages: total.div_ceil(PAGE_SIZE),
            total,
        }
    }

    /// The page with each item shown by `view`.
    pub(crate) fn map<V>(self, view: impl Fn(T) -> V) -> Page<V> {
        Page {
            items: self.items.into_iter().map(view).collect(),
            page: self.page,
            pages: self.pages,
            total: self.total,
        }
    }
}

use std::{any::Any, cell::RefCell, fmt};

/// What the authorize stage has found, until the handler's arguments take it.
#[derive(Default)]
pub(crate) struct Kept(RefCell<Vec<Box<dyn Any>>>);

impl Kept {
    /// Keeps a value.
    pub(crate) fn keep<T: 'static>(&self, value: T) {
        self.0.borrow_mut().push(Box::new(value));
    }

    /// Takes the first value of a type that was kept.
    pub(crate) fn take<T: 'static>(&self) -> Option<T> {
        let mut values = self.0.borrow_mut();
        let at = values.iter().position(|value| value.is::<T>())?;
        values.remove(at).downcast().ok().map(|value| *value)
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").finish_non_exhaustive()
    }
}

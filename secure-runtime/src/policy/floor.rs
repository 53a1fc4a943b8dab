use super::{Demands, Via, WordSet};

/// What a whole group of routes demands of its callers; a route can only add to it.
/// [`floor!`](crate::floor) writes one, [`Routes::floor`](crate::Routes::floor) lays it.
#[derive(Debug, Clone, Copy)]
pub struct Floor {
    demands: &'static Demands,
}

impl Floor {
    #[doc(hidden)]
    pub const fn new(demands: &'static Demands) -> Self {
        Self { demands }
    }

    /// The roles of which a caller needs any one.
    pub const fn roles(&self) -> Option<&WordSet> {
        self.demands.roles()
    }

    /// The scopes of which a caller needs every one.
    pub const fn scopes(&self) -> Option<&WordSet> {
        self.demands.scopes()
    }

    /// The path parameter that must equal the caller's subject.
    pub const fn owner(&self) -> Option<&'static str> {
        self.demands.owner()
    }

    /// The roles of which any one stands in for ownership.
    pub const fn or_roles(&self) -> Option<&WordSet> {
        self.demands.or_roles()
    }

    /// The name of the app's own rule, an [`AccessPolicy`](crate::AccessPolicy).
    pub const fn policy(&self) -> Option<&'static str> {
        self.demands.policy()
    }

    /// What the routes may take from a caller to know who it is; `None` where each route says it.
    pub const fn via(&self) -> Option<&'static [Via]> {
        match self.demands.via() {
            [] => None,
            via => Some(via),
        }
    }

    pub(crate) const fn demands(&self) -> &'static Demands {
        self.demands
    }

    /// A credential that a route takes and the floor does not.
    pub(crate) fn not_taken(&self, demands: &Demands, has_sessions: bool) -> Option<Via> {
        let takes = self.via()?;
        let mut named = demands.via().iter().copied();
        // Without sessions nobody comes with one.
        named.find(|via| !takes.contains(via) && (has_sessions || *via != Via::Session))
    }
}

/// The floors under one route.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Floors {
    /// Const data cannot grow: those that are laid come first.
    laid: [Option<Floor>; Self::MOST],
}

impl Floors {
    /// So many may lie under one route.
    pub(crate) const MOST: usize = 8;
    pub(crate) const NONE: Self = Self {
        laid: [None; Self::MOST],
    };

    /// The floors together; `None` where they are too many.
    pub(crate) fn new(floors: impl IntoIterator<Item = Floor>) -> Option<Self> {
        let mut laid = [None; Self::MOST];
        let mut places = laid.iter_mut();
        for floor in floors {
            *places.next()? = Some(floor);
        }
        Some(Self { laid })
    }

    /// The floor at a place, for const functions.
    pub(crate) const fn at(&self, place: usize) -> Option<&Floor> {
        if place < Self::MOST {
            self.laid[place].as_ref()
        } else {
            None
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Floor> + use<> {
        self.laid.into_iter().flatten()
    }
}

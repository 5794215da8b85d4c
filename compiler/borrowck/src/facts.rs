//! What borrow checking knows of a body: facts about points, origins and loans. Nothing here knows MIR.
//!
//! In: facts, gathered by [`crate::body`]. Out: answers of [`crate::solve`]; [`crate::naive`] gives the same ones slowly.
//!
//! ```text
//! p0: r = &x       loan l0 issued in '5; '5 ⊆ 'r      p1: x = 1       l0 invalidated      p2: use r       'r live at p1: error
//! ```

use crate::regioned::{Origin, Point};
use base::{IndexVec, define_id};
use mir::dataflow::BitSet;

define_id! {
    /// A borrow.
    pub struct Loan = "l";
}

#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Where control may go on from a point.
    pub successors: IndexVec<Point, Vec<Point>>,
    pub origins: usize,
    /// Live everywhere: those of the signature.
    pub universal: Vec<Origin>,
    /// From this point on, the second holds what the first holds. In order of points.
    pub subsets: Vec<(Point, Origin, Origin)>,
    /// Where a loan begins, and what holds it then.
    pub loans: IndexVec<Loan, (Point, Origin)>,
    /// The place that was lent is another one from here on. In order of points.
    pub killed: Vec<(Point, Loan)>,
    /// Something happens here that must not while the loan lives.
    pub invalidated: Vec<(Point, Loan)>,
}

/// Which origins are live on entry to a point: those of variables whose values may be used later.
pub trait Live {
    fn live_at(&self, point: Point) -> &BitSet<Origin>;
}

/// For tests: given for each point.
impl Live for IndexVec<Point, BitSet<Origin>> {
    fn live_at(&self, point: Point) -> &BitSet<Origin> {
        &self[point]
    }
}

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Conflict {
    pub point: Point,
    pub loan: Loan,
    /// A live origin that holds the loan: the first.
    pub origin: Origin,
}

impl Facts {
    pub fn subsets_at(&self, point: Point) -> &[(Point, Origin, Origin)] {
        let start = self.subsets.partition_point(|it| it.0 < point);
        let rest = &self.subsets[start..];
        &rest[..rest.partition_point(|it| it.0 == point)]
    }
    pub fn killed_at(&self, point: Point) -> &[(Point, Loan)] {
        let start = self.killed.partition_point(|it| it.0 < point);
        let rest = &self.killed[start..];
        &rest[..rest.partition_point(|it| it.0 == point)]
    }
}

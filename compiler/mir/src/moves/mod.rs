//! Move paths: the places that are moved out of or initialised by themselves, as a tree; where that happens; and which
//! of them may be (un)initialised at each point.
//!
//! In: a body in phase `Built`. Out: [`MoveData`], the basis of move checking and drop elaboration. Modelled on rustc's
//! `rustc_mir_dataflow::move_paths`. There is a path for every local, and for every field, variant, element or box
//! content that is moved or assigned by itself; what is behind a reference or pointer has none.
//!
//! ```text
//! _3 = move (_1.0: String)      paths: _1, _1.0, _3, …     moves: _1.0 here     inits: _3 here
//! ```

pub mod init;

use crate::dataflow::Location;
use crate::facts::Facts;
use crate::visit::Use;
use crate::*;
use base::{IndexVec, define_id};
use std::ops::Range;
use typeck::TyKind;

define_id! {
    /// A place that is tracked by itself.
    pub struct PathId = "mp";
}

#[derive(Clone, Debug)]
pub struct Path {
    pub place: Place,
    pub parent: Option<PathId>,
    pub children: Vec<PathId>,
    /// The last step of the place; `None` of a local.
    key: Option<ElemKey>,
}

/// A path's value is taken away here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoveOut {
    pub path: PathId,
    pub at: Location,
}

/// Something is moved that cannot be.
#[derive(Clone, Debug)]
pub struct IllegalMove {
    pub place: Place,
    pub at: Location,
    pub kind: IllegalMoveKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IllegalMoveKind {
    /// `*r` of a reference or pointer; how many elements of the place's path lead to the pointer.
    Borrowed { pointer: usize },
    /// `a[i]`, or part of an array.
    Element { base: usize },
    /// A field of something that implements `Drop`.
    FieldOfDrop { base: usize },
}

/// What is found for a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup {
    /// The place has a path of its own.
    Exact(PathId),
    /// The closest place around it that has one.
    Inside(PathId),
}

#[derive(Debug)]
pub struct MoveData {
    pub paths: IndexVec<PathId, Path>,
    pub moves: Vec<MoveOut>,
    pub illegal: Vec<IllegalMove>,
    /// Of all blocks that can be reached, each block's in order.
    effects: Vec<Effect>,
    /// Where a block's effects stand.
    of_block: IndexVec<BlockId, Range<u32>>,
}

/// An instruction (un)initialises a path.
#[derive(Clone, Copy, Debug)]
pub struct Effect {
    statement: u32,
    pub path: PathId,
    pub init: bool,
}

/// A step of a path, without types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ElemKey {
    /// Of a box.
    Content,
    Field(u32),
    Element(u64),
    Variant(u32),
}

fn key(elem: &PlaceElem) -> Option<ElemKey> {
    match elem {
        PlaceElem::Deref => Some(ElemKey::Content),
        PlaceElem::Field(field, _) => Some(ElemKey::Field(field.0)),
        PlaceElem::ConstantIndex { offset, from_end: false } => Some(ElemKey::Element(*offset)),
        PlaceElem::Downcast(variant) => Some(ElemKey::Variant(variant.0)),
        PlaceElem::ConstantIndex { from_end: true, .. }
        | PlaceElem::Index(_)
        | PlaceElem::Subslice { .. } => None,
    }
}

impl MoveData {
    pub fn new(body: &Body, facts: &dyn Facts) -> MoveData {
        MoveData::of_blocks(body, facts, &mut crate::graph::reverse_postorder(body).into_iter())
    }

    /// Of blocks that do not clean up. The body is as it was built: blocks are numbered in reverse postorder.
    pub fn without_cleanup(body: &Body, facts: &dyn Facts) -> MoveData {
        let blocks = body.blocks.iter_enumerated().filter(|(_, block)| !block.is_cleanup);
        MoveData::of_blocks(body, facts, &mut blocks.map(|(block, _)| block))
    }

    fn of_blocks(body: &Body, facts: &dyn Facts, blocks: &mut dyn Iterator<Item = BlockId>) -> MoveData {
        let locals = body.locals.ids().map(|local| Path {
            place: local.into(),
            parent: None,
            children: Vec::new(),
            key: None,
        });
        let mut data = MoveData {
            paths: locals.collect(),
            moves: Vec::new(),
            illegal: Vec::new(),
            effects: Vec::new(),
            of_block: IndexVec::from_elem(0..0, body.blocks.len()),
        };
        for block in blocks {
            let here = &body.blocks[block];
            let start = data.effects.len() as u32;
            for (statement, it) in here.statements.iter().enumerate() {
                let at = Location { block, statement };
                if let StatementKind::StorageDead(local) = it.kind {
                    data.effect(data.local(local), false, at);
                } else {
                    it.kind
                        .for_each_place(&mut |place, what| data.gather(body, facts, place, what, at, false));
                }
            }
            let at = Location { block, statement: here.statements.len() };
            let kind = &here.terminator.kind;
            kind.for_each_place(&mut |place, what| data.gather(body, facts, place, what, at, true));
            data.of_block[block] = start..data.effects.len() as u32;
        }
        data
    }

    /// The path of a local has its number.
    pub fn local(&self, local: Local) -> PathId {
        PathId(local.0)
    }

    fn gather(
        &mut self,
        body: &Body,
        facts: &dyn Facts,
        place: &Place,
        what: Use,
        at: Location,
        is_terminator: bool,
    ) {
        match what {
            Use::Move => match self.path_for(body, facts, place) {
                Ok(path) => {
                    self.moves.push(MoveOut { path, at });
                    self.effect(path, false, at);
                }
                Err(kind) => self.illegal.push(IllegalMove { place: place.clone(), at, kind }),
            },
            // What is assigned by itself can be initialised by itself.
            Use::Assign | Use::SetDiscriminant | Use::Drop => {
                let Ok(path) = self.path_for(body, facts, place) else { return };
                match what {
                    // A call's result is there only where it returns.
                    Use::Assign if !is_terminator => self.effect(path, true, at),
                    Use::Drop => self.effect(path, false, at),
                    Use::Assign
                    | Use::SetDiscriminant
                    | Use::Move
                    | Use::Copy
                    | Use::Borrow(_)
                    | Use::AddressOf(_)
                    | Use::Inspect => {}
                }
            }
            Use::Copy | Use::Borrow(_) | Use::AddressOf(_) | Use::Inspect => {}
        }
    }

    fn effect(&mut self, path: PathId, init: bool, at: Location) {
        self.effects.push(Effect { statement: at.statement as u32, path, init });
    }

    /// The path of a place, made if need be.
    fn path_for(&mut self, body: &Body, facts: &dyn Facts, place: &Place) -> Result<PathId, IllegalMoveKind> {
        let mut path = self.local(place.local);
        let mut ty = body.locals[place.local].ty;
        for (at, elem) in place.projection.iter().enumerate() {
            match elem {
                PlaceElem::Deref if !facts.is_box(ty) => {
                    return Err(IllegalMoveKind::Borrowed { pointer: at });
                }
                PlaceElem::Index(_) | PlaceElem::Subslice { .. } => {
                    return Err(IllegalMoveKind::Element { base: at });
                }
                PlaceElem::ConstantIndex { from_end, .. } => {
                    if *from_end || !matches!(ty.kind(), TyKind::Array(..)) {
                        return Err(IllegalMoveKind::Element { base: at });
                    }
                }
                PlaceElem::Field(..) | PlaceElem::Downcast(_) => {
                    if facts.has_drop_impl(ty) && !facts.is_box(ty) {
                        return Err(IllegalMoveKind::FieldOfDrop { base: at });
                    }
                }
                PlaceElem::Deref => {}
            }
            ty = elem.ty_of(ty);
            let Some(key) = key(elem) else { return Err(IllegalMoveKind::Element { base: at }) };
            path = match self.child_by_key(path, key) {
                Some(known) => known,
                None => {
                    let place = Place { local: place.local, projection: place.projection[..=at].to_vec() };
                    let (parent, key) = (Some(path), Some(key));
                    let new = self.paths.push(Path { place, parent, children: Vec::new(), key });
                    self.paths[path].children.push(new);
                    new
                }
            };
        }
        Ok(path)
    }

    pub fn find(&self, place: &Place) -> Lookup {
        let mut path = self.local(place.local);
        for elem in &place.projection {
            match self.child(path, elem) {
                Some(child) => path = child,
                None => return Lookup::Inside(path),
            }
        }
        Lookup::Exact(path)
    }

    pub fn child(&self, path: PathId, elem: &PlaceElem) -> Option<PathId> {
        // Most paths have none.
        if self.paths[path].children.is_empty() { None } else { self.child_by_key(path, key(elem)?) }
    }

    fn child_by_key(&self, path: PathId, key: ElemKey) -> Option<PathId> {
        let children = self.paths[path].children.iter();
        children.copied().find(|&child| self.paths[child].key == Some(key))
    }

    /// The path and everything below it.
    pub fn with_children(&self, path: PathId) -> Vec<PathId> {
        let mut all = vec![path];
        let mut at = 0;
        while let Some(&path) = all.get(at) {
            all.extend(&self.paths[path].children);
            at += 1;
        }
        all
    }

    /// What becomes (un)initialised at an instruction, in order: moves, then the end of storage, then what is assigned.
    /// The destination of a call is not among them: it is initialised on the edge of its return.
    pub fn effects(&self, at: Location) -> &[Effect] {
        let of_block = self.effects_in(at.block);
        let statement = at.statement as u32;
        let start = of_block.partition_point(|effect| effect.statement < statement);
        let here = &of_block[start..];
        &here[..here.partition_point(|effect| effect.statement == statement)]
    }

    /// All of a block's effects, in order.
    pub fn effects_in(&self, block: BlockId) -> &[Effect] {
        let Range { start, end } = self.of_block[block];
        &self.effects[start as usize..end as usize]
    }

    /// What a call initialises when it returns.
    pub fn returned(&self, terminator: &Terminator) -> Option<PathId> {
        match &terminator.kind {
            TerminatorKind::Call { destination, .. } => match self.find(destination) {
                Lookup::Exact(path) => Some(path),
                Lookup::Inside(_) => None,
            },
            TerminatorKind::Goto(_)
            | TerminatorKind::Switch { .. }
            | TerminatorKind::Return
            | TerminatorKind::Resume
            | TerminatorKind::Abort
            | TerminatorKind::Unreachable
            | TerminatorKind::Drop { .. }
            | TerminatorKind::Assert { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests;

//! Drop elaboration: what a `Drop` really drops is decided, at compile time or by a flag at run time.
//!
//! Needs nothing; leaves [`crate::Fact::DropsElaborated`] and phase `Lowered`. For the place of each `Drop`:
//! - *dead*: surely uninitialised: the drop goes.
//! - *static*: surely initialised: it stays.
//! - *conditional*: depends on the way here: a `bool` local, set where the place is initialised and cleared where it is
//!   moved, is asked.
//! - *open*: parts of it have been moved: field by field, variant by variant, a box's content before its memory.
//!
//! Modelled on rustc's `elaborate_drop`. Should a field's drop panic, the rest is dropped on the way out.
//!
//! ```text
//! if c { take(s) }   drop(_1)   ⇒   _9 = false where `_1` is moved;   switch(copy _9) [0: bb5, otherwise: bb4]  bb4: { drop(_1) -> bb5; }
//! ```

use crate::PassCx;
use mir::dataflow::{BitSet, Location};
use mir::facts::Parts;
use mir::moves::init::Inits;
use mir::moves::{Lookup, MoveData, PathId};
use mir::*;
use std::collections::BTreeMap;
use typeck::{FieldIdx, List, Mutability, Ty, TyKind, VariantIdx};

pub fn run(body: &mut Body, cx: &PassCx<'_>) {
    let data = MoveData::new(body, cx.facts);
    let sites = sites(body, &data);
    let mut flags = BTreeMap::new();
    for site in &sites {
        for path in data.with_children(site.path) {
            if site.live.contains(path) && site.dead.contains(path) {
                flags.entry(path).or_insert_with(|| {
                    let span = site.info.span;
                    body.locals.push(LocalDecl { ty: Ty::bool(), name: None, mutable: true, span })
                });
            }
        }
    }
    // Of what is by now: elaboration adds blocks behind these.
    set_flags(body, &data, &flags);
    let mut elaborator = Elaborator { body, data: &data, cx, flags, resume: None, abort: None };
    for site in &sites {
        elaborator.site(site);
    }
    body.phase = Phase::Lowered;
}

/// A `Drop` of a place that is tracked. What is behind references and indices is always there, and so is its drop.
struct Site {
    block: BlockId,
    path: PathId,
    place: Place,
    target: BlockId,
    unwind: Option<BlockId>,
    info: SourceInfo,
    is_cleanup: bool,
    live: BitSet<PathId>,
    dead: BitSet<PathId>,
}

fn sites(body: &Body, data: &MoveData) -> Vec<Site> {
    let inits = Inits::new(body, data);
    let mut sites = Vec::new();
    for (block, here) in body.blocks.iter_enumerated() {
        let TerminatorKind::Drop { place, target, unwind } = &here.terminator.kind else { continue };
        if !inits.maybe_init.reached[block] {
            continue;
        }
        let Lookup::Exact(path) = data.find(place) else { continue };
        let at = Location { block, statement: here.statements.len() };
        sites.push(Site {
            block,
            path,
            place: place.clone(),
            target: *target,
            unwind: *unwind,
            info: here.terminator.info,
            is_cleanup: here.is_cleanup,
            live: inits.maybe_init.before(body, at),
            dead: inits.maybe_uninit.before(body, at),
        });
    }
    sites
}

fn flag_set(flag: Local, value: bool, info: SourceInfo) -> Statement {
    let constant = Constant { value: ConstValue::Scalar(u128::from(value)), ty: Ty::bool(), span: info.span };
    let kind = StatementKind::Assign(flag.into(), Rvalue::Use(Operand::Const(constant)));
    Statement { kind, info }
}

/// Flags follow what is initialised and moved. `Drop`s clear them when they are elaborated.
fn set_flags(body: &mut Body, data: &MoveData, flags: &BTreeMap<PathId, Local>) {
    if flags.is_empty() {
        return;
    }
    for block in body.blocks.ids() {
        let here = &body.blocks[block];
        let mut statements = Vec::with_capacity(here.statements.len());
        for (statement, it) in here.statements.iter().enumerate() {
            statements.push(it.clone());
            if matches!(it.kind, StatementKind::StorageDead(_)) {
                continue;
            }
            for effect in data.effects(Location { block, statement }) {
                flag_effects(&mut statements, data, flags, effect.path, effect.init, it.info);
            }
        }
        let terminator = &here.terminator;
        if !matches!(terminator.kind, TerminatorKind::Drop { .. }) {
            let at = Location { block, statement: here.statements.len() };
            for effect in data.effects(at) {
                flag_effects(&mut statements, data, flags, effect.path, effect.init, terminator.info);
            }
        }
        let mut returned = Vec::new();
        if let Some(path) = data.returned(terminator) {
            flag_effects(&mut returned, data, flags, path, true, terminator.info);
        }
        let (info, is_cleanup) = (terminator.info, here.is_cleanup);
        body.blocks[block].statements = statements;
        if !returned.is_empty() {
            after_call(body, block, returned, info, is_cleanup);
        }
    }
    let info = SourceInfo { span: body.span, scope: ScopeId(0) };
    let mut first = Vec::new();
    for (&path, &flag) in flags {
        let is_parameter = (1..=body.arg_count as u32).contains(&data.paths[path].place.local.0);
        first.push(flag_set(flag, is_parameter, info));
    }
    // A loop may go back to the entry: then it is no longer the start.
    match mir::graph::predecessors(body)[ENTRY].is_empty() {
        true => drop(body.blocks[ENTRY].statements.splice(0..0, first)),
        false => {
            let old = body.blocks[ENTRY].clone();
            let moved = body.blocks.push(old);
            for block in body.blocks.iter_mut() {
                block.terminator.kind.for_each_successor_mut(&mut |successor| {
                    if *successor == ENTRY {
                        *successor = moved;
                    }
                });
            }
            let terminator = Terminator { kind: TerminatorKind::Goto(moved), info };
            body.blocks[ENTRY] = Block { statements: first, terminator, is_cleanup: false };
        }
    }
}

fn flag_effects(
    out: &mut Vec<Statement>,
    data: &MoveData,
    flags: &BTreeMap<PathId, Local>,
    path: PathId,
    init: bool,
    info: SourceInfo,
) {
    for path in data.with_children(path) {
        if let Some(&flag) = flags.get(&path) {
            out.push(flag_set(flag, init, info));
        }
    }
}

/// Statements on the edge of a call's return.
fn after_call(
    body: &mut Body,
    block: BlockId,
    statements: Vec<Statement>,
    info: SourceInfo,
    is_cleanup: bool,
) {
    let new = body.blocks.next_id();
    if let TerminatorKind::Call { target: Some(target), .. } = &mut body.blocks[block].terminator.kind {
        let terminator = Terminator { kind: TerminatorKind::Goto(*target), info };
        *target = new;
        body.blocks.push(Block { statements, terminator, is_cleanup });
    }
}

/// Where a panic in a drop goes.
#[derive(Clone, Copy)]
enum Mode {
    Normal(Option<BlockId>),
    /// Already unwinding: it aborts.
    Cleanup,
}

struct Elaborator<'a> {
    body: &'a mut Body,
    data: &'a MoveData,
    cx: &'a PassCx<'a>,
    flags: BTreeMap<PathId, Local>,
    resume: Option<BlockId>,
    abort: Option<BlockId>,
}

impl Elaborator<'_> {
    fn site(&mut self, site: &Site) {
        let mode = if site.is_cleanup { Mode::Cleanup } else { Mode::Normal(site.unwind) };
        let first = self.drop_path(site, site.path, &site.place, site.target, mode);
        self.body.blocks[site.block].terminator =
            Terminator { kind: TerminatorKind::Goto(first), info: site.info };
    }

    /// A block that drops what is left of a path, and goes on at `target`; that block itself if nothing is.
    fn drop_path(
        &mut self,
        site: &Site,
        path: PathId,
        place: &Place,
        target: BlockId,
        mode: Mode,
    ) -> BlockId {
        let ty = place.ty(&self.body.locals);
        let all = self.data.with_children(path);
        let live = all.iter().any(|&path| site.live.contains(path));
        let dead = all.iter().any(|&path| site.dead.contains(path));
        if !live || !self.cx.facts.needs_drop(ty) {
            return target;
        }
        if !dead {
            return self.complete(site, &all, place, target, mode);
        }
        let is_open = all.len() > 1 && self.can_open(ty);
        let block = match is_open {
            true => self.open(site, path, place, ty, target, mode),
            false => self.complete(site, &all, place, target, mode),
        };
        self.if_flagged(site, path, block, target, mode)
    }

    fn can_open(&self, ty: Ty) -> bool {
        self.cx.facts.is_box(ty)
            || (!self.cx.facts.has_drop_impl(ty) && self.cx.facts.parts(ty) != Parts::None)
    }

    /// Tests a path's own flag, if what is known does not answer.
    fn if_flagged(
        &mut self,
        site: &Site,
        path: PathId,
        block: BlockId,
        target: BlockId,
        mode: Mode,
    ) -> BlockId {
        match (site.live.contains(path), site.dead.contains(path), self.flags.get(&path)) {
            (false, _, _) => target,
            (true, true, Some(&flag)) => {
                let operand = Operand::Copy(flag.into());
                let kind = TerminatorKind::Switch { operand, targets: vec![(0, target)], otherwise: block };
                self.block(Vec::new(), kind, site, mode)
            }
            (true, _, _) => block,
        }
    }

    fn block(
        &mut self,
        statements: Vec<Statement>,
        kind: TerminatorKind,
        site: &Site,
        mode: Mode,
    ) -> BlockId {
        let is_cleanup = matches!(mode, Mode::Cleanup);
        let terminator = Terminator { kind, info: site.info };
        self.body.blocks.push(Block { statements, terminator, is_cleanup })
    }

    fn unwind(&mut self, mode: Mode) -> Option<BlockId> {
        match mode {
            Mode::Normal(unwind) => unwind,
            Mode::Cleanup => Some(self.shared_end(TerminatorKind::Abort)),
        }
    }

    /// The block that resumes or aborts.
    fn shared_end(&mut self, kind: TerminatorKind) -> BlockId {
        let is_abort = matches!(kind, TerminatorKind::Abort);
        let known = if is_abort { self.abort } else { self.resume };
        if let Some(known) = known {
            return known;
        }
        let same = |block: &Block| {
            block.statements.is_empty()
                && std::mem::discriminant(&block.terminator.kind) == std::mem::discriminant(&kind)
        };
        let existing = self.body.blocks.iter_enumerated().find(|(_, block)| same(block)).map(|(id, _)| id);
        let info = SourceInfo { span: self.body.span, scope: ScopeId(0) };
        let new = Block { statements: Vec::new(), terminator: Terminator { kind, info }, is_cleanup: true };
        let block = existing.unwrap_or_else(|| self.body.blocks.push(new));
        *(if is_abort { &mut self.abort } else { &mut self.resume }) = Some(block);
        block
    }

    /// Drops the whole place, and clears the flags of all of it.
    fn complete(
        &mut self,
        site: &Site,
        paths: &[PathId],
        place: &Place,
        target: BlockId,
        mode: Mode,
    ) -> BlockId {
        let statements = self.cleared(paths, site.info);
        let unwind = self.unwind(mode);
        self.block(statements, TerminatorKind::Drop { place: place.clone(), target, unwind }, site, mode)
    }

    fn cleared(&self, paths: &[PathId], info: SourceInfo) -> Vec<Statement> {
        let flags = paths.iter().filter_map(|path| self.flags.get(path));
        flags.map(|&flag| flag_set(flag, false, info)).collect()
    }

    fn open(
        &mut self,
        site: &Site,
        path: PathId,
        place: &Place,
        ty: Ty,
        target: BlockId,
        mode: Mode,
    ) -> BlockId {
        let first = if self.cx.facts.is_box(ty) {
            self.open_box(site, path, place, target, mode)
        } else {
            match self.cx.facts.parts(ty) {
                Parts::Fields(tys) => {
                    let fields = self.fields(Some(path), place, &tys);
                    self.ladder(site, fields, target, mode)
                }
                Parts::Variants(variants) => self.open_union(site, path, place, &variants, target, mode),
                Parts::Array(elem, len) => {
                    let elements = (0..len).map(|offset| {
                        let elem_of = PlaceElem::ConstantIndex { offset, from_end: false };
                        (place.with(elem_of.clone()), self.data.child(path, &elem_of), elem)
                    });
                    let elements = elements.collect();
                    self.ladder(site, elements, target, mode)
                }
                Parts::None => target,
            }
        };
        let cleared = self.cleared(&[path], site.info);
        match cleared.is_empty() {
            true => first,
            false => self.block(cleared, TerminatorKind::Goto(first), site, mode),
        }
    }

    fn fields(&self, path: Option<PathId>, place: &Place, tys: &[Ty]) -> Vec<(Place, Option<PathId>, Ty)> {
        let fields = tys.iter().enumerate().map(|(at, &ty)| {
            let elem = PlaceElem::Field(FieldIdx(at as u32), ty);
            let child = path.and_then(|path| self.data.child(path, &elem));
            // The path's own place has the type that was written there.
            let place = child.map_or_else(|| place.with(elem), |child| self.data.paths[child].place.clone());
            let ty = place.ty(&self.body.locals);
            (place, child, ty)
        });
        fields.collect()
    }

    /// Parts in order; should one panic, the parts after it are dropped on the way out.
    fn ladder(
        &mut self,
        site: &Site,
        parts: Vec<(Place, Option<PathId>, Ty)>,
        target: BlockId,
        mode: Mode,
    ) -> BlockId {
        let (mut next, mut mode) = (target, mode);
        for (place, path, ty) in parts.into_iter().rev() {
            let gone = path.is_some_and(|path| {
                self.data.with_children(path).iter().all(|&path| !site.live.contains(path))
            });
            if gone || !self.cx.facts.needs_drop(ty) {
                continue;
            }
            let block = self.part(site, path, &place, next, mode);
            if let Mode::Normal(unwind) = mode {
                let after = match unwind {
                    Some(unwind) => unwind,
                    None => self.shared_end(TerminatorKind::Resume),
                };
                mode = Mode::Normal(Some(self.part(site, path, &place, after, Mode::Cleanup)));
            }
            next = block;
        }
        next
    }

    fn part(
        &mut self,
        site: &Site,
        path: Option<PathId>,
        place: &Place,
        target: BlockId,
        mode: Mode,
    ) -> BlockId {
        match path {
            Some(path) => self.drop_path(site, path, place, target, mode),
            None => self.complete(site, &[], place, target, mode),
        }
    }

    fn open_union(
        &mut self,
        site: &Site,
        path: PathId,
        place: &Place,
        variants: &[Vec<Ty>],
        target: BlockId,
        mode: Mode,
    ) -> BlockId {
        let mut targets = Vec::new();
        let mut whole = false;
        for (at, tys) in variants.iter().enumerate() {
            let downcast = PlaceElem::Downcast(VariantIdx(at as u32));
            match self.data.child(path, &downcast) {
                Some(child) => {
                    let fields = self.fields(Some(child), &place.with(downcast), tys);
                    targets.push((at as u128, self.ladder(site, fields, target, mode)));
                }
                // Of this variant nothing has been moved.
                None => whole |= tys.iter().any(|&ty| self.cx.facts.needs_drop(ty)),
            }
        }
        if !whole && targets.iter().all(|&(_, block)| block == target) {
            return target;
        }
        let otherwise = match whole {
            true => self.complete(site, &[], place, target, mode),
            false => target,
        };
        let span = site.info.span;
        let isize = Ty::prim(hir::PrimTy::Isize);
        let variant = self.body.locals.push(LocalDecl { ty: isize, name: None, mutable: true, span });
        let read = StatementKind::Assign(variant.into(), Rvalue::Discriminant(place.clone()));
        let operand = Operand::Copy(variant.into());
        let statements = vec![Statement { kind: read, info: site.info }];
        self.block(statements, TerminatorKind::Switch { operand, targets, otherwise }, site, mode)
    }

    /// The content, if it is there; then the memory.
    fn open_box(&mut self, site: &Site, path: PathId, place: &Place, target: BlockId, mode: Mode) -> BlockId {
        let content = place.deref();
        let Some(child) = self.data.child(path, &PlaceElem::Deref) else {
            return self.complete(site, &[], place, target, mode);
        };
        let free = self.free_box(site, place, target, mode);
        let inner = match mode {
            Mode::Normal(unwind) => {
                let after = match unwind {
                    Some(unwind) => unwind,
                    None => self.shared_end(TerminatorKind::Resume),
                };
                Mode::Normal(Some(self.free_box(site, place, after, Mode::Cleanup)))
            }
            Mode::Cleanup => Mode::Cleanup,
        };
        self.drop_path(site, child, &content, free, inner)
    }

    fn free_box(&mut self, site: &Site, place: &Place, target: BlockId, mode: Mode) -> BlockId {
        let args =
            if let TyKind::Adt(_, args) = *place.ty(&self.body.locals).kind() { args } else { List::empty() };
        let Some(free) = self.cx.box_free else {
            panic!("the standard library has no #[lang(\"box_free\")]");
        };
        let span = site.info.span;
        let unit = self.body.locals.push(LocalDecl { ty: Ty::unit(), name: None, mutable: true, span });
        // A box is a record of one pointer.
        let content = place.deref().ty(&self.body.locals);
        let pointer = place.field(FieldIdx(0), Ty::new(TyKind::RawPtr(content, Mutability::Mut)));
        let kind = TerminatorKind::Call {
            callee: Callee::Def(free, args),
            args: vec![Operand::Copy(pointer)],
            destination: unit.into(),
            target: Some(target),
            unwind: self.unwind(mode),
        };
        self.block(Vec::new(), kind, site, mode)
    }
}

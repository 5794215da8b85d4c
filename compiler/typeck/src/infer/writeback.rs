//! The tables, with every variable replaced.

use super::*;
use crate::HasFlags;

impl<'d> FnCx<'_, 'd> {
    pub(crate) fn write_back(mut self) -> (BodyTypes, &'d mut Diagnostics) {
        let body = self.body;
        let tables = std::mem::take(&mut self.t);
        // A variable that nothing bound is an error.
        while let Some((ty, span)) = self.first_unknown(&tables) {
            self.report_unknown(ty, span);
        }
        let error = self.error;
        let fallback = error.map_or_else(Ty::unit, Ty::error);
        let done = |ty: Ty| self.finished(ty, fallback);
        let done_args = |args: GenericArgs| -> GenericArgs {
            if !args.has_infer() {
                return args;
            }
            crate::List::from_iter(args.iter().map(|&arg| match arg {
                GenericArg::Ty(ty) => GenericArg::Ty(done(ty)),
                GenericArg::Const(value) => GenericArg::Const(self.finished_const(value)),
            }))
        };
        let exprs = IndexVec::from_raw(tables.exprs.raw.iter().map(|ty| ty.map_or(fallback, done)).collect());
        // What was wrong elsewhere, in the signature of what is called, is no ground for more errors here.
        let error = error.or_else(|| exprs.raw.iter().copied().find_map(proof_in));
        let pats = IndexVec::from_raw(tables.pats.raw.iter().map(|ty| ty.map_or(fallback, done)).collect());
        let locals =
            IndexVec::from_raw(tables.locals.raw.iter().map(|ty| ty.map_or(fallback, done)).collect());
        // So may a variable that was bound to an error.
        let error = error.or_else(|| pats.iter().chain(locals.iter()).copied().find_map(proof_in));
        let mut adjustments = SortedMap::new();
        for id in body.exprs.ids() {
            if let Some(list) = tables.adjustments.get(&id) {
                let list = list.iter().map(|adjustment| Adjustment {
                    kind: match adjustment.kind {
                        AdjustKind::OverloadedDeref(def, args, mutability) => {
                            AdjustKind::OverloadedDeref(def, done_args(args), mutability)
                        }
                        AdjustKind::Build(def, args) => AdjustKind::Build(def, done_args(args)),
                        AdjustKind::NeverToAny
                        | AdjustKind::Deref
                        | AdjustKind::Borrow(_)
                        | AdjustKind::Unsize
                        | AdjustKind::ToDyn
                        | AdjustKind::ToFnPtr
                        | AdjustKind::MutToShared
                        | AdjustKind::Discard => adjustment.kind,
                    },
                    ty: done(adjustment.ty),
                });
                adjustments.insert(id, list.collect());
            }
        }
        let callees =
            tables.callees.into_iter().map(|(id, (def, args))| (id, (def, done_args(args)))).collect();
        let pat_derefs = tables
            .pat_derefs
            .into_iter()
            .map(|(id, tys)| (id, tys.into_iter().map(done).collect()))
            .collect();
        let pat_variants = tables
            .pat_variants
            .into_iter()
            .map(|(id, resolution)| {
                let resolution = match resolution {
                    PatResolution::Const(def, args) => PatResolution::Const(def, done_args(args)),
                    PatResolution::Variant(variant, fields) => PatResolution::Variant(variant, fields),
                };
                (id, resolution)
            })
            .collect();
        let tries = tables
            .tries
            .into_iter()
            .map(|(id, kind)| {
                let kind = match kind {
                    TryKind::Option => TryKind::Option,
                    TryKind::Result { from } => {
                        TryKind::Result { from: from.map(|(def, args)| (def, done_args(args))) }
                    }
                };
                (id, kind)
            })
            .collect();
        let closures = tables
            .closures
            .into_iter()
            .map(|(id, info)| {
                let captures = info
                    .captures
                    .into_iter()
                    .map(|capture| {
                        let projection = capture.projection.iter().map(|elem| elem.map(done)).collect();
                        Capture { ty: done(capture.ty), projection, ..capture }
                    })
                    .collect();
                let params = info.params.into_iter().map(done).collect();
                (id, ClosureInfo { params, ret: done(info.ret), captures, ..info })
            })
            .collect();
        let repeat_counts: BTreeMap<ExprId, Const> =
            tables.repeat_counts.into_iter().map(|(id, count)| (id, self.finished_const(count))).collect();
        let wrong_count = repeat_counts.values().find_map(|count| match count {
            Const::Error(proof) => Some(*proof),
            Const::Value(_) | Const::Param(..) | Const::Infer(_) | Const::Unevaluated(..) => None,
        });
        let error = error.or(wrong_count);
        let hidden = self.hidden.iter().map(|&ty| done(ty)).collect();
        let types = BodyTypes {
            body: body.id,
            exprs,
            pats,
            locals,
            adjustments,
            callees,
            fields: tables.fields,
            inits: tables.inits,
            pat_derefs,
            pat_variants,
            binding_refs: tables.binding_refs,
            casts: tables.casts,
            tries,
            closures,
            repeat_counts,
            dead_arms: tables.dead_arms,
            hidden,
            error,
        };
        (types, self.diags)
    }

    /// The first place, in the order of the source, whose type is still unknown.
    fn first_unknown(&self, tables: &Tables) -> Option<(Ty, Span)> {
        let locals =
            tables.locals.iter_enumerated().filter_map(|(id, ty)| Some(((*ty)?, self.body.locals[id].span)));
        let exprs =
            tables.exprs.iter_enumerated().filter_map(|(id, ty)| Some(((*ty)?, self.body.exprs[id].span)));
        let mut first: Option<(Ty, Span)> = None;
        for (ty, span) in locals.chain(exprs) {
            if !ty.has_infer() || self.first_var(ty).is_none() {
                continue;
            }
            if first.is_none_or(|(_, known)| (span.lo, span.hi) < (known.lo, known.hi)) {
                first = Some((ty, span));
            }
        }
        first.map(|(ty, span)| (self.unknown_part(ty), span))
    }

    /// The variable in a type, or the type itself where what is unknown is a constant.
    fn unknown_part(&self, ty: Ty) -> Ty {
        let part = self.first_var(ty).map(Ty::infer);
        part.filter(|&part| {
            self.infer.as_var(part).is_some_and(|var| self.infer.var_kind(var) != table::VarKind::Const)
        })
        .unwrap_or(ty)
    }

    fn finished(&self, ty: Ty, fallback: Ty) -> Ty {
        if !ty.has_infer() {
            return ty;
        }
        let ty =
            self.infer.resolve(ty).map_types(&mut |ty| (!ty.has_projections()).then_some(ty), &mut |value| {
                match value {
                    // What its length is computed from is known now.
                    Const::Unevaluated(..) => Some(self.infer.known_const(value)),
                    Const::Value(_) | Const::Param(..) | Const::Infer(_) | Const::Error(_) => None,
                }
            });
        if !ty.has_infer() {
            return ty;
        }
        ty.map_types(
            &mut |ty| {
                if let TyKind::Infer(_) = *ty.kind() {
                    Some(fallback)
                } else if let _ = *ty.kind()
                    && !ty.has_infer()
                {
                    Some(ty)
                } else {
                    None
                }
            },
            &mut |value| match value {
                Const::Infer(_) => Some(Const::Value(0)),
                Const::Value(_) | Const::Param(..) | Const::Unevaluated(..) | Const::Error(_) => None,
            },
        )
    }

    fn finished_const(&self, value: Const) -> Const {
        match self.infer.known_const(value) {
            Const::Infer(_) => Const::Value(0),
            known @ (Const::Value(_) | Const::Param(..) | Const::Unevaluated(..) | Const::Error(_)) => known,
        }
    }
}

/// The proof that an error was reported, of a type that came out of one.
pub(super) fn proof_in(ty: Ty) -> Option<ErrorReported> {
    if !ty.has_error() {
        return None;
    }
    if let TyKind::Error(proof) = *crate::protocols::error_in(ty).kind() { Some(proof) } else { None }
}

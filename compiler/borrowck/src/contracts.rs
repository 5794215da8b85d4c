//! What a call may make of its arguments' borrows: contracts.
//!
//! In: a signature. Out: [`Contract`], the pairs of its origins of which the first may be held by the second when the call is
//! over. The contract of a function that is not `pub` is found from its body ([`crate::infer`]); the others follow elision.
//!
//! ```text
//! fn longest(a: &str, b: &str) -> &str { if a.len() > b.len() { a } else { b } }       '0 → '2, '1 → '2
//! ```
//!
//! Elision:
//! 1. Each reference of the parameters has an origin of its own; in a method, the record or union that the impl is for has
//!    the same ones wherever it is mentioned.
//! 2. With `&self` or `&mut self`, what the result mentions holds what that reference holds.
//! 3. Otherwise it holds what the references of the parameters hold (of `self`, if it is taken by value and has some).
//! 4. Without any, it holds what the type parameters among the parameters hold.
//! 5. What is behind a `&mut` of the result is what is behind those of what the result is taken from: whoever puts something
//!    there puts it into both.
//! 6. Nothing else flows: what is lent to a function is not kept in another argument.

use crate::regioned::{Binding, Cx, Origin, Regioned};
use crate::shapes::Variance;
use hir::{DefId, DefKind, Receiver};
use typeck::{ClosureId, HasFlags, Subst, Ty, TyKind};

/// An origin of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// All that a type parameter holds.
    Param(u32),
    /// A reference that the signature mentions, by number: the parameters' first, then the result's.
    Direct(u32),
    /// What outlives everything.
    Static,
}

/// Sorted, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contract {
    pub flows: Vec<(Part, Part)>,
}

impl Contract {
    pub fn new(mut flows: Vec<(Part, Part)>) -> Contract {
        flows.sort();
        flows.dedup();
        Contract { flows }
    }
    pub fn union(&self, other: &Contract) -> Contract {
        Contract::new(self.flows.iter().chain(&other.flows).copied().collect())
    }
}

/// What has a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Callable {
    Fn(DefId),
    Closure(ClosureId),
    /// Not called itself: what flows between the origins that the head of an impl mentions, by number, and its parameters.
    Impl(DefId),
}

/// A function's signature with origins.
#[derive(Clone, Debug)]
pub struct Signature {
    pub params: Vec<Regioned>,
    pub ret: Regioned,
    /// By number.
    pub directs: Vec<Origin>,
    /// How many of them the first parameter mentions, and all parameters.
    pub of_first: usize,
    pub of_params: usize,
    /// Of a method whose impl's type is mentioned: that type's slots.
    pub own: Option<Vec<Origin>>,
}

impl Cx<'_> {
    /// The signature of a function; `direct` gives the origins of the references that it mentions.
    pub fn signature(
        &self,
        def: DefId,
        binding: &Binding,
        direct: &mut dyn FnMut() -> Origin,
    ) -> Option<Signature> {
        let typed = self.shapes.typed;
        let sig = typed.signatures.fn_sig(def)?;
        let parent = typed.package.def(def).parent.filter(|&it| typed.package.def(it).kind == DefKind::Impl);
        let own = parent.and_then(|parent| typed.signatures.implementation(parent)).map(|it| it.self_ty);
        let own = own.filter(|ty| matches!(ty.kind(), TyKind::Adt(..)));
        let mut known: Option<Vec<Origin>> = None;
        let mut shared = |ty: Ty, slots: Option<&[Origin]>| {
            if Some(ty) != own {
                return None;
            }
            if let (None, Some(slots)) = (&known, slots) {
                known = Some(slots.to_vec());
            }
            if slots.is_none() { known.clone() } else { None }
        };
        let mut directs = Vec::new();
        let mut next = || {
            let origin = direct();
            directs.push(origin);
            origin
        };
        let mut params = Vec::with_capacity(sig.params.len());
        for &param in sig.params.iter() {
            params.push(self.inst_sharing(param, binding, &mut shared, &mut next));
        }
        let ret = self.inst_sharing(sig.ret, binding, &mut shared, &mut next);
        let (of_first, of_params) = Self::numbers_of_directs(&directs, &params);
        Some(Signature { params, ret, directs, of_first, of_params, own: known })
    }

    fn numbers_of_directs(directs: &[Origin], params: &[Regioned]) -> (usize, usize) {
        let last = |params: &[Regioned]| {
            let used = |at: &usize| params.iter().any(|param| param.slots.contains(&directs[*at]));
            (0..directs.len()).rev().find(used).map_or(0, |at| at + 1)
        };
        (last(&params[..params.len().min(1)]), last(params))
    }

    /// Whether rule 3 has to choose among several.
    pub fn is_ambiguous(&self, def: DefId, signature: &Signature) -> bool {
        match self.shapes.typed.signatures.function(def).and_then(|function| function.receiver) {
            Some(_) if signature.of_first > 0 => false,
            Some(_) | None => signature.of_params > 1,
        }
    }

    /// The elision rules.
    pub fn elided(&self, def: DefId, signature: &Signature) -> Contract {
        let typed = self.shapes.typed;
        let receiver = typed.signatures.function(def).and_then(|function| function.receiver);
        let direct =
            |range: std::ops::Range<usize>| range.map(|at| Part::Direct(at as u32)).collect::<Vec<_>>();
        let mut sources = match receiver {
            Some(Receiver::Ref | Receiver::RefMut) if signature.of_first > 0 => direct(0..1),
            Some(Receiver::Value) if signature.of_first > 0 => direct(0..signature.of_first),
            Some(_) | None => direct(0..signature.of_params),
        };
        if sources.is_empty() {
            let params = typed.signatures.fn_sig(def).map(|sig| sig.params);
            sources = params_in(params.iter().flat_map(|params| params.iter().copied()));
        }
        let outputs = signature.of_params..signature.directs.len();
        let givers = match receiver {
            Some(_) if signature.of_first > 0 => &signature.params[..1],
            Some(_) | None => &signature.params[..],
        };
        // Rule 5.
        let behind: Vec<Part> = givers.iter().flat_map(|giver| self.invariant(signature, giver)).collect();
        let given = self.invariant(signature, &signature.ret);
        let mut flows: Vec<(Part, Part)> = Vec::new();
        for to in outputs.map(|at| Part::Direct(at as u32)) {
            match given.contains(&to) && !behind.is_empty() {
                true => flows.extend(behind.iter().flat_map(|&it| [(it, to), (to, it)])),
                false => flows.extend(sources.iter().map(|&from| (from, to))),
            }
        }
        Contract::new(flows)
    }

    /// The references that may be put behind a `&mut` of a part of a signature.
    fn invariant(&self, signature: &Signature, of: &Regioned) -> Vec<Part> {
        let shape = self.shapes.of(of.ty);
        let invariant = shape.iter().zip(&of.slots).filter(|(slot, _)| slot.variance == Variance::Inv);
        let number = |origin: &Origin| signature.directs.iter().position(|it| it == origin);
        invariant.filter_map(|(_, origin)| number(origin)).map(|at| Part::Direct(at as u32)).collect()
    }
}

/// The type parameters that occur in types.
pub fn params_in(types: impl IntoIterator<Item = Ty>) -> Vec<Part> {
    let mut found = Vec::new();
    for ty in types {
        if !ty.has_params() {
            continue;
        }
        let _ = ty.map_types(
            &mut |ty| {
                if let TyKind::Param(index, _) = *ty.kind() {
                    found.push(Part::Param(index));
                }
                None
            },
            &mut |_| None,
        );
    }
    found.sort();
    found.dedup();
    found
}

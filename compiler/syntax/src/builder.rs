//! What the grammar's actions call: nodes go into the module's arenas, lists into its pool.
//!
//! In: the children of a node and its byte range. Out: its id. Children exist before their parent.
//!
//! ```text
//! Call: <e:Postfix> "(" <a:Comma<Expr>> ")"   →   b.call(l, e, a, r)
//! ```
//!
//! Lists under construction lie end to end on one stack, so that a list on the parser's stack is two words
//! instead of a `Vec`, and each of the parser's symbols stays small.

mod exprs;
mod items;
mod operators;

use crate::ast::*;
use crate::lexer::Doc;
use crate::token::{NO_TEXT, Token};
use base::{Diagnostic, Symbol};
pub(crate) use items::Quals;
use operators::Entry;
pub(crate) use operators::{OpSeq, operator};
use std::marker::PhantomData;

/// A list under construction: `len` elements from word `start` of the stack on.
pub(crate) struct Building<T> {
    start: u32,
    len: u32,
    of: PhantomData<fn() -> T>,
}

/// Index of a visibility: 0 private, 1 `pub`, others in the builder's table.
pub(crate) type VisId = u32;

pub(crate) struct Builder<'s> {
    pub module: Module,
    pub source: &'s str,
    /// The doc comments of this item that no node has taken yet.
    pub docs: Vec<Doc>,
    /// What the grammar lets pass and is wrong all the same.
    pub errors: Vec<Diagnostic>,
    words: Vec<u32>,
    operators: Vec<Entry>,
    visibilities: Vec<Visibility>,
}

pub(crate) fn range(lo: u32, hi: u32) -> TextRange {
    TextRange { lo, hi }
}

pub(crate) fn name(token: Token, lo: u32) -> Name {
    Name { symbol: token.symbol, lo }
}

impl<'s> Builder<'s> {
    pub fn new(module: Module, source: &'s str) -> Builder<'s> {
        Builder {
            module,
            source,
            docs: Vec::new(),
            errors: Vec::new(),
            words: Vec::new(),
            operators: Vec::new(),
            visibilities: vec![Visibility::Private, Visibility::Pub],
        }
    }

    /// Forgets what a failed parse left unfinished.
    pub fn abandon(&mut self) {
        self.words.clear();
        self.operators.clear();
    }

    pub fn error(
        &mut self,
        code: &'static str,
        at: TextRange,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        self.errors.push(Diagnostic::error(code, at.in_file(self.module.file), message));
        let last = self.errors.len() - 1;
        &mut self.errors[last]
    }

    pub fn text(&self, lo: u32, hi: u32) -> &'s str {
        self.source.get(lo as usize..hi as usize).unwrap_or("")
    }

    // --- lists -------------------------------------------------------------------------------------

    #[inline]
    pub fn list<T>(&self) -> Building<T> {
        Building { start: self.words.len() as u32, len: 0, of: PhantomData }
    }

    #[inline]
    pub fn one<T: Packed>(&mut self, element: T) -> Building<T> {
        let list = self.list();
        self.push(list, element)
    }

    #[inline]
    pub fn push<T: Packed>(&mut self, list: Building<T>, element: T) -> Building<T> {
        element.pack(&mut self.words);
        Building { len: list.len + 1, ..list }
    }

    /// Ends a list: it moves to the module's pool.
    #[inline]
    pub fn seal<T: Packed>(&mut self, list: Building<T>) -> List<T> {
        if list.len == 0 {
            // An inlined empty list may have been made above a longer one.
            return List::EMPTY;
        }
        let start = list.start as usize;
        let at = self.module.words.len();
        self.module.words.extend_from_slice(&self.words[start..start + list.len as usize * T::WORDS]);
        self.words.truncate(start);
        List::at(at, list.len as usize)
    }

    // --- docs, attributes, visibility -------------------------------------------------------------------

    /// The docs that stand before the token at `lo`.
    pub fn take_docs(&mut self, lo: u32) -> Option<Symbol> {
        if self.docs.is_empty() {
            return None;
        }
        let at = self.docs.iter().position(|doc| doc.before == lo)?;
        Some(self.docs.remove(at).text)
    }

    pub fn visible_in(&mut self, path: Path) -> VisId {
        self.visibilities.push(Visibility::PubIn(path));
        self.visibilities.len() as u32 - 1
    }

    pub fn visibility(&self, vis: VisId) -> Visibility {
        self.visibilities[vis as usize]
    }

    pub fn attr(&mut self, lo: u32, path: Building<Name>, args: Building<AttrArgId>, hi: u32) -> AttrId {
        let args = self.seal(args);
        let path = self.seal(path);
        self.module.attrs.push(Attr { path, args, range: range(lo, hi) })
    }

    pub fn attr_arg(&mut self, lo: u32, kind: AttrArgKind, hi: u32) -> AttrArgId {
        self.module.attr_args.push(AttrArg { name: None, kind, range: range(lo, hi) })
    }

    pub fn attr_arg_name(&mut self, name: Name, arg: AttrArgId) -> AttrArgId {
        let node = &mut self.module[arg];
        node.name = Some(name);
        node.range.lo = name.lo;
        arg
    }

    // --- types ----------------------------------------------------------------------------------------------

    #[inline]
    pub fn ty(&mut self, lo: u32, kind: TypeKind, hi: u32) -> TypeId {
        self.module.types.push(Type { kind, range: range(lo, hi) })
    }

    pub fn ty_path(
        &mut self,
        lo: u32,
        path: Building<Name>,
        args: Building<GenericArgId>,
        hi: u32,
    ) -> TypeId {
        let args = self.seal(args);
        let path = self.seal(path);
        self.ty(lo, TypeKind::Path { path, args }, hi)
    }

    pub fn ty_callable(
        &mut self,
        lo: u32,
        path: Building<Name>,
        params: List<TypeId>,
        ret: Option<TypeId>,
        hi: u32,
    ) -> TypeId {
        let path = self.seal(path);
        self.ty(lo, TypeKind::Callable { path, params, ret }, hi)
    }

    pub fn ty_ref(&mut self, lo: u32, region: Name, mutable: bool, ty: TypeId, hi: u32) -> TypeId {
        self.ty(lo, TypeKind::Ref { region: region.present(), mutable, ty }, hi)
    }

    /// `&&T` is one token and two references.
    pub fn ty_ref_ref(&mut self, lo: u32, mutable: bool, ty: TypeId, hi: u32) -> TypeId {
        let inner = self.ty_ref(lo + 1, Name::MISSING, mutable, ty, hi);
        self.ty_ref(lo, Name::MISSING, false, inner, hi)
    }

    /// `&self`, `&'a mut self`
    pub fn self_ref(&self, region: Name, mutable: bool) -> ParamKind {
        ParamKind::SelfRef { region: region.present(), mutable }
    }

    pub fn bound(&mut self, lo: u32, kind: BoundKind, hi: u32) -> BoundId {
        self.module.bounds.push(Bound { kind, range: range(lo, hi) })
    }

    pub fn generic_arg(&mut self, lo: u32, kind: GenericArgKind, hi: u32) -> GenericArgId {
        self.module.generic_args.push(GenericArg { kind, range: range(lo, hi) })
    }

    // --- patterns ---------------------------------------------------------------------------------------------

    #[inline]
    pub fn pat(&mut self, lo: u32, kind: PatKind, hi: u32) -> PatId {
        self.module.pats.push(Pat { kind, range: range(lo, hi) })
    }

    /// `(p)` is `p`; but `(..)` is a tuple of any length.
    pub fn pat_in_parens(&mut self, lo: u32, pat: PatId, hi: u32) -> PatId {
        if let PatKind::Rest = self.module.pats[pat].kind {
            let all = self.one(pat);
            let all = self.seal(all);
            self.pat(lo, PatKind::Tuple(all), hi)
        } else {
            pat
        }
    }

    /// A lone lower-case name is a binding; but `some`, `none`, `ok`, `err`.
    pub fn pat_path(&mut self, lo: u32, path: Building<Name>, hi: u32) -> PatId {
        if path.len == 1 {
            let at = path.start as usize;
            let name = Name::unpack(&self.words[at..]);
            if self.binds(name) {
                self.words.truncate(at);
                return self.pat(lo, PatKind::Bind { name, mutable: false }, hi);
            }
        }
        let path = self.seal(path);
        self.pat(lo, PatKind::Path(path), hi)
    }

    fn binds(&self, name: Name) -> bool {
        const CONSTRUCTORS: [Symbol; 4] =
            [Symbol::known("some"), Symbol::known("none"), Symbol::known("ok"), Symbol::known("err")];
        if CONSTRUCTORS.contains(&name.symbol) {
            return false;
        }
        let text = &self.source[(name.lo as usize).min(self.source.len())..];
        let first = text.trim_start_matches('_').chars().next();
        !first.is_some_and(char::is_uppercase)
    }

    pub fn pat_call(&mut self, lo: u32, path: Building<Name>, args: List<PatId>, hi: u32) -> PatId {
        let path = self.seal(path);
        self.pat(lo, PatKind::Call { path, args }, hi)
    }

    pub fn pat_record(&mut self, lo: u32, path: Building<Name>, fields: List<FieldPatId>, hi: u32) -> PatId {
        let path = self.seal(path);
        self.pat(lo, PatKind::Record { path, fields }, hi)
    }

    pub fn pat_or(&mut self, lo: u32, pats: Building<PatId>, hi: u32) -> PatId {
        let pats = self.seal(pats);
        self.pat(lo, PatKind::Or(pats), hi)
    }

    pub fn pat_range(
        &mut self,
        lo: u32,
        first: Option<ExprId>,
        inclusive: bool,
        last: Option<ExprId>,
        hi: u32,
    ) -> PatId {
        self.pat(lo, PatKind::Range { lo: first, hi: last, inclusive }, hi)
    }

    /// `MAX` or `limits.MAX` as the end of a range.
    pub fn path_expr(&mut self, lo: u32, path: Building<Name>, _hi: u32) -> ExprId {
        let path = self.seal(path);
        let names: Vec<Name> = self.module.list(path).collect();
        let mut expr = self.expr(lo, ExprKind::Name(names[0]), names[0].range().hi);
        for &name in &names[1..] {
            expr = self.expr(lo, ExprKind::Field { base: expr, name }, name.range().hi);
        }
        expr
    }

    pub fn field_pat(&mut self, lo: u32, kind: FieldPatKind, hi: u32) -> FieldPatId {
        self.module.field_pats.push(FieldPat { kind, range: range(lo, hi) })
    }
}

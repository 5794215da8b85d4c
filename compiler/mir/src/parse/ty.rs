//! Types, generic arguments and constants.

use super::{Parse, Parser};
use crate::print::str_ref;
use crate::{ConstId, ConstValue, Constant, InstanceId};
use base::Symbol;
use hir::{DefId, PrimTy};
use typeck::{
    Const, DynBinding, FnSig, GenericArg, GenericArgs, List, Mutability, ProtocolRef, Region, Ty, TyKind,
};

impl Parser<'_> {
    pub fn def(&mut self) -> Parse<DefId> {
        let Some(path) = self.scan.path() else {
            return self.error(format!("a path is expected here, not `{}`", self.scan.peek_line()));
        };
        match self.names.resolve(path) {
            Some(def) => Ok(def),
            None => self.error(format!("nothing is called `{path}`")),
        }
    }

    pub fn args(&mut self) -> Parse<GenericArgs> {
        if !self.scan.eat("[") {
            return Ok(List::empty());
        }
        let args = self.list("]", |parser| {
            Ok(match parser.scan.eat_word("const") {
                true => GenericArg::Const(parser.ty_const()?),
                false => GenericArg::Ty(parser.ty()?),
            })
        })?;
        Ok(List::new(&args))
    }

    pub fn ty_const(&mut self) -> Parse<Const> {
        if let Some(number) = self.scan.number() {
            return Ok(Const::Value(number));
        }
        if self.scan.eat("{") {
            self.expect("of")?;
            let body = self.body_name()?;
            self.expect("}")?;
            return Ok(Const::Unevaluated(body, self.args()?));
        }
        let (name, index) = self.parameter()?;
        Ok(Const::Param(index, name))
    }

    /// `T#0`
    fn parameter(&mut self) -> Parse<(Symbol, u32)> {
        let path = self.scan.path().unwrap_or_default();
        match path.split_once('#').and_then(|(name, index)| Some((name, index.parse().ok()?))) {
            Some((name, index)) => Ok((Symbol::intern(name), index)),
            None => self.error(format!("a parameter is expected here, not `{path}`")),
        }
    }

    fn region(&mut self) -> Parse<Region> {
        if !self.scan.eat("'") {
            return Ok(Region::Erased);
        }
        if self.scan.eat_word("static") {
            return Ok(Region::Static);
        }
        let (name, index) = self.parameter()?;
        Ok(Region::Param(index, Symbol::intern(&format!("'{name}"))))
    }

    fn mutability(&mut self) -> Mutability {
        match self.scan.eat_word("mut") {
            true => Mutability::Mut,
            false => Mutability::Shared,
        }
    }

    pub fn ty(&mut self) -> Parse<Ty> {
        Ok(Ty::new(self.ty_kind()?))
    }

    fn ty_kind(&mut self) -> Parse<TyKind> {
        if self.scan.eat("(") {
            return Ok(TyKind::Tuple(List::new(&self.list(")", |parser| parser.ty())?)));
        }
        if self.scan.eat("[") {
            let elem = self.ty()?;
            let kind = match self.scan.eat(";") {
                true => TyKind::Array(elem, self.ty_const()?),
                false => TyKind::Slice(elem),
            };
            self.expect("]")?;
            return Ok(kind);
        }
        if self.scan.eat("&") {
            let region = self.region()?;
            let mutability = self.mutability();
            return Ok(TyKind::Ref(region, self.ty()?, mutability));
        }
        if self.scan.eat("*") {
            let mutability = self.mutability();
            return Ok(TyKind::RawPtr(self.ty()?, mutability));
        }
        if self.scan.eat("{") {
            let kind = match self.word()?.as_str() {
                "fn" => {
                    let def = self.def()?;
                    TyKind::FnDef(def, self.args()?)
                }
                "closure" => {
                    let id = self.closure_id()?;
                    self.expect("}")?;
                    return Ok(TyKind::Closure(id, self.args()?));
                }
                other => return self.error(format!("no type begins with `{{{other}`")),
            };
            self.expect("}")?;
            return Ok(kind);
        }
        if self.scan.eat("<") {
            let def = self.def()?;
            let args = self.args()?;
            self.expect(">")?;
            return Ok(TyKind::Projection(def, args));
        }
        if self.scan.eat_word("fn") {
            self.expect("(")?;
            let params = List::new(&self.list(")", |parser| parser.ty())?);
            self.expect("->")?;
            return Ok(TyKind::FnPtr(FnSig { params, ret: self.ty()? }));
        }
        if self.scan.eat_word("dyn") {
            let region = self.region()?;
            let mut protocols = Vec::new();
            loop {
                let def = self.def()?;
                protocols.push(ProtocolRef { def, args: self.args()? });
                if !self.scan.eat("+") {
                    break;
                }
            }
            let mut bindings = Vec::new();
            if self.scan.eat_word("with") {
                self.expect("(")?;
                bindings = self.list(")", |parser| {
                    let item = parser.def()?;
                    parser.expect("=")?;
                    Ok(DynBinding { item, ty: parser.ty()? })
                })?;
            }
            return Ok(TyKind::Dyn(List::new(&protocols), List::new(&bindings), region));
        }
        if self.scan.eat_word("impl") {
            let index = self.number()? as u32;
            self.expect("of")?;
            let def = self.def()?;
            return Ok(TyKind::Opaque(def, index, self.args()?));
        }
        self.named_ty()
    }

    /// `i64`, `T#0`, `m.List[i64]`
    fn named_ty(&mut self) -> Parse<TyKind> {
        let mark = self.scan.mark();
        let quoted = self.scan.peek() == Some('`');
        let path = self.scan.path().unwrap_or_default();
        if let Some(prim) = PrimTy::from_name(path).filter(|_| !quoted) {
            return Ok(TyKind::Prim(prim));
        }
        if !quoted && !path.contains('.') && path.contains('#') {
            self.scan.reset(mark);
            let (name, index) = self.parameter()?;
            return Ok(TyKind::Param(index, name));
        }
        self.scan.reset(mark);
        let def = self.def()?;
        Ok(TyKind::Adt(def, self.args()?))
    }

    /// What stands after `const`.
    pub fn constant(&mut self) -> Parse<Constant> {
        let start = self.scan.start();
        let (value, ty) = self.constant_value()?;
        let ty = match ty {
            Some(ty) => ty,
            None => {
                self.expect(":")?;
                self.ty()?
            }
        };
        Ok(Constant { value, ty, span: self.span_from(start) })
    }

    fn constant_value(&mut self) -> Parse<(ConstValue, Option<Ty>)> {
        let text = |parser: &mut Self, quote| match parser.scan.quoted(quote) {
            Some(text) => Ok(Symbol::intern(&text)),
            None => parser.error("this text does not end"),
        };
        match self.scan.peek() {
            Some('"') => {
                let text = ConstValue::Str(text(self, '"')?);
                return Ok((text, (self.scan.peek() != Some(':')).then(str_ref)));
            }
            Some('\'') => {
                let text = text(self, '\'')?;
                let bits = text.as_str().chars().next().map_or(0, u128::from);
                return Ok((ConstValue::Scalar(bits), Some(Ty::prim(PrimTy::Char))));
            }
            Some('(') => {
                self.expect("(")?;
                self.expect(")")?;
                return Ok((ConstValue::ZeroSized, Some(Ty::unit())));
            }
            Some(c) if c.is_ascii_digit() || c == '-' => return self.numeral(),
            _ => {}
        }
        let word = self.word()?;
        Ok(match word.as_str() {
            "b" => (ConstValue::Bytes(text(self, '"')?), None),
            "true" => (ConstValue::Scalar(1), Some(Ty::bool())),
            "false" => (ConstValue::Scalar(0), Some(Ty::bool())),
            "zero_sized" => (ConstValue::ZeroSized, None),
            "item" => {
                let def = self.def()?;
                (ConstValue::Def(def, self.args()?), None)
            }
            "type" => (ConstValue::Ty(self.ty_const()?), None),
            "address" => (ConstValue::FnPtr(InstanceId(self.id("fn")?)), None),
            other => match other.strip_prefix("const").and_then(|digits| digits.parse().ok()) {
                Some(id) => (ConstValue::Memory(ConstId(id)), None),
                None => return self.error(format!("no constant begins with `{other}`")),
            },
        })
    }

    /// `5_i64`, `-1.5_f64`, `0x10` (a type follows)
    fn numeral(&mut self) -> Parse<(ConstValue, Option<Ty>)> {
        let text = self.scan.numeral();
        if let Some(bits) = text.strip_prefix("0x").and_then(|hex| u128::from_str_radix(hex, 16).ok()) {
            return Ok((ConstValue::Scalar(bits), None));
        }
        let parsed = text.rsplit_once('_').and_then(|(digits, suffix)| {
            let prim = PrimTy::from_name(suffix)?;
            let bits = if let PrimTy::F64 = prim {
                u128::from(digits.parse::<f64>().ok()?.to_bits())
            } else if let PrimTy::F32 = prim {
                u128::from(digits.parse::<f32>().ok()?.to_bits())
            } else {
                let (width, signed) = prim.integer()?;
                let bits = match signed {
                    true => digits.parse::<i128>().ok()? as u128,
                    false => digits.parse::<u128>().ok()?,
                };
                (bits << (128 - width)) >> (128 - width)
            };
            Some((ConstValue::Scalar(bits), Some(Ty::prim(prim))))
        });
        match parsed {
            Some(parsed) => Ok(parsed),
            None => self.error(format!("`{text}` is no number")),
        }
    }
}

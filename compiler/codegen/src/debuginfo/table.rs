//! From the program's types to the debugger's table.
//!
//! In: [`Program`]: its layouts, and names from [`mir::TypeInfo`]. Out: a [`DebugTypes`] that has every type a
//! variable, parameter or result has, and what those consist of; the same order from build to build.

use super::desc::{ConstDesc, Encoding, Field, TypeDesc, TypeDescKind, TypeId, TypeTable, Variant};
use crate::place::array_len;
use crate::value::scalar_size;
use base::{Idx, Symbol};
use hir::PrimTy;
use mir::layout::TagEncoding;
use mir::{ConstId, FieldsLayout, Layout, Program, RETURN, TypeInfo, TypeInfoKind, Variants};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use typeck::{FieldIdx, GenericArg, Mutability, Ty, TyKind, VariantIdx};

/// The table, and where in it each type is.
pub struct DebugTypes {
    pub table: TypeTable,
    ids: HashMap<Ty, TypeId>,
}

impl DebugTypes {
    /// `tables`: the symbols of the tables of `dyn` types.
    pub fn new(program: &Program, tables: &BTreeMap<ConstId, String>, word: u64) -> DebugTypes {
        let infos = program.types.iter().map(|info| (info.ty, info)).collect();
        let mut builder = Builder {
            program,
            infos,
            word,
            types: DebugTypes { table: TypeTable::default(), ids: HashMap::new() },
            taken: BTreeSet::new(),
        };
        for function in program.functions.iter() {
            let body = &function.body;
            for (local, decl) in body.locals.iter_enumerated() {
                if local == RETURN || local.index() <= body.arg_count {
                    builder.describe(decl.ty);
                }
            }
            for variable in &body.variables {
                builder.describe(variable.place.ty(&body.locals));
            }
        }
        for &id in program.statics.keys() {
            builder.describe(program.consts[id].ty);
        }
        for item in &program.scalars {
            let mut namespace: Vec<String> = item.path.module.iter().map(|part| part.to_string()).collect();
            namespace.extend(item.path.self_ty.clone());
            let ty = builder.describe(item.ty);
            let constant = ConstDesc { namespace, name: item.path.name.clone(), ty, bits: item.bits };
            builder.types.table.constants.push(constant);
        }
        for (&id, symbol) in tables {
            if let Some(table) = &program.consts[id].table {
                let ty = builder.describe(table.of);
                builder.types.table.tables.push((symbol.clone(), ty));
            }
        }
        builder.types
    }

    pub fn id(&self, ty: Ty) -> TypeId {
        self.ids[&ty]
    }
}

struct Builder<'p> {
    program: &'p Program,
    infos: HashMap<Ty, &'p TypeInfo>,
    word: u64,
    types: DebugTypes,
    taken: BTreeSet<(Vec<String>, String)>,
}

impl Builder<'_> {
    fn describe(&mut self, ty: Ty) -> TypeId {
        if let Some(&id) = self.types.ids.get(&ty) {
            return id;
        }
        let (size, align) = match self.program.layouts.get(&ty) {
            Some(layout) => (layout.size, layout.align.max(1)),
            None => (0, 1),
        };
        // In the table before its parts are: types may contain themselves.
        let empty = TypeDescKind::Record(Vec::new());
        let desc = TypeDesc {
            namespace: Vec::new(),
            name: String::new(),
            size,
            align,
            params: Vec::new(),
            kind: empty,
        };
        let id = self.types.table.types.push(desc);
        self.types.ids.insert(ty, id);
        let (kind, params) = (self.kind(ty), self.params(ty));
        let desc = &mut self.types.table.types[id];
        (desc.kind, desc.params) = (kind, params);
        let named = desc.is_named();
        let namespace = match self.infos.get(&ty) {
            Some(info) if named => info.module.iter().map(|part| part.to_string()).collect(),
            _ => Vec::new(),
        };
        let mut name = self.name(ty);
        // Debuggers join declaration and definition by name: no two may share one.
        let mut again = 1;
        while named && !self.taken.insert((namespace.clone(), name.clone())) {
            again += 1;
            name = format!("{}#{again}", self.name(ty));
        }
        let desc = &mut self.types.table.types[id];
        (desc.namespace, desc.name) = (namespace, name);
        id
    }

    fn params(&mut self, ty: Ty) -> Vec<(String, TypeId)> {
        let Some(info) = self.infos.get(&ty) else { return Vec::new() };
        let args = info.args.clone();
        args.into_iter().map(|(name, ty)| (name.to_string(), self.describe(ty))).collect()
    }

    fn kind(&mut self, ty: Ty) -> TypeDescKind {
        match ty.kind() {
            TyKind::Prim(prim) => base_type(*prim).unwrap_or(TypeDescKind::Record(Vec::new())),
            TyKind::Tuple(items) => {
                let fields: Vec<_> = items
                    .iter()
                    .enumerate()
                    .map(|(index, &ty)| (Symbol::intern(&index.to_string()), ty))
                    .collect();
                TypeDescKind::Record(self.fields(ty, None, &fields))
            }
            TyKind::Array(element, len) => {
                let element = self.describe(*element);
                TypeDescKind::Array(element, array_len(*len))
            }
            TyKind::Ref(_, to, _) | TyKind::RawPtr(to, _) => self.pointer(*to),
            TyKind::FnPtr(sig) => {
                let params = sig.params.iter().map(|&param| self.describe(param)).collect();
                let ret = (!sig.ret.is_unit()).then(|| self.describe(sig.ret));
                let kind = TypeDescKind::Function { params, ret };
                let function = self.types.table.types.push(TypeDesc {
                    namespace: Vec::new(),
                    name: String::new(),
                    size: 0,
                    align: 1,
                    params: Vec::new(),
                    kind,
                });
                TypeDescKind::Pointer(function)
            }
            TyKind::Adt(_, args) => self.adt(ty, args.first().copied()),
            TyKind::Closure(..) => self.adt(ty, None),
            TyKind::Slice(_)
            | TyKind::FnDef(..)
            | TyKind::Dyn(..)
            | TyKind::Param(..)
            | TyKind::Projection(..)
            | TyKind::Opaque(..)
            | TyKind::Infer(_)
            | TyKind::Error(_) => TypeDescKind::Record(Vec::new()),
        }
    }

    fn pointer(&mut self, to: Ty) -> TypeDescKind {
        let (element, second) = if let TyKind::Prim(PrimTy::Str) = to.kind() {
            (Ty::prim(PrimTy::U8), "length")
        } else if let TyKind::Slice(element) = to.kind() {
            (*element, "length")
        } else if let TyKind::Dyn(..) = to.kind() {
            (Ty::unit(), "vtable")
        } else {
            return TypeDescKind::Pointer(self.describe(to));
        };
        let data = Ty::new(TyKind::RawPtr(element, Mutability::Shared));
        let (data, length) =
            (self.describe_sized(data, self.word), self.describe_sized(Ty::usize(), self.word));
        TypeDescKind::Record(vec![
            Field { name: "data_ptr".to_owned(), offset: 0, ty: data },
            Field { name: second.to_owned(), offset: self.word, ty: length },
        ])
    }

    /// Of a type that the program may have no layout for.
    fn describe_sized(&mut self, ty: Ty, size: u64) -> TypeId {
        let id = self.describe(ty);
        let desc = &mut self.types.table.types[id];
        (desc.size, desc.align) = (size, size);
        id
    }

    fn adt(&mut self, ty: Ty, first: Option<GenericArg>) -> TypeDescKind {
        let Some(info) = self.infos.get(&ty).copied() else { return TypeDescKind::Record(Vec::new()) };
        let Some(layout) = self.program.layouts.get(&ty) else { return TypeDescKind::Record(Vec::new()) };
        match &info.kind {
            TypeInfoKind::Record { .. } if info.name.starts_with("Box[") => match first {
                Some(GenericArg::Ty(to)) => self.pointer(to),
                Some(GenericArg::Const(_)) | None => TypeDescKind::Record(Vec::new()),
            },
            TypeInfoKind::Record { fields } => TypeDescKind::Record(self.fields(ty, None, fields)),
            TypeInfoKind::Union { variants } => self.union(ty, layout, variants),
            TypeInfoKind::Closure { captures } => TypeDescKind::Record(self.fields(ty, None, captures)),
            TypeInfoKind::Builtin => TypeDescKind::Record(Vec::new()),
        }
    }

    fn union(&mut self, ty: Ty, layout: &Layout, variants: &[(Symbol, Vec<(Symbol, Ty)>)]) -> TypeDescKind {
        let (tag, tag_offset, encoding) = match &layout.variants {
            Variants::Single(only) => {
                let active = variants.get(only.index()).map(|(name, fields)| Variant {
                    name: name.to_string(),
                    discr: None,
                    fields: self.fields(ty, None, fields),
                });
                return TypeDescKind::Union { tag: None, variants: active.into_iter().collect() };
            }
            Variants::Multiple { tag, tag_offset, encoding, .. } => (*tag, *tag_offset, encoding),
        };
        let size = scalar_size(tag, self.word);
        let repr = self.describe_sized(unsigned(size), size);
        let mask = if size >= 16 { u128::MAX } else { (1 << (size * 8)) - 1 };
        let plain = variants.iter().all(|(_, fields)| fields.is_empty());
        if plain && *encoding == TagEncoding::Direct {
            let names =
                variants.iter().enumerate().map(|(index, (name, _))| (name.to_string(), index as u64));
            return TypeDescKind::Enumeration { repr, variants: names.collect() };
        }
        let mut described = Vec::new();
        for (index, (name, fields)) in variants.iter().enumerate() {
            let variant = VariantIdx(index as u32);
            let discr = match encoding {
                TagEncoding::Direct => Some(index as u64),
                TagEncoding::Niche { untagged, .. } if *untagged == variant => None,
                TagEncoding::Niche { niched, .. } if !niched.contains(&variant.0) => continue,
                TagEncoding::Niche { niched, start, .. } => {
                    Some((start.wrapping_add((variant.0 - niched.start()) as u128) & mask) as u64)
                }
            };
            described.push(Variant {
                name: name.to_string(),
                discr,
                fields: self.fields(ty, Some(variant), fields),
            });
        }
        let tag = Field { name: "tag".to_owned(), offset: tag_offset, ty: repr };
        TypeDescKind::Union { tag: Some(tag), variants: described }
    }

    fn fields(&mut self, ty: Ty, variant: Option<VariantIdx>, fields: &[(Symbol, Ty)]) -> Vec<Field> {
        let Some(layout) = self.program.layouts.get(&ty) else { return Vec::new() };
        let offset = |index: usize| match (&layout.variants, variant, &layout.fields) {
            (Variants::Multiple { variants, .. }, Some(variant), _) => {
                variants[variant].offsets.get(FieldIdx(index as u32)).copied()
            }
            (_, _, FieldsLayout::Offsets(offsets)) => offsets.get(FieldIdx(index as u32)).copied(),
            (_, _, FieldsLayout::Primitive | FieldsLayout::Array { .. }) => Some(0),
        };
        fields
            .iter()
            .enumerate()
            .filter_map(|(index, (name, ty))| {
                Some(Field { name: name.to_string(), offset: offset(index)?, ty: self.describe(*ty) })
            })
            .collect()
    }

    /// As printed in the language.
    fn name(&self, ty: Ty) -> String {
        if let Some(info) = self.infos.get(&ty) {
            return info.name.clone();
        }
        let list = |items: &[Ty]| items.iter().map(|&item| self.name(item)).collect::<Vec<_>>().join(", ");
        let of = |mutability: Mutability| if mutability == Mutability::Mut { "mut " } else { "" };
        match ty.kind() {
            TyKind::Prim(prim) => prim.name().to_owned(),
            TyKind::Tuple(items) if items.len() == 1 => format!("({},)", list(items)),
            TyKind::Tuple(items) => format!("({})", list(items)),
            TyKind::Array(element, len) => format!("[{}; {}]", self.name(*element), array_len(*len)),
            TyKind::Slice(element) => format!("[{}]", self.name(*element)),
            TyKind::Ref(_, to, mutability) => format!("&{}{}", of(*mutability), self.name(*to)),
            TyKind::RawPtr(to, mutability) => format!("*{}{}", of(*mutability), self.name(*to)),
            TyKind::FnPtr(sig) => format!("fn({}) -> {}", list(&sig.params), self.name(sig.ret)),
            TyKind::Dyn(..) => "dyn".to_owned(),
            TyKind::FnDef(..) => "fn".to_owned(),
            TyKind::Closure(..) => "{closure}".to_owned(),
            TyKind::Adt(..)
            | TyKind::Param(..)
            | TyKind::Projection(..)
            | TyKind::Opaque(..)
            | TyKind::Infer(_)
            | TyKind::Error(_) => "?".to_owned(),
        }
    }
}

fn unsigned(size: u64) -> Ty {
    Ty::prim(match size {
        1 => PrimTy::U8,
        2 => PrimTy::U16,
        4 => PrimTy::U32,
        8 => PrimTy::U64,
        _ => PrimTy::U128,
    })
}

fn base_type(prim: PrimTy) -> Option<TypeDescKind> {
    Some(TypeDescKind::Base(match prim {
        PrimTy::I8 | PrimTy::I16 | PrimTy::I32 | PrimTy::I64 | PrimTy::I128 | PrimTy::Isize => {
            Encoding::Signed
        }
        PrimTy::U8 | PrimTy::U16 | PrimTy::U32 | PrimTy::U64 | PrimTy::U128 | PrimTy::Usize => {
            Encoding::Unsigned
        }
        PrimTy::F32 | PrimTy::F64 => Encoding::Float,
        PrimTy::Bool => Encoding::Bool,
        PrimTy::Char => Encoding::Char,
        PrimTy::Str | PrimTy::Never => return None,
    }))
}

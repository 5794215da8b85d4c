//! Layouts beside those of rustc: same size and alignment for the same shape of type.

use super::compute::{Layouts, RecordShape, Shape, Shapes};
use super::*;
use hir::{DefId, PrimTy};
use std::collections::BTreeMap;
use typeck::{Const, GenericArgs, Mutability, Ty, TyKind};

#[derive(Default)]
struct Types {
    shapes: BTreeMap<u32, Shape>,
}

impl Shapes for Types {
    fn shape(&self, ty: Ty) -> Shape {
        let TyKind::Adt(def, _) = ty.kind() else { panic!("{ty:?}") };
        self.shapes[&def.0].clone()
    }
}

impl Types {
    fn add(&mut self, shape: Shape) -> Ty {
        let def = DefId(self.shapes.len() as u32);
        self.shapes.insert(def.0, shape);
        Ty::adt(def, GenericArgs::empty())
    }
    fn record(&mut self, fields: &[Ty]) -> Ty {
        self.add(Shape::Record(RecordShape { fields: fields.to_vec(), ..RecordShape::default() }))
    }
    fn boxed(&mut self, to: Ty) -> Ty {
        let fields = vec![Ty::new(TyKind::RawPtr(to, Mutability::Mut))];
        self.add(Shape::Record(RecordShape { fields, nonnull: true, ordered: false }))
    }
    fn union(&mut self, variants: &[&[Ty]]) -> Ty {
        self.add(Shape::Union(variants.iter().map(|fields| fields.to_vec()).collect()))
    }
    fn option(&mut self, of: Ty) -> Ty {
        self.union(&[&[], &[of]])
    }
    fn layout(&self, ty: Ty) -> Layout {
        (*Layouts::new().of(self, ty).unwrap()).clone()
    }
    #[track_caller]
    fn check<T>(&self, ty: Ty) -> Layout {
        let layout = self.layout(ty);
        let rust = (std::mem::size_of::<T>() as u64, std::mem::align_of::<T>() as u64);
        assert_eq!((layout.size, layout.align), rust, "{}", std::any::type_name::<T>());
        layout
    }
}

fn p(prim: PrimTy) -> Ty {
    Ty::prim(prim)
}
fn array(of: Ty, n: u128) -> Ty {
    Ty::new(TyKind::Array(of, Const::Value(n)))
}
fn reference(to: Ty) -> Ty {
    Ty::reference(to, Mutability::Shared)
}
use PrimTy::*;

#[test]
fn scalars_and_pointers() {
    let types = Types::default();
    types.check::<i128>(p(I128));
    types.check::<char>(p(PrimTy::Char));
    types.check::<()>(Ty::unit());
    types.check::<&u8>(reference(p(U8)));
    let text = types.check::<&str>(reference(p(Str)));
    assert_eq!(
        text.abi,
        Abi::Pair(Scalar::Pointer { nonnull: true }, Scalar::Int { size: 8, signed: false }, 8)
    );
    types.check::<&dyn std::fmt::Debug>(reference(Ty::new(TyKind::Dyn(
        typeck::List::empty(),
        typeck::List::empty(),
        typeck::Region::Erased,
    ))));
    assert!(types.layout(Ty::never()).uninhabited);
}

#[test]
fn records_are_reordered() {
    let types = Types::default();
    let tuple = types.check::<(u8, u64, u16)>(Ty::tuple(&[p(U8), p(U64), p(U16)]));
    assert_eq!(tuple.fields, FieldsLayout::Offsets(IndexVec::from_raw(vec![10, 0, 8])));
    types.check::<(u8, u128, u8)>(Ty::tuple(&[p(U8), p(U128), p(U8)]));
    types.check::<[(u8, u32); 3]>(array(Ty::tuple(&[p(U8), p(U32)]), 3));
    let pair = types.check::<(u8, u32)>(Ty::tuple(&[p(U8), p(U32)]));
    assert_eq!(
        pair.abi,
        Abi::Pair(Scalar::Int { size: 4, signed: false }, Scalar::Int { size: 1, signed: false }, 4)
    );
    let checked = types.check::<(i64, bool)>(Ty::tuple(&[p(I64), p(PrimTy::Bool)]));
    assert_eq!(checked.abi, Abi::Pair(Scalar::Int { size: 8, signed: true }, Scalar::Bool, 8));
}

#[test]
fn a_single_field_passes_through() {
    let mut types = Types::default();
    let wrapper = types.record(&[Ty::unit(), p(U32)]);
    assert_eq!(types.check::<u32>(wrapper).abi, Abi::Scalar(Scalar::Int { size: 4, signed: false }));
    let wide = types.record(&[reference(p(Str))]);
    assert!(matches!(types.check::<&str>(wide).abi, Abi::Pair(..)));
}

#[test]
fn options_use_niches() {
    let mut types = Types::default();
    let ty = types.option(reference(p(U8)));
    assert_eq!(types.check::<Option<&u8>>(ty).abi, Abi::Scalar(Scalar::Pointer { nonnull: false }));
    let boxed = types.boxed(p(U64));
    let ty = types.option(boxed);
    types.check::<Option<Box<u64>>>(ty);
    let ty = types.option(p(PrimTy::Bool));
    let layout = types.check::<Option<bool>>(ty);
    assert_eq!(layout.niche.unwrap().available, 253);
    let ty = types.option(ty);
    types.check::<Option<Option<bool>>>(ty);
    let ty = types.option(p(PrimTy::Char));
    types.check::<Option<char>>(ty);
    let ty = types.option(reference(p(Str)));
    assert!(matches!(
        types.check::<Option<&str>>(ty).abi,
        Abi::Pair(Scalar::Pointer { nonnull: false }, _, 8)
    ));
    let ty = types.option(p(I64));
    let layout = types.check::<Option<i64>>(ty);
    assert!(matches!(layout.abi, Abi::Pair(_, Scalar::Int { size: 8, signed: true }, 8)));
    let ty = types.option(ty);
    types.check::<Option<Option<i64>>>(ty);
    let ty = types.option(p(F64));
    types.check::<Option<f64>>(ty);
    let ty = types.option(Ty::tuple(&[p(U32), reference(p(U8)), p(U8)]));
    types.check::<Option<(u32, &u8, u8)>>(ty);
    let ty = types.option(Ty::unit());
    types.check::<Option<()>>(ty);
    let ty = types.option(Ty::never());
    assert!(matches!(
        types.check::<Option<std::convert::Infallible>>(ty).variants,
        Variants::Single(VariantIdx(0))
    ));
}

#[allow(dead_code)]
mod rust {
    pub enum Plain {
        A,
        B,
        C,
    }
    pub enum Mixed<'a> {
        A(u8),
        B(u32, u16),
        C(&'a str),
        D,
    }
    pub enum Niched<'a> {
        A(u32),
        B(&'a u8, u64),
        C,
    }
    pub enum Expr {
        Num(f64),
        Add(Box<Expr>, Box<Expr>),
        Neg(Box<Expr>),
        Var(String),
    }
    pub enum Small {
        A(u8, u8),
        B(u16),
        C(bool),
    }
    pub enum Nested {
        A(Plain),
        B,
        C,
    }
    pub enum Fits {
        Big(bool, [u32; 5]),
        Less([u32; 4]),
        None,
    }
    pub enum Json<'a> {
        Null,
        Bool(bool),
        Number(f64),
        Text(&'a str),
        List(Vec<u8>),
    }
    pub enum Wide {
        A(u8),
        B(i128),
    }
}

#[test]
fn unions_are_as_small_as_rusts() {
    let mut types = Types::default();
    let plain = types.union(&[&[], &[], &[]]);
    assert_eq!(types.check::<rust::Plain>(plain).abi, Abi::Scalar(Scalar::Int { size: 1, signed: false }));
    let ty = types.option(plain);
    types.check::<Option<rust::Plain>>(ty);
    let ty = types.union(&[&[p(U8)], &[p(U32), p(U16)], &[reference(p(Str))], &[]]);
    types.check::<rust::Mixed<'static>>(ty);
    let ty = types.union(&[&[p(U32)], &[reference(p(U8)), p(U64)], &[]]);
    types.check::<rust::Niched<'static>>(ty);
    let boxed = types.boxed(p(U8));
    // A `String` of three words whose niche is a nonnull pointer.
    let string = types.record(&[boxed, p(Usize), p(Usize)]);
    let ty = types.union(&[&[p(F64)], &[boxed, boxed], &[boxed], &[string]]);
    assert_eq!(types.layout(ty).size, 32);
    let ty = types.option(string);
    types.check::<Option<String>>(ty);
    // The same as one record that says so itself.
    let pointer = Ty::new(TyKind::RawPtr(p(U8), Mutability::Mut));
    let fields = vec![pointer, p(Usize), p(Usize)];
    let list = types.add(Shape::Record(RecordShape { fields, nonnull: true, ordered: false }));
    let ty = types.option(list);
    types.check::<Option<Vec<u8>>>(ty);
    let ty = types.union(&[&[p(U8), p(U8)], &[p(U16)], &[p(PrimTy::Bool)]]);
    types.check::<rust::Small>(ty);
    let ty = types.union(&[&[plain], &[], &[]]);
    types.check::<rust::Nested>(ty);
    let ty = types.union(&[&[p(PrimTy::Bool), array(p(U32), 5)], &[array(p(U32), 4)], &[]]);
    types.check::<rust::Fits>(ty);
    let ty = types.union(&[&[p(U8)], &[p(I128)]]);
    types.check::<rust::Wide>(ty);
    let ty = types.union(&[&[p(I64)], &[string]]);
    types.check::<Result<i64, String>>(ty);
    let ty = types.union(&[&[Ty::unit()], &[boxed]]);
    types.check::<Result<(), Box<u8>>>(ty);
}

#[test]
fn many_variants_need_a_wider_tag() {
    let mut types = Types::default();
    let none: &[Ty] = &[];
    let ty = types.union(&[none; 256]);
    let layout = types.layout(ty);
    assert_eq!((layout.size, layout.niche), (1, None));
    let ty = types.union(&[none; 257]);
    assert_eq!(types.layout(ty).size, 2);
}

#[test]
fn endless_types_are_refused() {
    let mut types = Types::default();
    let ty = types.record(&[]);
    types.shapes.insert(0, Shape::Record(RecordShape { fields: vec![p(U8), ty], ..RecordShape::default() }));
    assert_eq!(Layouts::new().of(&types, ty), Err(LayoutError::Infinite(ty)));
    let boxed = types.boxed(ty);
    types
        .shapes
        .insert(0, Shape::Record(RecordShape { fields: vec![p(U8), boxed], ..RecordShape::default() }));
    assert_eq!(types.layout(ty).size, 16);
    let huge = array(array(p(U64), 1 << 40), 1 << 40);
    assert!(matches!(Layouts::new().of(&types, huge), Err(LayoutError::TooLarge(_))));
}

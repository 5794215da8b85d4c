//! Trees that are kept: a [`Module`] ↔ bytes, so that a text that never changes is parsed once.
//!
//! In: the tree of a file without errors. Out: bytes that stand for it in any process: small numbers, and texts as
//! indices into one table ([`Texts`]) for many trees. [`load`] makes the same tree of them, its places in the
//! file it is told, at a fraction of what parsing costs.
//!
//! ```text
//! a + 1   →   2 exprs · Name text 0 at 0, length 1 · Literal Int text 1 … · Binary Add 0 1 at 0, length 5
//! ```
//!
//! The format is that of one build of the compiler: whoever reads trees is built with whoever wrote them.

use crate::ast::*;
use base::symbol::{Locked, interner};
use base::{FileId, IndexVec, Symbol};
use std::collections::BTreeMap;

/// The texts of stored trees, each once, numbered in the order they are first met.
#[derive(Default)]
pub struct Texts {
    numbers: BTreeMap<&'static str, u32>,
    texts: Vec<&'static str>,
}

impl Texts {
    /// The texts end to end, and their lengths as numbers of the format: what [`Symbols::new`] takes.
    pub fn write(&self) -> (String, Vec<u8>) {
        let mut lens = Vec::new();
        for text in &self.texts {
            number(&mut lens, text.len() as u32);
        }
        (self.texts.concat(), lens)
    }

    fn number_of(&mut self, symbol: Symbol) -> u32 {
        let text = symbol.as_str();
        *self.numbers.entry(text).or_insert_with(|| {
            self.texts.push(text);
            self.texts.len() as u32 - 1
        })
    }
}

/// The texts of stored trees on their way back: interned when a tree first asks for one.
pub struct Symbols {
    texts: Vec<(&'static str, Option<Symbol>)>,
}

impl Symbols {
    /// Takes what [`Texts::write`] made.
    pub fn new(texts: &'static str, lens: &[u8]) -> Symbols {
        let (mut at, mut start, mut split) = (0, 0, Vec::with_capacity(lens.len() / 2));
        while at < lens.len() {
            let end = start + read_number(lens, &mut at) as usize;
            split.push((texts.get(start..end).unwrap_or_default(), None));
            start = end;
        }
        Symbols { texts: split }
    }
}

/// The bytes of a tree; its texts go to the table.
pub fn store(module: &Module, texts: &mut Texts) -> Vec<u8> {
    let mut to = Writer { module, texts, bytes: Vec::new() };
    number(&mut to.bytes, module.words.len() as u32);
    module.docs.store(&mut to);
    module.items.store(&mut to);
    module.store_arenas(&mut to);
    to.bytes
}

/// The tree whose bytes these are, as if `file` had been parsed.
pub fn load(bytes: &[u8], symbols: &mut Symbols, file: FileId) -> Module {
    let mut from = Reader { bytes, at: 0, words: Vec::new(), symbols, names: interner() };
    let words = from.number() as usize;
    from.words.reserve(words);
    let mut module = Module::new(file);
    module.docs = Stored::load(&mut from);
    module.items = Stored::load(&mut from);
    module.load_arenas(&mut from);
    module.words = from.words;
    module
}

pub(crate) struct Writer<'w> {
    module: &'w Module,
    texts: &'w mut Texts,
    bytes: Vec<u8>,
}

pub(crate) struct Reader<'r> {
    bytes: &'r [u8],
    at: usize,
    /// The elements of the module's lists so far.
    words: Vec<u32>,
    symbols: &'r mut Symbols,
    names: Locked,
}

/// Two bytes: most numbers are small, and where the next one is does not depend on this one, so that a processor
/// need not wait for it. Larger numbers are four bytes after a `LARGE`.
fn number(bytes: &mut Vec<u8>, number: u32) {
    match u16::try_from(number) {
        Ok(small) if small != LARGE => bytes.extend(small.to_le_bytes()),
        Ok(_) | Err(_) => {
            bytes.extend(LARGE.to_le_bytes());
            bytes.extend(number.to_le_bytes());
        }
    }
}
const LARGE: u16 = u16::MAX;

#[inline(always)]
fn read_number(bytes: &[u8], at: &mut usize) -> u32 {
    let small = u16::from_le_bytes(read(bytes, at));
    if small == LARGE {
        return u32::from_le_bytes(read(bytes, at));
    }
    u32::from(small)
}

#[inline(always)]
fn read<const N: usize>(bytes: &[u8], at: &mut usize) -> [u8; N] {
    let read = bytes.get(*at..).and_then(|rest| rest.first_chunk()).copied().unwrap_or([0; N]);
    *at += N;
    read
}

impl Reader<'_> {
    #[inline(always)]
    fn number(&mut self) -> u32 {
        read_number(self.bytes, &mut self.at)
    }
    #[inline(always)]
    fn symbol(&mut self, number: u32) -> Symbol {
        match self.symbols.texts[number as usize] {
            (_, Some(symbol)) => symbol,
            (text, None) => {
                let symbol = self.names.intern_static(text);
                self.symbols.texts[number as usize].1 = Some(symbol);
                symbol
            }
        }
    }
    #[inline(always)]
    fn byte(&mut self) -> u8 {
        let [byte] = read(self.bytes, &mut self.at);
        byte
    }
}

/// What a tree consists of.
pub(crate) trait Stored: Copy {
    fn store(self, to: &mut Writer<'_>);
    fn load(from: &mut Reader<'_>) -> Self;

    /// Stores a number above 0, then what else there is to say.
    fn store_some(self, to: &mut Writer<'_>) {
        number(&mut to.bytes, 1);
        self.store(to);
    }
    /// The number, less one, was read.
    #[inline(always)]
    fn load_some(_number: u32, from: &mut Reader<'_>) -> Self {
        Self::load(from)
    }
}

/// All nodes of an arena.
pub(crate) fn store_all<I: base::Idx, T: Stored>(arena: &IndexVec<I, T>, to: &mut Writer<'_>) {
    number(&mut to.bytes, arena.len() as u32);
    for node in arena.iter() {
        node.store(to);
    }
}
pub(crate) fn load_all<I: base::Idx, T: Stored>(from: &mut Reader<'_>) -> IndexVec<I, T> {
    let len = from.number();
    IndexVec::from_raw((0..len).map(|_| T::load(from)).collect())
}

impl Stored for u32 {
    fn store(self, to: &mut Writer<'_>) {
        number(&mut to.bytes, self);
    }
    #[inline]
    fn load(from: &mut Reader<'_>) -> u32 {
        from.number()
    }
}
impl Stored for u8 {
    fn store(self, to: &mut Writer<'_>) {
        to.bytes.push(self);
    }
    #[inline]
    fn load(from: &mut Reader<'_>) -> u8 {
        from.byte()
    }
}
impl Stored for bool {
    fn store(self, to: &mut Writer<'_>) {
        to.bytes.push(u8::from(self));
    }
    #[inline]
    fn load(from: &mut Reader<'_>) -> bool {
        from.byte() != 0
    }
}
impl Stored for char {
    fn store(self, to: &mut Writer<'_>) {
        number(&mut to.bytes, u32::from(self));
    }
    fn load(from: &mut Reader<'_>) -> char {
        char::from_u32(from.number()).unwrap_or_default()
    }
}
impl Stored for Symbol {
    fn store(self, to: &mut Writer<'_>) {
        let at = to.texts.number_of(self);
        number(&mut to.bytes, at);
    }
    #[inline(always)]
    fn load(from: &mut Reader<'_>) -> Symbol {
        let at = from.number();
        from.symbol(at)
    }
    fn store_some(self, to: &mut Writer<'_>) {
        let at = to.texts.number_of(self);
        number(&mut to.bytes, at + 1);
    }
    #[inline(always)]
    fn load_some(number: u32, from: &mut Reader<'_>) -> Symbol {
        from.symbol(number)
    }
}
/// The start and the length, which is small.
impl Stored for TextRange {
    fn store(self, to: &mut Writer<'_>) {
        number(&mut to.bytes, self.lo);
        number(&mut to.bytes, self.hi.wrapping_sub(self.lo));
    }
    #[inline]
    fn load(from: &mut Reader<'_>) -> TextRange {
        let lo = from.number();
        TextRange { lo, hi: lo.wrapping_add(from.number()) }
    }
}
/// None is 0; a value is stored after a 1, but for ids and texts, which are one number: theirs and one.
impl<T: Stored> Stored for Option<T> {
    fn store(self, to: &mut Writer<'_>) {
        match self {
            None => number(&mut to.bytes, 0),
            Some(value) => value.store_some(to),
        }
    }
    #[inline(always)]
    fn load(from: &mut Reader<'_>) -> Option<T> {
        match from.number() {
            0 => None,
            some => Some(T::load_some(some - 1, from)),
        }
    }
}
impl<T: Stored + Packed> Stored for List<T> {
    fn store(self, to: &mut Writer<'_>) {
        number(&mut to.bytes, self.len() as u32);
        for element in to.module.list(self) {
            element.store(to);
        }
    }
    #[inline]
    fn load(from: &mut Reader<'_>) -> List<T> {
        let len = from.number() as usize;
        if len == 0 {
            return List::EMPTY;
        }
        let start = from.words.len();
        for _ in 0..len {
            let element = T::load(from);
            element.pack(&mut from.words);
        }
        List::at(start, len)
    }
}

macro_rules! ids {
    ($($id:ident)+) => { $(
        impl Stored for $id {
            fn store(self, to: &mut Writer<'_>) {
                number(&mut to.bytes, self.0);
            }
            #[inline(always)]
            fn load(from: &mut Reader<'_>) -> $id {
                $id(from.number())
            }
            fn store_some(self, to: &mut Writer<'_>) {
                number(&mut to.bytes, self.0 + 1);
            }
            #[inline(always)]
            fn load_some(number: u32, _: &mut Reader<'_>) -> $id {
                $id(number)
            }
        }
    )+ };
}
ids! {
    ItemId FieldId VariantId ParamId GenericParamId PredicateId BoundId UseTreeId MacroParamId AttrId AttrArgId
    TypeId GenericArgId PatId FieldPatId StmtId LetId BlockId ExprId PartId InitId ArmId SelectArmId ClosureId
    MacroCallId
}

/// Field after field. A field that is not listed is an error of the compiler's compiler.
macro_rules! records {
    ($($name:ident { $($field:ident)* })+) => { $(
        impl Stored for $name {
            fn store(self, to: &mut Writer<'_>) {
                let $name { $($field),* } = self;
                $($field.store(to);)*
            }
            #[inline]
            fn load(from: &mut Reader<'_>) -> $name {
                $name { $($field: Stored::load(from)),* }
            }
        }
    )+ };
}

/// The variant's number, then its fields.
macro_rules! unions {
    ($($name:ident { $($variant:ident $(($element:ident))? $({ $($field:ident)* })?,)+ })+) => { $(
        impl Stored for $name {
            fn store(self, to: &mut Writer<'_>) {
                #[repr(u8)]
                enum Tag { $($variant),+ }
                match self {
                    $($name::$variant $(($element))? $({ $($field),* })? => {
                        to.bytes.push(Tag::$variant as u8);
                        $($element.store(to);)?
                        $($($field.store(to);)*)?
                    })+
                }
            }
            #[inline]
            fn load(from: &mut Reader<'_>) -> $name {
                #[repr(u8)]
                enum Tag { $($variant),+ }
                const TAGS: &[Tag] = &[$(Tag::$variant),+];
                let tag = from.byte() as usize;
                match TAGS[tag] {
                    $(Tag::$variant => {
                        $(let $element = Stored::load(from);)?
                        $($(let $field = Stored::load(from);)*)?
                        $name::$variant $(($element))? $({ $($field),* })?
                    })+
                }
            }
        }
    )+ };
}

records! {
    Name { symbol lo }
    Item { docs attrs vis kind range }
    UseTree { path kind range }
    FnDecl { name is_const is_unsafe abi generics params variadic ret body }
    Generics { params predicates }
    GenericParam { name kind range }
    Predicate { ty bounds range }
    Param { attrs kind range }
    RecordDecl { name generics fields }
    Field { docs attrs vis name ty range }
    UnionDecl { name generics variants }
    Variant { docs attrs name payload discriminant range }
    ProtocolDecl { name generics supers members }
    ImplDecl { is_unsafe generics protocol ty members }
    TypeAliasDecl { name generics bounds ty }
    ConstDecl { name ty value }
    ExternDecl { abi members }
    MacroDecl { name params body }
    MacroParam { name kind range }
    TestDecl { title title_range params body }
    ActorDecl { name generics params members }
    StateDecl { mutable name ty init }
    Attr { path args range }
    AttrArg { name kind range }
    Type { kind range }
    GenericArg { kind range }
    Bound { kind range }
    Pat { kind range }
    FieldPat { kind range }
    Expr { kind range }
    Part { kind range }
    Init { kind range }
    Arm { pat guard body range }
    SelectArm { kind body range }
    Closure { is_move params ret body range }
    MacroCall { path args range }
    Block { stmts range }
    Stmt { kind range }
    Let { mutable pat ty init els range }
}

unions! {
    ItemKind {
        Module(it), Use(it), Fn(it), Record(it), Union(it), Protocol(it), Impl(it), TypeAlias(it), Const(it),
        Static(it), Extern(it), Macro(it), MacroCall(it), Test(it), Bench(it), Actor(it), State(it), Handler(it),
        Error,
    }
    Visibility { Private, Pub, PubIn(it), }
    UseKind { Plain, Alias(it), Group(it), }
    GenericParamKind { Type { bounds default }, Const { ty default }, Region, Error, }
    ParamKind { SelfValue { mutable ty }, SelfRef { region mutable }, Pat { pat ty }, Error, }
    Payload { None, Positional(it), Named(it), }
    AttrArgKind { Literal(it), Attr(it), Error, }
    TypeKind {
        Path { path args }, Callable { path params ret }, Assoc { base name }, Qualified { ty protocol name },
        Ref { region mutable ty }, Pointer { mutable ty }, Tuple(it), Array { element len }, Slice(it),
        Fn { abi params ret }, Dyn(it), Impl(it), Infer, MacroVar(it), Error,
    }
    GenericArgKind { Type(it), Const(it), Region(it), Assoc { name ty }, }
    BoundKind { Protocol(it), Region(it), }
    PatKind {
        Wild, Rest, Bind { name mutable }, At { name mutable pat }, Literal(it), Range { lo hi inclusive }, Path(it),
        Call { path args }, Record { path fields }, Tuple(it), Slice(it), Or(it), Ref { mutable pat }, Error,
    }
    FieldPatKind { Short { name mutable }, Named { name pat }, Rest, Error, }
    ExprKind {
        Literal(it), Interpolated(it), Name(it), Field { base name }, TupleField { base index }, Index { base args },
        Call { callee args }, MacroCall(it), MacroVar(it), Record { path inits }, Unary { op operand },
        Binary { op lhs rhs }, Assign { op target value }, Cast { operand ty }, Range { lo hi inclusive }, Tuple(it),
        Array(it), Repeat { value count }, Paren(it), Block(it), Unsafe(it), Async(it), If { cond then els },
        Let { pat init }, Match { subject arms }, While { cond body }, Loop(it), For { pat iter body },
        Labelled { label body }, Break { label value }, Continue { label }, Return(it), Closure(it), Try(it),
        TryBlock { body catches }, Spawn(it), Scope(it), Select(it), Ask { call within }, Tell { call within },
        Await(it), Type(it), Error,
    }
    Literal {
        Int { digits suffix }, Float { digits suffix }, Char(it), Byte(it), Str(it), Bytes(it), Bool(it),
    }
    Suffix { I8, I16, I32, I64, I128, Isize, U8, U16, U32, U64, U128, Usize, F32, F64, }
    UnOp { Neg, Not, Deref, Ref, RefMut, }
    BinOp {
        Add, Sub, Mul, Div, Rem, Shl, Shr, BitAnd, BitXor, BitOr, Eq, Ne, Lt, Le, Gt, Ge, And, Or,
    }
    AssignOp { Set, Add, Sub, Mul, Div, Rem, Shl, Shr, BitAnd, BitXor, BitOr, }
    PartKind { Text(it), Expr { expr format }, }
    InitKind { Short(it), Named { name value }, Base(it), Error, }
    SelectArmKind { Operation { pat call }, After(it), Default, Error, }
    StmtKind { Let(it), Using { name value }, Expr(it), Semi(it), Item(it), }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Diagnostics;

    #[test]
    fn a_stored_tree_comes_back() {
        let text = "//! A file.\nmodule a.b\nuse c.{d, e as f}\n/// Documented.\npub record R['a, T: P + 'a] where T: Q { \
            pub(a) x: &'a mut T, y: (i32, [u8; 4]) }\nunion U { A, B(i32), C { x: f64 } = 3 }\n\
            impl[T] P for R[T] { type Item = T\n fn f(&self, n: i64) -> Option[T] {\n\
            let (a, var b) = (1u8, 'x')\n if let some(v) = self.x && b != 'y' { return \"{v:.2} and {n}\" }\n\
            for i in 0..=n { b[i] += -i as f64 }\n match n { 1 | 2 if a > 0 => {}, -1.. => x.y(|z| z * 2), _ => {} }\n\
            try { g(b\"a\", R { x: 1.5e3, ..r }) } catch e { panic(\"\") } }\n}\n\
            #[derive(Show, \"a\", k: 1)] extern \"C\" { fn puts(s: *u8, ...) -> i32 }\n";
        let mut diagnostics = Diagnostics::new();
        let module = crate::parse(text, FileId(3), &mut diagnostics);
        let mut texts = Texts::default();
        let bytes = store(&module, &mut texts);
        let (joined, lens) = texts.write();
        let again = load(&bytes, &mut Symbols::new(joined.leak(), &lens), FileId(3));
        assert_eq!(again.to_string(), module.to_string());
        assert_eq!(again.docs, module.docs);
        assert_eq!(store(&again, &mut Texts::default()), bytes);
        for (found, node) in again.exprs.iter().zip(module.exprs.iter()) {
            assert_eq!(found.range, node.range);
        }
    }
}

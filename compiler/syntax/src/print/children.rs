//! What each node's line says, and its children in the order of the text; see [`super`].

use super::{Line, Node, quoted};
use crate::ast::*;

/// Collects a node's children.
struct Lines<'m> {
    module: &'m Module,
    children: Vec<(&'static str, Node)>,
}

macro_rules! adders {
    ($($one:ident, $id:ident, $node:ident;)+) => {
        impl Lines<'_> { $(
            #[allow(dead_code)]
            fn $one(&mut self, role: &'static str, ids: impl IntoIterator<Item = $id>) {
                self.children.extend(ids.into_iter().map(|id| (role, Node::$node(id))));
            }
        )+ }
    };
}
adders! {
    items, ItemId, Item;
    fields, FieldId, Field;
    variants, VariantId, Variant;
    params, ParamId, Param;
    generic_params, GenericParamId, GenericParam;
    predicates, PredicateId, Predicate;
    bounds, BoundId, Bound;
    use_trees, UseTreeId, UseTree;
    macro_params, MacroParamId, MacroParam;
    attrs, AttrId, Attr;
    attr_args, AttrArgId, AttrArg;
    types, TypeId, Type;
    generic_args, GenericArgId, GenericArg;
    pats, PatId, Pat;
    field_pats, FieldPatId, FieldPat;
    stmts, StmtId, Stmt;
    blocks, BlockId, Block;
    exprs, ExprId, Expr;
    parts, PartId, Part;
    inits, InitId, Init;
    arms, ArmId, Arm;
    select_arms, SelectArmId, SelectArm;
}

impl Module {
    pub(crate) fn line(&self, node: Node) -> Line {
        let mut lines = Lines { module: self, children: Vec::new() };
        let head = match node {
            Node::Item(id) => lines.item(&self[id]),
            Node::Field(id) => lines.field(&self[id]),
            Node::Variant(id) => lines.variant(&self[id]),
            Node::Param(id) => lines.param(&self[id]),
            Node::GenericParam(id) => lines.generic_param(&self[id]),
            Node::Predicate(id) => {
                lines.types("", [self[id].ty]);
                lines.bounds("", self.list(self[id].bounds));
                "Predicate".into()
            }
            Node::Bound(id) => match self[id].kind {
                BoundKind::Protocol(ty) => {
                    lines.types("", [ty]);
                    "Bound".into()
                }
                BoundKind::Region(name) => format!("Bound {}", name.symbol),
            },
            Node::UseTree(id) => lines.use_tree(&self[id]),
            Node::MacroParam(id) => format!("MacroParam ${}: {}", self[id].name.symbol, self[id].kind.symbol),
            Node::Attr(id) => {
                lines.attr_args("", self.list(self[id].args));
                format!("Attr {}", self.path_text(self[id].path))
            }
            Node::AttrArg(id) => lines.attr_arg(&self[id]),
            Node::Type(id) => lines.ty(self[id].kind),
            Node::GenericArg(id) => match self[id].kind {
                GenericArgKind::Type(ty) => {
                    lines.types("", [ty]);
                    "Arg".into()
                }
                GenericArgKind::Const(expr) => {
                    lines.exprs("", [expr]);
                    "Arg const".into()
                }
                GenericArgKind::Region(name) => format!("Arg {}", name.symbol),
                GenericArgKind::Assoc { name, ty } => {
                    lines.types("", [ty]);
                    format!("Arg {} =", name.symbol)
                }
            },
            Node::Pat(id) => lines.pat(self[id].kind),
            Node::FieldPat(id) => match self[id].kind {
                FieldPatKind::Short { name, mutable } => format!("Field {}{}", var(mutable), name.symbol),
                FieldPatKind::Named { name, pat } => {
                    lines.pats("", [pat]);
                    format!("Field {}", name.symbol)
                }
                FieldPatKind::Rest => "Rest".into(),
                FieldPatKind::Error => "Error".into(),
            },
            Node::Stmt(id) => lines.stmt(self[id].kind),
            Node::Block(id) => {
                lines.stmts("", self.list(self[id].stmts));
                "Block".into()
            }
            Node::Expr(id) => lines.expr(self[id].kind),
            Node::Part(id) => match self[id].kind {
                PartKind::Text(text) => format!("Text {}", quoted(text)),
                PartKind::Expr { expr, format } => {
                    lines.exprs("", [expr]);
                    format.map_or("Show".into(), |format| format!("Show {}", quoted(format.symbol)))
                }
            },
            Node::Init(id) => match self[id].kind {
                InitKind::Short(name) => format!("Init {}", name.symbol),
                InitKind::Named { name, value } => {
                    lines.exprs("", [value]);
                    format!("Init {}", name.symbol)
                }
                InitKind::Base(expr) => {
                    lines.exprs("", [expr]);
                    "Base".into()
                }
                InitKind::Error => "Error".into(),
            },
            Node::Arm(id) => {
                let arm = &self[id];
                lines.pats("", [arm.pat]);
                lines.exprs("guard", arm.guard);
                lines.exprs("body", [arm.body]);
                "Arm".into()
            }
            Node::SelectArm(id) => {
                let arm = &self[id];
                let head = match arm.kind {
                    SelectArmKind::Operation { pat, call } => {
                        lines.pats("", [pat]);
                        lines.exprs("call", [call]);
                        "Operation"
                    }
                    SelectArmKind::After(duration) => {
                        lines.exprs("", [duration]);
                        "After"
                    }
                    SelectArmKind::Default => "Default",
                    SelectArmKind::Error => "Error",
                };
                lines.exprs("body", [arm.body]);
                head.into()
            }
        };
        Line { head, children: lines.children }
    }
}

fn var(mutable: bool) -> &'static str {
    if mutable { "var " } else { "" }
}

fn mut_(mutable: bool) -> &'static str {
    if mutable { "mut " } else { "" }
}

impl Lines<'_> {
    fn vis(&self, vis: Visibility) -> String {
        match vis {
            Visibility::Private => String::new(),
            Visibility::Pub => "pub ".into(),
            Visibility::PubIn(path) => format!("pub({}) ", self.module.path_text(path)),
        }
    }

    fn head(
        &mut self,
        vis: Visibility,
        attrs: List<AttrId>,
        docs: Option<base::Symbol>,
        head: String,
    ) -> String {
        let attrs: Vec<_> = self.module.list(attrs).map(|attr| ("", Node::Attr(attr))).collect();
        self.children.splice(0..0, attrs);
        let docs = docs.map_or(String::new(), |docs| format!(" docs {}", quoted(docs)));
        format!("{}{head}{docs}", self.vis(vis))
    }

    fn generics(&mut self, generics: Generics) {
        let module = self.module;
        self.generic_params("", module.list(generics.params));
        self.predicates("where", module.list(generics.predicates));
    }

    fn item(&mut self, item: &Item) -> String {
        let m = self.module;
        let head = match item.kind {
            ItemKind::Module(path) => format!("Module {}", m.path_text(path)),
            ItemKind::Use(tree) => {
                self.use_trees("", [tree]);
                "Use".into()
            }
            ItemKind::Fn(decl) => self.function("Fn", &decl),
            ItemKind::Handler(decl) => self.function("Handler", &decl),
            ItemKind::Record(decl) => {
                self.generics(decl.generics);
                self.fields("", m.list(decl.fields));
                format!("Record {}", decl.name.symbol)
            }
            ItemKind::Union(decl) => {
                self.generics(decl.generics);
                self.variants("", m.list(decl.variants));
                format!("Union {}", decl.name.symbol)
            }
            ItemKind::Protocol(decl) => {
                self.generics(decl.generics);
                self.bounds("super", m.list(decl.supers));
                self.items("", m.list(decl.members));
                format!("Protocol {}", decl.name.symbol)
            }
            ItemKind::Impl(decl) => {
                self.generics(decl.generics);
                self.types("protocol", decl.protocol);
                self.types("for", [decl.ty]);
                self.items("", m.list(decl.members));
                if decl.is_unsafe { "unsafe Impl".into() } else { "Impl".into() }
            }
            ItemKind::TypeAlias(decl) => {
                self.generics(decl.generics);
                self.bounds("", m.list(decl.bounds));
                self.types("", decl.ty);
                format!("TypeAlias {}", decl.name.symbol)
            }
            ItemKind::Const(decl) => self.constant("Const", &decl),
            ItemKind::Static(decl) => self.constant("Static", &decl),
            ItemKind::Extern(decl) => {
                self.items("", m.list(decl.members));
                decl.abi.map_or("Extern".into(), |abi| format!("Extern {}", quoted(abi)))
            }
            ItemKind::Macro(decl) => {
                self.macro_params("", m.list(decl.params));
                self.blocks("body", [decl.body]);
                format!("Macro {}", decl.name.symbol)
            }
            ItemKind::MacroCall(call) => self.macro_call(call),
            ItemKind::Test(decl) => self.test("Test", &decl),
            ItemKind::Bench(decl) => self.test("Bench", &decl),
            ItemKind::Actor(decl) => {
                self.generics(decl.generics);
                self.params("", m.list(decl.params));
                self.items("", m.list(decl.members));
                format!("Actor {}", decl.name.symbol)
            }
            ItemKind::State(decl) => {
                self.types("", decl.ty);
                self.exprs("init", decl.init);
                format!("State {}{}", var(decl.mutable), decl.name.symbol)
            }
            ItemKind::Error => "Error".into(),
        };
        self.head(item.vis, item.attrs, item.docs, head)
    }

    fn function(&mut self, kind: &str, decl: &FnDecl) -> String {
        let m = self.module;
        self.generics(decl.generics);
        self.params("", m.list(decl.params));
        self.types("ret", decl.ret);
        self.blocks("body", decl.body);
        let constant = if decl.is_const { "const " } else { "" };
        let unsafe_ = if decl.is_unsafe { "unsafe " } else { "" };
        let abi = decl.abi.map_or(String::new(), |abi| format!("extern {} ", quoted(abi)));
        let variadic = if decl.variadic { " ..." } else { "" };
        format!("{constant}{unsafe_}{abi}{kind} {}{variadic}", decl.name.symbol)
    }

    fn constant(&mut self, kind: &str, decl: &ConstDecl) -> String {
        self.types("", decl.ty);
        self.exprs("value", decl.value);
        format!("{kind} {}", decl.name.symbol)
    }

    fn test(&mut self, kind: &str, decl: &TestDecl) -> String {
        self.params("", self.module.list(decl.params));
        self.blocks("body", [decl.body]);
        format!("{kind} {}", quoted(decl.title))
    }

    fn macro_call(&mut self, call: MacroCallId) -> String {
        let call = &self.module[call];
        self.exprs("", self.module.list(call.args));
        format!("MacroCall {}", self.module.path_text(call.path))
    }

    fn use_tree(&mut self, tree: &UseTree) -> String {
        let path = self.module.path_text(tree.path);
        match tree.kind {
            UseKind::Plain => format!("Path {path}"),
            UseKind::Alias(name) => format!("Path {path} as {}", name.symbol),
            UseKind::Group(trees) => {
                self.use_trees("", self.module.list(trees));
                format!("Group {path}")
            }
        }
    }

    fn generic_param(&mut self, param: &GenericParam) -> String {
        match param.kind {
            GenericParamKind::Type { bounds, default } => {
                self.bounds("", self.module.list(bounds));
                self.types("default", default);
                format!("Generic {}", param.name.symbol)
            }
            GenericParamKind::Const { ty, default } => {
                self.types("", [ty]);
                self.exprs("default", default);
                format!("Generic const {}", param.name.symbol)
            }
            GenericParamKind::Region => format!("Generic {}", param.name.symbol),
            GenericParamKind::Error => "Error".into(),
        }
    }

    fn param(&mut self, param: &Param) -> String {
        let head = match param.kind {
            ParamKind::SelfValue { mutable, ty } => {
                self.types("", ty);
                format!("Param {}self", var(mutable))
            }
            ParamKind::SelfRef { region, mutable } => {
                let region = region.map_or(String::new(), |region| format!("{} ", region.symbol));
                format!("Param &{region}{}self", mut_(mutable))
            }
            ParamKind::Pat { pat, ty } => {
                self.pats("", [pat]);
                self.types("", ty);
                "Param".into()
            }
            ParamKind::Error => "Error".into(),
        };
        self.head(Visibility::Private, param.attrs, None, head)
    }

    fn field(&mut self, field: &Field) -> String {
        self.types("", [field.ty]);
        let head = field.name.map_or("Field".into(), |name| format!("Field {}", name.symbol));
        self.head(field.vis, field.attrs, field.docs, head)
    }

    fn variant(&mut self, variant: &Variant) -> String {
        let shape = match variant.payload {
            Payload::None => "",
            Payload::Positional(fields) => {
                self.fields("", self.module.list(fields));
                " (…)"
            }
            Payload::Named(fields) => {
                self.fields("", self.module.list(fields));
                " {…}"
            }
        };
        self.exprs("=", variant.discriminant);
        let head = format!("Variant {}{shape}", variant.name.symbol);
        self.head(Visibility::Private, variant.attrs, variant.docs, head)
    }

    fn attr_arg(&mut self, arg: &AttrArg) -> String {
        let name = arg.name.map_or(String::new(), |name| format!(" {}:", name.symbol));
        match arg.kind {
            AttrArgKind::Literal(literal) => format!("Arg{name} {literal}"),
            AttrArgKind::Attr(attr) => {
                self.attrs("", [attr]);
                format!("Arg{name}")
            }
            AttrArgKind::Error => "Error".into(),
        }
    }

    fn ty(&mut self, kind: TypeKind) -> String {
        let m = self.module;
        match kind {
            TypeKind::Path { path, args } => {
                self.generic_args("", m.list(args));
                format!("Path {}", m.path_text(path))
            }
            TypeKind::Callable { path, params, ret } => {
                self.types("", m.list(params));
                self.types("ret", ret);
                format!("Callable {}", m.path_text(path))
            }
            TypeKind::Assoc { base, name } => {
                self.types("", [base]);
                format!("Assoc {}", name.symbol)
            }
            TypeKind::Qualified { ty, protocol, name } => {
                self.types("", [ty]);
                self.types("as", [protocol]);
                format!("Qualified {}", name.symbol)
            }
            TypeKind::Ref { region, mutable, ty } => {
                self.types("", [ty]);
                let region = region.map_or(String::new(), |region| format!("{} ", region.symbol));
                format!("Ref &{region}{}", mut_(mutable)).trim_end().into()
            }
            TypeKind::Pointer { mutable, ty } => {
                self.types("", [ty]);
                format!("Pointer *{}", mut_(mutable)).trim_end().into()
            }
            TypeKind::Tuple(types) => {
                self.types("", m.list(types));
                "Tuple".into()
            }
            TypeKind::Array { element, len } => {
                self.types("", [element]);
                self.exprs("len", [len]);
                "Array".into()
            }
            TypeKind::Slice(element) => {
                self.types("", [element]);
                "Slice".into()
            }
            TypeKind::Fn { abi, params, ret } => {
                self.types("", m.list(params));
                self.types("ret", ret);
                abi.map_or("Fn".into(), |abi| format!("extern {} Fn", quoted(abi)))
            }
            TypeKind::Dyn(bounds) => {
                self.bounds("", m.list(bounds));
                "Dyn".into()
            }
            TypeKind::Impl(bounds) => {
                self.bounds("", m.list(bounds));
                "Impl".into()
            }
            TypeKind::Infer => "Infer".into(),
            TypeKind::MacroVar(name) => format!("MacroVar ${name}"),
            TypeKind::Error => "Error".into(),
        }
    }

    fn pat(&mut self, kind: PatKind) -> String {
        let m = self.module;
        match kind {
            PatKind::Wild => "Wild".into(),
            PatKind::Rest => "Rest".into(),
            PatKind::Bind { name, mutable } => format!("Bind {}{}", var(mutable), name.symbol),
            PatKind::At { name, mutable, pat } => {
                self.pats("", [pat]);
                format!("At {}{}", var(mutable), name.symbol)
            }
            PatKind::Literal(expr) => {
                self.exprs("", [expr]);
                "Literal".into()
            }
            PatKind::Range { lo, hi, inclusive } => {
                self.exprs("from", lo);
                self.exprs("to", hi);
                if inclusive { "Range ..=".into() } else { "Range ..".into() }
            }
            PatKind::Path(path) => format!("Path {}", m.path_text(path)),
            PatKind::Call { path, args } => {
                self.pats("", m.list(args));
                format!("Call {}", m.path_text(path))
            }
            PatKind::Record { path, fields } => {
                self.field_pats("", m.list(fields));
                format!("Record {}", m.path_text(path))
            }
            PatKind::Tuple(pats) => {
                self.pats("", m.list(pats));
                "Tuple".into()
            }
            PatKind::Slice(pats) => {
                self.pats("", m.list(pats));
                "Slice".into()
            }
            PatKind::Or(pats) => {
                self.pats("", m.list(pats));
                "Or".into()
            }
            PatKind::Ref { mutable, pat } => {
                self.pats("", [pat]);
                format!("Ref &{}", mut_(mutable)).trim_end().into()
            }
            PatKind::Error => "Error".into(),
        }
    }

    fn stmt(&mut self, kind: StmtKind) -> String {
        match kind {
            StmtKind::Let(id) => {
                let stmt = &self.module[id];
                self.pats("", [stmt.pat]);
                self.types("", stmt.ty);
                self.exprs("init", stmt.init);
                self.blocks("else", stmt.els);
                if stmt.mutable { "Var".into() } else { "Let".into() }
            }
            StmtKind::Using { name, value } => {
                self.exprs("", [value]);
                format!("Using {}", name.symbol)
            }
            StmtKind::Expr(expr) => {
                self.exprs("", [expr]);
                "Expr".into()
            }
            StmtKind::Semi(expr) => {
                self.exprs("", [expr]);
                "Semi".into()
            }
            StmtKind::Item(item) => {
                self.items("", [item]);
                "Item".into()
            }
        }
    }

    fn expr(&mut self, kind: ExprKind) -> String {
        let m = self.module;
        match kind {
            ExprKind::Literal(literal) => {
                let kind = match literal {
                    Literal::Int { .. } => "Int",
                    Literal::Float { .. } => "Float",
                    Literal::Char(_) => "Char",
                    Literal::Byte(_) => "Byte",
                    Literal::Str(_) => "Str",
                    Literal::Bytes(_) => "Bytes",
                    Literal::Bool(_) => "Bool",
                };
                format!("{kind} {literal}")
            }
            ExprKind::Interpolated(parts) => {
                self.parts("", m.list(parts));
                "Interpolated".into()
            }
            ExprKind::Name(name) => format!("Name {}", name.symbol),
            ExprKind::Field { base, name } => {
                self.exprs("", [base]);
                format!("Field {}", name.symbol)
            }
            ExprKind::TupleField { base, index } => {
                self.exprs("", [base]);
                format!("TupleField {index}")
            }
            ExprKind::Index { base, args } => {
                self.exprs("", [base]);
                self.exprs("arg", m.list(args));
                "Index".into()
            }
            ExprKind::Call { callee, args } => {
                self.exprs("", [callee]);
                self.exprs("arg", m.list(args));
                "Call".into()
            }
            ExprKind::MacroCall(call) => self.macro_call(call),
            ExprKind::MacroVar(name) => format!("MacroVar ${name}"),
            ExprKind::Record { path, inits } => {
                self.exprs("", [path]);
                self.inits("", m.list(inits));
                "Record".into()
            }
            ExprKind::Unary { op, operand } => {
                self.exprs("", [operand]);
                format!("Unary {}", op.as_str().trim_end())
            }
            ExprKind::Binary { op, lhs, rhs } => {
                self.exprs("", [lhs, rhs]);
                format!("Binary {}", op.as_str())
            }
            ExprKind::Assign { op, target, value } => {
                self.exprs("", [target, value]);
                format!("Assign {}", op.as_str())
            }
            ExprKind::Cast { operand, ty } => {
                self.exprs("", [operand]);
                self.types("as", [ty]);
                "Cast".into()
            }
            ExprKind::Range { lo, hi, inclusive } => {
                self.exprs("from", lo);
                self.exprs("to", hi);
                if inclusive { "Range ..=".into() } else { "Range ..".into() }
            }
            ExprKind::Tuple(exprs) => {
                self.exprs("", m.list(exprs));
                "Tuple".into()
            }
            ExprKind::Array(exprs) => {
                self.exprs("", m.list(exprs));
                "Array".into()
            }
            ExprKind::Repeat { value, count } => {
                self.exprs("", [value]);
                self.exprs("count", [count]);
                "Repeat".into()
            }
            ExprKind::Paren(inner) => {
                self.exprs("", [inner]);
                "Paren".into()
            }
            ExprKind::Block(block) => self.body("BlockExpr", block),
            ExprKind::Unsafe(block) => self.body("Unsafe", block),
            ExprKind::Async(block) => self.body("Async", block),
            ExprKind::Loop(block) => self.body("Loop", block),
            ExprKind::Scope(block) => self.body("Scope", block),
            ExprKind::If { cond, then, els } => {
                self.exprs("cond", [cond]);
                self.blocks("then", [then]);
                self.exprs("else", els);
                "If".into()
            }
            ExprKind::Let { pat, init } => {
                self.pats("", [pat]);
                self.exprs("init", [init]);
                "Let".into()
            }
            ExprKind::Match { subject, arms } => {
                self.exprs("", [subject]);
                self.arms("", m.list(arms));
                "Match".into()
            }
            ExprKind::While { cond, body } => {
                self.exprs("cond", [cond]);
                self.body("While", body)
            }
            ExprKind::For { pat, iter, body } => {
                self.pats("", [pat]);
                self.exprs("in", [iter]);
                self.body("For", body)
            }
            ExprKind::Labelled { label, body } => {
                self.exprs("", [body]);
                format!("Labelled {}", label.symbol)
            }
            ExprKind::Break { label, value } => {
                self.exprs("", value);
                label.map_or("Break".into(), |label| format!("Break {label}"))
            }
            ExprKind::Continue { label } => {
                label.map_or("Continue".into(), |label| format!("Continue {label}"))
            }
            ExprKind::Return(value) => {
                self.exprs("", value);
                "Return".into()
            }
            ExprKind::Closure(id) => {
                let closure = &m[id];
                self.params("", m.list(closure.params));
                self.types("ret", closure.ret);
                self.exprs("body", [closure.body]);
                if closure.is_move { "move Closure".into() } else { "Closure".into() }
            }
            ExprKind::Try(operand) => {
                self.exprs("", [operand]);
                "Try".into()
            }
            ExprKind::TryBlock { body, catches } => {
                self.blocks("", [body]);
                self.arms("catch", m.list(catches));
                "TryBlock".into()
            }
            ExprKind::Spawn(operand) => {
                self.exprs("", [operand]);
                "Spawn".into()
            }
            ExprKind::Select(arms) => {
                self.select_arms("", m.list(arms));
                "Select".into()
            }
            ExprKind::Ask { call, within } => {
                self.exprs("", [call]);
                self.exprs("within", within);
                "Ask".into()
            }
            ExprKind::Tell { call, within } => {
                self.exprs("", [call]);
                self.exprs("within", within);
                "Tell".into()
            }
            ExprKind::Await(operand) => {
                self.exprs("", [operand]);
                "Await".into()
            }
            ExprKind::Type(ty) => {
                self.types("", [ty]);
                "Type".into()
            }
            ExprKind::Error => "Error".into(),
        }
    }

    fn body(&mut self, head: &str, block: BlockId) -> String {
        self.blocks("", [block]);
        head.into()
    }
}

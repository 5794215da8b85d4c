//! Generates Quastra source with the shape of ordinary application code.
//!
//! In: a seed and a size. Out: a file that parses without errors; equal seeds give equal text. The share of
//! comments, the length of names, the depth of expressions and the mix of statements follow what Rust and Go
//! sources look like: 5.3 bytes a token, 31 % of tokens are names, of which a quarter are new in a file of 50 KB
//! (358 real Rust files of that size: 24 %), a tenth of the lines are comments.

/// xorshift64*: deterministic, no dependency.
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Rng(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }
    pub fn draw(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11
    }
    pub fn below(&mut self, n: usize) -> usize {
        (self.draw() % n as u64) as usize
    }
    fn percent(&mut self, p: usize) -> bool {
        self.below(100) < p
    }
}

const WORDS: &[&str] = &[
    "account",
    "active",
    "agent",
    "add",
    "address",
    "amount",
    "apply",
    "args",
    "array",
    "attempt",
    "balance",
    "batch",
    "block",
    "body",
    "bound",
    "buffer",
    "build",
    "bytes",
    "cache",
    "call",
    "cell",
    "channel",
    "check",
    "child",
    "client",
    "clock",
    "code",
    "column",
    "commit",
    "config",
    "connection",
    "content",
    "context",
    "copy",
    "count",
    "cursor",
    "data",
    "default",
    "delta",
    "depth",
    "digest",
    "edge",
    "element",
    "encode",
    "entry",
    "error",
    "event",
    "expected",
    "field",
    "file",
    "filter",
    "find",
    "first",
    "flag",
    "format",
    "frame",
    "group",
    "handle",
    "hash",
    "head",
    "header",
    "height",
    "host",
    "id",
    "index",
    "info",
    "init",
    "input",
    "insert",
    "instance",
    "item",
    "job",
    "key",
    "kind",
    "label",
    "last",
    "layer",
    "left",
    "len",
    "level",
    "limit",
    "line",
    "list",
    "load",
    "local",
    "lock",
    "map",
    "mask",
    "max",
    "merge",
    "message",
    "method",
    "min",
    "mode",
    "name",
    "next",
    "node",
    "offset",
    "options",
    "order",
    "output",
    "owner",
    "packet",
    "page",
    "parent",
    "parse",
    "path",
    "pending",
    "point",
    "pool",
    "port",
    "position",
    "prefix",
    "price",
    "process",
    "push",
    "queue",
    "range",
    "rate",
    "read",
    "record_id",
    "reference",
    "remove",
    "request",
    "reset",
    "resource",
    "response",
    "result",
    "retry",
    "right",
    "root",
    "route",
    "row",
    "rule",
    "run",
    "scale",
    "schema",
    "score",
    "segment",
    "send",
    "session",
    "set",
    "shape",
    "size",
    "slot",
    "source",
    "span",
    "stack",
    "start",
    "state_of",
    "status",
    "step",
    "store",
    "stream",
    "string",
    "sum",
    "symbol",
    "table",
    "tag",
    "target",
    "task",
    "text",
    "time",
    "timeout",
    "token",
    "total",
    "trace",
    "tree",
    "unit",
    "update",
    "user",
    "value",
    "vector",
    "version",
    "view",
    "visit",
    "weight",
    "width",
    "window",
    "worker",
    "write",
    "x",
    "y",
    "i",
    "n",
    "it",
];
const TYPES: &[&str] = &[
    "i32", "i64", "u8", "u32", "u64", "usize", "f64", "bool", "String", "Bytes", "Duration", "Path", "Error",
    "Request", "Response", "Session", "Config", "Point", "Shape", "Token", "Node", "Entry", "Matrix",
];
const GENERIC: &[&str] = &["Vec", "Option", "Box", "Set", "Queue", "Iter"];
const OPS: &[&str] = &[
    "+", "-", "*", "/", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "%", "+", "-", "*", "==", "<", "&",
    "<<",
];

pub struct Gen {
    rng: Rng,
    out: String,
    indent: usize,
    /// The compound names of this file: they are used again and again.
    compounds: Vec<String>,
    types: Vec<String>,
}

/// About `bytes` of source; equal seeds give equal text.
pub fn file(seed: u64, bytes: usize) -> String {
    let mut g = Gen {
        rng: Rng::new(seed),
        out: String::with_capacity(bytes + 4096),
        indent: 0,
        compounds: vec![],
        types: vec![],
    };
    g.invent_names(bytes / 140);
    g.line(format!("module app.{}.{}", g_word(seed), g_word(seed / 7 + 3)));
    g.out.push('\n');
    for _ in 0..4 {
        let (a, b, c) = (g.word(), g.word(), g.ty_name());
        let text =
            if g.rng.percent(50) { format!("use std.{a}.{{{c}, {b}}}") } else { format!("use app.{a}.{b}") };
        g.line(text);
    }
    while g.out.len() < bytes {
        g.out.push('\n');
        g.item();
    }
    g.out
}

fn g_word(n: u64) -> &'static str {
    WORDS[(n % WORDS.len() as u64) as usize]
}

impl Gen {
    fn line(&mut self, text: String) {
        self.begin();
        self.out.push_str(&text);
        self.out.push('\n');
    }
    fn begin(&mut self) {
        for _ in 0..self.indent {
            self.out.push_str("    ");
        }
    }
    fn word(&mut self) -> &'static str {
        WORDS[self.rng.below(WORDS.len())]
    }
    fn invent_names(&mut self, count: usize) {
        let camel = |w: &str| -> String { w.split('_').map(|p| p[..1].to_uppercase() + &p[1..]).collect() };
        for at in 0..count.max(10) {
            let (a, b, c) = (self.word(), self.word(), self.word());
            self.compounds.push(if at % 2 == 0 { format!("{a}_{b}") } else { format!("{a}_{b}_{c}") });
            if at % 4 == 0 {
                self.types.push(camel(a) + &camel(b));
            }
        }
    }
    fn compound(&mut self) -> String {
        let at = self.rng.below(self.compounds.len());
        self.compounds[at].clone()
    }
    fn var(&mut self) -> String {
        if self.rng.percent(80) { self.word().to_string() } else { self.compound() }
    }
    fn fn_name(&mut self) -> String {
        if self.rng.percent(55) { self.word().to_string() } else { self.compound() }
    }
    fn ty_name(&mut self) -> String {
        if self.rng.percent(55) {
            return TYPES[self.rng.below(TYPES.len())].to_string();
        }
        let at = self.rng.below(self.types.len());
        self.types[at].clone()
    }
    fn ty(&mut self, depth: usize) -> String {
        match self.rng.below(20) {
            0..=2 => format!("&{}", self.ty_name()),
            3 => format!("&mut {}", self.ty_name()),
            4..=6 if depth > 0 => {
                format!("{}[{}]", GENERIC[self.rng.below(GENERIC.len())], self.ty(depth - 1))
            }
            7 if depth > 0 => format!("Map[{}, {}]", self.ty(0), self.ty(depth - 1)),
            8 if depth > 0 => format!("Result[{}, Error]", self.ty(depth - 1)),
            9 if depth > 0 => format!("({}, {})", self.ty(0), self.ty(0)),
            10 => format!("[{}]", self.ty_name()),
            11 if self.rng.percent(30) => format!("fn({}) -> {}", self.ty(0), self.ty(0)),
            _ => self.ty_name(),
        }
    }
    fn comment(&mut self) {
        let n = 4 + self.rng.below(9);
        let text: Vec<&str> = (0..n).map(|_| self.word()).collect();
        self.line(format!("// {}", text.join(" ").replace('_', " ")));
    }
    fn doc(&mut self) {
        for _ in 0..1 + self.rng.below(3) {
            let n = 6 + self.rng.below(8);
            let text: Vec<&str> = (0..n).map(|_| self.word()).collect();
            self.line(format!("/// {}.", text.join(" ").replace('_', " ")));
        }
    }

    fn item(&mut self) {
        if self.rng.percent(50) {
            self.doc();
        }
        if self.rng.percent(15) {
            let a =
                ["#[test]", "#[inline]", "#[derive(Show, Eq, Hash)]", "#[deprecated(\"use the other one\")]"];
            let a = a[self.rng.below(a.len())];
            self.line(a.to_string());
        }
        match self.rng.below(100) {
            0..=54 => self.function(false),
            55..=66 => self.record(),
            67..=72 => self.union(),
            73..=76 => self.protocol(),
            77..=92 => self.impl_block(),
            93..=95 => self.actor(),
            96..=98 => {
                let (n, t) = (self.word().to_uppercase(), TYPES[self.rng.below(8)]);
                let e = self.expr(1);
                self.line(format!("pub const {n}: {t} = {e}"));
            }
            _ => {
                let (n, t) = (self.ty_name(), self.ty(2));
                self.line(format!("type {n}List = {t}"));
            }
        }
    }
    fn params(&mut self, method: bool) -> String {
        let mut p = Vec::new();
        if method && self.rng.percent(85) {
            p.push(if self.rng.percent(60) { "&self".to_string() } else { "&mut self".to_string() });
        }
        for _ in 0..self.rng.below(4) {
            let (n, t) = (self.var(), self.ty(1));
            p.push(format!("{n}: {t}"));
        }
        p.join(", ")
    }
    fn generics(&mut self) -> &'static str {
        match self.rng.below(12) {
            0 => "[T]",
            1 => "[T: Ord]",
            2 => "[K: Hash + Eq, V]",
            _ => "",
        }
    }
    fn function(&mut self, method: bool) {
        let public = if self.rng.percent(50) { "pub " } else { "" };
        let (name, generics, params) = (self.fn_name(), self.generics(), self.params(method));
        let ret = if self.rng.percent(65) { format!(" -> {}", self.ty(2)) } else { String::new() };
        self.line(format!("{public}fn {name}{generics}({params}){ret} {{"));
        let n = 2 + self.rng.below(9);
        self.body(n, 3);
        self.line("}".into());
    }
    fn record(&mut self) {
        let (n, g) = (self.ty_name(), self.generics());
        self.line(format!("pub record {n}{g} {{"));
        self.indent += 1;
        for _ in 0..2 + self.rng.below(6) {
            let (n, t) = (self.var(), self.ty(2));
            self.line(format!("{n}: {t},"));
        }
        self.indent -= 1;
        self.line("}".into());
    }
    fn union(&mut self) {
        let n = self.ty_name();
        self.line(format!("union {n} {{"));
        self.indent += 1;
        for _ in 0..2 + self.rng.below(5) {
            let (n, a, t) = (self.ty_name(), self.var(), self.ty(1));
            let text = match self.rng.below(3) {
                0 => format!("{n},"),
                1 => format!("{n}({a}: {t}),"),
                _ => format!("{n} {{ {a}: {t}, count: u32 }},"),
            };
            self.line(text);
        }
        self.indent -= 1;
        self.line("}".into());
    }
    fn protocol(&mut self) {
        let n = self.ty_name();
        self.line(format!("protocol {n}Like {{"));
        self.indent += 1;
        for _ in 0..1 + self.rng.below(4) {
            let (n, p, t) = (self.fn_name(), self.params(true), self.ty(1));
            self.line(format!("fn {n}({p}) -> {t}"));
        }
        self.indent -= 1;
        self.line("}".into());
    }
    fn impl_block(&mut self) {
        let (a, b) = (self.ty_name(), self.ty_name());
        let head = match self.rng.below(3) {
            0 => format!("impl {a} {{"),
            1 => format!("impl Show for {b}[i32] {{"),
            _ => format!("impl[T] {a} for {b}[T] {{"),
        };
        self.line(head);
        self.indent += 1;
        for k in 0..1 + self.rng.below(5) {
            if k > 0 {
                self.out.push('\n');
            }
            if self.rng.percent(40) {
                self.doc();
            }
            self.function(true);
        }
        self.indent -= 1;
        self.line("}".into());
    }
    fn actor(&mut self) {
        let n = self.ty_name();
        self.line(format!("actor {n} {{"));
        self.indent += 1;
        for _ in 0..1 + self.rng.below(3) {
            let (n, t, e) = (self.var(), self.ty(1), self.expr(1));
            self.line(format!("var {n}: {t} = {e}"));
        }
        for _ in 0..1 + self.rng.below(3) {
            let (n, p) = (self.fn_name(), self.params(false));
            self.line(format!("on {n}({p}) {{"));
            self.body(3, 2);
            self.line("}".into());
        }
        self.indent -= 1;
        self.line("}".into());
    }

    fn body(&mut self, statements: usize, depth: usize) {
        self.indent += 1;
        for _ in 0..statements {
            if self.rng.percent(9) {
                self.comment();
            }
            if self.rng.percent(6) && statements > 3 {
                self.out.push('\n');
            }
            self.stmt(depth);
        }
        self.indent -= 1;
    }
    fn block(&mut self, head: String, depth: usize) {
        self.line(format!("{head} {{"));
        let n = 1 + self.rng.below(4);
        self.body(n, depth);
        self.line("}".into());
    }
    fn stmt(&mut self, depth: usize) {
        let kind = if depth == 0 { self.rng.below(66) } else { self.rng.below(100) };
        match kind {
            0..=24 => {
                let (n, e) = (self.var(), self.expr(3));
                let text = match self.rng.below(6) {
                    0 => format!("var {n} = {e}"),
                    1 => format!("let {n}: {} = {e}", self.ty(1)),
                    2 if self.rng.percent(30) => format!("let ({n}, {}) = {e}", self.var()),
                    _ => format!("let {n} = {e}"),
                };
                self.line(text);
            }
            25..=44 => {
                let e = self.chain(3);
                let f = self.fn_name();
                let a = self.args(2);
                let q = if self.rng.percent(20) { "try " } else { "" };
                self.line(format!("{q}{e}.{f}({a})"));
            }
            45..=54 => {
                let (p, e) = (self.place(), self.expr(3));
                let op = ["=", "=", "=", "+=", "-="][self.rng.below(5)];
                self.line(format!("{p} {op} {e}"));
            }
            55..=60 => {
                let (a, b, w) = (self.var(), self.place(), self.word());
                let f = ["println", "log.info", "trace"][self.rng.below(3)];
                self.line(format!("{f}(\"{w} {{{a}}} of {{{b}}}\")"));
            }
            61..=65 => {
                let e = self.expr(2);
                self.line(format!("return {e}"));
            }
            66..=79 => {
                let c = self.cond();
                let c = if self.rng.percent(12) {
                    format!("let some({}) = {}", self.var(), self.chain(2))
                } else {
                    c
                };
                self.line(format!("if {c} {{"));
                let n = 1 + self.rng.below(3);
                self.body(n, depth - 1);
                if self.rng.percent(35) {
                    self.line("} else {".into());
                    let n = 1 + self.rng.below(2);
                    self.body(n, depth - 1);
                }
                self.line("}".into());
            }
            80..=86 => {
                let (v, e) = (self.var(), self.chain(2));
                let e = if self.rng.percent(35) { format!("0..{e}") } else { e };
                self.block(format!("for {v} in {e}"), depth - 1);
            }
            87..=89 => {
                let c = self.cond();
                self.block(format!("while {c}"), depth - 1);
            }
            90..=96 => {
                let e = self.chain(2);
                self.line(format!("match {e} {{"));
                self.indent += 1;
                for _ in 0..2 + self.rng.below(3) {
                    let (p, e) = (self.pat(), self.expr(2));
                    if self.rng.percent(25) {
                        self.block(format!("{p} =>"), depth - 1);
                    } else {
                        self.line(format!("{p} => {e},"));
                    }
                }
                let e = self.expr(1);
                self.line(format!("_ => {e},"));
                self.indent -= 1;
                self.line("}".into());
            }
            97 => self.block("spawn".into(), depth - 1),
            98 => self.block("scope".into(), depth - 1),
            _ => {
                let (n, e) = (self.word(), self.chain(2));
                self.line(format!("using {n} = {e}"));
            }
        }
    }
    fn pat(&mut self) -> String {
        match self.rng.below(8) {
            0 => format!("some({})", self.var()),
            1 => format!("err({})", self.var()),
            2 => format!("{}.{}", self.ty_name(), self.ty_name()),
            3 => format!("{} {{ {}, {} }}", self.ty_name(), self.word(), self.word()),
            4 => format!("{} | {}", self.rng.below(10), self.rng.below(100)),
            5 => format!("{} if {}", self.var(), self.cond()),
            6 => format!("\"{}\"", self.word()),
            _ => format!("{}.{}({}, _)", self.ty_name(), self.ty_name(), self.var()),
        }
    }
    fn place(&mut self) -> String {
        match self.rng.below(5) {
            0..=1 => self.var(),
            2..=3 => format!("self.{}", self.var()),
            _ => format!("{}[{}]", self.var(), self.var()),
        }
    }
    fn chain(&mut self, depth: usize) -> String {
        let mut s = match self.rng.below(10) {
            0..=4 => self.var(),
            5..=7 => format!("self.{}", self.var()),
            8 => format!("{}.new({})", self.ty_name(), self.args(depth.saturating_sub(1))),
            _ => format!("{}({})", self.fn_name(), self.args(depth.saturating_sub(1))),
        };
        for _ in 0..[0, 0, 0, 1, 1, 2][self.rng.below(6)] {
            s += &match self.rng.below(8) {
                0..=2 => format!(".{}", self.var()),
                3..=5 => format!(".{}({})", self.fn_name(), self.args(depth.saturating_sub(1))),
                6 => format!("[{}]", self.var()),
                _ => format!(".{}()", self.fn_name()),
            };
        }
        s
    }
    fn args(&mut self, depth: usize) -> String {
        let n = [0, 1, 1, 1, 2, 2, 3][self.rng.below(7)];
        let v: Vec<String> = (0..n).map(|_| self.expr(depth)).collect();
        v.join(", ")
    }
    fn cond(&mut self) -> String {
        let (a, b) = (self.chain(1), self.chain(1));
        let op = ["==", "!=", "<", ">=", "<="][self.rng.below(5)];
        match self.rng.below(6) {
            0 => format!("!{a}"),
            1 => a,
            2 => format!("{a} {op} {b} && {} > {}", self.var(), self.rng.below(100)),
            _ => format!("{a} {op} {b}"),
        }
    }
    fn expr(&mut self, depth: usize) -> String {
        let leaf = depth == 0;
        match self.rng.below(if leaf { 45 } else { 100 }) {
            0..=22 => self.var(),
            23..=32 => match self.rng.below(8) {
                0..=4 => self.rng.below(1000).to_string(),
                5 => format!("{}.{}", self.rng.below(100), self.rng.below(100)),
                6 => format!("{}u64", self.rng.below(100)),
                _ => ["true", "false", "0xff", "'c'"][self.rng.below(4)].to_string(),
            },
            33..=37 => format!("\"{} {}\"", self.word(), self.word()),
            38..=44 => format!("self.{}", self.var()),
            45..=64 => self.chain(depth - 1),
            65..=82 => {
                let (a, b) = (self.expr(depth - 1), self.expr(depth - 1));
                let op = OPS[self.rng.below(OPS.len())];
                let compares = ["==", "!=", "<", "<=", ">", ">="].contains(&op);
                if compares || self.rng.percent(15) {
                    format!("({a} {op} {b})")
                } else {
                    format!("{a} {op} {b}")
                }
            }
            83..=85 => format!("-{}", self.chain(0)),
            86..=87 => format!("&{}", self.chain(0)),
            88..=89 => format!("{} as {}", self.chain(0), TYPES[self.rng.below(7)]),
            90 => format!("[{}, {}]", self.expr(depth - 1), self.expr(depth - 1)),
            91 => format!("({}, {})", self.expr(depth - 1), self.expr(depth - 1)),
            92..=93 => format!(
                "{} {{ {}: {}, {}: {} }}",
                self.ty_name(),
                self.word(),
                self.expr(depth - 1),
                self.word(),
                self.expr(0)
            ),
            94..=95 => format!("{}.map(|{}| {})", self.chain(0), self.word(), self.expr(depth - 1)),
            96 => format!("parse[{}]({})", self.ty_name(), self.expr(0)),
            97..=98 => format!("if {} {{ {} }} else {{ {} }}", self.cond(), self.expr(0), self.expr(0)),
            _ => format!("\"{} {{{}}}\"", self.word(), self.chain(0)),
        }
    }
}

//! The generator: random well-typed programs whose borrows do not conflict.
//!
//! In: a seed. Out: a [`Case`]. What is made compiles, ends, and does the same every time; it may panic. To keep
//! borrows apart without lifetimes, what a reference in a variable leads to stays frozen (or, for `&mut`, closed) until
//! that variable's scope ends; a value is moved only where every way through the program has it.
//!
//! ```text
//! types.rs    records, unions, constants      items.rs    functions, methods, the protocol
//! values.rs   places and leaves               exprs.rs    expressions by type
//! calls.rs    calls, closures, iterators      stmts.rs    statements, loops       patterns.rs  match
//! forms.rs    dyn, operators, iterators of one's own, const generics, closures that are returned or boxed
//! ```

mod calls;
mod exprs;
mod forms;
mod items;
mod patterns;
mod stmts;
mod types;
mod values;

use crate::ast::*;
use crate::rng::Rng;

/// Every fourth seed's arithmetic wraps; in the others overflow panics.
pub fn wraps(seed: u64) -> bool {
    seed % 4 == 3
}

/// What the cases of a seed share: types, constants, conversions, and the types that most values have. Each of them costs
/// a compiler the instances of the library's functions for it, once and not in every case.
pub fn world(seed: u64) -> World {
    let mut make = Make::new(seed, 1008, "w".to_string(), Case::default());
    make.make_world();
    World { case: make.case, pool: make.pool }
}

/// The case of a number in a batch: its names carry the number.
pub fn case(world: &World, seed: u64, number: usize) -> Case {
    let mut make = Make::new(seed, number, number.to_string(), world.case.clone());
    make.pool = world.pool.clone();
    make.case.shared = Shared {
        adts: make.case.adts.len(),
        consts: make.case.consts.len(),
        froms: make.case.froms.len(),
        forms: make.case.forms.len(),
        statics: make.case.statics.len(),
    };
    make.items();
    make.case
}

#[derive(Clone, Debug)]
struct Var {
    name: Name,
    ty: Ty,
    mutable: bool,
    moved: bool,
    /// The paths of what was taken out of it.
    gone: Vec<Vec<String>>,
    /// Shared references to it that live.
    frozen: u32,
    /// Mutable ones.
    closed: u32,
    /// In how many loops it was declared.
    loops: usize,
    /// What it borrows: the variable, and whether to change it.
    holds: Vec<(usize, bool)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Touch {
    Read,
    Write,
    Move,
}

/// A closure whose body is being made.
#[derive(Clone, Debug)]
struct Capture {
    /// Variables from here on are its own.
    base: usize,
    kind: ClosureKind,
    moves: bool,
    /// In how many loops it is made.
    loops: usize,
    touched: Vec<(usize, Touch)>,
}

/// A function or closure whose body is being made.
#[derive(Clone, Debug)]
struct Frame {
    ret: Ty,
    /// Label, in how many loops it stands, and the type a `break` carries; `None` of one that carries none.
    labels: Vec<Label>,
    /// Inside a `try` block: its error.
    catch: Option<Ty>,
    /// Only to be left at its end.
    closed: bool,
}

#[derive(Clone, Debug)]
struct Label {
    name: Name,
    is_loop: bool,
    value: Option<Ty>,
}

struct Make {
    rng: Rng,
    case: Case,
    /// Part of the names of all items.
    tag: String,
    /// What most values are of; without parameters.
    pool: Vec<Ty>,
    /// The records and unions that this case uses.
    own: Vec<usize>,
    /// Prints by `{x:?}` too: many instances of the library's functions.
    interpolates: bool,
    /// Most of the cases are: a few lines a function.
    small: bool,
    /// Nothing in which Rust is meant to do something else. (rustc drops what is left of an array from its end, against
    /// its own reference.)
    like_rust: bool,
    names: usize,
    ids: i64,
    vars: Vec<Var>,
    loops: usize,
    /// Inside a guard nothing is changed.
    reads_only: usize,
    closures: Vec<Capture>,
    frames: Vec<Frame>,
    /// How many more nodes this function may have.
    fuel: i64,
    /// Type parameters of the function at hand.
    params: usize,
    /// Its const parameters.
    consts: usize,
    /// What `forms.rs` made for this case.
    forms: Vec<forms::Made>,
    /// A closure that is made now is `move`.
    must_move: bool,
    /// Patterns bind nothing.
    nameless: bool,
    /// They are bound by the protocol.
    bound: bool,
    /// Calls left in this function.
    calls: usize,
    depth: usize,
}

impl Make {
    fn new(seed: u64, number: usize, tag: String, case: Case) -> Make {
        Make {
            rng: Rng::new(seed.wrapping_mul(1009).wrapping_add(number as u64)),
            case,
            tag,
            pool: Vec::new(),
            own: Vec::new(),
            small: false,
            interpolates: seed % 32 == 4,
            like_rust: seed.is_multiple_of(2),
            names: 0,
            ids: 0,
            vars: Vec::new(),
            loops: 0,
            reads_only: 0,
            closures: Vec::new(),
            frames: Vec::new(),
            fuel: 0,
            params: 0,
            consts: 0,
            forms: Vec::new(),
            must_move: false,
            nameless: false,
            bound: false,
            calls: 0,
            depth: 0,
        }
    }

    fn name(&mut self, start: &str) -> Name {
        self.names += 1;
        format!("{start}{}", self.names)
    }

    fn declare(&mut self, name: Name, ty: Ty, mutable: bool) -> usize {
        self.vars.push(Var {
            name,
            ty,
            mutable,
            moved: false,
            gone: Vec::new(),
            frozen: 0,
            closed: 0,
            loops: self.loops,
            holds: Vec::new(),
        });
        self.vars.len() - 1
    }

    /// What is declared inside ends, and gives back what it borrowed.
    fn scope<R>(&mut self, inside: impl FnOnce(&mut Make) -> R) -> R {
        let base = self.vars.len();
        let result = inside(self);
        self.leave(base);
        result
    }

    fn leave(&mut self, base: usize) {
        while self.vars.len() > base {
            let Some(var) = self.vars.pop() else { return };
            self.release(&var.holds);
        }
    }

    fn release(&mut self, holds: &[(usize, bool)]) {
        for &(at, exclusive) in holds {
            // What is gone already needs nothing.
            if let Some(var) = self.vars.get_mut(at) {
                if exclusive {
                    var.closed = var.closed.saturating_sub(1);
                } else {
                    var.frozen = var.frozen.saturating_sub(1);
                }
            }
        }
    }

    fn hold(&mut self, at: usize, exclusive: bool) -> (usize, bool) {
        if exclusive {
            self.vars[at].closed += 1;
        } else {
            self.vars[at].frozen += 1;
        }
        (at, exclusive)
    }

    /// One of several ways through: what was moved before is moved after, whatever happens inside.
    fn branch<R>(&mut self, inside: impl FnOnce(&mut Make) -> R) -> R {
        let before: Vec<(bool, Vec<Vec<String>>)> =
            self.vars.iter().map(|var| (var.moved, var.gone.clone())).collect();
        let result = self.scope(inside);
        for (var, (moved, gone)) in self.vars.iter_mut().zip(before) {
            var.moved |= moved;
            for path in gone {
                if !var.gone.contains(&path) {
                    var.gone.push(path);
                }
            }
        }
        result
    }

    /// A body that may run many times.
    fn repeated<R>(&mut self, inside: impl FnOnce(&mut Make) -> R) -> R {
        self.loops += 1;
        let result = self.branch(inside);
        self.loops -= 1;
        result
    }

    fn can(&self, at: usize, touch: Touch) -> bool {
        let var = &self.vars[at];
        if var.moved || var.closed > 0 {
            return false;
        }
        // Closures would have to capture the rest by its paths.
        if !var.gone.is_empty() && self.closures.iter().any(|capture| capture.base > at) {
            return false;
        }
        let own = |capture: &Capture| capture.base <= at;
        let copy = self.is_copy(&var.ty);
        for capture in self.closures.iter().filter(|capture| !own(capture)) {
            // Taken whole when the closure is made.
            if capture.moves && !copy && (var.frozen > 0 || var.loops != capture.loops) {
                return false;
            }
            let allowed = match touch {
                Touch::Read => true,
                Touch::Write => capture.kind != ClosureKind::Fn,
                Touch::Move => capture.kind == ClosureKind::FnOnce,
            };
            if !allowed {
                return false;
            }
        }
        match touch {
            Touch::Read => true,
            Touch::Write => self.reads_only == 0 && var.frozen == 0 && var.mutable,
            Touch::Move => self.reads_only == 0 && var.frozen == 0 && (copy || var.loops == self.loops),
        }
    }

    fn touch(&mut self, at: usize, touch: Touch) {
        let copy = self.is_copy(&self.vars[at].ty);
        for capture in &mut self.closures {
            if capture.base > at {
                capture.touched.push((at, touch));
            }
        }
        if touch == Touch::Move && !copy {
            self.vars[at].moved = true;
        }
    }

    /// Takes a place: a part leaves the rest there, but not inside a closure.
    fn take(&mut self, at: usize, path: &[String]) {
        let whole = path.is_empty() || self.closures.iter().any(|capture| capture.base > at);
        self.touch(at, Touch::Move);
        if !whole {
            self.vars[at].moved = false;
            self.vars[at].gone.push(path.to_vec());
        }
    }

    fn spend(&mut self) -> bool {
        self.fuel -= 1;
        self.fuel > 0 && self.depth < 6
    }

    fn deeper<R>(&mut self, inside: impl FnOnce(&mut Make) -> R) -> R {
        self.depth += 1;
        let result = inside(self);
        self.depth -= 1;
        result
    }
}

//! What every generated program begins with, in both languages.
//!
//! In: nothing. Out: text: a record whose end and copies can be seen, functions that take closures, and in Rust what
//! Quastra's library has.
//!
//! ```text
//! Noisy { id: 3 }   →   prints ~3 when it ends; its clone is 1003
//! ```

pub const QUASTRA: &str = r#"//! Generated.

#[derive(Debug, Eq)]
record Noisy { id: i64 }
impl Drop for Noisy {
    fn drop(&mut self) { say("~", self.id) }
}
impl Clone for Noisy {
    fn clone(&self) -> Noisy {
        say("+", self.id)
        Noisy { id: self.id + 1000 }
    }
}
fn first_case() -> i64 {
    match core.env.args().get(1) {
        some(text) => text.parse().unwrap_or(0),
        none => 0,
    }
}
// What prints is never inlined: it would be most of the program.
#[noinline]
fn put(text: &str) { print(text) }
#[noinline]
fn put_int(value: i128) { print(value) }
#[noinline]
fn put_natural(value: u128) { print(value) }
#[noinline]
fn put_f32(value: f32) { print("{value:?}") }
#[noinline]
fn put_f64(value: f64) { print("{value:?}") }
#[noinline]
fn put_char(value: char) { print("{value:?}") }
#[noinline]
fn put_text(value: &str) { print("{value:?}") }
#[noinline]
fn line(text: &str) { println(text) }
#[noinline]
fn say(mark: &str, id: i64) { println("{mark}{id}") }
#[noinline]
fn tell[T: Tell](label: &str, value: &T) {
    put(label)
    put(" ")
    value.tell()
    put("\n")
}
protocol Tell { fn tell(&self) }
impl Tell for i8 { fn tell(&self) { put_int(*self as i128) } }
impl Tell for i16 { fn tell(&self) { put_int(*self as i128) } }
impl Tell for i32 { fn tell(&self) { put_int(*self as i128) } }
impl Tell for i64 { fn tell(&self) { put_int(*self as i128) } }
impl Tell for i128 { fn tell(&self) { put_int(*self as i128) } }
impl Tell for isize { fn tell(&self) { put_int(*self as i128) } }
impl Tell for u8 { fn tell(&self) { put_natural(*self as u128) } }
impl Tell for u16 { fn tell(&self) { put_natural(*self as u128) } }
impl Tell for u32 { fn tell(&self) { put_natural(*self as u128) } }
impl Tell for u64 { fn tell(&self) { put_natural(*self as u128) } }
impl Tell for u128 { fn tell(&self) { put_natural(*self as u128) } }
impl Tell for usize { fn tell(&self) { put_natural(*self as u128) } }
impl Tell for f32 { fn tell(&self) { put_f32(*self) } }
impl Tell for f64 { fn tell(&self) { put_f64(*self) } }
impl Tell for bool { fn tell(&self) { put(if *self { "true" } else { "false" }) } }
impl Tell for char { fn tell(&self) { put_char(*self) } }
impl Tell for () { fn tell(&self) { put("()") } }
impl Tell for str { fn tell(&self) { put_text(self) } }
impl Tell for String { fn tell(&self) { put_text(self.as_str()) } }
impl Tell for Noisy { fn tell(&self) { put_int(self.id as i128) } }
impl[T: Tell] Tell for &T { fn tell(&self) { (**self).tell() } }
impl[T: Tell] Tell for &mut T { fn tell(&self) { (**self).tell() } }
impl[T: Tell] Tell for Box[T] { fn tell(&self) { (**self).tell() } }
impl[T: Tell] Tell for Rc[T] { fn tell(&self) { (**self).tell() } }
impl[T: Tell] Tell for [T] {
    fn tell(&self) {
        put("[")
        for item in self {
            item.tell()
            put(",")
        }
        put("]")
    }
}
impl[T: Tell, const N: usize] Tell for [T; N] { fn tell(&self) { self[..].tell() } }
impl[T: Tell] Tell for List[T] { fn tell(&self) { self.as_slice().tell() } }
impl[V: Tell] Tell for Map[i64, V] {
    fn tell(&self) {
        for (key, value) in self {
            key.tell()
            put("=")
            value.tell()
            put(";")
        }
    }
}
impl[T: Tell] Tell for Option[T] {
    fn tell(&self) {
        match self {
            some(value) => {
                put("some ")
                value.tell()
            },
            none => put("none"),
        }
    }
}
impl[T: Tell, E: Tell] Tell for Result[T, E] {
    fn tell(&self) {
        match self {
            ok(value) => {
                put("ok ")
                value.tell()
            },
            err(error) => {
                put("err ")
                error.tell()
            },
        }
    }
}
impl[A: Tell] Tell for (A,) {
    fn tell(&self) {
        put("(")
        self.0.tell()
        put(")")
    }
}
impl[A: Tell, B: Tell] Tell for (A, B) {
    fn tell(&self) {
        put("(")
        self.0.tell()
        put(",")
        self.1.tell()
        put(")")
    }
}
impl[A: Tell, B: Tell, C: Tell] Tell for (A, B, C) {
    fn tell(&self) {
        put("(")
        self.0.tell()
        put(",")
        self.1.tell()
        put(",")
        self.2.tell()
        put(")")
    }
}
impl[T: Tell] Tell for Set[T] {
    fn tell(&self) {
        for value in self {
            value.tell()
            put(";")
        }
    }
}
#[derive(Clone, Debug, Eq)]
record Ring[T, const N: usize] { cells: [T; N], at: usize }
impl[T: Clone, const N: usize] Ring[T, N] {
    fn next(&mut self) -> T {
        self.at += 1
        self.cells[self.at % N].clone()
    }
    fn size(&self) -> usize { N + self.cells.len() }
    fn turn(self) -> List[T] {
        var list = List.new()
        for i in 0..N { list.push(self.cells[(self.at + i) % N].clone()) }
        list
    }
}
impl[T, const N: usize] Index[usize] for Ring[T, N] {
    type Output = T
    fn index(&self, at: usize) -> &T { &self.cells[at % N] }
}
impl[T, const N: usize] IndexMut[usize] for Ring[T, N] {
    fn index_mut(&mut self, at: usize) -> &mut T { &mut self.cells[at % N] }
}
fn gather[T, I: Iterator[Item = T]](items: I) -> List[T] {
    var list = List.new()
    for item in items { list.push(item) }
    list
}
fn last_or[I: Iterator](items: I, or: I.Item) -> I.Item {
    var last = or
    for item in items { last = item }
    last
}
fn apply[F: Fn(i64) -> i64](f: F, x: i64) -> i64 { f(f(x)) }
fn change[F: FnMut(i64) -> i64](var f: F, x: i64) -> i64 { f(x).wrapping_add(f(x)) }
fn finish[T, F: FnOnce(i64) -> T](f: F, x: i64) -> T { f(x) }
fn choose[T: Clone](items: &[T], at: usize) -> Option[T] { items.get(at).cloned() }
fn look[V: Clone](map: &Map[i64, V], key: i64) -> Option[V] { map.get(key).cloned() }
fn first[T](items: &[T]) -> Option[&T] { items.first() }
fn either[T](a: bool, x: T, y: T) -> T { if a { x } else { y } }
"#;

pub const RUST: &str = r#"#![allow(warnings, arithmetic_overflow, unconditional_panic)]
use std::fmt::Debug;
use std::ops::*;
use std::rc::Rc;

#[derive(Debug, PartialEq)]
struct Noisy { id: i64 }
impl Drop for Noisy {
    fn drop(&mut self) { say("~", self.id) }
}
impl Clone for Noisy {
    fn clone(&self) -> Noisy {
        say("+", self.id);
        Noisy { id: self.id + 1000 }
    }
}
#[derive(Clone)]
struct Map<K, V> { entries: Vec<(K, V)> }
impl<K: PartialEq, V> Map<K, V> {
    fn new() -> Map<K, V> { Map { entries: Vec::new() } }
    fn len(&self) -> usize { self.entries.len() }
    fn get(&self, key: K) -> Option<&V> { self.entries.iter().find(|it| it.0 == key).map(|it| &it.1) }
    fn get_mut(&mut self, key: K) -> Option<&mut V> { self.entries.iter_mut().find(|it| it.0 == key).map(|it| &mut it.1) }
    fn contains_key(&self, key: K) -> bool { self.get(key).is_some() }
    fn insert(&mut self, key: K, value: V) {
        match self.entries.iter().position(|it| it.0 == key) {
            Some(at) => self.entries[at].1 = value,
            None => self.entries.push((key, value)),
        }
    }
    fn remove(&mut self, key: K) -> Option<V> {
        let at = self.entries.iter().position(|it| it.0 == key)?;
        Some(self.entries.remove(at).1)
    }
}
impl<K: PartialEq, V: PartialEq> PartialEq for Map<K, V> {
    fn eq(&self, other: &Map<K, V>) -> bool {
        self.len() == other.len() && self.entries.iter().all(|(k, v)| other.entries.iter().any(|(l, w)| k == l && v == w))
    }
}
impl<K: Debug, V: Debug> Debug for Map<K, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.debug_map().entries(self.entries.iter().map(|it| (&it.0, &it.1))).finish()
    }
}
fn first_case() -> i64 {
    std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(0)
}
trait Tell { fn tell(&self); }
fn put(text: &str) { print!("{text}") }
fn line(text: &str) { println!("{text}") }
fn say(mark: &str, id: i64) { println!("{mark}{id}") }
fn tell<T: Tell + ?Sized>(label: &str, value: &T) {
    put(label);
    put(" ");
    value.tell();
    put("\n");
}
macro_rules! tell {
    ($($ty:ty,)*) => { $(impl Tell for $ty { fn tell(&self) { print!("{self:?}") } })* };
}
tell! { i8, i16, i32, i64, i128, isize, u8, u16, u32, u64, u128, usize, f32, f64, bool, char, (), str, String, }
impl Tell for Noisy { fn tell(&self) { self.id.tell() } }
impl<T: Tell + ?Sized> Tell for &T { fn tell(&self) { (**self).tell() } }
impl<T: Tell + ?Sized> Tell for &mut T { fn tell(&self) { (**self).tell() } }
impl<T: Tell + ?Sized> Tell for Box<T> { fn tell(&self) { (**self).tell() } }
impl<T: Tell + ?Sized> Tell for Rc<T> { fn tell(&self) { (**self).tell() } }
impl<T: Tell> Tell for [T] {
    fn tell(&self) {
        put("[");
        for item in self {
            item.tell();
            put(",");
        }
        put("]");
    }
}
impl<T: Tell, const N: usize> Tell for [T; N] { fn tell(&self) { self[..].tell() } }
impl<T: Tell> Tell for Vec<T> { fn tell(&self) { self[..].tell() } }
impl<V: Tell> Tell for Map<i64, V> {
    fn tell(&self) {
        for (key, value) in &self.entries {
            key.tell();
            put("=");
            value.tell();
            put(";");
        }
    }
}
impl<T: Tell> Tell for Option<T> {
    fn tell(&self) {
        match self {
            Some(value) => {
                put("some ");
                value.tell();
            }
            None => put("none"),
        }
    }
}
impl<T: Tell, E: Tell> Tell for Result<T, E> {
    fn tell(&self) {
        match self {
            Ok(value) => {
                put("ok ");
                value.tell();
            }
            Err(error) => {
                put("err ");
                error.tell();
            }
        }
    }
}
impl<A: Tell> Tell for (A,) {
    fn tell(&self) {
        put("(");
        self.0.tell();
        put(")");
    }
}
impl<A: Tell, B: Tell> Tell for (A, B) {
    fn tell(&self) {
        put("(");
        self.0.tell();
        put(",");
        self.1.tell();
        put(")");
    }
}
impl<A: Tell, B: Tell, C: Tell> Tell for (A, B, C) {
    fn tell(&self) {
        put("(");
        self.0.tell();
        put(",");
        self.1.tell();
        put(",");
        self.2.tell();
        put(")");
    }
}
#[derive(Clone)]
struct Set<T> { entries: Vec<T> }
impl<T: PartialEq> Set<T> {
    fn new() -> Set<T> { Set { entries: Vec::new() } }
    fn len(&self) -> usize { self.entries.len() }
    fn clear(&mut self) { self.entries.clear() }
    fn contains(&self, value: T) -> bool { self.entries.contains(&value) }
    fn insert(&mut self, value: T) -> bool {
        let is_new = !self.entries.contains(&value);
        if is_new {
            self.entries.push(value);
        }
        is_new
    }
}
impl<T: PartialEq> PartialEq for Set<T> {
    fn eq(&self, other: &Set<T>) -> bool {
        self.len() == other.len() && self.entries.iter().all(|it| other.entries.contains(it))
    }
}
impl<T: Debug> Debug for Set<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result { f.debug_set().entries(self.entries.iter()).finish() }
}
impl<T: Tell> Tell for Set<T> {
    fn tell(&self) {
        for value in &self.entries {
            value.tell();
            put(";");
        }
    }
}
#[derive(Clone, Debug, PartialEq)]
struct Ring<T, const N: usize> { cells: [T; N], at: usize }
impl<T: Clone, const N: usize> Ring<T, N> {
    fn next(&mut self) -> T {
        self.at += 1;
        self.cells[self.at % N].clone()
    }
    fn size(&self) -> usize { N + self.cells.len() }
    fn turn(self) -> Vec<T> {
        let mut list = Vec::new();
        for i in 0..N { list.push(self.cells[(self.at + i) % N].clone()); }
        list
    }
}
impl<T, const N: usize> Index<usize> for Ring<T, N> {
    type Output = T;
    fn index(&self, at: usize) -> &T { &self.cells[at % N] }
}
impl<T, const N: usize> IndexMut<usize> for Ring<T, N> {
    fn index_mut(&mut self, at: usize) -> &mut T { &mut self.cells[at % N] }
}
fn gather<T, I: Iterator<Item = T>>(items: I) -> Vec<T> {
    let mut list = Vec::new();
    for item in items { list.push(item); }
    list
}
fn last_or<I: Iterator>(items: I, or: I::Item) -> I::Item {
    let mut last = or;
    for item in items { last = item; }
    last
}
fn apply<F: Fn(i64) -> i64>(f: F, x: i64) -> i64 { f(f(x)) }
fn change<F: FnMut(i64) -> i64>(mut f: F, x: i64) -> i64 { f(x).wrapping_add(f(x)) }
fn finish<T, F: FnOnce(i64) -> T>(f: F, x: i64) -> T { f(x) }
fn choose<T: Clone>(items: &[T], at: usize) -> Option<T> { items.get(at).cloned() }
fn look<V: Clone>(map: &Map<i64, V>, key: i64) -> Option<V> { map.get(key).cloned() }
fn first<T>(items: &[T]) -> Option<&T> { items.first() }
fn either<T>(a: bool, x: T, y: T) -> T { if a { x } else { y } }
"#;

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
    fn drop(&mut self) { println("~{self.id}") }
}
impl Clone for Noisy {
    fn clone(&self) -> Noisy {
        println("+{self.id}")
        Noisy { id: self.id + 1000 }
    }
}
fn first_case() -> i64 {
    match core.env.args().get(1) {
        some(text) => text.parse().unwrap_or(0),
        none => 0,
    }
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
use std::rc::Rc;

#[derive(Debug, PartialEq)]
struct Noisy { id: i64 }
impl Drop for Noisy {
    fn drop(&mut self) { println!("~{}", self.id) }
}
impl Clone for Noisy {
    fn clone(&self) -> Noisy {
        println!("+{}", self.id);
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
fn apply<F: Fn(i64) -> i64>(f: F, x: i64) -> i64 { f(f(x)) }
fn change<F: FnMut(i64) -> i64>(mut f: F, x: i64) -> i64 { f(x).wrapping_add(f(x)) }
fn finish<T, F: FnOnce(i64) -> T>(f: F, x: i64) -> T { f(x) }
fn choose<T: Clone>(items: &[T], at: usize) -> Option<T> { items.get(at).cloned() }
fn look<V: Clone>(map: &Map<i64, V>, key: i64) -> Option<V> { map.get(key).cloned() }
fn first<T>(items: &[T]) -> Option<&T> { items.first() }
fn either<T>(a: bool, x: T, y: T) -> T { if a { x } else { y } }
"#;

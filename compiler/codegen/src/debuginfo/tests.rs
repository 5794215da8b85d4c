//! The companion of a table with every kind of type, judged by llvm-dwarfdump where that is installed.

#![expect(clippy::disallowed_methods, reason = "the test hands files to llvm-dwarfdump")]

use super::companion::{self, Options};
use super::desc::*;
use std::process::Command;

fn add(table: &mut TypeTable, namespace: &[&str], name: &str, size: u64, kind: TypeDescKind) -> TypeId {
    table.types.push(TypeDesc {
        namespace: namespace.iter().map(|part| part.to_string()).collect(),
        name: name.to_owned(),
        size,
        align: size.clamp(1, 8),
        params: Vec::new(),
        kind,
    })
}

fn field(name: &str, offset: u64, ty: TypeId) -> Field {
    Field { name: name.to_owned(), offset, ty }
}

fn variant(name: &str, discr: Option<u64>, fields: Vec<Field>) -> Variant {
    Variant { name: name.to_owned(), discr, fields }
}

/// `Shape` with a tag, `Option[&i64]` with a niche, `Colour` without payloads, `&str`, `[i64; 4]`, `fn(i64)`.
fn sample() -> TypeTable {
    let mut table = TypeTable::default();
    let t = &mut table;
    let int = add(t, &[], "i64", 8, TypeDescKind::Base(Encoding::Signed));
    let byte = add(t, &[], "u8", 1, TypeDescKind::Base(Encoding::Unsigned));
    let float = add(t, &[], "f64", 8, TypeDescKind::Base(Encoding::Float));
    let word = add(t, &[], "usize", 8, TypeDescKind::Base(Encoding::Unsigned));
    let bytes = add(t, &[], "&u8", 8, TypeDescKind::Pointer(byte));
    let text = TypeDescKind::Record(vec![field("data_ptr", 0, bytes), field("length", 8, word)]);
    add(t, &[], "&str", 16, text);
    let circle = variant("Circle", Some(0), vec![field("0", 8, float)]);
    let rect = variant("Rect", Some(1), vec![field("w", 8, float), field("h", 16, float)]);
    let variants = vec![circle, rect, variant("Empty", Some(2), vec![])];
    let shape = TypeDescKind::Union { tag: Some(field("tag", 0, byte)), variants };
    add(t, &["app", "geometry"], "Shape", 24, shape);
    let ints = add(t, &[], "&i64", 8, TypeDescKind::Pointer(int));
    let some = variant("some", None, vec![field("0", 0, ints)]);
    let option = TypeDescKind::Union {
        tag: Some(field("niche", 0, word)),
        variants: vec![variant("none", Some(0), vec![]), some],
    };
    let option = add(t, &["core", "option"], "Option[&i64]", 8, option);
    t.types[option].params = vec![("T".to_owned(), ints)];
    let colours = vec![("Red".to_owned(), 0), ("Green".to_owned(), 1)];
    add(t, &["app"], "Colour", 1, TypeDescKind::Enumeration { repr: byte, variants: colours });
    add(t, &[], "", 32, TypeDescKind::Array(int, 4));
    let function = add(t, &[], "", 0, TypeDescKind::Function { params: vec![int], ret: None });
    add(t, &[], "fn(i64)", 8, TypeDescKind::Pointer(function));
    table
}

fn write() -> Vec<u8> {
    let options = Options { architecture: object::Architecture::X86_64, address_size: 8, printers: true };
    companion::object(&sample(), &options).expect("a companion")
}

#[test]
fn the_same_table_gives_the_same_bytes() {
    assert_eq!(write(), write());
}

#[test]
fn dwarfdump_finds_nothing_wrong() {
    let Some(dwarfdump) = llvm_sys_config::find().ok().and_then(|llvm| llvm.tool("llvm-dwarfdump")) else {
        return;
    };
    let folder = std::env::temp_dir().join(format!("quastra-companion-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the test");
    let file = folder.join("types.o");
    std::fs::write(&file, write()).expect("the object");
    let verified = Command::new(&dwarfdump).arg("--verify").arg(&file).output().expect("llvm-dwarfdump runs");
    let dump = Command::new(&dwarfdump).arg(&file).output().expect("llvm-dwarfdump runs");
    std::fs::remove_dir_all(&folder).expect("the test's folder can go");
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    let dump = String::from_utf8_lossy(&dump.stdout);
    for expected in
        ["DW_TAG_variant_part", "\"Option[&i64]\"", "DW_TAG_enumerator", "DW_TAG_template_type_parameter"]
    {
        assert!(dump.contains(expected), "no {expected} in\n{dump}");
    }
}

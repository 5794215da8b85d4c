//! Type entries from the type table. Variant parts are laid out as rustc lays them out, because that is the
//! shape gdb and lldb have code for.
//!
//! In: a [`TypeTable`]. Out: one entry a type in a gimli unit, inside its namespaces; an entry with a value for each
//! constant; for each table of a `dyn` a second name of its type, which is the table's symbol, so that debuggers find the type
//! of a value behind a `dyn`.
//!
//! ```text
//! DW_TAG_structure_type "Shape"
//!   DW_TAG_variant_part  (DW_AT_discr → the tag)
//!     DW_TAG_member      the tag, artificial
//!     DW_TAG_variant 0 → DW_TAG_member "Circle" of type Shape::Circle
//!   DW_TAG_structure_type "Circle"  { __0: f64 at 8 }
//! ```

use super::desc::{ConstDesc, Encoding, Field, TypeDescKind, TypeId, TypeTable, Variant};
use base::Idx;
use gimli::DwTag;
use gimli::write::{AttributeValue, StringTable, Unit, UnitEntryId};
use std::collections::BTreeMap;

/// Defines every type of the table.
pub fn define_all(table: &TypeTable, unit: &mut Unit, strings: &mut StringTable) {
    let mut builder = Builder { table, unit, strings, entries: Vec::new(), namespaces: BTreeMap::new() };
    // All entries first, so that any may refer to any.
    for (_, desc) in table.types.iter_enumerated() {
        let parent = builder.namespace(&desc.namespace);
        let entry = builder.unit.add(parent, tag(&desc.kind));
        builder.entries.push(entry);
    }
    for (id, _) in table.types.iter_enumerated() {
        builder.fill(id);
    }
    for constant in &table.constants {
        builder.constant(constant);
    }
    for (symbol, ty) in &table.tables {
        let root = builder.unit.root();
        let entry = builder.unit.add(root, gimli::DW_TAG_typedef);
        builder.name(entry, symbol);
        builder.ty(entry, *ty);
    }
}

fn tag(kind: &TypeDescKind) -> DwTag {
    match kind {
        TypeDescKind::Base(_) => gimli::DW_TAG_base_type,
        TypeDescKind::Record(_) | TypeDescKind::Union { .. } => gimli::DW_TAG_structure_type,
        TypeDescKind::Enumeration { .. } => gimli::DW_TAG_enumeration_type,
        TypeDescKind::Pointer(_) => gimli::DW_TAG_pointer_type,
        TypeDescKind::Array(..) => gimli::DW_TAG_array_type,
        TypeDescKind::Function { .. } => gimli::DW_TAG_subroutine_type,
    }
}

struct Builder<'a> {
    table: &'a TypeTable,
    unit: &'a mut Unit,
    strings: &'a mut StringTable,
    /// By number of the type.
    entries: Vec<UnitEntryId>,
    namespaces: BTreeMap<Vec<String>, UnitEntryId>,
}

impl Builder<'_> {
    fn namespace(&mut self, path: &[String]) -> UnitEntryId {
        let mut parent = self.unit.root();
        for depth in 1..=path.len() {
            parent = match self.namespaces.get(&path[..depth]) {
                Some(&entry) => entry,
                None => {
                    let entry = self.unit.add(parent, gimli::DW_TAG_namespace);
                    self.name(entry, &path[depth - 1]);
                    self.namespaces.insert(path[..depth].to_vec(), entry);
                    entry
                }
            };
        }
        parent
    }

    fn set(&mut self, entry: UnitEntryId, attribute: gimli::DwAt, value: AttributeValue) {
        self.unit.get_mut(entry).set(attribute, value);
    }

    fn name(&mut self, entry: UnitEntryId, name: &str) {
        let string = self.strings.add(name.as_bytes());
        self.set(entry, gimli::DW_AT_name, AttributeValue::StringRef(string));
    }

    fn ty(&mut self, entry: UnitEntryId, ty: TypeId) {
        let target = self.entries[ty.index()];
        self.set(entry, gimli::DW_AT_type, AttributeValue::UnitRef(target));
    }

    fn sized(&mut self, entry: UnitEntryId, size: u64, align: u64) {
        self.set(entry, gimli::DW_AT_byte_size, AttributeValue::Udata(size));
        self.set(entry, gimli::DW_AT_alignment, AttributeValue::Udata(align));
    }

    fn fill(&mut self, id: TypeId) {
        let table = self.table;
        let desc = &table.types[id];
        let entry = self.entries[id.index()];
        if !desc.name.is_empty() {
            self.name(entry, &desc.name);
        }
        match &desc.kind {
            TypeDescKind::Base(encoding) => {
                self.set(entry, gimli::DW_AT_byte_size, AttributeValue::Udata(desc.size));
                self.set(entry, gimli::DW_AT_encoding, AttributeValue::Encoding(encoding.dwarf()));
            }
            TypeDescKind::Record(fields) => {
                self.sized(entry, desc.size, desc.align);
                self.params(entry, &desc.params);
                for field in fields {
                    self.member(entry, field);
                }
            }
            TypeDescKind::Union { tag, variants } => {
                self.sized(entry, desc.size, desc.align);
                self.params(entry, &desc.params);
                self.variants(entry, id, tag.as_ref(), variants);
            }
            TypeDescKind::Enumeration { repr, variants } => {
                self.sized(entry, desc.size, desc.align);
                self.ty(entry, *repr);
                self.set(entry, gimli::DW_AT_enum_class, AttributeValue::Flag(true));
                for (name, value) in variants {
                    let enumerator = self.unit.add(entry, gimli::DW_TAG_enumerator);
                    self.name(enumerator, name);
                    self.set(enumerator, gimli::DW_AT_const_value, AttributeValue::Udata(*value));
                }
            }
            TypeDescKind::Pointer(target) => {
                self.set(entry, gimli::DW_AT_byte_size, AttributeValue::Udata(desc.size));
                self.ty(entry, *target);
            }
            TypeDescKind::Array(element, count) => {
                self.ty(entry, *element);
                let range = self.unit.add(entry, gimli::DW_TAG_subrange_type);
                self.set(range, gimli::DW_AT_count, AttributeValue::Udata(*count));
            }
            TypeDescKind::Function { params, ret } => {
                self.set(entry, gimli::DW_AT_prototyped, AttributeValue::Flag(true));
                if let Some(ret) = ret {
                    self.ty(entry, *ret);
                }
                for param in params {
                    let parameter = self.unit.add(entry, gimli::DW_TAG_formal_parameter);
                    self.ty(parameter, *param);
                }
            }
        }
    }

    fn constant(&mut self, constant: &ConstDesc) {
        let parent = self.namespace(&constant.namespace);
        let entry = self.unit.add(parent, gimli::DW_TAG_variable);
        self.name(entry, &constant.name);
        self.ty(entry, constant.ty);
        let desc = &self.table.types[constant.ty];
        let bytes = constant.bits.to_le_bytes()[..desc.size.min(16) as usize].to_vec();
        let value = match desc.kind {
            TypeDescKind::Base(Encoding::Signed) if desc.size <= 8 => {
                let unused = 64 - desc.size as u32 * 8;
                AttributeValue::Sdata((constant.bits as i64) << unused >> unused)
            }
            TypeDescKind::Base(Encoding::Unsigned | Encoding::Bool | Encoding::Char) if desc.size <= 8 => {
                AttributeValue::Udata(constant.bits as u64)
            }
            // A number as a value would be converted to a float.
            TypeDescKind::Base(_)
            | TypeDescKind::Record(_)
            | TypeDescKind::Union { .. }
            | TypeDescKind::Enumeration { .. }
            | TypeDescKind::Pointer(_)
            | TypeDescKind::Array(..)
            | TypeDescKind::Function { .. } => AttributeValue::Block(bytes),
        };
        self.set(entry, gimli::DW_AT_const_value, value);
        self.set(entry, gimli::DW_AT_external, AttributeValue::Flag(true));
    }

    fn variants(&mut self, entry: UnitEntryId, id: TypeId, tag: Option<&Field>, variants: &[Variant]) {
        let table = self.table;
        let desc = &table.types[id];
        let part = self.unit.add(entry, gimli::DW_TAG_variant_part);
        if let Some(tag) = tag {
            let member = self.unit.add(part, gimli::DW_TAG_member);
            self.ty(member, tag.ty);
            self.set(member, gimli::DW_AT_data_member_location, AttributeValue::Udata(tag.offset));
            self.set(member, gimli::DW_AT_artificial, AttributeValue::Flag(true));
            self.set(part, gimli::DW_AT_discr, AttributeValue::UnitRef(member));
        }
        for variant in variants {
            // The payload is a record nested in the union, as large as the union: offsets count from its start.
            let payload = self.unit.add(entry, gimli::DW_TAG_structure_type);
            self.name(payload, &variant.name);
            self.sized(payload, desc.size, desc.align);
            for field in &variant.fields {
                self.member(payload, field);
            }
            let case = self.unit.add(part, gimli::DW_TAG_variant);
            if let Some(value) = variant.discr {
                self.set(case, gimli::DW_AT_discr_value, AttributeValue::Udata(value));
            }
            let member = self.unit.add(case, gimli::DW_TAG_member);
            self.name(member, &variant.name);
            self.set(member, gimli::DW_AT_type, AttributeValue::UnitRef(payload));
            self.set(member, gimli::DW_AT_data_member_location, AttributeValue::Udata(0));
        }
    }

    fn params(&mut self, parent: UnitEntryId, params: &[(String, TypeId)]) {
        for (name, ty) in params {
            let entry = self.unit.add(parent, gimli::DW_TAG_template_type_parameter);
            self.name(entry, name);
            self.ty(entry, *ty);
        }
    }

    fn member(&mut self, parent: UnitEntryId, field: &Field) {
        let entry = self.unit.add(parent, gimli::DW_TAG_member);
        // rustc's convention: gdb shows `__0` positionally.
        match field.name.bytes().all(|byte| byte.is_ascii_digit()) {
            true => self.name(entry, &format!("__{}", field.name)),
            false => self.name(entry, &field.name),
        }
        self.ty(entry, field.ty);
        self.set(entry, gimli::DW_AT_data_member_location, AttributeValue::Udata(field.offset));
    }
}

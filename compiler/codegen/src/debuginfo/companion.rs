//! The companion: one types-only object a program, written by gimli and linked beside LLVM's objects.
//!
//! In: the [`TypeTable`], the printers. Out: an ELF relocatable with `.debug_info`, `.debug_abbrev`,
//! `.debug_str` and `.debug_gdb_scripts`. LLVM's C API can't express variant parts or type parameters, so
//! its objects only declare types; debuggers find the definitions here by qualified name, as they do for
//! C++ classes defined in another file.
//!
//! ```text
//! bank.o:   DW_TAG_structure_type "bank::Account" (declaration)
//! types.o:  DW_TAG_structure_type "bank::Account" { id: u64 at 0, … }
//! ```

use super::desc::TypeTable;
use super::{PRODUCER, types};
use gimli::write::{
    AttributeValue, Dwarf, EndianVec, LineProgram, RelocateWriter, Relocation, RelocationTarget, Sections,
    Unit, Writer,
};
use gimli::{Encoding, Format, LittleEndian, SectionId};
use object::write::Object;
use object::{
    Architecture, BinaryFormat, Endianness, RelocationEncoding, RelocationFlags, RelocationKind, SectionKind,
};

/// Why no companion was written: always a bug of ours, or a target without one.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

pub struct Options {
    pub architecture: Architecture,
    /// 4 or 8
    pub address_size: u8,
    /// Put the printers for gdb in.
    pub printers: bool,
}

/// Bytes of a DWARF section and the places where it refers to another.
#[derive(Clone)]
struct OutSection {
    data: EndianVec<LittleEndian>,
    relocations: Vec<Relocation>,
}

impl RelocateWriter for OutSection {
    type Writer = EndianVec<LittleEndian>;
    fn writer(&self) -> &Self::Writer {
        &self.data
    }
    fn writer_mut(&mut self) -> &mut Self::Writer {
        &mut self.data
    }
    fn relocate(&mut self, relocation: Relocation) {
        self.relocations.push(relocation);
    }
}

pub fn object(table: &TypeTable, options: &Options) -> Result<Vec<u8>, Error> {
    let encoding = Encoding { format: Format::Dwarf32, version: 5, address_size: options.address_size };
    let mut dwarf = Dwarf::new();
    let unit_id = dwarf.units.add(Unit::new(encoding, LineProgram::none()));
    let unit = dwarf.units.get_mut(unit_id);
    let root = unit.root();
    for (attribute, text) in [(gimli::DW_AT_producer, PRODUCER), (gimli::DW_AT_name, "<types>")] {
        let string = dwarf.strings.add(text);
        unit.get_mut(root).set(attribute, AttributeValue::StringRef(string));
    }
    // The one language whose variants both gdb and lldb decode.
    unit.get_mut(root).set(gimli::DW_AT_language, AttributeValue::Language(gimli::DW_LANG_Rust));
    types::define_all(table, unit, &mut dwarf.strings);

    let mut sections =
        Sections::new(OutSection { data: EndianVec::new(LittleEndian), relocations: Vec::new() });
    dwarf.write(&mut sections)?;
    let mut object = Object::new(BinaryFormat::Elf, options.architecture, Endianness::Little);
    let mut ids: Vec<(SectionId, object::write::SectionId)> = Vec::new();
    sections.for_each(|id, section| -> Result<(), Error> {
        if section.data.len() != 0 {
            let kind = if id.is_string() { SectionKind::DebugString } else { SectionKind::Debug };
            let target = object.add_section(Vec::new(), id.name().into(), kind);
            object.set_section_data(target, section.data.slice().to_vec(), 1);
            ids.push((id, target));
        }
        Ok(())
    })?;
    let find = |id: SectionId| {
        let found = ids.iter().find(|(known, _)| *known == id);
        found.map(|(_, section)| *section).ok_or_else(|| format!("a reference to {}", id.name()))
    };
    sections.for_each(|id, section| -> Result<(), Error> {
        for relocation in &section.relocations {
            let RelocationTarget::Section(target) = relocation.target else {
                return Err("an address in a unit of types".into());
            };
            let symbol = object.section_symbol(find(target)?);
            object.add_relocation(
                find(id)?,
                object::write::Relocation {
                    offset: relocation.offset as u64,
                    symbol,
                    addend: relocation.addend,
                    flags: RelocationFlags::Generic {
                        kind: RelocationKind::Absolute,
                        encoding: RelocationEncoding::Generic,
                        size: relocation.size * 8,
                    },
                },
            )?;
        }
        Ok(())
    })?;
    if options.printers {
        gdb_scripts(&mut object);
    }
    // Without it GNU ld makes the program's stack executable.
    object.add_section(Vec::new(), b".note.GNU-stack".to_vec(), SectionKind::Other);
    Ok(object.write()?)
}

/// The printers as gdb loads them by itself: an inlined Python script, marked by a 4, named, ended by a 0.
fn gdb_scripts(object: &mut Object) {
    let section = object.add_section(Vec::new(), b".debug_gdb_scripts".to_vec(), SectionKind::DebugString);
    let mut text = b"\x04gdb.inlined_scripts.quastra\n".to_vec();
    text.extend_from_slice(super::GDB_PRINTERS.as_bytes());
    text.push(0);
    object.set_section_data(section, text, 1);
}

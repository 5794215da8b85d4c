//! LLVM's DIBuilder, straight from its C API.
//!
//! In: names, types, scopes. Out: [`Meta`] nodes of one module. inkwell's wrapper lacks scopes in another
//! file and pointers to functions, and takes the record of a declared variable for an instruction.

use inkwell::context::{AsContextRef, Context};
use inkwell::module::Module;
use inkwell::values::{AsValueRef, FunctionValue, GlobalValue, PointerValue};
use llvm_sys::debuginfo::*;
use llvm_sys::prelude::{LLVMDIBuilderRef, LLVMMetadataRef};
use std::ffi::{c_char, c_uint};
use std::marker::PhantomData;
use std::ptr::null_mut;

/// The kind of metadata that is `!dbg`: the first of LLVM's fixed kinds.
const DEBUG_KIND: c_uint = 0;

/// A node of debug information; lives as long as its context.
#[derive(Clone, Copy)]
pub struct Meta<'ll>(LLVMMetadataRef, PhantomData<&'ll ()>);

pub struct DebugBuilder<'ll> {
    raw: LLVMDIBuilderRef,
    ctx: &'ll Context,
}

impl Drop for DebugBuilder<'_> {
    fn drop(&mut self) {
        // SAFETY: made in `new`, disposed of once.
        unsafe { LLVMDisposeDIBuilder(self.raw) }
    }
}

pub const NO_FLAGS: LLVMDIFlags = 0;
pub const ARTIFICIAL: LLVMDIFlags = LLVMDIFlagArtificial;

/// A name as the C API wants it: it reads `len` bytes and needs no 0 behind them.
fn text(text: &str) -> (*const c_char, usize) {
    (text.as_ptr().cast(), text.len())
}

// Every call below hands LLVM nodes of the same context, which outlive the builder, and slices it copies.
impl<'ll> DebugBuilder<'ll> {
    pub fn new(ctx: &'ll Context, module: &Module<'ll>) -> DebugBuilder<'ll> {
        // SAFETY: the module is alive and keeps its metadata by itself.
        DebugBuilder { raw: unsafe { LLVMCreateDIBuilder(module.as_mut_ptr()) }, ctx }
    }

    fn meta(&self, raw: LLVMMetadataRef) -> Meta<'ll> {
        Meta(raw, PhantomData)
    }

    pub fn finalize(&self) {
        // SAFETY: the builder is alive.
        unsafe { LLVMDIBuilderFinalize(self.raw) }
    }

    pub fn unit(&self, file: Meta<'ll>, producer: &str, optimised: bool) -> Meta<'ll> {
        let (producer, len) = text(producer);
        let (none, zero) = text("");
        // SAFETY: see above.
        self.meta(unsafe {
            LLVMDIBuilderCreateCompileUnit(
                self.raw,
                // The one language whose variants both gdb and lldb decode.
                LLVMDWARFSourceLanguage::LLVMDWARFSourceLanguageRust,
                file.0,
                producer,
                len,
                optimised.into(),
                none,
                zero,
                0,
                none,
                zero,
                LLVMDWARFEmissionKind::LLVMDWARFEmissionKindFull,
                0,
                1,
                0,
                none,
                zero,
                none,
                zero,
            )
        })
    }

    pub fn file(&self, name: &str, folder: &str) -> Meta<'ll> {
        let ((name, name_len), (folder, folder_len)) = (text(name), text(folder));
        // SAFETY: see above.
        self.meta(unsafe { LLVMDIBuilderCreateFile(self.raw, name, name_len, folder, folder_len) })
    }

    pub fn namespace(&self, parent: Meta<'ll>, name: &str) -> Meta<'ll> {
        let (name, len) = text(name);
        // SAFETY: see above.
        self.meta(unsafe { LLVMDIBuilderCreateNameSpace(self.raw, parent.0, name, len, 0) })
    }

    pub fn basic(&self, name: &str, bits: u64, encoding: u32) -> Meta<'ll> {
        let (name, len) = text(name);
        // SAFETY: see above.
        self.meta(unsafe { LLVMDIBuilderCreateBasicType(self.raw, name, len, bits, encoding, NO_FLAGS) })
    }

    /// A record or union that is defined in the companion.
    pub fn declaration(
        &self,
        scope: Meta<'ll>,
        name: &str,
        file: Meta<'ll>,
        bits: u64,
        align: u32,
    ) -> Meta<'ll> {
        let (name, len) = text(name);
        let (none, zero) = text("");
        // SAFETY: see above; the null pointers stand for «nothing».
        self.meta(unsafe {
            LLVMDIBuilderCreateStructType(
                self.raw,
                scope.0,
                name,
                len,
                file.0,
                0,
                bits,
                align,
                LLVMDIFlagFwdDecl,
                null_mut(),
                null_mut(),
                0,
                0,
                null_mut(),
                none,
                zero,
            )
        })
    }

    #[expect(clippy::too_many_arguments, reason = "what DWARF says of an enumeration")]
    pub fn enumeration(
        &self,
        scope: Meta<'ll>,
        name: &str,
        file: Meta<'ll>,
        bits: u64,
        align: u32,
        items: &[(String, u64)],
        repr: Meta<'ll>,
    ) -> Meta<'ll> {
        let mut items: Vec<LLVMMetadataRef> = items
            .iter()
            .map(|(name, value)| {
                let (name, len) = text(name);
                // SAFETY: see above.
                unsafe { LLVMDIBuilderCreateEnumerator(self.raw, name, len, *value as i64, 1) }
            })
            .collect();
        let ((name, len), count) = (text(name), items.len() as c_uint);
        let items = items.as_mut_ptr();
        // SAFETY: see above.
        self.meta(unsafe {
            LLVMDIBuilderCreateEnumerationType(
                self.raw, scope.0, name, len, file.0, 0, bits, align, items, count, repr.0,
            )
        })
    }

    pub fn pointer(&self, name: &str, to: Meta<'ll>, bits: u64, align: u32) -> Meta<'ll> {
        let (name, len) = text(name);
        // SAFETY: see above.
        self.meta(unsafe { LLVMDIBuilderCreatePointerType(self.raw, to.0, bits, align, 0, name, len) })
    }

    pub fn array(&self, element: Meta<'ll>, count: u64, bits: u64, align: u32) -> Meta<'ll> {
        // SAFETY: see above; one dimension.
        self.meta(unsafe {
            let mut range = LLVMDIBuilderGetOrCreateSubrange(self.raw, 0, count as i64);
            LLVMDIBuilderCreateArrayType(self.raw, bits, align, element.0, &mut range, 1)
        })
    }

    /// The result comes first, `None` being nothing.
    pub fn signature(&self, file: Meta<'ll>, ret: Option<Meta<'ll>>, params: &[Meta<'ll>]) -> Meta<'ll> {
        let mut types: Vec<LLVMMetadataRef> = vec![ret.map_or(null_mut(), |ret| ret.0)];
        types.extend(params.iter().map(|param| param.0));
        let (count, types) = (types.len() as c_uint, types.as_mut_ptr());
        // SAFETY: see above.
        self.meta(unsafe { LLVMDIBuilderCreateSubroutineType(self.raw, file.0, types, count, NO_FLAGS) })
    }

    #[expect(clippy::too_many_arguments, reason = "what DWARF says of a function")]
    pub fn function(
        &self,
        value: FunctionValue<'ll>,
        scope: Meta<'ll>,
        name: &str,
        symbol: &str,
        file: Meta<'ll>,
        line: u32,
        ty: Meta<'ll>,
        optimised: bool,
    ) -> Meta<'ll> {
        let ((name, name_len), (symbol, symbol_len)) = (text(name), text(symbol));
        // SAFETY: see above; the function is of this builder's module.
        self.meta(unsafe {
            let node = LLVMDIBuilderCreateFunction(
                self.raw,
                scope.0,
                name,
                name_len,
                symbol,
                symbol_len,
                file.0,
                line,
                ty.0,
                0,
                1,
                line,
                NO_FLAGS,
                optimised.into(),
            );
            LLVMSetSubprogram(value.as_value_ref(), node);
            node
        })
    }

    /// A global variable, known to debuggers by its name in a namespace.
    #[expect(clippy::too_many_arguments, reason = "what DWARF says of a variable")]
    pub fn global(
        &self,
        value: GlobalValue<'ll>,
        scope: Meta<'ll>,
        name: &str,
        file: Meta<'ll>,
        line: u32,
        ty: Meta<'ll>,
        align: u32,
    ) {
        let symbol = value.get_name().to_bytes();
        let ((name, len), (symbol, symbol_len)) = (text(name), (symbol.as_ptr().cast(), symbol.len()));
        // SAFETY: see above; the global is of this builder's module, and its name outlives the call, which copies it.
        unsafe {
            let here = LLVMDIBuilderCreateExpression(self.raw, null_mut(), 0);
            let variable = LLVMDIBuilderCreateGlobalVariableExpression(
                self.raw,
                scope.0,
                name,
                len,
                symbol,
                symbol_len,
                file.0,
                line,
                ty.0,
                0,
                here,
                null_mut(),
                align,
            );
            llvm_sys::core::LLVMGlobalSetMetadata(value.as_value_ref(), DEBUG_KIND, variable);
        }
    }

    pub fn block(&self, scope: Meta<'ll>, file: Meta<'ll>, line: u32, column: u32) -> Meta<'ll> {
        // SAFETY: see above.
        self.meta(unsafe { LLVMDIBuilderCreateLexicalBlock(self.raw, scope.0, file.0, line, column) })
    }

    /// The same scope, seen from another file.
    pub fn block_file(&self, scope: Meta<'ll>, file: Meta<'ll>) -> Meta<'ll> {
        // SAFETY: see above.
        self.meta(unsafe { LLVMDIBuilderCreateLexicalBlockFile(self.raw, scope.0, file.0, 0) })
    }

    pub fn location(&self, scope: Meta<'ll>, line: u32, column: u32) -> Meta<'ll> {
        // SAFETY: see above; null: not inlined.
        self.meta(unsafe {
            LLVMDIBuilderCreateDebugLocation(self.ctx.as_ctx_ref(), line, column, scope.0, null_mut())
        })
    }

    /// Gives instructions built from here on this location.
    pub fn locate(&self, builder: &inkwell::builder::Builder<'ll>, location: Meta<'ll>) {
        // SAFETY: the builder is alive, the location is of its context.
        unsafe { llvm_sys::core::LLVMSetCurrentDebugLocation2(builder.as_mut_ptr(), location.0) }
    }

    /// `parameter`: its 1-based position.
    #[expect(clippy::too_many_arguments, reason = "what DWARF says of a variable")]
    pub fn variable(
        &self,
        scope: Meta<'ll>,
        name: &str,
        parameter: Option<u32>,
        file: Meta<'ll>,
        line: u32,
        ty: Meta<'ll>,
        flags: LLVMDIFlags,
    ) -> Meta<'ll> {
        let (name, len) = text(name);
        // SAFETY: see above.
        self.meta(unsafe {
            match parameter {
                Some(position) => LLVMDIBuilderCreateParameterVariable(
                    self.raw, scope.0, name, len, position, file.0, line, ty.0, 1, flags,
                ),
                None => LLVMDIBuilderCreateAutoVariable(
                    self.raw, scope.0, name, len, file.0, line, ty.0, 1, flags, 0,
                ),
            }
        })
    }

    /// Says that the variable is where `address`, followed along `way`, points.
    pub fn declare(
        &self,
        builder: &inkwell::builder::Builder<'ll>,
        address: PointerValue<'ll>,
        variable: Meta<'ll>,
        mut way: Vec<u64>,
        location: Meta<'ll>,
    ) {
        let block = builder.get_insert_block().expect("the prologue is being built");
        // SAFETY: see above; the block is of this module.
        unsafe {
            let way = LLVMDIBuilderCreateExpression(self.raw, way.as_mut_ptr(), way.len());
            let address = address.as_value_ref();
            let block = block.as_mut_ptr();
            LLVMDIBuilderInsertDeclareRecordAtEnd(self.raw, address, variable.0, way, location.0, block);
        }
    }
}

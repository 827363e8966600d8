//! The `waybill` binary: hands the command line to the library.

use std::process::ExitCode;

/// A hub makes and drops many small values (JSON, rows, headers): with the system's allocator a quarter of the CPU of a flow
/// went into allocation.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    waybill::cli::main()
}

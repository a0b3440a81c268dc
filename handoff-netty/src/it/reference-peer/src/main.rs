//! The reference implementation of the handoff wire (crate `running-process`), driven by the integration tests.
//!
//! What the crate exports does the work; what is written here makes the sockets, the faults and the report.

mod backend;
mod broker;
mod codec;
mod load;
mod options;
mod serve;

use std::process::ExitCode;

/// A command line that makes no sense.
pub const USAGE: u8 = 2;

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("backend") => backend::run(),
        Some("broker") => broker::run(),
        Some("codec") => match codec::run() {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("codec: {error}");
                ExitCode::FAILURE
            }
        },
        Some("load") => load::run(),
        Some("serve") => serve::run(),
        _ => {
            eprintln!("usage: reference-peer backend|broker|codec|load|serve [options]");
            ExitCode::from(USAGE)
        }
    }
}

//! The crate's own test of a handoff from end to end, with our backend, our broker or both in the place of the crate's.
//!
//! `./build` takes the tests from the crate and changes the three lines where a backend or a broker is started.

#[allow(dead_code)]
#[path = "crate/backend_handle_common.rs"]
mod backend_handle_common;
#[path = "crate/handoff_serve_e2e.rs"]
mod handoff_serve_e2e;
#[allow(dead_code)]
#[path = "crate/socket_common.rs"]
mod socket_common;
mod substitute;

/// The crate's is not published. Whoever runs this process has a deadline for it.
mod test_watchdog {
    use std::time::Duration;

    pub fn install(_after: Duration, _message: &str, _dump: Option<()>) {}
}

//! Load of a broker: hands connections off with the crate's own functions, as many at a time as there are threads, for they wait.
//! Each client sends a text when it has been handed off, and takes its echo.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use running_process::broker::server::handoff::UnixHandoffOutcome;

use crate::broker::{execute, random_token, Config};
use crate::options::Options;

const TEXT: &[u8] = b"is anybody here?";

/// Prints what came of it, as `handoff-load --json` does: how many a second, and how often each error occurred.
pub fn run() -> ExitCode {
    let options = Options::parse(&[], &["--socket", "--concurrency", "--duration"]);
    let config = &Config::of_socket(options.required("--socket"));
    let duration = Duration::from_millis(options.number("--duration").unwrap_or(1000));
    let start = Instant::now();
    let mut errors = BTreeMap::<String, u64>::new();
    let mut completed = 0;
    thread::scope(|scope| {
        let workers: Vec<_> = (0..options.number("--concurrency").unwrap_or(1))
            .map(|worker| scope.spawn(move || hand_off_for(config, worker << 32, start, duration)))
            .collect();
        for worker in workers {
            match worker.join().expect("a worker does not panic") {
                (handed_off, None) => completed += handed_off,
                (_, Some(error)) => *errors.entry(error).or_default() += 1,
            }
        }
    });
    let per_second = completed as f64 / start.elapsed().as_secs_f64();
    println!("{{\"perSecond\":{per_second:.1},\"errors\":{errors:?}}}");
    if errors.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Until the time is over, or one comes to nothing: how many were handed off, and why there are no more.
fn hand_off_for(config: &Config, first_id: u64, start: Instant, duration: Duration) -> (u64, Option<String>) {
    let mut handed_off = 0;
    while start.elapsed() < duration {
        if let Err(error) = hand_off(config, first_id + handed_off) {
            return (handed_off, Some(error));
        }
        handed_off += 1;
    }
    (handed_off, None)
}

fn hand_off(config: &Config, id: u64) -> Result<(), String> {
    let text = |error: std::io::Error| error.to_string();
    let (mut client, ours) = UnixStream::pair().map_err(text)?;
    match execute(config, id, random_token(), ours.as_raw_fd()).map_err(text)? {
        UnixHandoffOutcome::Completed(_) => drop(ours),
        UnixHandoffOutcome::FallbackToReconnect(fallback) => return Err(fallback.detail),
    }
    let mut echo = [0; TEXT.len()];
    client.write_all(TEXT).map_err(text)?;
    client.read_exact(&mut echo).map_err(text)?;
    if echo == *TEXT {
        Ok(())
    } else {
        Err("wrong echo".to_owned())
    }
}

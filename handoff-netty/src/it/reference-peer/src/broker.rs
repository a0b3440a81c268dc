//! A broker that hands connections off as the crate's own broker does: its descriptor transport, its offer, its checks of
//! the ACK, its sequence of these. What is left to do here is the other end of each connection, the client's.

use std::cell::RefCell;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use running_process::broker::server::handoff::{
    execute_unix_handoff_with_transport, try_send_scm_rights_over, HandoffAckRegistry, HandoffDelivery,
    HandoffDeliveryError, HandoffToken, HandoffTokenStore, PendingHandoffBackend, ScmRightsAttempt, ScmRightsError,
    ScmRightsResult, UnixFileDescriptor, UnixHandoffAckWait, UnixHandoffOutcome, UnixHandoffRequest, UnixHandoffSocket,
    WindowsHandleValue, WireHandoffDelivery, HANDOFF_TOKEN_BYTES,
};

use crate::options::{refuse, Options};

/// Some handoff was abandoned.
const ABANDONED: u8 = 1;
/// Some connection was neither served as it should be nor left alone.
const LOST: u8 = 3;

pub struct Config {
    socket: String,
    service: String,
    first_id: u64,
    token: Option<HandoffToken>,
    wrong_token: bool,
    late_ack: bool,
    ack_deadline: Duration,
    tcp: bool,
    /// For the client to be answered.
    patience: Duration,
}

impl Config {
    /// With everything as it is without options.
    pub fn of_socket(socket: &str) -> Self {
        Self {
            socket: socket.to_string(),
            service: "reference".to_string(),
            first_id: 1,
            token: None,
            wrong_token: false,
            late_ack: false,
            ack_deadline: Duration::from_millis(5000),
            tcp: false,
            patience: Duration::from_millis(20_000),
        }
    }
}

struct Handoff {
    id: u64,
    completed: bool,
    /// Who has the client's connection in the end.
    client: &'static str,
    detail: String,
}

pub fn run() -> ExitCode {
    let options = Options::parse(
        &["--wrong-token", "--replay", "--late-ack", "--tcp"],
        &[
            "--socket",
            "--service",
            "--first-id",
            "--token",
            "--ack-deadline",
            "--patience",
            "--count",
            "--concurrency",
        ],
    );
    let mut config = Config::of_socket(options.required("--socket"));
    config.token = options.text("--token").map(parse_token);
    config.wrong_token = options.has("--wrong-token");
    config.late_ack = options.has("--late-ack");
    config.tcp = options.has("--tcp");
    if let Some(service) = options.text("--service") {
        config.service = service.to_string();
    }
    if let Some(id) = options.number("--first-id") {
        config.first_id = id;
    }
    if let Some(millis) = options.number("--ack-deadline") {
        config.ack_deadline = Duration::from_millis(millis);
    }
    if let Some(millis) = options.number("--patience") {
        config.patience = Duration::from_millis(millis);
    }
    let concurrency = options.number("--concurrency").unwrap_or(1);
    let before = open_descriptors();
    let handoffs = if options.has("--replay") {
        let token = config.token.unwrap_or_else(random_token);
        vec![hand_off(&config, 0, token), hand_off(&config, 1, token)]
    } else {
        hand_off_all(&config, options.number("--count").unwrap_or(1), concurrency)
    };
    report(&handoffs, before)
}

fn hand_off_all(config: &Config, count: u64, concurrency: usize) -> Vec<Handoff> {
    let next = AtomicU64::new(0);
    let worker = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= count {
                return done;
            }
            done.push(hand_off(config, index, config.token.unwrap_or_else(random_token)));
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..concurrency).map(|_| scope.spawn(worker)).collect();
        workers
            .into_iter()
            .flat_map(|it| it.join().expect("a worker reports"))
            .collect()
    })
}

fn report(handoffs: &[Handoff], descriptors_before: usize) -> ExitCode {
    for handoff in handoffs {
        let outcome = if handoff.completed { "completed" } else { "abandoned" };
        println!(
            "handoff correlation_id={} outcome={outcome} client={} detail={}",
            handoff.id, handoff.client, handoff.detail
        );
    }
    let completed = handoffs.iter().filter(|it| it.completed).count();
    let lost = handoffs.iter().filter(|it| it.client == "lost").count();
    println!(
        "summary completed={completed} abandoned={} lost={lost} descriptors_left={}",
        handoffs.len() - completed,
        open_descriptors() as i64 - descriptors_before as i64
    );
    if lost > 0 {
        ExitCode::from(LOST)
    } else if completed < handoffs.len() {
        ExitCode::from(ABANDONED)
    } else {
        ExitCode::SUCCESS
    }
}

fn hand_off(config: &Config, index: u64, token: HandoffToken) -> Handoff {
    let id = config.first_id.wrapping_add(index);
    match try_hand_off(config, id, token) {
        Ok(handoff) => handoff,
        Err(error) => Handoff {
            id,
            completed: false,
            client: "lost",
            detail: format!("I/O error: {error}"),
        },
    }
}

fn try_hand_off(config: &Config, id: u64, token: HandoffToken) -> io::Result<Handoff> {
    let (mut client, mut ours) = connection(config)?;
    let early = format!("sent before handoff {id}; ");
    let late = "sent after it";
    client.write_all(early.as_bytes())?;

    let outcome = execute(config, id, token, ours.as_raw_fd())?;
    let (completed, detail, backend_may_have_it) = match &outcome {
        UnixHandoffOutcome::Completed(_) => (true, String::new(), true),
        UnixHandoffOutcome::FallbackToReconnect(fallback) => {
            let refused = fallback.detail.contains("backend refused the handoff: ");
            (false, fallback.detail.clone(), fallback.fd_reached_backend && !refused)
        }
    };
    client.write_all(late.as_bytes())?;
    let expected = early + late;
    let client = if backend_may_have_it {
        drop(ours);
        match receives(&mut client, &expected) {
            true => "echoed",
            false if completed => "lost",
            false => "let-go",
        }
    } else if receives(&mut ours, &expected) {
        "untouched"
    } else {
        "lost"
    };
    Ok(Handoff {
        id,
        completed,
        client,
        detail,
    })
}

/// The sequence that the crate's broker goes through after a negotiation, on a connection of its own to the backend.
pub fn execute(config: &Config, id: u64, token: HandoffToken, client: i32) -> io::Result<UnixHandoffOutcome> {
    let now = Instant::now();
    let mut tokens = HandoffTokenStore::new();
    let mut acks = HandoffAckRegistry::with_ack_deadline(config.ack_deadline);
    let issued = tokens
        .issue_with_random128(now, || Ok(token.into_bytes()))
        .map_err(io::Error::other)?;
    acks.register(issued, PendingHandoffBackend::for_service(&config.service), now);

    let backend = UnixStream::connect(&config.socket)?;
    if !config.late_ack {
        backend.set_read_timeout(Some(acks.ack_deadline()))?;
    }
    let backend_fd = backend.as_raw_fd();
    let request = UnixHandoffRequest::new(
        UnixFileDescriptor::new(client),
        UnixHandoffSocket::new(&config.socket),
        issued,
    );
    let delivery = RefCell::new(delivery(backend, &config.service, id));
    let transport = |attempt: &ScmRightsAttempt| -> ScmRightsResult {
        let mut carrying = attempt.clone();
        if config.wrong_token {
            carrying.handoff_token = random_token();
        }
        let sent = try_send_scm_rights_over(backend_fd, &carrying)?;
        let offered = delivery
            .borrow_mut()
            .deliver(WindowsHandleValue::new(0), &attempt.handoff_token);
        offered.map(|()| sent).map_err(|_| ScmRightsError::SendFailed {
            fd: client,
            socket: attempt.backend_socket.path.clone(),
            raw_os_error: None,
        })
    };
    let mut wait = AckWait {
        delivery: &delivery,
        late: config.late_ack,
    };
    Ok(execute_unix_handoff_with_transport(
        &mut tokens,
        &mut acks,
        &request,
        transport,
        &mut wait,
    ))
}

/// Newer versions of the crate have other constructors, for sockets that do not wait; this one has a read timeout.
#[allow(deprecated)]
pub fn delivery<S>(backend: S, service: &str, id: u64) -> WireHandoffDelivery<S> {
    WireHandoffDelivery::new(backend, service, id)
}

struct AckWait<'a> {
    delivery: &'a RefCell<WireHandoffDelivery<UnixStream>>,
    late: bool,
}

impl UnixHandoffAckWait for AckWait<'_> {
    fn await_backend_ack(&mut self, token: &HandoffToken, deadline: Instant) -> Result<Instant, HandoffDeliveryError> {
        if self.late {
            while Instant::now() <= deadline {
                thread::sleep(deadline.saturating_duration_since(Instant::now()) + Duration::from_millis(1));
            }
        }
        self.delivery.borrow_mut().await_backend_ack(token, deadline)
    }
}

/// The client's end, and the broker's.
fn connection(config: &Config) -> io::Result<(File, File)> {
    let (client, ours): (OwnedFd, OwnedFd) = if config.tcp {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let client = TcpStream::connect(listener.local_addr()?)?;
        let (ours, _) = listener.accept()?;
        ours.set_read_timeout(Some(config.patience))?;
        client.set_read_timeout(Some(config.patience))?;
        (client.into(), ours.into())
    } else {
        let (client, ours) = UnixStream::pair()?;
        ours.set_read_timeout(Some(config.patience))?;
        client.set_read_timeout(Some(config.patience))?;
        (client.into(), ours.into())
    };
    Ok((client.into(), ours.into()))
}

fn receives(end: &mut File, expected: &str) -> bool {
    let mut bytes = vec![0; expected.len()];
    end.read_exact(&mut bytes).is_ok() && bytes == expected.as_bytes()
}

pub fn random_token() -> HandoffToken {
    HandoffToken::generate().expect("the operating system has randomness")
}

fn parse_token(hex: &str) -> HandoffToken {
    let mut token = [0; HANDOFF_TOKEN_BYTES];
    if hex.len() != 2 * token.len() || !hex.is_ascii() {
        refuse("--token was no token of 32 hexadecimal digits");
    }
    for (i, byte) in token.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&hex[2 * i..2 * i + 2], 16)
            .unwrap_or_else(|_| refuse("--token was no token of 32 hexadecimal digits"));
    }
    HandoffToken::from_bytes(token)
}

fn open_descriptors() -> usize {
    fs::read_dir("/proc/self/fd").map(Iterator::count).unwrap_or(0)
}

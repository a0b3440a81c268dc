//! A backend that answers offers with the crate's own functions, and echoes on what it adopts.

use std::error::Error;
use std::fmt::Display;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{exit, ExitCode};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use prost::Message;
use running_process::broker::backend_lib::{
    read_handoff_offer, respond_to_handoff_offer, write_handoff_ack, HandoffAcceptance, HandoffToken,
    HandoffTokenStore, DEFAULT_HANDOFF_TOKEN_TTL, HANDOFF_TOKEN_BYTES,
};
use running_process::broker::protocol::{
    write_frame, Frame, FrameKind, HandoffAck, HandoffOffer, PayloadEncoding, CONTROL_PAYLOAD_PROTOCOL,
};
use running_process::broker::server::handoff::handoff_ack_frame;

use crate::options::{refuse, Options};

/// Of a connection; the others go on.
type Failure = Box<dyn Error + Send + Sync>;

/// Which token is expected of an offer, and whether it is pending.
#[derive(Clone, Copy)]
enum TokenMode {
    /// The 16 bytes that came with the descriptor, pending from then on.
    Carried,
    /// The same bytes, which nobody has made pending.
    Unknown,
    /// A token of the backend's own.
    Other,
    /// The 16 bytes, pending for too long.
    Expired,
}

enum Answer {
    /// What the crate's own judgement says.
    Judged,
    Reject(String),
    Late(Duration),
    /// An accepting ACK with one thing wrong.
    Wrong(Fault),
    Vanish,
}

/// What is wrong with an ACK, and nothing else.
#[derive(Clone, Copy)]
enum Fault {
    EnvelopeVersion,
    Kind,
    Protocol,
    Encoding,
    RequestId,
    Payload,
    Correlation,
    Echo,
}

impl Fault {
    fn named(name: &str) -> Self {
        match name {
            "envelope-version" => Self::EnvelopeVersion,
            "kind" => Self::Kind,
            "protocol" => Self::Protocol,
            "encoding" => Self::Encoding,
            "request-id" => Self::RequestId,
            "payload" => Self::Payload,
            "correlation" => Self::Correlation,
            "echo" => Self::Echo,
            _ => refuse(&format!("--wrong was {name}; expected a part of an ACK")),
        }
    }

    fn make(self, mut ack: HandoffAck) -> Frame {
        let request_id = ack.correlation_id;
        match self {
            Self::Correlation => ack.correlation_id ^= 1,
            Self::Echo => ack.token[0] ^= 1,
            _ => {}
        }
        let mut frame = handoff_ack_frame(&ack);
        frame.request_id = request_id;
        match self {
            Self::EnvelopeVersion => frame.envelope_version += 1,
            Self::Kind => frame.kind = FrameKind::Request.into(),
            Self::Protocol => frame.payload_protocol = CONTROL_PAYLOAD_PROTOCOL,
            Self::Encoding => frame.payload_encoding = PayloadEncoding::Zstd.into(),
            Self::RequestId => frame.request_id ^= 1,
            Self::Payload => frame.payload.truncate(frame.payload.len() - 1),
            Self::Correlation | Self::Echo => {}
        }
        frame
    }
}

struct Config {
    mode: TokenMode,
    answer: Answer,
    /// Offers come without descriptors, any number on a connection.
    framed: bool,
    /// No line for each offer: it would be measured, too.
    quiet: bool,
}

/// What is printed of an offer, if anything is.
struct Told(Option<String>);

impl Told {
    fn of(offer: &HandoffOffer, config: &Config) -> Self {
        Self((!config.quiet).then(|| {
            let HandoffOffer {
                handle_value,
                service_name,
                correlation_id,
                ..
            } = offer;
            format!("handle_value={handle_value} service={service_name} correlation_id={correlation_id}")
        }))
    }

    fn judged(&self, acceptance: &HandoffAcceptance<HandoffOffer>) {
        match acceptance {
            HandoffAcceptance::Accepted(_) => self.answered("accepted", ""),
            HandoffAcceptance::Rejected(rejected) => self.answered("rejected", &rejected.reason),
        }
    }

    fn answered(&self, answer: &str, detail: impl Display) {
        if let Some(offer) = &self.0 {
            println!("offer {offer} answer={answer} detail={detail}");
        }
    }
}

pub fn run() -> ExitCode {
    let options = Options::parse(
        &["--framed", "--quiet", "--vanish"],
        &[
            "--socket",
            "--token-mode",
            "--reject",
            "--reject-with-text-of",
            "--late",
            "--wrong",
        ],
    );
    let config = Arc::new(Config {
        mode: token_mode(&options),
        answer: answer(&options),
        framed: options.has("--framed"),
        quiet: options.has("--quiet"),
    });
    let tokens = Arc::new(Mutex::new(HandoffTokenStore::new()));
    let listener = match UnixListener::bind(options.required("--socket")) {
        Ok(listener) => listener,
        Err(error) => {
            eprintln!("reference-peer: cannot listen: {error}");
            return ExitCode::FAILURE;
        }
    };
    thread::spawn(end_with_parent);
    println!("listening");
    for connection in listener.incoming() {
        let (config, tokens) = (Arc::clone(&config), Arc::clone(&tokens));
        thread::spawn(move || {
            let serve = if config.framed { serve_framed } else { serve };
            if let Err(error) = connection
                .map_err(Into::into)
                .and_then(|it| serve(it, &config, &tokens))
            {
                println!("failed detail={error}");
            }
        });
    }
    ExitCode::SUCCESS
}

fn token_mode(options: &Options) -> TokenMode {
    match options.text("--token-mode").unwrap_or("carried") {
        "carried" => TokenMode::Carried,
        "unknown" => TokenMode::Unknown,
        "other" => TokenMode::Other,
        "expired" => TokenMode::Expired,
        mode => refuse(&format!(
            "--token-mode was {mode}; expected carried, unknown, other or expired"
        )),
    }
}

fn answer(options: &Options) -> Answer {
    if let Some(text) = options.text("--reject") {
        Answer::Reject(text.to_string())
    } else if let Some(path) = options.text("--reject-with-text-of") {
        let text = std::fs::read_to_string(path);
        Answer::Reject(text.unwrap_or_else(|error| refuse(&format!("cannot read {path}: {error}"))))
    } else if let Some(millis) = options.number("--late") {
        Answer::Late(Duration::from_millis(millis))
    } else if let Some(part) = options.text("--wrong") {
        Answer::Wrong(Fault::named(part))
    } else if options.has("--vanish") {
        Answer::Vanish
    } else {
        Answer::Judged
    }
}

/// Whoever started this process holds the other end of its standard input.
fn end_with_parent() {
    let _ = io::copy(&mut io::stdin(), &mut io::sink());
    exit(0)
}

/// Each offer in its turn, until the broker has no more. Its own token is the one expected.
fn serve_framed(broker: UnixStream, config: &Config, tokens: &Mutex<HandoffTokenStore>) -> Result<(), Failure> {
    let mut offers = BufReader::new(&broker);
    while !offers.fill_buf()?.is_empty() {
        let offer = read_handoff_offer(&mut offers)?;
        let told = Told::of(&offer, config);
        let presented = offer.token.as_slice().try_into()?;
        told.judged(&judge(&mut &broker, config.mode, presented, offer, tokens)?);
    }
    Ok(())
}

fn serve(mut broker: UnixStream, config: &Config, tokens: &Mutex<HandoffTokenStore>) -> Result<(), Failure> {
    let (carried, client) = receive_descriptor(&broker)?;
    let offer = read_handoff_offer(&mut broker)?;
    let told = Told::of(&offer, config);
    let ack = |accepted, error_detail: &str| HandoffAck {
        token: offer.token.clone(),
        accepted,
        error_detail: error_detail.to_string(),
        correlation_id: offer.correlation_id,
    };
    match &config.answer {
        Answer::Judged => {}
        Answer::Late(by) => thread::sleep(*by),
        Answer::Reject(text) => {
            // Closed first: once the broker knows of a rejection the connection is its own again.
            drop(client);
            write_handoff_ack(&mut broker, &ack(false, text))?;
            told.answered("rejected", text);
            return Ok(());
        }
        Answer::Wrong(fault) => {
            let frame = fault.make(ack(true, ""));
            write_frame(&mut broker, &frame.encode_to_vec())?;
            told.answered("wrong", "");
            return Ok(echo(client)?);
        }
        Answer::Vanish => {
            told.answered("none", "");
            return Ok(());
        }
    }
    let acceptance = judge(&mut broker, config.mode, carried, offer, tokens)?;
    drop(broker);
    told.judged(&acceptance);
    match acceptance {
        HandoffAcceptance::Accepted(_) => Ok(echo(client)?),
        HandoffAcceptance::Rejected(_) => Ok(()),
    }
}

/// The crate's judgement and its ACK. Which token is expected it leaves to its caller.
fn judge(
    broker: &mut impl Write,
    mode: TokenMode,
    presented: [u8; HANDOFF_TOKEN_BYTES],
    offer: HandoffOffer,
    tokens: &Mutex<HandoffTokenStore>,
) -> Result<HandoffAcceptance<HandoffOffer>, Failure> {
    let mut tokens = tokens.lock().expect("no thread panics with the tokens");
    let now = Instant::now();
    let (expected, judged_at) = match mode {
        TokenMode::Unknown => (HandoffToken::from_bytes(presented), now),
        TokenMode::Carried => (register(&mut tokens, presented, now), now),
        TokenMode::Expired => (register(&mut tokens, presented, now), now + DEFAULT_HANDOFF_TOKEN_TTL),
        TokenMode::Other => (tokens.issue(now)?, now),
    };
    Ok(respond_to_handoff_offer(
        broker,
        &mut tokens,
        expected,
        offer,
        judged_at,
    )?)
}

fn register(tokens: &mut HandoffTokenStore, token: [u8; HANDOFF_TOKEN_BYTES], now: Instant) -> HandoffToken {
    tokens
        .issue_with_random128(now, || Ok(token))
        .expect("each token comes once, and few at a time")
}

/// What the crate has only in its tests: `recvmsg` for the descriptor and the 16 bytes that it travels on.
fn receive_descriptor(broker: &UnixStream) -> io::Result<([u8; HANDOFF_TOKEN_BYTES], OwnedFd)> {
    let mut token = [0; HANDOFF_TOKEN_BYTES];
    let mut descriptor = None;
    let mut filled = 0;
    while filled < token.len() {
        let (count, came) = receive_some(broker, &mut token[filled..])?;
        if count == 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the broker closed before its descriptor came",
            ));
        }
        if came.is_some() && (filled > 0 || descriptor.is_some()) {
            return Err(io::Error::other(format!("a descriptor came with byte {filled}")));
        }
        descriptor = descriptor.or(came);
        filled += count;
    }
    let client = descriptor.ok_or_else(|| io::Error::other("no descriptor came with the token"))?;
    Ok((token, client))
}

fn receive_some(broker: &UnixStream, into: &mut [u8]) -> io::Result<(usize, Option<OwnedFd>)> {
    // Words, because a control message is aligned as a size_t; room for one descriptor.
    let mut control = [0_u64; 4];
    let mut bytes = libc::iovec {
        iov_base: into.as_mut_ptr().cast(),
        iov_len: into.len(),
    };
    // SAFETY: a msghdr of zeros is an empty one, and all it points to outlives the call. A descriptor that the kernel
    // has installed here belongs to nobody yet.
    unsafe {
        let mut message: libc::msghdr = std::mem::zeroed();
        message.msg_iov = &mut bytes;
        message.msg_iovlen = 1;
        message.msg_control = control.as_mut_ptr().cast();
        message.msg_controllen = libc::CMSG_LEN(size_of::<libc::c_int>() as u32) as _;
        let count = libc::recvmsg(broker.as_raw_fd(), &mut message, libc::MSG_CMSG_CLOEXEC);
        if count < 0 {
            return Err(io::Error::last_os_error());
        }
        let header = libc::CMSG_FIRSTHDR(&message);
        let came =
            (!header.is_null() && (*header).cmsg_level == libc::SOL_SOCKET && (*header).cmsg_type == libc::SCM_RIGHTS)
                .then(|| OwnedFd::from_raw_fd(libc::CMSG_DATA(header).cast::<libc::c_int>().read_unaligned()));
        if message.msg_flags & libc::MSG_CTRUNC != 0 {
            return Err(io::Error::other(
                "more than one descriptor came, or none could be installed",
            ));
        }
        Ok((count as usize, came))
    }
}

/// Until the client closes. It reads with waiting, and leaves the connection as it came: O_NONBLOCK, which the broker's copy
/// shares, would end it.
fn echo(client: OwnedFd) -> io::Result<()> {
    let mut client = File::from(client);
    let mut bytes = [0; 4096];
    loop {
        match client.read(&mut bytes) {
            Ok(0) => return Ok(()),
            Ok(count) => client.write_all(&bytes[..count])?,
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

//! Judges one frame per line as the reference's two sides do.
//!
//! A line of standard input is the hex of all bytes of a connection, then its end; with `--acks` it begins with the token
//! and the correlation id of the offer that is answered. Bytes and texts are in hex, and `-` is an empty one. A line of
//! standard output is one of
//! - `offer <handle_value> <token> <service_name> <correlation_id> <traceparent> <tracestate> <accepted, or why not>`
//! - `<kind of error> <its text>`, of an offer
//! - `accepted`, or what is wrong with the ACK, or that it is a rejection

use std::io::{self, BufRead, BufWriter, Cursor, Read, Write};
use std::time::{Duration, Instant};

use prost::Message;
use running_process::broker::backend_lib::{
    read_handoff_offer, respond_to_handoff_offer, BackendHandoffWireError, HandoffAcceptance, HandoffToken,
    HandoffTokenStore, HANDOFF_TOKEN_BYTES,
};
use running_process::broker::protocol::{read_frame, Frame, HandoffOffer};
use running_process::broker::server::handoff::HandoffDelivery;

use crate::broker::delivery;
use crate::options::Options;

/// Answers every line until the end of standard input.
pub fn run() -> io::Result<()> {
    let judge = if Options::parse(&["--acks"], &[]).has("--acks") {
        judge_ack
    } else {
        judge_offer
    };
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        writeln!(out, "{}", judge(line?.trim())?.replace(['\r', '\n'], " "))?;
    }
    out.flush()
}

fn judge_offer(line: &str) -> io::Result<String> {
    let stream = from_hex(line)?;
    Ok(match read_handoff_offer(&mut Cursor::new(&stream)) {
        Ok(offer) => {
            let frame = read_frame(&mut Cursor::new(&stream)).map_err(io::Error::other)?;
            let frame = Frame::decode(frame.as_slice()).map_err(io::Error::other)?;
            let read = format!(
                "offer {} {} {} {} {} {}",
                offer.handle_value,
                to_hex(&offer.token),
                to_hex(offer.service_name.as_bytes()),
                offer.correlation_id,
                to_hex(frame.traceparent.as_bytes()),
                to_hex(frame.tracestate.as_bytes())
            );
            format!("{read} {}", judge_token(offer)?)
        }
        Err(error) => format!("{} {error}", kind(&error)),
    })
}

fn kind(error: &BackendHandoffWireError) -> &'static str {
    match error {
        BackendHandoffWireError::Framing(_) => "framing",
        BackendHandoffWireError::DecodeFrame(_) => "frame",
        BackendHandoffWireError::DecodePayload(_) => "payload",
        BackendHandoffWireError::UnexpectedFrame(_) => "unexpected",
    }
}

/// The token that is presented is the one expected, and none is pending.
fn judge_token(offer: HandoffOffer) -> io::Result<String> {
    let presented = <[u8; HANDOFF_TOKEN_BYTES]>::try_from(offer.token.as_slice());
    let expected = HandoffToken::from_bytes(presented.unwrap_or_default());
    let mut tokens = HandoffTokenStore::new();
    let answer = respond_to_handoff_offer(&mut io::sink(), &mut tokens, expected, offer, Instant::now());
    Ok(match answer.map_err(io::Error::other)? {
        HandoffAcceptance::Accepted(_) => "accepted".to_owned(),
        HandoffAcceptance::Rejected(rejected) => rejected.reason.to_string(),
    })
}

fn judge_ack(line: &str) -> io::Result<String> {
    let [token, id, stream] = line.splitn(3, ' ').collect::<Vec<_>>()[..] else {
        return Err(invalid("a line is not token, correlation id and stream"));
    };
    let token = <[u8; HANDOFF_TOKEN_BYTES]>::try_from(from_hex(token)?).map_err(|_| invalid("a token is none"))?;
    let mut broker = delivery(
        Answered(Cursor::new(from_hex(stream)?)),
        "reference",
        id.parse().map_err(invalid)?,
    );
    let deadline = Instant::now() + Duration::from_secs(60);
    Ok(
        match broker.await_backend_ack(&HandoffToken::from_bytes(token), deadline) {
            Ok(_) => "accepted".to_owned(),
            Err(error) => error.to_string(),
        },
    )
}

/// A connection on which everything has come already.
struct Answered(Cursor<Vec<u8>>);

impl Read for Answered {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
    }
}

impl Write for Answered {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn to_hex(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "-".to_owned();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(hex: &str) -> io::Result<Vec<u8>> {
    if hex == "-" {
        return Ok(Vec::new());
    }
    if !hex.is_ascii() || hex.len() % 2 != 0 {
        return Err(invalid("a line is not hex"));
    }
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).map_err(invalid))
        .collect()
}

fn invalid(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}

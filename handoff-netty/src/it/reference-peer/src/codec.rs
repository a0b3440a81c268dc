//! Judges one frame per line as the reference's backend does.
//!
//! A line of standard input is the hex of all bytes of a connection, then its end. A line of standard output is
//! `offer <token> <service_name> <correlation_id>`, with the token and the name in hex and `-` for an
//! empty one, or `<kind of error> <its text>`.

use std::io::{self, BufRead, BufWriter, Cursor, Write};

use running_process::broker::backend_lib::{read_handoff_offer, BackendHandoffWireError};

/// Answers every line until the end of standard input.
pub fn run() -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for line in io::stdin().lock().lines() {
        let stream = from_hex(line?.trim())?;
        match read_handoff_offer(&mut Cursor::new(stream)) {
            Ok(offer) => writeln!(
                out,
                "offer {} {} {}",
                to_hex(&offer.token),
                to_hex(offer.service_name.as_bytes()),
                offer.correlation_id
            )?,
            Err(error) => writeln!(out, "{} {}", kind(&error), one_line(&error.to_string()))?,
        }
    }
    out.flush()
}

fn kind(error: &BackendHandoffWireError) -> &'static str {
    match error {
        BackendHandoffWireError::Framing(_) => "framing",
        BackendHandoffWireError::DecodeFrame(_) => "frame",
        BackendHandoffWireError::DecodePayload(_) => "payload",
        BackendHandoffWireError::UnexpectedFrame(_) => "unexpected",
    }
}

fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}

fn to_hex(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "-".to_owned();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(hex: &str) -> io::Result<Vec<u8>> {
    if !hex.is_ascii() || hex.len() % 2 != 0 {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "a line is not hex",
        ));
    }
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16))
        .collect::<Result<_, _>>()
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

//! The options behind the command: `--name value`, or `--name` alone.

use std::collections::HashMap;
use std::process::exit;
use std::str::FromStr;

use crate::USAGE;

pub struct Options(HashMap<String, String>);

impl Options {
    /// Reads the command line; ends the process if it holds anything but these options.
    pub fn parse(flags: &[&str], values: &[&str]) -> Self {
        let mut options = HashMap::new();
        let mut arguments = std::env::args().skip(2);
        while let Some(name) = arguments.next() {
            let value = if flags.contains(&name.as_str()) {
                String::new()
            } else if values.contains(&name.as_str()) {
                arguments
                    .next()
                    .unwrap_or_else(|| refuse(&format!("{name} needs a value")))
            } else {
                refuse(&format!("unknown option {name}; known: {flags:?} {values:?}"))
            };
            options.insert(name, value);
        }
        Self(options)
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub fn required(&self, name: &str) -> &str {
        self.text(name).unwrap_or_else(|| refuse(&format!("{name} is missing")))
    }

    pub fn number<T: FromStr>(&self, name: &str) -> Option<T> {
        self.text(name).map(|text| {
            text.parse()
                .unwrap_or_else(|_| refuse(&format!("{name} was {text}; expected a number")))
        })
    }
}

/// Ends the process, for a command line that makes no sense.
pub fn refuse(why: &str) -> ! {
    eprintln!("reference-peer: {why}");
    exit(USAGE.into())
}

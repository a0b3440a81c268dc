//! Where the crate's tests start a backend or a broker. If `HANDOFF_OURS` names it, whoever runs this process is asked for
//! one instead: a line of standard output says what is wanted, and a line of standard input comes when it is there.

use std::env;
use std::io::{self, BufRead, Write};
use std::sync::Mutex;
use std::thread::{self, JoinHandle};

use running_process::broker::backend_handle::{BackendHandle, DaemonProcess};
use running_process::broker::protocol::Endpoint;
use running_process::broker::server::{BrokerInstanceKey, BrokerServeConfig, BrokerServeError};

use crate::handoff_serve_e2e::BackendBehavior;

/// The lines of two threads are not to be mixed.
static ASKING: Mutex<()> = Mutex::new(());

/// Listens at `handoff_endpoint` and takes one handoff, when this returns.
pub fn backend(
    handoff_endpoint: String,
    behavior: BackendBehavior,
    of_the_crate: fn(String, BackendBehavior) -> JoinHandle<io::Result<()>>,
) -> JoinHandle<io::Result<()>> {
    if !is_ours("backend") {
        return of_the_crate(handoff_endpoint, behavior);
    }
    let behavior = match behavior {
        BackendBehavior::Accept => "accept",
        BackendBehavior::Reject => "reject",
    };
    ask(&format!("backend {behavior} {handoff_endpoint}"));
    thread::spawn(|| Ok(()))
}

/// Serves as many clients as the configuration says. Ours asks no backend for its identity, so that is done here, with the
/// crate's functions: the test waits for it.
pub fn broker(
    config: BrokerServeConfig,
    of_the_crate: fn(BrokerServeConfig) -> Result<(), BrokerServeError>,
) -> Result<(), BrokerServeError> {
    if !is_ours("broker") {
        return of_the_crate(config);
    }
    let endpoint = Endpoint {
        namespace_id: BrokerInstanceKey::Shared.id(),
        path: config.backend_endpoint.clone(),
    };
    let expected = DaemonProcess::current_process(endpoint.clone(), Some(30)).expect("this process has an identity");
    BackendHandle::probe_with_service(
        config.service_name.as_str(),
        config.service_version.as_str(),
        &endpoint,
        &expected,
    )
    .expect("the backend tells its identity");
    ask(&format!(
        "broker {} {} {} {}",
        config.max_connections.expect("the tests set it"),
        config.socket_path,
        config.handoff_endpoint.expect("the tests set it"),
        config.backend_endpoint
    ));
    Ok(())
}

fn is_ours(role: &str) -> bool {
    env::var("HANDOFF_OURS").is_ok_and(|roles| roles.split(' ').any(|it| it == role))
}

/// Past the capture of the test harness, which is for what is printed.
fn ask(what: &str) {
    let _asking = ASKING.lock().expect("nobody panics while asking");
    let mut out = io::stdout();
    // The harness may have begun a line.
    writeln!(out, "\nask {what}")
        .and_then(|()| out.flush())
        .expect("somebody reads");
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer).expect("somebody answers");
    assert_eq!(answer, "done\n", "{what}");
}

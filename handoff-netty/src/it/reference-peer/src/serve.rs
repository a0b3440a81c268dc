//! The crate's whole broker, and its own client: everything but the backend is the reference's, unchanged. The client
//! negotiates, waits for the ready event, and goes on with the same connection, which the backend serves by then.

use std::error::Error;
use std::io::{Read, Write};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use running_process::broker::backend_handle::DaemonProcess;
use running_process::broker::backend_lifecycle::probe::handle_endpoint_probe;
use running_process::broker::client::{
    connect_to_backend, BackendConnection, BackendConnectionRoute, BrokerClientError, ConnectBackendRequest,
};
use running_process::broker::protocol::{BrokerIsolation, Endpoint, ServiceDefinition};
use running_process::broker::server::{
    serve_registered_backend, write_service_definition, BrokerInstanceKey, BrokerServeConfig,
};

use crate::options::{refuse, Options};

const VERSION: &str = "1.0.0";
const PATIENCE: Duration = Duration::from_secs(20);

pub fn run() -> ExitCode {
    let options = Options::parse(&[], &["--socket", "--service", "--directory", "--count"]);
    let service = options.text("--service").unwrap_or("reference");
    let directory = Path::new(options.required("--directory"));
    let count = options.number("--count").unwrap_or(1);
    match serve(options.required("--socket"), service, directory, count) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => refuse(&error.to_string()),
    }
}

/// Tells whether every client was handed off and answered.
fn serve(handoff_socket: &str, service: &str, directory: &Path, count: usize) -> Result<bool, Box<dyn Error>> {
    let services = directory.join("services");
    define_service(service, &services)?;
    let broker_socket = directory.join("broker.sock").to_string_lossy().into_owned();
    let reconnect_socket = directory.join("reconnect.sock").to_string_lossy().into_owned();
    let reconnects = UnixListener::bind(&reconnect_socket)?;
    let endpoint = Endpoint {
        namespace_id: BrokerInstanceKey::Shared.id(),
        path: reconnect_socket.clone(),
    };
    thread::spawn(move || answer_probe(&reconnects, endpoint));
    let config = BrokerServeConfig::new(&broker_socket, service, VERSION, reconnect_socket, count)?
        .with_service_definition_dir(services)
        .with_handoff_endpoint(handoff_socket);
    let broker = thread::spawn(move || serve_registered_backend(config).map_err(|error| error.to_string()));

    let mut all_served = true;
    for client in 1..=count {
        let mut connection = connect(&broker_socket, service)?;
        let handed_off = connection.route == BackendConnectionRoute::HandlePassed;
        let answered = handed_off && is_echoed(&mut connection, &format!("client {client}"));
        println!("client={client} handed_off={handed_off} answered={answered}");
        all_served &= answered;
    }
    broker.join().expect("the broker does not panic")?;
    Ok(all_served)
}

fn define_service(service: &str, services: &Path) -> Result<(), Box<dyn Error>> {
    let program = std::env::current_exe()?;
    let folder = program.parent().ok_or("the program is in no folder")?;
    let definition = ServiceDefinition {
        service_name: service.to_string(),
        binary_path: program.to_string_lossy().into_owned(),
        isolation: BrokerIsolation::SharedBroker.into(),
        per_version_binary_dir: folder.to_string_lossy().into_owned(),
        min_version: VERSION.to_string(),
        version_allow_list: vec![VERSION.to_string()],
        ..Default::default()
    };
    write_service_definition(services, &definition)?;
    Ok(())
}

/// The broker asks its backend for its identity first, and takes none but its own process for it. Whoever comes later is
/// a client that was not handed off.
fn answer_probe(reconnects: &UnixListener, endpoint: Endpoint) {
    let daemon = DaemonProcess::current_process(endpoint, Some(30)).expect("this process has an identity");
    for (index, connection) in reconnects.incoming().enumerate() {
        if let (0, Ok(mut broker)) = (index, connection) {
            handle_endpoint_probe(&mut broker, &daemon).expect("the broker probes");
        }
    }
}

fn connect(broker_socket: &str, service: &str) -> Result<BackendConnection, BrokerClientError> {
    let start = Instant::now();
    loop {
        let mut request = ConnectBackendRequest::new(broker_socket, service, VERSION, VERSION);
        request.adopt_handed_off_connection = true;
        request.handoff_ready_timeout = PATIENCE;
        match connect_to_backend(request) {
            Err(BrokerClientError::BrokerConnect(_)) if start.elapsed() < PATIENCE => {
                thread::sleep(Duration::from_millis(5));
            }
            connected => return connected,
        }
    }
}

fn is_echoed(connection: &mut BackendConnection, text: &str) -> bool {
    let mut bytes = vec![0; text.len()];
    let exchanged = connection
        .stream
        .write_all(text.as_bytes())
        .and_then(|()| connection.stream.read_exact(&mut bytes));
    exchanged.is_ok() && bytes == text.as_bytes()
}

//! An HTTP server on loopback that sends scripted answers, and ends with the test.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// How long a client may be silent before the server closes the connection.
const PATIENCE: Duration = Duration::from_secs(10);

/// The answer to one connection.
pub(crate) enum Answer {
    /// These bytes.
    Whole(Vec<u8>),
    /// These bytes in one chunk, without a `Content-Length`.
    Chunked(Vec<u8>),
    /// These bytes, with a larger `Content-Length`.
    Cut { bytes: Vec<u8>, promised: usize },
    /// These bytes in chunks, with the connection closed within a chunk.
    CutChunk(Vec<u8>),
    /// These bytes, and then nothing until the client closes the connection.
    Stalled(Vec<u8>),
    /// Only this status.
    Status(&'static str),
    /// A redirect to this address.
    Redirect(String),
}

/// The server: one answer for each connection, in this order.
pub(crate) struct HttpServer {
    address: SocketAddr,
    ending: Arc<AtomicBool>,
    thread: Option<JoinHandle<Vec<String>>>,
}

impl HttpServer {
    pub(crate) fn start(answers: Vec<Answer>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let ending = Arc::new(AtomicBool::new(false));
        let thread = std::thread::spawn({
            let ending = Arc::clone(&ending);
            move || {
                let mut requests = Vec::new();
                for answer in answers {
                    let (connection, _) = listener.accept().expect("a connection");
                    if ending.load(Ordering::SeqCst) {
                        break;
                    }
                    // A client may close the connection early.
                    let _ = serve(&connection, answer, &mut requests);
                }
                requests
            }
        });
        Self { address, ending, thread: Some(thread) }
    }

    /// The URL of a path on the server.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Stops the server, and returns the first lines of all requests.
    pub(crate) fn requests(mut self) -> Vec<String> {
        self.end()
    }

    fn end(&mut self) -> Vec<String> {
        let Some(thread) = self.thread.take() else { return Vec::new() };
        self.ending.store(true, Ordering::SeqCst);
        // Wakes the server if it waits; it may have ended.
        let _ = TcpStream::connect(self.address);
        thread.join().expect("the server does not panic")
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        self.end();
    }
}

fn serve(
    connection: &TcpStream,
    answer: Answer,
    requests: &mut Vec<String>,
) -> std::io::Result<()> {
    connection.set_read_timeout(Some(PATIENCE))?;
    connection.set_write_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(connection);
    let mut writer = connection;
    requests.push(request(&mut reader)?);
    let mut head = |status: &str, fields: &str| {
        write!(writer, "HTTP/1.1 {status}\r\nConnection: close\r\n{fields}\r\n")
    };
    let length = |bytes: usize| format!("Content-Length: {bytes}\r\n");
    match answer {
        Answer::Whole(bytes) => {
            head("200 OK", &length(bytes.len()))?;
            writer.write_all(&bytes)
        }
        Answer::Chunked(bytes) => {
            head("200 OK", "Transfer-Encoding: chunked\r\n")?;
            write!(writer, "{:x}\r\n", bytes.len())?;
            writer.write_all(&bytes)?;
            write!(writer, "\r\n0\r\n\r\n")
        }
        Answer::Cut { bytes, promised } => {
            head("200 OK", &length(promised))?;
            writer.write_all(&bytes)
        }
        Answer::CutChunk(bytes) => {
            head("200 OK", "Transfer-Encoding: chunked\r\n")?;
            write!(writer, "{:x}\r\n", bytes.len() + 1)?;
            writer.write_all(&bytes)
        }
        Answer::Stalled(bytes) => {
            head("200 OK", &length(bytes.len() + 1))?;
            writer.write_all(&bytes)?;
            reader.read_to_end(&mut Vec::new()).map(drop)
        }
        Answer::Status(status) => head(status, &length(0)),
        Answer::Redirect(to) => head("302 Found", &format!("Location: {to}\r\n{}", length(0))),
    }
}

/// Reads one request, and returns its first line.
fn request(reader: &mut impl BufRead) -> std::io::Result<String> {
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut line = String::new();
    while line != "\r\n" && reader.read_line(&mut line)? > 0 {
        if line != "\r\n" {
            line.clear();
        }
    }
    Ok(first.trim_end().to_owned())
}

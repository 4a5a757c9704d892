//! The content of a file as the body of an answer, read as fast as the client takes it: of each file that is
//! being sent, only one piece is in memory.

use axum::body::Bytes;
use http_body::{Body, Frame, SizeHint};
use std::fs::File;
use std::io::{self, Read as _};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::task::{JoinHandle, spawn_blocking};

/// Size of a piece, in bytes.
const PIECE: u64 = 64 << 10;

/// A file that is being sent.
#[derive(Debug)]
pub(super) struct SentFile {
    /// `None` while it is read.
    file: Option<File>,
    /// The piece that is being read on another thread.
    piece: Option<JoinHandle<(File, io::Result<Bytes>)>>,
    /// Number of bytes that are not sent yet. What is added to the file meanwhile is not sent.
    left: u64,
}

impl SentFile {
    /// Sends the file up to its present end.
    pub(super) fn new(file: File) -> io::Result<Self> {
        let left = file.metadata()?.len();
        Ok(Self { file: Some(file), piece: None, left })
    }
}

impl Body for SentFile {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let most = self.left.min(PIECE);
        if let Some(file) = self.file.take() {
            self.piece = Some(spawn_blocking(move || read(file, most)));
        }
        // There is neither after an error.
        let Some(piece) = &mut self.piece else { return Poll::Ready(None) };
        let read = ready!(Pin::new(piece).poll(context));
        self.piece = None;
        let bytes = match read {
            Ok((file, Ok(bytes))) => {
                self.file = Some(file);
                bytes
            }
            Ok((_, Err(error))) => return Poll::Ready(Some(Err(error))),
            Err(error) => return Poll::Ready(Some(Err(error.into()))),
        };
        self.left = self.left.saturating_sub(bytes.len() as u64);
        Poll::Ready(Some(Ok(Frame::data(bytes))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// Reads the next piece.
fn read(file: File, most: u64) -> (File, io::Result<Bytes>) {
    let mut bytes = Vec::new();
    let read = (&file).take(most).read_to_end(&mut bytes);
    let piece = match read {
        Ok(0) => Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file became shorter")),
        Ok(_) => Ok(Bytes::from(bytes)),
        Err(error) => Err(error),
    };
    (file, piece)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::poll_fn;
    use std::io::{Seek as _, Write as _};

    /// The sizes of the pieces, and the content or the error.
    fn sent(mut body: SentFile) -> (Vec<usize>, io::Result<Vec<u8>>) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (mut sizes, mut content) = (Vec::new(), Vec::new());
            while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await
            {
                match frame {
                    Ok(frame) => {
                        let bytes = frame.into_data().unwrap();
                        sizes.push(bytes.len());
                        content.extend(bytes);
                    }
                    Err(error) => return (sizes, Err(error)),
                }
            }
            (sizes, Ok(content))
        })
    }

    #[test]
    fn a_file_is_sent_in_pieces_up_to_its_end_at_the_start() {
        let mut file = tempfile::tempfile().unwrap();
        let content = vec![b'x'; 150_000];
        file.write_all(&content).unwrap();
        file.rewind().unwrap();
        let body = SentFile::new(file.try_clone().unwrap()).unwrap();
        assert_eq!(body.size_hint().exact(), Some(150_000));
        file.set_len(200_000).unwrap();
        let (sizes, sent_content) = sent(body);
        assert_eq!(sizes, [1 << 16, 1 << 16, 150_000 - (1 << 17)]);
        assert!(sent_content.unwrap() == content);
        file.rewind().unwrap();
        let body = SentFile::new(file.try_clone().unwrap()).unwrap();
        file.set_len(0).unwrap();
        assert!(sent(body).1.is_err(), "it became shorter");
        assert!(sent(SentFile::new(file).unwrap()).1.unwrap().is_empty());
    }
}

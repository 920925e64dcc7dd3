//! A mail server for one test: speaks as much SMTP as a letter needs and keeps what comes.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

#[derive(Default)]
struct Inner {
    letters: Mutex<Vec<String>>,
    /// What the next recipients are answered; then 250 again.
    refusals: Mutex<Vec<&'static str>>,
}

/// The server, gone with the test.
pub struct Mailbox {
    pub url: String,
    inner: Arc<Inner>,
    task: JoinHandle<()>,
}

impl Mailbox {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Inner::default());
        let shared = inner.clone();
        let task = tokio::task::spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let inner = shared.clone();
                tokio::task::spawn_local(async move {
                    let _ = converse(stream, &inner).await;
                });
            }
        });
        Self { url, inner, task }
    }
    /// Answers the next recipient so.
    pub fn refuse(&self, answer: &'static str) {
        self.inner.refusals.lock().unwrap().push(answer);
    }
    pub fn letters(&self) -> Vec<String> {
        self.inner.letters.lock().unwrap().clone()
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn converse(stream: TcpStream, inner: &Inner) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 sink\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let answer = match line.split([' ', ':']).next().unwrap_or_default().to_uppercase().as_str() {
            "EHLO" | "HELO" => "250 sink".to_owned(),
            "RCPT" => inner.refusals.lock().unwrap().pop().unwrap_or("250 ok").to_owned(),
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut letter = String::new();
                while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                    letter.push_str(&line);
                    letter.push('\n');
                }
                inner.letters.lock().unwrap().push(letter);
                "250 kept".to_owned()
            }
            "QUIT" => {
                write.write_all(b"221 bye\r\n").await?;
                break;
            }
            _ => "250 ok".to_owned(),
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}

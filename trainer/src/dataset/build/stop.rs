//! Ctrl-C and SIGTERM: the first asks to finish what is in flight, the second ends the process.

use tokio::sync::watch;

/// Exit status of a process that Ctrl-C ended.
const INTERRUPTED: i32 = 130;

/// Tells when the process is asked to stop.
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// Listens from now on.
    pub fn listen() -> Self {
        let (sender, receiver) = watch::channel(false);
        tokio::spawn(async move {
            signal().await;
            // Nobody may be listening any more.
            let _ = sender.send(true);
            signal().await;
            // Nothing is lost: the journal is written line by line, and no file is visible before it is whole.
            std::process::exit(INTERRUPTED);
        });
        Self(receiver)
    }

    /// Waits until the process is asked to stop; at once if it has been.
    pub async fn wait(&mut self) {
        if self.0.wait_for(|stopped| *stopped).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    let _ = tokio::signal::ctrl_c().await;
}

//! `cargo xtask serve`: the site on this machine.

use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::site;
use crate::wasm::{self, Module, Profile};
use crate::workspace::Workspace;

/// What `cargo xtask serve` is asked to do.
#[derive(Args)]
pub struct ServeOptions {
    /// Build what is shipped: smaller and faster, and slow to build.
    #[arg(long, conflicts_with = "no_build")]
    release: bool,
    /// Serve what was built before.
    #[arg(long)]
    no_build: bool,
    /// The port on 127.0.0.1; 0 takes any that is free.
    #[arg(long, default_value_t = 8080)]
    port: u16,
}

/// Builds the browser modules, then serves the site until it is interrupted.
pub fn run(workspace: &Workspace, options: &ServeOptions) -> Result<()> {
    let site = workspace.site();
    require_model(&site)?;
    // Taken before the build: a port that is in use is told at once.
    let listener = listen(options.port)?;
    if options.no_build {
        require_modules(&site)?;
    } else {
        wasm::build(workspace, Profile::new(options.release))?;
    }
    println!(
        "Undercover is on http://{}/ (Ctrl+C ends it)",
        listener.local_addr()?
    );
    serve_on(listener, &site)
}

/// Answers requests for the files under `site` for as long as the process lives.
pub fn serve_on(listener: TcpListener, site: &Path) -> Result<()> {
    listener.set_nonblocking(true)?;
    tokio::runtime::Builder::new_multi_thread()
        .enable_io()
        .build()?
        .block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            axum::serve(listener, site::router(site)).await
        })
        .context("the server stopped")
}

fn listen(port: u16) -> Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => anyhow::anyhow!(
            "port {port} is in use: choose another with --port, or any free one with --port 0"
        ),
        _ => anyhow::Error::new(error).context(format!("port {port} cannot be opened")),
    })
}

fn require_model(site: &Path) -> Result<()> {
    let model = site.join("models/undercover");
    for file in ["manifest.json", "weights.bpk"] {
        ensure!(
            model.join(file).is_file(),
            "{} is missing: the repository ships it, so `git restore www/models` brings it back, \
             and `cargo run --release -p trainer -- export` writes one of your own",
            model.join(file).display()
        );
    }
    Ok(())
}

/// An error that says what to do where a browser module has not been built.
pub fn require_modules(site: &Path) -> Result<()> {
    for module in Module::ALL {
        let package = site.join("pkg").join(module.name());
        ensure!(
            package.is_dir(),
            "{} is missing: run `cargo xtask build` first",
            package.display()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::{IpAddr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
    use std::time::Duration;
    use std::{fs, thread};

    use super::*;

    #[test]
    fn the_site_is_served_on_127_0_0_1_and_on_no_other_address() {
        let site = tempfile::tempdir().unwrap();
        fs::write(site.path().join("index.html"), b"a page").unwrap();
        let listener = listen(0).unwrap();
        let address = listener.local_addr().unwrap();
        assert_eq!(address.ip(), Ipv4Addr::LOCALHOST);
        thread::spawn(move || serve_on(listener, site.path()));

        assert!(page(address).unwrap().ends_with("a page"));
        for other in other_addresses() {
            let answer = page(SocketAddr::new(other, address.port()));
            assert!(answer.is_err(), "{other} answered {answer:?}");
        }
    }

    /// What the server at an address answers, if there is one.
    fn page(address: SocketAddr) -> std::io::Result<String> {
        let patience = Duration::from_secs(5);
        let mut stream = TcpStream::connect_timeout(&address, patience)?;
        stream.set_read_timeout(Some(patience))?;
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    }

    /// Further addresses of this machine: on Linux all of 127.0.0.0/8 are, and those that its routes to the outside
    /// begin at.
    fn other_addresses() -> Vec<IpAddr> {
        let mut addresses = vec![
            IpAddr::from(Ipv4Addr::new(127, 0, 0, 2)),
            IpAddr::from(Ipv6Addr::LOCALHOST),
        ];
        // Addresses for documentation, which nobody has; to connect a datagram socket sends nothing.
        for (any, elsewhere) in [
            ("0.0.0.0:0", "203.0.113.1:9"),
            ("[::]:0", "[2001:db8::1]:9"),
        ] {
            let socket = UdpSocket::bind(any).and_then(|socket| {
                socket.connect(elsewhere)?;
                socket.local_addr()
            });
            addresses.extend(socket.map(|own| own.ip()));
        }
        addresses
    }

    #[test]
    fn a_port_in_use_is_told_with_a_way_out() {
        let taken = listen(0).unwrap();
        let address = taken.local_addr().unwrap();
        let error = listen(address.port()).unwrap_err().to_string();
        assert!(error.contains(&address.port().to_string()), "{error}");
        assert!(error.contains("--port 0"), "{error}");
    }

    #[test]
    fn a_missing_model_or_module_is_told_with_the_command_that_brings_it() {
        let site = tempfile::tempdir().unwrap();
        let model = site.path().join("models/undercover");
        fs::create_dir_all(&model).unwrap();
        fs::write(model.join("manifest.json"), b"{}").unwrap();
        let error = require_model(site.path()).unwrap_err().to_string();
        assert!(error.contains("weights.bpk is missing"), "{error}");
        fs::write(model.join("weights.bpk"), b"").unwrap();
        require_model(site.path()).unwrap();

        fs::create_dir_all(site.path().join("pkg/cpu")).unwrap();
        fs::create_dir_all(site.path().join("pkg/cpu-relaxed")).unwrap();
        let error = require_modules(site.path()).unwrap_err().to_string();
        assert!(
            error.contains("webgpu") && error.contains("cargo xtask build"),
            "{error}"
        );
        fs::create_dir_all(site.path().join("pkg/webgpu")).unwrap();
        require_modules(site.path()).unwrap();
    }
}

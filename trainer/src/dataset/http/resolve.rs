use std::io;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::address::{Addresses, is_public};

/// A name leads to a private address.
#[derive(Debug, thiserror::Error)]
#[error("the name has a private address")]
pub(super) struct Private;

/// Looks names up and leaves out private addresses: the connection goes to an address that has been checked, not to
/// one that a second look-up finds.
pub(super) struct Resolver(pub(super) Arc<Addresses>);

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let addresses = self.0.clone();
        Box::pin(async move {
            let found: Vec<_> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            if found.is_empty() {
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
            let private = addresses.may_be_private(name.as_str());
            let allowed: Vec<_> = found
                .into_iter()
                .filter(|address| private || is_public(address.ip()))
                .collect();
            if allowed.is_empty() {
                return Err(Private.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use super::FetchError;

/// Which addresses may be asked: http and https only, and none in private networks but those that the user names, so
/// that neither a list of addresses from elsewhere nor a redirect reaches what only this machine can reach.
#[derive(Clone, Debug, Default)]
pub struct Addresses {
    /// Hosts that the user named.
    trusted: HashSet<String>,
    /// All private addresses are allowed.
    allow_private: bool,
}

impl Addresses {
    /// Private addresses are allowed at all, or only those of these addresses.
    pub fn new<'a>(named: impl IntoIterator<Item = &'a Url>, allow_private: bool) -> Self {
        let hosts = named.into_iter().filter_map(|url| url.host_str());
        Self {
            trusted: hosts.map(str::to_owned).collect(),
            allow_private,
        }
    }

    /// Whether this name may have a private address.
    pub(super) fn may_be_private(&self, host: &str) -> bool {
        self.allow_private || self.trusted.contains(host)
    }

    /// Checks what can be told of an address before its name is looked up.
    pub(super) fn check(&self, url: &Url) -> Result<(), FetchError> {
        if !["http", "https"].contains(&url.scheme()) {
            return Err(FetchError::Forbidden {
                url: url.to_string(),
                reason: "only http and https addresses are",
            });
        }
        let ip = match url.host() {
            Some(Host::Ipv4(ip)) => IpAddr::V4(ip),
            Some(Host::Ipv6(ip)) => IpAddr::V6(ip),
            Some(Host::Domain(_)) => return Ok(()),
            None => return Err(FetchError::private(url)),
        };
        let host = url.host_str().unwrap_or_default();
        if is_public(ip) || self.may_be_private(host) {
            return Ok(());
        }
        Err(FetchError::private(url))
    }
}

/// Whether an address is one of the open internet. (`IpAddr::is_global` is not stable.)
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let protocols = a == 192 && b == 0 && c == 0;
    let benchmarks = a == 198 && (b == 18 || b == 19);
    !(a == 0
        || a >= 240
        || shared
        || protocols
        || benchmarks
        || ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || ip.is_multicast())
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let segments = ip.segments();
    // ::/96 (with loopback), ::ffff:0:0/96, 64:ff9b::/96 and 2002::/16 carry an IPv4 address.
    let embedded = |high: u16, low: u16| {
        let [[a, b], [c, d]] = [high.to_be_bytes(), low.to_be_bytes()];
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            embedded(high, low)
        }
        [0x2002, high, low, ..] => embedded(high, low),
        // Global unicast is 2000::/3, less the documentation's 2001:db8::/32.
        [first, second, ..] => first & 0xe000 == 0x2000 && (first, second) != (0x2001, 0xdb8),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_told_from_public_ones() {
        let private = [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
        ];
        for ip in private {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in [
            "1.1.1.1",
            "138.201.227.205",
            "100.128.0.1",
            "2606:4700::1111",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
        ] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn only_http_and_https_and_named_private_hosts_are_asked() {
        let url = |text: &str| Url::parse(text).unwrap();
        let addresses = Addresses::new([&url("http://127.0.0.1:80/ws")], false);
        for allowed in [
            "http://127.0.0.1:9/a",
            "https://example.com/",
            "http://1.1.1.1/",
        ] {
            assert!(addresses.check(&url(allowed)).is_ok(), "{allowed}");
        }
        let forbidden = [
            "file:///etc/passwd",
            "ftp://example.com/",
            "data:text/plain,a",
            "http://10.0.0.1/",
            "http://[::1]/",
            "http://0x7f.1.1/",
            "http://2130706434/",
        ];
        for forbidden in forbidden {
            assert!(addresses.check(&url(forbidden)).is_err(), "{forbidden}");
        }
        assert!(
            Addresses::new([], true)
                .check(&url("http://10.0.0.1/"))
                .is_ok()
        );
    }
}

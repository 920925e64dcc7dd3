//! Which addresses may be called: public ones, and those the operator lists.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(first: u16, second: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0), length)
}

/// What the registry of special addresses (RFC 6890) keeps from the public Internet.
const SPECIAL_V4: &[Ipv4Net] = &[
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(224, 0, 0, 0, 4),
    v4(240, 0, 0, 0, 4),
];

/// The only part of IPv6 given out for the public Internet.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 3);

/// Parts of it that are not, or that carry an IPv4 address inside: Teredo, documentation, 6to4.
const SPECIAL_V6: &[Ipv6Net] = &[v6(0x2001, 0, 23), v6(0x2001, 0xdb8, 32), v6(0x2002, 0, 16), v6(0x3fff, 0, 20)];

/// Whether an address belongs to the public Internet. An IPv4 address inside an IPv6 one counts as itself.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(address) => !SPECIAL_V4.iter().any(|net| net.contains(&address)),
        IpAddr::V6(address) => GLOBAL_V6.contains(&address) && !SPECIAL_V6.iter().any(|net| net.contains(&address)),
    }
}

/// Networks the operator allows although they are not public.
#[derive(Clone, Debug, Default)]
pub struct Allowed(Vec<IpNet>);

impl Allowed {
    /// Whether the operator listed it.
    pub fn lists(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|net| net.contains(&address))
    }
    /// Whether nothing is listed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// Whether it may be called: public, or listed.
    pub fn admits(&self, address: IpAddr) -> bool {
        is_public(address) || self.lists(address)
    }
}

impl FromStr for Allowed {
    type Err = String;

    /// Networks or single addresses, comma-separated: `127.0.0.1/32,10.1.0.0/16`.
    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let net = |part: &str| {
            let net = part.parse::<IpNet>().or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
            net.map_err(|_| format!("{part} is no network such as 10.1.0.0/16"))
        };
        parts.map(net).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_addresses_are_admitted() {
        let nothing = Allowed::default();
        for text in ["93.184.216.34", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:1.1.1.1"] {
            assert!(nothing.admits(text.parse().unwrap()), "{text}");
        }
        for text in [
            "0.0.0.0",
            "10.0.0.8",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.31.255.255",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.8",
            "::ffff:127.0.0.1",
            "::127.0.0.1",
            "64:ff9b::a00:8",
            "2001::1",
            "2002:a00:8::1",
            "2001:db8::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!nothing.admits(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn what_the_operator_lists_is_admitted() {
        let some: Allowed = " 127.0.0.0/8, fd00::/8,10.0.0.8".parse().unwrap();
        for text in ["127.0.0.1", "::ffff:127.0.0.1", "fd00::1", "10.0.0.8"] {
            assert!(some.lists(text.parse().unwrap()) && some.admits(text.parse().unwrap()), "{text}");
        }
        assert!(!some.admits("10.0.0.9".parse().unwrap()));
        assert!("".parse::<Allowed>().is_ok_and(|none| !none.lists("127.0.0.1".parse().unwrap())));
        assert!("10.0.0.0/33".parse::<Allowed>().is_err());
    }
}

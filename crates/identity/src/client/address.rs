//! Where a client may call from: single addresses and networks.

use std::net::IpAddr;

/// The addresses that share their first bits with one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Network {
    first: IpAddr,
    length: u32,
}

impl Network {
    /// Reads `203.0.113.7`, `10.0.0.0/8`, `2001:db8::/32`.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, length) = text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
        let first: IpAddr = address.parse().ok()?;
        let Some(length) = length else {
            let first = first.to_canonical();
            return Some(Self { first, length: bits(first).1 });
        };
        let length = length.parse::<u32>().ok().filter(|length| *length <= bits(first).1)?;
        Some(Self { first, length })
    }

    /// Whether an address is one of them; an IPv4 address inside an IPv6 one counts as itself.
    pub fn holds(&self, address: IpAddr) -> bool {
        let ((mine, width), (theirs, other)) = (bits(self.first), bits(address.to_canonical()));
        let differing = (mine ^ theirs).checked_shr(width.saturating_sub(self.length)).unwrap_or_default();
        width == other && differing == 0
    }
}

/// An address as a number, and the bits it has.
fn bits(address: IpAddr) -> (u128, u32) {
    match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)), 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_in_its_network_or_not() {
        let check = |network: &str, address: &str, wanted: bool| {
            let found = Network::parse(network).unwrap().holds(address.parse().unwrap());
            assert_eq!(found, wanted, "{address} in {network}");
        };
        check("203.0.113.7", "203.0.113.7", true);
        check("203.0.113.7", "203.0.113.8", false);
        check("203.0.113.7", "::ffff:203.0.113.7", true);
        check("::ffff:203.0.113.7", "203.0.113.7", true);
        check("10.1.0.0/16", "10.1.255.255", true);
        check("10.1.0.0/16", "10.2.0.0", false);
        check("10.1.2.3/16", "10.1.9.9", true);
        check("0.0.0.0/0", "198.51.100.1", true);
        check("0.0.0.0/0", "2001:db8::1", false);
        check("::/0", "2001:db8::1", true);
        check("2001:db8::/32", "2001:db8:ffff::1", true);
        check("2001:db8::/32", "2001:db9::1", false);
        check("2001:db8::1", "2001:db8::1", true);
    }

    #[test]
    fn what_is_no_network_is_not_read() {
        for text in ["", "here", "10.0.0.0/33", "10.0.0.0/", "10.0.0/8", "2001:db8::/129", "/8", "10.0.0.0/-1"] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }
}

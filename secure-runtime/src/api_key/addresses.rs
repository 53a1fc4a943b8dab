use std::net::IpAddr;

use ipnet::{IpNet, Ipv4Net};

/// How many bits of an IPv6 address say that it is an IPv4 address in IPv6 clothes.
const MAPPED: u8 = 96;

/// From where a key may be used: addresses and networks. None at all is from anywhere.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Addresses(Vec<IpNet>);

impl Addresses {
    /// Reads one text each, an address (`192.0.2.7`) or a network (`192.0.2.0/24`, `2001:db8::/32`).
    ///
    /// # Errors
    /// The places of those that are neither.
    pub(super) fn parse(texts: &[String]) -> Result<Self, Vec<usize>> {
        let read: Vec<_> = texts.iter().map(|text| network(text)).collect();
        let bad: Vec<_> = (0..read.len()).filter(|at| read[*at].is_none()).collect();
        if !bad.is_empty() {
            return Err(bad);
        }
        let mut networks: Vec<_> = read.into_iter().flatten().collect();
        networks.sort_unstable();
        networks.dedup();
        Ok(Self(networks))
    }

    /// Whether a client at `address` may use the key. Where the address is not known, a list lets nobody in.
    pub(super) fn admit(&self, address: Option<IpAddr>) -> bool {
        if self.0.is_empty() {
            return true;
        }
        address.is_some_and(|address| {
            let address = address.to_canonical();
            self.0.iter().any(|network| network.contains(&address))
        })
    }

    /// As they stand in the store and in lists.
    pub(super) fn texts(&self) -> Vec<String> {
        let text = |network: &IpNet| match network.prefix_len() == network.max_prefix_len() {
            true => network.addr().to_string(),
            false => network.to_string(),
        };
        self.0.iter().map(text).collect()
    }
}

fn network(text: &str) -> Option<IpNet> {
    let read: IpNet = match text.parse::<IpAddr>() {
        Ok(address) => address.into(),
        Err(_) => text.parse().ok()?,
    };
    // An address within a network: which of the two was meant?
    let network = Some(read).filter(|read| read.trunc() == *read)?;
    Some(match network {
        IpNet::V6(mapped) if mapped.prefix_len() >= MAPPED => {
            let address = mapped.addr().to_ipv4_mapped();
            let short = address.map(|address| Ipv4Net::new(address, mapped.prefix_len() - MAPPED));
            short.and_then(Result::ok).map_or(network, IpNet::V4)
        }
        _ => network,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn list(texts: &[&str]) -> Addresses {
        let texts: Vec<String> = texts.iter().map(|text| (*text).to_owned()).collect();
        Addresses::parse(&texts).expect("addresses")
    }

    fn admits(list: &Addresses, address: &str) -> bool {
        list.admit(Some(address.parse().expect("an address")))
    }

    #[test]
    fn no_list_lets_everybody_in() {
        assert!(list(&[]).admit(None));
        assert!(admits(&list(&[]), "192.0.2.1"));
    }

    #[test]
    fn a_list_lets_nobody_in_whose_address_is_not_known() {
        assert!(!list(&["0.0.0.0/0", "::/0"]).admit(None));
    }

    #[test]
    fn addresses_and_networks_of_both_kinds() {
        let list = list(&[
            "192.0.2.7",
            "198.51.100.0/25",
            "2001:db8:1::/48",
            "2001:db8:2::9",
        ]);
        for (address, may) in [
            ("192.0.2.7", true),
            ("192.0.2.8", false),
            ("198.51.100.0", true),
            ("198.51.100.127", true),
            ("198.51.100.128", false),
            ("2001:db8:1::", true),
            ("2001:db8:1:ffff:ffff:ffff:ffff:ffff", true),
            ("2001:db8:2::", false),
            ("2001:db8:2::9", true),
            ("::1", false),
            // An IPv4 address in IPv6 clothes is that address.
            ("::ffff:192.0.2.7", true),
            ("::ffff:192.0.2.8", false),
            ("::ffff:198.51.100.1", true),
        ] {
            assert_eq!(admits(&list, address), may, "{address}");
        }
    }

    #[test]
    fn a_network_in_ipv6_clothes_is_the_one_inside() {
        let list = list(&["::ffff:192.0.2.0/120", "::ffff:198.51.100.7"]);
        assert_eq!(list.texts(), ["192.0.2.0/24", "198.51.100.7"]);
        assert!(admits(&list, "192.0.2.200"));
        assert!(admits(&list, "::ffff:192.0.2.200"));
        assert!(!admits(&list, "192.0.3.1"));
        assert!(!admits(&list, "2001:db8::1"));
    }

    #[test]
    fn everything_of_one_kind_is_nothing_of_the_other() {
        assert!(!admits(&list(&["0.0.0.0/0"]), "2001:db8::1"));
        assert!(!admits(&list(&["::/0"]), "192.0.2.1"));
        assert!(!admits(&list(&["::/0"]), "::ffff:192.0.2.1"));
        assert!(admits(&list(&["::/0"]), "2001:db8::1"));
        assert!(admits(&list(&["0.0.0.0/0"]), "::ffff:192.0.2.1"));
    }

    #[test]
    fn what_is_written_comes_back_tidy() {
        let list = list(&[
            "198.51.100.0/24",
            "192.0.2.7/32",
            "198.51.100.0/24",
            "2001:DB8::/64",
        ]);
        assert_eq!(
            list.texts(),
            ["192.0.2.7", "198.51.100.0/24", "2001:db8::/64"]
        );
        let again = Addresses::parse(&list.texts()).expect("addresses");
        assert_eq!(again, list);
    }

    #[test]
    fn what_is_neither_is_named_by_its_place() {
        let texts = [
            "192.0.2.1",
            "",
            "192.0.2.0/33",
            "::1",
            "example.com",
            "192.0.2.1:80",
            "fe80::1%eth0",
        ];
        let texts = texts.map(str::to_owned);
        assert_eq!(Addresses::parse(&texts), Err(vec![1, 2, 4, 5, 6]));
        for text in [
            " 192.0.2.1",
            "192.0.2",
            "192.0.2.1/",
            "/24",
            "192.0.2.1/-1",
            "192.0.02.1",
            "192.0.2.1/24/8",
            "192.0.2.1/24",
            "2001:db8::1/64",
            "::ffff:192.0.2.1/120",
        ] {
            assert_eq!(Addresses::parse(&[text.to_owned()]), Err(vec![0]), "{text}");
        }
    }

    proptest! {
        /// A network holds exactly the addresses that begin as it does.
        #[test]
        fn a_network_is_its_first_bits(address: u32, other: u32, length in 0..=32_u8) {
            let mask = u32::MAX.checked_shl(32 - u32::from(length)).unwrap_or(0);
            let text = format!("{}/{length}", std::net::Ipv4Addr::from_bits(address & mask));
            let list = list(&[text.as_str()]);
            let client = IpAddr::V4(std::net::Ipv4Addr::from_bits(other));
            prop_assert_eq!(list.admit(Some(client)), address & mask == other & mask);
            let near = IpAddr::V4(std::net::Ipv4Addr::from_bits((address & mask) | (other & !mask)));
            prop_assert!(list.admit(Some(near)));
        }
    }
}

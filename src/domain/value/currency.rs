//! ISO 4217: which currency codes there are, and how many decimals an amount in them has.

/// Active codes with two decimals.
const TWO: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP \
                   CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD \
                   KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN \
                   NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC \
                   SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";
/// Active codes without decimals.
const NONE: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
/// Active codes with three decimals.
const THREE: &str = "BHD IQD JOD KWD LYD OMR TND";

/// Decimals of an amount in this currency; none for an unknown code.
pub fn decimals(code: &str) -> Option<u32> {
    if code.len() != 3 {
        None
    } else if has(TWO, code) {
        Some(2)
    } else if has(NONE, code) {
        Some(0)
    } else if has(THREE, code) {
        Some(3)
    } else {
        None
    }
}

/// Whether a list holds a code of three letters. Every amount that is written asks, so this halves instead of scanning:
/// the codes stand in order, each four bytes after the one before.
fn has(list: &str, code: &str) -> bool {
    let at = |index: usize| list.as_bytes().get(index * 4..index * 4 + 3).unwrap_or_default();
    let (mut low, mut high) = (0, list.len().div_ceil(4));
    while low < high {
        let middle = low.midpoint(high);
        match at(middle).cmp(code.as_bytes()) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{NONE, THREE, TWO, decimals};

    #[test]
    fn every_listed_code_is_found() {
        for (list, wanted) in [(TWO, 2), (NONE, 0), (THREE, 3)] {
            for code in list.split_ascii_whitespace() {
                assert_eq!(decimals(code), Some(wanted), "{code}");
            }
        }
    }

    #[test]
    fn decimals_by_currency() {
        for (code, wanted) in
            [("CNY", Some(2)), ("JPY", Some(0)), ("KWD", Some(3)), ("XYZ", None), ("cny", None), ("", None), ("CNY EUR", None)]
        {
            assert_eq!(decimals(code), wanted, "{code}");
        }
    }
}

//! Amounts as people write them.

use core::time::Duration;

/// A number of bytes, also with a unit: `64MiB`, `1GB`, `4096`.
#[must_use]
pub fn bytes(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" | "k" => 1000,
        "mb" | "m" => 1_000_000,
        "gb" | "g" => 1_000_000_000,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "tib" => 1 << 40,
        _ => return None,
    };
    digits.trim().parse::<u64>().ok()?.checked_mul(factor)
}

/// A time in seconds, also with a unit: `500ms`, `10s`, `5m`. Empty: none.
#[must_use]
pub fn duration(text: &str) -> Option<Duration> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match &text[digits.len()..] {
        "us" => 1e-6,
        "ms" => 1e-3,
        "" | "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return None,
    };
    if digits.is_empty() {
        return Some(Duration::ZERO);
    }
    Duration::try_from_secs_f64(digits.trim().parse::<f64>().ok()? * factor).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_have_units() {
        assert_eq!(bytes("4096"), Some(4096));
        assert_eq!(bytes("64MiB"), Some(64 << 20));
        assert_eq!(bytes("2 kb"), Some(2000));
        assert_eq!(bytes("18446744073709551615 gib"), None);
        assert_eq!(bytes("-1"), None);
        assert_eq!(bytes("MiB"), None);
        assert_eq!(bytes("1 furlong"), None);
    }

    #[test]
    fn times_have_units() {
        assert_eq!(duration("1.5"), Some(Duration::from_millis(1500)));
        assert_eq!(duration("500ms"), Some(Duration::from_millis(500)));
        assert_eq!(duration("2 h"), Some(Duration::from_hours(2)));
        assert_eq!(duration(""), Some(Duration::ZERO));
        assert_eq!(duration("-1s"), None);
        assert_eq!(duration("1e300h"), None);
        assert_eq!(duration("nan"), None);
    }
}

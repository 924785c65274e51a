//! Numbers that are not whole.

/// More digits than these make no difference, and do not fit.
const MOST: u64 = 10_u64.pow(18);

/// The largest power of ten in an `u64`; as a float it is exact.
const STEP: u32 = 19;

/// The value of a JSON number; `None` if it is beyond all floats.
///
/// Exact for whatever has up to 15 digits and no large exponent, otherwise perhaps off in the last
/// digit. Rust's own reader is always exact, with fifteen kilobytes of tables.
pub(crate) fn float(number: &str) -> Option<f64> {
    let (mut digits, mut exponent, mut is_fraction) = (0_u64, 0_i32, false);
    for (at, byte) in number.bytes().enumerate() {
        match byte {
            b'0'..=b'9' if digits < MOST => {
                digits = digits * 10 + u64::from(byte - b'0');
                exponent -= i32::from(is_fraction);
            }
            b'0'..=b'9' => exponent += i32::from(!is_fraction),
            b'.' => is_fraction = true,
            b'e' | b'E' => {
                let power = number.get(at + 1..).unwrap_or_default();
                let beyond = if power.starts_with('-') { i32::MIN } else { i32::MAX };
                exponent = exponent.saturating_add(power.parse().unwrap_or(beyond));
                break;
            }
            // The sign.
            _ => {}
        }
    }
    let mut float = digits as f64;
    while exponent != 0 && float != 0.0 && float.is_finite() {
        let step = exponent.unsigned_abs().min(STEP);
        let power = 10_u64.pow(step) as f64;
        if exponent > 0 {
            float *= power;
            exponent -= step as i32;
        } else {
            float /= power;
            exponent += step as i32;
        }
    }
    if number.starts_with('-') {
        float = -float;
    }
    Some(float).filter(|float| float.is_finite())
}

//! Maps values to pixels, with the values that an axis names.

/// Maximum number of named values on an axis.
const MOST_TICKS: f64 = 9.0;
/// From this ratio on, values are shown on a logarithmic scale.
const LOG_RATIO: f64 = 40.0;
/// Number of decades that a logarithmic scale has at most, and where it begins at the lowest, as powers
/// of ten; what is less stands at its lower end.
const MOST_DECADES: f64 = 6.0;
const LOWEST_DECADE: f64 = -2.0;

/// The span of a scale for a single value, as a part of it: less is lost in the digits of a double.
const LEAST_SPAN: f64 = 1e-6;

/// A scale from values to pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    /// The pixels of both.
    pixels: (f64, f64),
    is_log: bool,
}

impl Scale {
    /// A scale between two values.
    pub(super) fn linear(low: f64, high: f64, pixels: (f64, f64)) -> Self {
        let high = if high > low { high } else { low + 1.0 + low.abs() * LEAST_SPAN };
        Self { low, high, pixels, is_log: false }
    }

    /// A scale from 0 to a round number above all values.
    pub(super) fn from_zero(greatest: f64, pixels: (f64, f64)) -> Self {
        let greatest = if greatest > 0.0 { greatest } else { 1.0 };
        let step = step(greatest);
        Self::linear(0.0, (greatest / step).ceil() * step, pixels)
    }

    /// A scale for these values: from 0, or logarithmic if they differ much.
    pub(super) fn for_values(values: impl Iterator<Item = f64>, pixels: (f64, f64)) -> Self {
        let mut least = f64::INFINITY;
        let mut greatest = 0.0_f64;
        for value in values.filter(|value| *value > 0.0) {
            least = least.min(value);
            greatest = greatest.max(value);
        }
        if greatest <= least * LOG_RATIO {
            return Self::from_zero(greatest, pixels);
        }
        let top = greatest.log10().ceil();
        let top = top.max(LOWEST_DECADE + 1.0);
        let bottom = least.log10().floor().max(top - MOST_DECADES).max(LOWEST_DECADE);
        let (low, high) = (10_f64.powf(bottom), 10_f64.powf(top));
        Self { low, high, pixels, is_log: true }
    }

    /// The pixel of a value; one outside stands at the end.
    pub(super) fn pixel(&self, value: f64) -> f64 {
        let value = if value.is_nan() { self.low } else { value.clamp(self.low, self.high) };
        let part = if self.is_log {
            (value / self.low).log10() / (self.high / self.low).log10()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        self.pixels.0 + part * (self.pixels.1 - self.pixels.0)
    }

    /// The values that the axis names, in order.
    pub(super) fn ticks(&self) -> Vec<f64> {
        if self.is_log {
            let (mut tick, mut ticks) = (self.low, Vec::new());
            // A little more, since powers of ten are rounded.
            while tick <= self.high * 1.01 {
                ticks.push(tick);
                tick *= 10.0;
            }
            return ticks;
        }
        let step = step(self.high - self.low);
        let first = (self.low / step).ceil();
        // The number of steps is small, whatever the values.
        let count = ((self.high - self.low) / step).round().clamp(0.0, 2.0 * MOST_TICKS);
        let ticks = std::iter::successors(Some(0.0), |n| Some(n + 1.0)).take_while(|n| *n <= count);
        ticks.map(|n| (first + n) * step).filter(|tick| *tick <= self.high * 1.000_001).collect()
    }
}

/// A round distance between named values: 1, 2 or 5 times a power of ten.
fn step(span: f64) -> f64 {
    let rough = span / MOST_TICKS;
    let power = 10_f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= rough);
    factor.unwrap_or(10.0) * power
}

/// A value of an axis as text, without the noise of its last digits.
pub(super) fn label(value: f64) -> String {
    /// Digits behind the point that small values have at most.
    const DIGITS: usize = 6;
    let text = format!("{value:.DIGITS$}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    let (whole, rest) = text.split_once('.').map_or((text, None), |(a, b)| (a, Some(b)));
    let digits = whole.trim_start_matches('-');
    let mut grouped = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position) % 3 == 0 && digits.len() > 4 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if whole.starts_with('-') && (grouped != "0" || rest.is_some()) { "-" } else { "" };
    match rest {
        Some(rest) => format!("{sign}{grouped}.{rest}"),
        None => format!("{sign}{grouped}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(scale: Scale) -> String {
        scale.ticks().into_iter().map(label).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn axes_name_round_values() {
        let pixels = (0.0, 100.0);
        for (greatest, expected) in [
            (0.0, "0 0.2 0.4 0.6 0.8 1"),
            (20.0, "0 5 10 15 20"),
            (0.3, "0 0.05 0.1 0.15 0.2 0.25 0.3"),
            (123_456.0, "0 20,000 40,000 60,000 80,000 100,000 120,000 140,000"),
        ] {
            assert_eq!(labels(Scale::from_zero(greatest, pixels)), expected);
        }
        assert_eq!(labels(Scale::linear(-3.0, 4.0, pixels)), "-3 -2 -1 0 1 2 3 4");
    }

    #[test]
    fn values_that_differ_much_need_a_logarithmic_scale() {
        let scale = |values: &[f64]| Scale::for_values(values.iter().copied(), (100.0, 0.0));
        assert_eq!(labels(scale(&[0.0, 0.5, 3.0, 700.0])), "0.1 1 10 100 1000");
        assert_eq!(scale(&[0.5, 700.0]).pixel(1.0).to_string(), "75");
        // Zero stands at the lower end.
        assert_eq!(scale(&[0.5, 700.0]).pixel(0.0).to_string(), "100");
        assert!(!scale(&[5.0, 7.0]).is_log);
        assert!(!scale(&[]).is_log);
        assert_eq!(scale(&[1e-9, 1e9]).ticks().len(), 7);
        assert_eq!(labels(scale(&[1e-9, 1e-3])), "0.01 0.1");
    }

    #[test]
    fn extreme_values_end() {
        for (low, high) in [(0.0, f64::MAX), (-9.3e18, 9.3e18), (9.2e18, 9.2e18), (0.0, 1e-300)] {
            let scale = Scale::linear(low, high, (0.0, 1.0));
            assert!(scale.ticks().len() < 30, "{low} {high}");
            assert!(scale.pixel(f64::NAN).is_finite());
        }
    }
}

//! The numbers in dlib's `serialize` format. Nothing is believed that the file could not hold.

/// dlib's exponents for numbers that are none; any of them is damage here.
const FIRST_SPECIAL_EXPONENT: i64 = 32_000;

/// What is left of a file.
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn of(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    pub fn num_left(&self) -> usize {
        self.rest.len()
    }

    /// dlib's integers: a byte with sign (bit 7) and length (bits 0 to 3), then the value, lowest
    /// byte first.
    pub fn int(&mut self) -> Result<i64, String> {
        let cut_off = || "the file ends too early".to_owned();
        let (&control, rest) = self.rest.split_first().ok_or_else(cut_off)?;
        let num_bytes = usize::from(control & 0x0f);
        if control & 0x70 != 0 || !(1..=8).contains(&num_bytes) {
            return Err("a number has an impossible length".to_owned());
        }
        let (digits, rest) = rest.split_at_checked(num_bytes).ok_or_else(cut_off)?;
        let mut value = [0; 8];
        value[..num_bytes].copy_from_slice(digits);
        self.rest = rest;
        let value = i64::try_from(u64::from_le_bytes(value))
            .ok()
            .ok_or("a number is too large")?;
        Ok(if control & 0x80 == 0 { value } else { -value })
    }

    /// A count of things that take at least two bytes each.
    pub fn count(&mut self, what: &str, limit: u64) -> Result<usize, String> {
        let count = self.int()?;
        let limit = limit.min(self.rest.len() as u64 / 2);
        match u64::try_from(count) {
            Ok(number) if number <= limit => Ok(number as usize),
            _ => Err(format!("{count} {what} cannot be")),
        }
    }

    /// The place of something in a list of `length`.
    pub fn index(&mut self, length: usize) -> Result<usize, String> {
        let index = self.int()?;
        usize::try_from(index)
            .ok()
            .filter(|index| *index < length)
            .ok_or_else(|| format!("{index} is no place in a list of {length}"))
    }

    /// dlib's floats: mantissa and binary exponent.
    pub fn float(&mut self) -> Result<f32, String> {
        let mantissa = self.int()?;
        let exponent = self.int()?;
        let is_special = FIRST_SPECIAL_EXPONENT <= exponent;
        let value = (mantissa as f64 * 2f64.powi(exponent.clamp(-2000, 2000) as i32)) as f32;
        if is_special || !value.is_finite() {
            return Err("a number is not finite".to_owned());
        }
        Ok(value)
    }

    pub fn point(&mut self) -> Result<[f32; 2], String> {
        Ok([self.float()?, self.float()?])
    }
}

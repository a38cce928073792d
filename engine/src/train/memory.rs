//! How much memory a training takes.

use burn::prelude::Device;

/// What is reserved on a device that keeps count, else the resident memory of the whole program, bytes; `None`
/// where neither is told.
pub fn in_use(device: &Device) -> Option<u64> {
    match device.memory_pool_usage() {
        Some(usage) => Some(usage.bytes_reserved),
        None => resident(),
    }
}

/// The program's resident memory, bytes, where the system has it as text.
fn resident() -> Option<u64> {
    resident_in(&std::fs::read_to_string("/proc/self/status").ok()?)
}

/// The line `VmRSS:    1234 kB`.
fn resident_in(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_memory_is_read_from_its_line() {
        let status = "Name:\tseam\nVmHWM:\t  900 kB\nVmRSS:\t  120 kB\nThreads:\t4\n";
        assert_eq!(resident_in(status), Some(120 * 1024));
        assert_eq!(resident_in("Name:\tseam\n"), None);
    }

    #[test]
    fn a_program_on_this_system_takes_a_plausible_amount() {
        if let Some(bytes) = in_use(&Device::flex()) {
            assert!((1 << 20..1 << 40).contains(&bytes), "{bytes}");
        }
    }
}

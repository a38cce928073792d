//! Which device the tensors run on, chosen when the program runs and shown in every record.

use std::str::FromStr;

use burn::prelude::Device;

/// What the person wished for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preference {
    /// CUDA, then a real graphics adapter, then the CPU.
    #[default]
    Auto,
    /// `cuda:N`
    Cuda(usize),
    /// `wgpu`: a discrete or integrated adapter, never a software one.
    Wgpu,
    /// `cpu`
    Cpu,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceKind {
    Cuda,
    Wgpu,
    Cpu,
}

/// A device with its name.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub kind: DeviceKind,
    pub name: String,
    pub device: Device,
}

/// One line of `seam devices`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    pub kind: DeviceKind,
    /// What `--device` takes: `cuda:0`, `wgpu`, `cpu`.
    pub option: String,
    pub name: String,
    /// Why it is never chosen, if so.
    pub refused: Option<String>,
}

/// The wished-for device is not there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The device {wanted:?} cannot be used: {reason}")]
pub struct DeviceError {
    pub wanted: String,
    pub reason: String,
}

/// Applies the rules of DESIGN 5.
pub fn choose(preference: Preference) -> Result<Chosen, DeviceError> {
    let auto = preference == Preference::Auto;
    if let Preference::Cuda(index) = preference {
        return cuda(index);
    }
    if auto && let Ok(chosen) = cuda(0) {
        return Ok(chosen);
    }
    if auto || preference == Preference::Wgpu {
        match graphics() {
            Ok(chosen) => return Ok(chosen),
            Err(err) if !auto => return Err(err),
            Err(_) => {} // No adapter: the CPU is always there.
        }
    }
    Ok(cpu())
}

/// Everything that is there, in the order of preference, with what is refused and why.
pub fn list() -> Vec<Listing> {
    let mut listings = cuda_listings();
    listings.extend(adapter_listings());
    listings.push(Listing {
        kind: DeviceKind::Cpu,
        option: "cpu".to_owned(),
        name: cpu_name(),
        refused: None,
    });
    listings
}

impl DeviceKind {
    /// The name in records and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cuda => "cuda",
            Self::Wgpu => "wgpu",
            Self::Cpu => "cpu",
        }
    }
}

impl FromStr for Preference {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "wgpu" => Ok(Self::Wgpu),
            "cuda" => Ok(Self::Cuda(0)),
            _ => text
                .strip_prefix("cuda:")
                .and_then(|index| index.parse().ok())
                .map(Self::Cuda)
                .ok_or_else(|| format!("{text:?} is none of auto, cpu, wgpu, cuda:N")),
        }
    }
}

fn cpu() -> Chosen {
    Chosen {
        kind: DeviceKind::Cpu,
        name: cpu_name(),
        device: Device::flex(),
    }
}

/// The processor's name where the system tells it.
fn cpu_name() -> String {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let model = std::fs::read_to_string("/proc/cpuinfo")
        .ok()
        .and_then(|text| {
            let line = text.lines().find(|line| line.starts_with("model name"))?;
            Some(line.split_once(':')?.1.trim().to_owned())
        });
    match model {
        Some(model) => format!("{model}, {threads} threads"),
        None => format!("CPU, {threads} threads"),
    }
}

#[cfg(feature = "cuda")]
fn cuda(index: usize) -> Result<Chosen, DeviceError> {
    let found = cuda_listings();
    let Some(listing) = found.get(index) else {
        return Err(DeviceError {
            wanted: format!("cuda:{index}"),
            reason: format!("{} CUDA devices were found", found.len()),
        });
    };
    Ok(Chosen {
        kind: DeviceKind::Cuda,
        name: listing.name.clone(),
        device: Device::cuda(index),
    })
}

#[cfg(not(feature = "cuda"))]
fn cuda(index: usize) -> Result<Chosen, DeviceError> {
    Err(DeviceError {
        wanted: format!("cuda:{index}"),
        reason: "this build has no CUDA; build with the feature `cuda`".to_owned(),
    })
}

#[cfg(feature = "cuda")]
fn cuda_listings() -> Vec<Listing> {
    use burn::tensor::DeviceType;
    // Listing is safe without a driver; opening a device is not.
    (0..Device::enumerate(DeviceType::Cuda).len())
        .map(|index| Listing {
            kind: DeviceKind::Cuda,
            option: format!("cuda:{index}"),
            name: format!("CUDA device {index}"),
            refused: None,
        })
        .collect()
}

#[cfg(not(feature = "cuda"))]
fn cuda_listings() -> Vec<Listing> {
    Vec::new()
}

#[cfg(feature = "gpu")]
fn graphics() -> Result<Chosen, DeviceError> {
    use burn::tensor::DeviceKind as Adapter;
    let found = adapter_listings()
        .into_iter()
        .find(|listing| listing.refused.is_none());
    let Some(listing) = found else {
        return Err(DeviceError {
            wanted: "wgpu".to_owned(),
            reason: "no graphics adapter but software ones was found".to_owned(),
        });
    };
    // By its class, because adapters of other APIs shift the numbers.
    let adapter = if listing.name.contains("(discrete)") {
        Adapter::DiscreteGpu(0)
    } else {
        Adapter::IntegratedGpu(0)
    };
    Ok(Chosen {
        kind: DeviceKind::Wgpu,
        name: listing.name,
        device: Device::wgpu(adapter),
    })
}

#[cfg(not(feature = "gpu"))]
fn graphics() -> Result<Chosen, DeviceError> {
    Err(DeviceError {
        wanted: "wgpu".to_owned(),
        reason: "this build has no wgpu; build with the feature `gpu`".to_owned(),
    })
}

#[cfg(feature = "gpu")]
fn adapter_listings() -> Vec<Listing> {
    let mut infos = adapter_infos();
    // Discrete first; a software adapter computes on the CPU, slower than the CPU device and wrongly at times.
    infos.sort_by_key(|info| match info.device_type {
        wgpu::DeviceType::DiscreteGpu => 0,
        wgpu::DeviceType::IntegratedGpu => 1,
        wgpu::DeviceType::VirtualGpu | wgpu::DeviceType::Other => 2,
        wgpu::DeviceType::Cpu => 3,
    });
    infos
        .into_iter()
        .map(|info| {
            let (class, refused) = match info.device_type {
                wgpu::DeviceType::DiscreteGpu => ("discrete", None),
                wgpu::DeviceType::IntegratedGpu => ("integrated", None),
                wgpu::DeviceType::Cpu => ("software", Some("a software adapter")),
                wgpu::DeviceType::VirtualGpu => ("virtual", Some("a virtual adapter")),
                wgpu::DeviceType::Other => ("unknown", Some("an adapter of unknown class")),
            };
            Listing {
                kind: DeviceKind::Wgpu,
                option: "wgpu".to_owned(),
                name: format!("{} {} ({class})", info.name, info.backend),
                refused: refused.map(|what| format!("{what} is never used for tensors")),
            }
        })
        .collect()
}

#[cfg(not(feature = "gpu"))]
fn adapter_listings() -> Vec<Listing> {
    Vec::new()
}

#[cfg(feature = "gpu")]
fn adapter_infos() -> Vec<wgpu::AdapterInfo> {
    // Not OpenGL: a card behind it is behind Vulkan too, and asking for it is noisy without a display.
    let backends = wgpu::Backends::PRIMARY;
    let instance = wgpu::Instance::new(wgpu::InstanceDescriptor {
        backends,
        ..wgpu::InstanceDescriptor::new_without_display_handle()
    });
    let adapters = pollster::block_on(instance.enumerate_adapters(backends));
    adapters.iter().map(wgpu::Adapter::get_info).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_read_from_text() {
        assert_eq!("cuda:1".parse(), Ok(Preference::Cuda(1)));
        assert_eq!("cpu".parse(), Ok(Preference::Cpu));
        assert!("gpu:x".parse::<Preference>().is_err());
    }

    #[test]
    fn the_cpu_is_always_listed_and_can_be_chosen() {
        let listings = list();
        assert_eq!(
            listings.last().map(|listing| listing.kind),
            Some(DeviceKind::Cpu)
        );
        let chosen = choose(Preference::Cpu).unwrap();
        assert_eq!(chosen.kind, DeviceKind::Cpu);
    }

    #[test]
    fn a_software_adapter_is_never_chosen() {
        let chosen = choose(Preference::Auto).unwrap();
        let lowered = chosen.name.to_lowercase();
        assert!(!lowered.contains("llvmpipe"), "{}", chosen.name);
    }
}

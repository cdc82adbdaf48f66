//! The machine's energy: its battery, what is declared in a file, or what is reckoned down by what it does.

use sojourn_abi::Energy;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Where the system tells of batteries and plugs.
const SUPPLIES: &str = "/sys/class/power_supply";
/// Most bytes of a file that declares energy.
const DECLARED_BYTES: usize = 4096;

/// Where what is known of a machine's energy comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Source {
    /// Its battery, if it has one.
    #[default]
    Machine,
    /// Without limit.
    None,
    /// It begins with this, and what the machine does is reckoned.
    Simulated(Energy),
    /// A file says so each time.
    File(PathBuf),
}

impl Source {
    /// From a setting; see `node.energy`.
    ///
    /// # Errors
    /// What is wrong with it, and what it should be.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text.trim() {
            "" => Ok(Self::Machine),
            "none" => Ok(Self::None),
            path if path.starts_with('@') => Ok(Self::File(PathBuf::from(&path[1..]))),
            line => line_of(line, "simulated").map(Self::Simulated),
        }
    }
}

/// A line of `joules=..,capacity=..,harvest=..,idle=..,core=..,mains=..`.
fn line_of(line: &str, source: &str) -> Result<Energy, String> {
    let mut energy = Energy { source: source.into(), ..Energy::default() };
    let mut capacity = None;
    for part in line.split([',', ' ', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        let (name, value) =
            part.split_once('=').ok_or_else(|| format!("{part:?} is not of the kind joules=5000"))?;
        match name {
            "joules" => energy.millijoules = thousandths(name, value)?,
            "capacity" => capacity = Some(thousandths(name, value)?),
            "harvest" => energy.harvest_milliwatts = thousandths(name, value)?,
            "idle" => energy.idle_milliwatts = thousandths(name, value)?,
            "core" => energy.core_milliwatts = thousandths(name, value)?,
            "mains" => energy.mains = value == "true",
            _ => return Err(format!("{name:?} is none of joules, capacity, harvest, idle, core, mains")),
        }
    }
    energy.capacity_millijoules = capacity.unwrap_or(energy.millijoules).max(energy.millijoules);
    if energy.capacity_millijoules == 0 {
        return Err("it says neither joules nor capacity".into());
    }
    Ok(energy)
}

fn thousandths(name: &str, value: &str) -> Result<u64, String> {
    let number = value.parse::<f64>().ok().filter(|number| (0.0..=1e12).contains(number));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded a line before")]
    number
        .map(|number| (number * 1000.0).round() as u64)
        .ok_or_else(|| format!("{name}={value} is no number"))
}

/// What is left.
#[derive(Default)]
pub(super) struct Store {
    /// Of a simulated source, and when it was reckoned last.
    reckoned: Option<(Energy, Instant)>,
}

impl Store {
    /// What there is now, of a machine that has so many thousandths of cores busy.
    pub(super) fn level(&mut self, source: &Source, busy_millicores: u32, now: Instant) -> Option<Energy> {
        match source {
            Source::None => None,
            Source::Machine => battery(Path::new(SUPPLIES)),
            Source::File(path) => {
                let text = fs::read_to_string(path).ok().filter(|text| text.len() <= DECLARED_BYTES)?;
                line_of(text.trim(), "declared").ok()
            }
            Source::Simulated(begins) => {
                let (energy, at) = self.reckoned.get_or_insert_with(|| (begins.clone(), now));
                let milliseconds = u64::try_from(now.duration_since(*at).as_millis()).unwrap_or(u64::MAX);
                reckon(energy, busy_millicores, milliseconds);
                // What is less than a millisecond counts the next time.
                *at += std::time::Duration::from_millis(milliseconds);
                Some(energy.clone())
            }
        }
    }
}

/// Time passes: what comes in, less what is taken.
fn reckon(energy: &mut Energy, busy_millicores: u32, milliseconds: u64) {
    let cores = energy.core_milliwatts.saturating_mul(u64::from(busy_millicores)) / 1000;
    let taken = energy.idle_milliwatts.saturating_add(cores);
    let over = |milliwatts: u64| milliwatts.saturating_mul(milliseconds) / 1000;
    let filled = energy.millijoules.saturating_add(over(energy.harvest_milliwatts));
    energy.millijoules = filled.saturating_sub(over(taken)).min(energy.capacity_millijoules);
}

/// The machine's battery, if it has one.
fn battery(supplies: &Path) -> Option<Energy> {
    let folders: Vec<PathBuf> =
        fs::read_dir(supplies).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    let text = |folder: &Path, name: &str| {
        fs::read_to_string(folder.join(name)).map(|text| text.trim().to_string()).unwrap_or_default()
    };
    let number = |folder: &Path, name: &str| text(folder, name).parse::<u64>().ok();
    let found = folders
        .iter()
        .find(|folder| text(folder, "type") == "Battery" && text(folder, "scope") != "Device")?;
    let mains =
        folders.iter().any(|folder| text(folder, "type") == "Mains" && number(folder, "online") == Some(1));
    let microvolts = number(found, "voltage_now").unwrap_or(1_000_000);
    let by_charge = |name| Some(number(found, name)?.saturating_mul(microvolts) / 1_000_000);
    // Microwatt-hours are 3.6 millijoules each.
    let millijoules = |energy, charge| {
        number(found, energy).or_else(|| by_charge(charge)).map(|amount| amount.saturating_mul(36) / 10)
    };
    let power = number(found, "power_now").or_else(|| by_charge("current_now")).unwrap_or(0) / 1000;
    let charging = text(found, "status") == "Charging";
    Some(Energy {
        source: "battery".into(),
        millijoules: millijoules("energy_now", "charge_now")?,
        capacity_millijoules: millijoules("energy_full", "charge_full")?,
        harvest_milliwatts: if charging { power } else { 0 },
        idle_milliwatts: if charging { 0 } else { power },
        core_milliwatts: 0,
        mains: mains || charging,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn simulated(text: &str) -> Source {
        Source::parse(text).unwrap()
    }

    #[test]
    fn settings_are_read_and_garbage_is_told() {
        assert_eq!(simulated(""), Source::Machine);
        assert_eq!(simulated("none"), Source::None);
        assert_eq!(simulated("@/run/energy"), Source::File("/run/energy".into()));
        for garbage in ["x", "joules=-1", "joules=nan", "watts=3", "mains=true", "joules=1e99"] {
            assert!(Source::parse(garbage).is_err(), "{garbage}");
        }
    }

    #[test]
    fn what_a_machine_does_is_reckoned() {
        let source = simulated("joules=100,capacity=200,harvest=1,idle=2,core=3");
        let (mut store, begin) = (Store::default(), Instant::now());
        let at = |store: &mut Store, busy, seconds| {
            store.level(&source, busy, begin + Duration::from_secs(seconds)).unwrap().millijoules
        };
        assert_eq!(at(&mut store, 0, 0), 100_000);
        assert_eq!(at(&mut store, 0, 10), 90_000);
        assert_eq!(at(&mut store, 2000, 20), 20_000, "two busy cores take six watts more");
        assert_eq!(at(&mut store, 2000, 30), 0);
        let full = simulated("joules=100,capacity=110,harvest=50");
        let mut store = Store::default();
        store.level(&full, 0, begin);
        let level = store.level(&full, 0, begin + Duration::from_mins(1)).unwrap();
        assert_eq!(level.millijoules, level.capacity_millijoules);
    }

    #[test]
    fn a_battery_is_read() {
        let folder = std::env::temp_dir().join(format!("sojourn-supply-{}", std::process::id()));
        let write = |path: &str, text: &str| {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        assert_eq!(battery(&folder), None);
        write("AC/type", "Mains\n");
        write("AC/online", "0\n");
        write("BAT0/type", "Battery\n");
        write("BAT0/energy_now", "25000000\n");
        write("BAT0/energy_full", "50000000\n");
        write("BAT0/power_now", "10000000\n");
        write("BAT0/status", "Discharging\n");
        let energy = battery(&folder).unwrap();
        assert_eq!((energy.millijoules, energy.capacity_millijoules), (90_000_000, 180_000_000));
        assert_eq!((energy.idle_milliwatts, energy.mains), (10_000, false));
        write("AC/online", "1\n");
        assert!(battery(&folder).unwrap().mains);
        fs::remove_dir_all(&folder).unwrap();
    }
}

//! The shell command that installs a package on this system. Runs nothing.

use glomers_maelstrom::find_on_path;
use std::ffi::OsStr;
use std::fs;

/// A package manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PackageManager {
    Apt,
    Dnf,
    Pacman,
    Brew,
    Winget,
}

/// In the order of lookup: Homebrew is also installed next to others.
const MANAGERS: [PackageManager; 5] = [
    PackageManager::Apt,
    PackageManager::Dnf,
    PackageManager::Pacman,
    PackageManager::Brew,
    PackageManager::Winget,
];

/// A package.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Package {
    Java,
    Git,
    Gnuplot,
    Graphviz,
    Bash,
    Cargo,
    Go,
    Make,
    Cmake,
    Npm,
}

impl Package {
    /// The package that contains a build tool; `None` if unknown.
    pub(crate) fn of_tool(program: &str) -> Option<Self> {
        Some(match program {
            "cargo" => Self::Cargo,
            "go" => Self::Go,
            "make" => Self::Make,
            "cmake" => Self::Cmake,
            "npm" => Self::Npm,
            "bash" => Self::Bash,
            "git" => Self::Git,
            _ => return None,
        })
    }

    /// The package's name in a package manager, quoted for the shell; `None` if it has none.
    fn name(self, manager: PackageManager) -> Option<&'static str> {
        let [apt, dnf, pacman, brew, winget] = match self {
            // dnf: with a version, since it would also accept a Java that is too old.
            Self::Java => [
                "default-jre-headless",
                "'java-headless >= 1:11'",
                "jre-openjdk-headless",
                // The formula is hidden from macOS's own `java`; the cask is not, and is not for
                // Linux.
                if cfg!(target_os = "macos") { "--cask temurin" } else { "openjdk" },
                "EclipseAdoptium.Temurin.21.JRE",
            ],
            Self::Git => ["git", "git", "git", "git", "Git.Git"],
            Self::Gnuplot => ["gnuplot-nox", "gnuplot", "gnuplot", "gnuplot", "gnuplot.gnuplot"],
            Self::Graphviz => ["graphviz", "graphviz", "graphviz", "graphviz", "Graphviz.Graphviz"],
            Self::Bash => ["bash", "bash", "bash", "bash", ""],
            Self::Cargo => ["cargo", "cargo", "rust", "rust", "Rustlang.Rustup"],
            Self::Go => ["golang-go", "golang", "go", "go", "GoLang.Go"],
            Self::Make => ["make", "make", "make", "make", "ezwinports.make"],
            Self::Cmake => ["cmake", "cmake", "cmake", "cmake", "Kitware.CMake"],
            Self::Npm => ["npm", "npm", "npm", "node", "OpenJS.NodeJS"],
        };
        let name = match manager {
            PackageManager::Apt => apt,
            PackageManager::Dnf => dnf,
            PackageManager::Pacman => pacman,
            PackageManager::Brew => brew,
            PackageManager::Winget => winget,
        };
        Some(name).filter(|name| !name.is_empty())
    }
}

/// How a command gets root privileges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rights {
    /// The user is root.
    Root,
    /// With `sudo`, which is installed.
    Sudo,
    /// With `su`, which every system has.
    Su,
}

/// The package manager of this system, and how to call it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Installer {
    manager: PackageManager,
    rights: Rights,
    /// Whether its package lists are present: container images come without them.
    has_lists: bool,
}

impl Installer {
    /// The package manager of this system; `None` if it has no known one.
    pub(crate) fn of_system(path: Option<&OsStr>) -> Option<Self> {
        let is_root = nix::unistd::geteuid().is_root();
        let has = |program: &str| find_on_path(program, path).is_some();
        Self::choose(has, is_root, PackageManager::has_lists)
    }

    fn choose(
        has: impl Fn(&str) -> bool,
        is_root: bool,
        has_lists: impl Fn(PackageManager) -> bool,
    ) -> Option<Self> {
        // Where executables have the suffix `.exe`, glomers has it, too. (Not in WSL, which cannot
        // use what winget installs.)
        let is_there = |manager: &PackageManager| {
            has(&format!("{}{}", manager.program(), std::env::consts::EXE_SUFFIX))
        };
        let manager = MANAGERS.into_iter().find(is_there)?;
        let rights = match (is_root, has("sudo")) {
            (true, _) => Rights::Root,
            (false, true) => Rights::Sudo,
            (false, false) => Rights::Su,
        };
        Some(Self { manager, rights, has_lists: has_lists(manager) })
    }

    /// The command that installs a package; `None` if the package manager does not have it.
    pub(crate) fn command(self, package: Package) -> Option<String> {
        let name = package.name(self.manager)?;
        Some(match self.manager {
            PackageManager::Apt if self.has_lists => {
                self.with_rights(&[&format!("apt-get install -y {name}")])
            }
            PackageManager::Apt => {
                self.with_rights(&["apt-get update", &format!("apt-get install -y {name}")])
            }
            PackageManager::Dnf => self.with_rights(&[&format!("dnf install -y {name}")]),
            PackageManager::Pacman => {
                let flags = if self.has_lists { "-S" } else { "-Sy" };
                self.with_rights(&[&format!("pacman {flags} --noconfirm {name}")])
            }
            PackageManager::Brew => format!("brew install {name}"),
            PackageManager::Winget => format!("winget install --exact --id {name}"),
        })
    }

    fn with_rights(self, commands: &[&str]) -> String {
        match self.rights {
            Rights::Root => commands.join(" && "),
            Rights::Sudo => format!("sudo {}", commands.join(" && sudo ")),
            // No package name contains `"` or `$`.
            Rights::Su => format!("su -c \"{}\"", commands.join(" && ")),
        }
    }
}

impl PackageManager {
    fn program(self) -> &'static str {
        match self {
            Self::Apt => "apt-get",
            Self::Dnf => "dnf",
            Self::Pacman => "pacman",
            Self::Brew => "brew",
            Self::Winget => "winget",
        }
    }

    fn has_lists(self) -> bool {
        let (folder, part) = match self {
            Self::Apt => ("/var/lib/apt/lists", "_Packages"),
            Self::Pacman => ("/var/lib/pacman/sync", ".db"),
            // These update their lists automatically.
            Self::Dnf | Self::Brew | Self::Winget => return true,
        };
        let files = fs::read_dir(folder).into_iter().flatten().flatten();
        files.into_iter().any(|file| file.file_name().to_string_lossy().contains(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn installer(programs: &[&str], is_root: bool, has_lists: bool) -> Option<Installer> {
        Installer::choose(|name| programs.contains(&name), is_root, |_| has_lists)
    }

    fn command(programs: &[&str], is_root: bool, package: Package) -> String {
        installer(programs, is_root, true).unwrap().command(package).unwrap()
    }

    #[test]
    fn the_manager_is_the_one_that_is_there() {
        let java = Package::Java;
        assert_eq!(
            command(&["brew", "apt-get", "sudo"], false, java),
            "sudo apt-get install -y default-jre-headless"
        );
        assert_eq!(
            command(&["dnf", "sudo"], false, java),
            "sudo dnf install -y 'java-headless >= 1:11'"
        );
        assert_eq!(command(&["pacman"], true, java), "pacman -S --noconfirm jre-openjdk-headless");
        assert_eq!(command(&["brew"], false, Package::Gnuplot), "brew install gnuplot");
        assert_eq!(
            command(&["winget"], false, Package::Graphviz),
            "winget install --exact --id Graphviz.Graphviz"
        );
        assert_eq!(installer(&["sudo"], false, true), None);
    }

    #[test]
    fn rights_are_asked_for_as_this_system_can() {
        assert_eq!(
            command(&["apt-get", "sudo"], true, Package::Gnuplot),
            "apt-get install -y gnuplot-nox"
        );
        assert_eq!(
            command(&["dnf"], false, Package::Java),
            "su -c \"dnf install -y 'java-headless >= 1:11'\""
        );
    }

    #[test]
    fn fresh_images_fetch_the_lists_first() {
        let fresh = installer(&["apt-get", "sudo"], false, false).unwrap();
        assert_eq!(
            fresh.command(Package::Graphviz).unwrap(),
            "sudo apt-get update && sudo apt-get install -y graphviz"
        );
        let fresh = installer(&["pacman"], true, false).unwrap();
        assert_eq!(fresh.command(Package::Make).unwrap(), "pacman -Sy --noconfirm make");
    }

    #[test]
    fn not_everything_is_a_package_everywhere() {
        assert_eq!(installer(&["winget"], false, true).unwrap().command(Package::Bash), None);
        assert_eq!(Package::of_tool("my-build"), None);
    }
}

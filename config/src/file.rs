//! (being built)
/// x
pub struct Catalogue;
/// x
pub struct FileError;
/// x
pub struct NodeSource;
/// x
pub struct ProjectFile;

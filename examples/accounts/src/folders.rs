use std::{fs::DirBuilder, io, path::Path};

/// Makes a folder, with those above it, that only its owner can look into: what the service keeps
/// are hashes of passwords, keys and mails with links in them.
pub(crate) fn create_private(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

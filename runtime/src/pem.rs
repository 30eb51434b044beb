//! Certificates and keys in files, as PEM (RFC 7468).

use std::{fs, path::Path};

use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};

/// The certificates in a file.
///
/// # Errors
/// Where there are none, and where it cannot be read.
pub(crate) fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let shown = file.display();
    let text = read(file)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    match found {
        Ok(found) if found.is_empty() => Err(format!("`{shown}` holds no certificate in PEM")),
        Ok(found) => Ok(found),
        Err(error) => Err(format!("`{shown}` cannot be read as PEM: {error}")),
    }
}

/// The private key in a file.
///
/// # Errors
/// Where there is none, and where it cannot be read.
pub(crate) fn private_key(file: &Path) -> Result<PrivateKeyDer<'static>, String> {
    // What stands in the file is not repeated.
    PrivateKeyDer::from_pem_slice(&read(file)?)
        .map_err(|_| format!("`{}` holds no private key in PEM", file.display()))
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    fs::read(file).map_err(|error| format!("`{}` cannot be read: {error}", file.display()))
}

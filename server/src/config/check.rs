//! What has to hold between settings, and the files that some of them name.

use std::{fs, path::Path};

use super::{Auth, Config, JWT_SECRET, JwtKey, Secret};

/// Fewest bytes of a secret that JWTs are signed with: as many as HS256 makes of them (RFC 7518,
/// section 3.2).
const SECRET_BYTES: usize = 32;

/// Checks what one setting alone does not tell, and reads the key of JWTs.
///
/// # Errors
/// One line.
pub(super) fn complete(config: &mut Config, secret: Option<Vec<u8>>) -> Result<(), String> {
    match (&config.network.tls_cert, &config.network.tls_key) {
        (Some(_), None) => return Err("--tls-cert needs --tls-key, its private key".into()),
        (None, Some(_)) => return Err("--tls-key needs --tls-cert, its certificate".into()),
        _ => {}
    }
    let (size, space) = (config.limits.max_upload_size, config.limits.max_upload_space);
    if space > 0 && size > space {
        return Err(format!(
            "--max-upload-space {space} is less than one file of --max-upload-size {size}"
        ));
    }
    config.identity.jwt_key = jwt_key(config, secret)?;
    Ok(())
}

fn jwt_key(config: &Config, secret: Option<Vec<u8>>) -> Result<Option<JwtKey>, String> {
    let identity = &config.identity;
    let given = [
        (JWT_SECRET, secret.is_some()),
        ("--jwt-secret-file", identity.jwt_secret_file.is_some()),
        ("--jwt-public-key", identity.jwt_public_key.is_some()),
    ];
    let mut keys = given.iter().filter(|(_, given)| *given).map(|(name, _)| *name);
    let (first, second) = (keys.next(), keys.next());
    if identity.auth == Auth::Guest {
        let also = [
            ("--jwt-audience", identity.jwt_audience.is_some()),
            ("--jwt-issuer", identity.jwt_issuer.is_some()),
            ("--sign-in-url", identity.sign_in_url.is_some()),
        ];
        let also = also.iter().find(|(_, given)| *given).map(|(name, _)| *name);
        return match first.or(also) {
            // Somebody thinks that tokens are checked.
            Some(name) => Err(format!("{name} has a meaning only with --auth jwt")),
            None => Ok(None),
        };
    }
    match (first, second) {
        (Some(first), Some(second)) => Err(format!("{first} and {second} exclude each other")),
        (None, _) => {
            Err(format!("--auth jwt needs --jwt-secret-file, {JWT_SECRET} or --jwt-public-key"))
        }
        (Some(_), None) => match (secret, &identity.jwt_secret_file, &identity.jwt_public_key) {
            (Some(secret), ..) => shared(secret, JWT_SECRET).map(Some),
            (_, Some(file), _) => {
                let mut secret = contents(file, "--jwt-secret-file")?;
                // The line end that editors and `echo` put there is not meant.
                if secret.ends_with(b"\n") {
                    secret.pop();
                    secret.pop_if(|byte| *byte == b'\r');
                }
                shared(secret, &file.display().to_string()).map(Some)
            }
            (.., Some(file)) => {
                let pem = contents(file, "--jwt-public-key")?;
                Ok(Some(JwtKey::Public { file: file.clone(), pem }))
            }
            (None, None, None) => Ok(None),
        },
    }
}

fn shared(secret: Vec<u8>, place: &str) -> Result<JwtKey, String> {
    match secret.len() {
        bytes if bytes < SECRET_BYTES => Err(format!(
            "the secret in {place} has {bytes} bytes; it needs at least {SECRET_BYTES}"
        )),
        _ => Ok(JwtKey::Secret(Secret::new(secret))),
    }
}

fn contents(file: &Path, flag: &str) -> Result<Vec<u8>, String> {
    fs::read(file).map_err(|error| {
        format!("cannot read {} of {flag}: {}", file.display(), crate::plain(&error))
    })
}

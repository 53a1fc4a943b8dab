//! `accounts check --deploy` with the certificate and the key that the service is run with.

use std::{fs, os::unix::fs::PermissionsExt as _};

use rcgen::{CertificateParams, date_time_ymd};

use crate::{
    deploy::{GOOD, always, check, codes, found, with},
    server::fresh_folder,
    tls::{Pki, path},
};

#[test]
fn with_tls_of_its_own_no_proxy_is_needed() {
    let folder = fresh_folder();
    let pki = Pki::new();
    let (certificate, key) = pki.write(&folder, "one");
    let arguments = ["--tls-cert", path(&certificate), "--tls-key", path(&key)];
    let without_proxy = with(&[("SECURE_TRUSTED_PROXIES", None)]);
    let output = check(&folder, &without_proxy, &arguments);
    assert_eq!(codes(&output), always());
    assert_eq!(output.status.code(), Some(0));

    let arguments = ["--tls-cert", path(&certificate), "--tls-key", "nowhere.pem"];
    let output = check(&folder, &GOOD, &arguments);
    let found = found(&output);
    assert!(
        found.contains(&("accounts-tls-refused".into(), "error".into())),
        "{found:?}"
    );
    assert_eq!(output.status.code(), Some(1));
    fs::remove_dir_all(folder).expect("the folder");
}

#[test]
fn a_certificate_that_no_browser_takes_is_found() {
    let folder = fresh_folder();
    let pki = Pki::new();
    let check = |params: CertificateParams, name: &str| {
        let (certificate, key) = pki.write_with(params, &folder, name);
        let arguments = ["--tls-cert", path(&certificate), "--tls-key", path(&key)];
        let output = check(&folder, &GOOD, &arguments);
        let found = codes(&output).difference(&always()).cloned().collect();
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        (found, output.status.code(), text)
    };
    let params = |name: &str| CertificateParams::new([name.to_owned()]).expect("a name");
    let refused = Vec::from(["accounts-certificate-refused".to_owned()]);

    let (found, _, text): (Vec<String>, _, _) = check(params("*.example.com"), "good");
    assert_eq!(found, [""; 0], "{text}");
    let mut old = params("accounts.example.com");
    (old.not_before, old.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    let mut new = params("accounts.example.com");
    (new.not_before, new.not_after) = (date_time_ymd(2100, 1, 1), date_time_ymd(2101, 1, 1));
    for (params, name, why) in [
        (old, "old", "it has expired"),
        (new, "new", "it is not valid yet"),
        (
            params("example.com"),
            "other",
            "it is not for accounts.example.com",
        ),
    ] {
        let (found, code, text) = check(params, name);
        assert_eq!((found, code), (refused.clone(), Some(1)), "{text}");
        assert!(text.contains(why), "{text}");
    }
    fs::remove_dir_all(folder).expect("the folder");
}

#[test]
fn a_key_that_everybody_reads_is_found() {
    let folder = fresh_folder();
    let (certificate, key) = Pki::new().write(&folder, "one");
    let arguments = ["--tls-cert", path(&certificate), "--tls-key", path(&key)];
    for (mode, is_open) in [(0o640, false), (0o400, false), (0o644, true)] {
        fs::set_permissions(&key, fs::Permissions::from_mode(mode)).expect("permissions");
        let output = check(&folder, &GOOD, &arguments);
        let is_found = codes(&output).contains("accounts-key-readable");
        assert_eq!(is_found, is_open, "{mode:o}");
        assert_eq!(output.status.code(), Some(is_open.into()), "{mode:o}");
    }
    fs::remove_dir_all(folder).expect("the folder");
}

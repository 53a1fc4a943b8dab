//~ `Antivirus` is no scanner of uploads
use secure_runtime::upload::UploadSettings;

struct Antivirus;

fn main() {
    let _ = UploadSettings::new("./data/uploads").scanner(Antivirus);
}

//! The folder that files are kept in.

use std::{
    fmt,
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, ErrorKind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use actix_web::{HttpRequest, dev::Payload};
use tokio::sync::Semaphore;

use super::{
    Download, FileId, Incoming, StoredFile, Upload, UploadSettings, access,
    fault::blocking,
    incoming::{Place, TemporaryFile},
};
use crate::{
    Problem,
    clock::Clock,
    context::RequestContext,
    crypto::random_hex,
    guard::{Argument, Caller, Extraction},
    policy::{Input, Need},
};

/// How often it is looked for files that a process has left which is gone.
const SWEEP: Duration = Duration::from_secs(60 * 60);
/// When to come back where too many files are at hand.
const HAS_ROOM: Duration = Duration::from_secs(1);
/// How the name of a file ends that is being written.
const PART: &str = ".part";
/// How many random bytes its name has.
const PART_RANDOM: usize = 16;

/// The folder of uploads: keeps what was uploaded, serves it, and removes it. It is an argument of handlers,
/// and at hand as [`Security::uploads`](crate::Security::uploads).
///
/// A cheap handle.
#[derive(Clone)]
pub struct Uploads {
    shared: Arc<Shared>,
}

struct Shared {
    settings: UploadSettings,
    /// `<folder>/incoming`
    incoming: PathBuf,
    /// `<folder>/kept`
    kept: PathBuf,
    at_once: Arc<Semaphore>,
    clock: Arc<dyn Clock>,
    /// When it was last looked for what others have left.
    swept: Mutex<Duration>,
}

impl Uploads {
    /// Makes the folder where there is none, and deletes what a process has left in it that is gone.
    ///
    /// # Errors
    /// When the folder cannot be used, or is open to others.
    pub(crate) fn open_folder(
        settings: UploadSettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, String> {
        let uploads = Self::without_folder(settings, clock);
        let shared = &uploads.shared;
        let prepared = prepare(&shared.settings.folder, &shared.incoming, &shared.kept);
        prepared.map_err(|why| {
            format!(
                "the folder of uploads {}: {why}",
                shared.settings.folder.display()
            )
        })?;
        shared.sweep();
        Ok(uploads)
    }

    /// The same without looking at the folder, for what is only to be checked.
    pub(crate) fn without_folder(settings: UploadSettings, clock: Arc<dyn Clock>) -> Self {
        let shared = Shared {
            incoming: settings.folder.join("incoming"),
            kept: settings.folder.join("kept"),
            at_once: Arc::new(Semaphore::new(settings.at_once.min(Semaphore::MAX_PERMITS))),
            swept: Mutex::new(clock.monotonic()),
            settings,
            clock,
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Keeps a file for good, under a name of its own.
    ///
    /// It is on the disk when this returns. What becomes of it then is for the app to write down: nobody else
    /// knows its name.
    ///
    /// # Errors
    /// 507 where there is no room, 503 where the folder cannot be used. The file is gone then.
    pub async fn keep(&self, upload: Upload) -> Result<StoredFile, Problem> {
        let media_type = upload.media_type;
        let file = upload.file;
        let id = FileId::random(media_type);
        let stored = StoredFile {
            id: id.clone(),
            media_type,
            size: file.size(),
        };
        let shared = self.shared.clone();
        // Where nobody waits for it any more, it is deleted: nobody knows its name.
        let mut kept = blocking(move || shared.keep(file, &id)).await?;
        kept.is_left();
        Ok(stored)
    }

    /// The file of this name, to be served; `None` where there is none.
    ///
    /// # Errors
    /// 503 where the folder cannot be used.
    pub async fn open(&self, id: &FileId) -> Result<Option<Download>, Problem> {
        let path = self.shared.path_of(id);
        let id = id.clone();
        blocking(move || match File::open(path) {
            Ok(file) => Download::new(file, &id).map(Some),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    /// Removes the file of this name, and says whether there was one.
    ///
    /// # Errors
    /// 503 where the folder cannot be used.
    pub async fn remove(&self, id: &FileId) -> Result<bool, Problem> {
        let path = self.shared.path_of(id);
        blocking(move || match fs::remove_file(path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        })
        .await
    }

    /// A new file, to be written.
    ///
    /// # Errors
    /// 503 where too many are at hand, or the folder cannot be used; 507 where there is no room.
    pub(crate) async fn begin(&self) -> Result<Incoming, Problem> {
        let permit = self.shared.at_once.clone().try_acquire_owned();
        let permit = permit.map_err(|_| {
            Problem::unavailable(HAS_ROOM)
                .with_detail("too many files are uploaded at the moment")
                .because("more files are at hand than `UploadSettings::at_once` says")
        })?;
        let shared = self.shared.clone();
        let (file, place) = blocking(move || {
            shared.sweep_now_and_then();
            begin(&shared.incoming)
        })
        .await?;
        Ok(Incoming::new(file, place, permit))
    }

    pub(super) fn settings(&self) -> &UploadSettings {
        &self.shared.settings
    }
}

impl Shared {
    fn path_of(&self, id: &FileId) -> PathBuf {
        self.kept.join(id.shelf()).join(id.as_str())
    }

    /// Moves a file to where it is kept. Whatever fails, nothing of it is left.
    fn keep(&self, mut file: TemporaryFile, id: &FileId) -> io::Result<Place> {
        file.file.sync_all()?;
        let path = self.path_of(id);
        let shelf = self.kept.join(id.shelf());
        create_folder(&shelf)?;
        fs::rename(file.place.path(), &path)?;
        file.place.is_left();
        let kept = Place::new(path);
        sync_folder(&shelf)?;
        sync_folder(&self.kept)?;
        Ok(kept)
    }

    fn sweep_now_and_then(&self) {
        let now = self.clock.monotonic();
        {
            let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
            if now.saturating_sub(*swept) < SWEEP {
                return;
            }
            *swept = now;
        }
        self.sweep();
    }

    /// Deletes what nobody holds any more.
    fn sweep(&self) {
        match sweep(&self.incoming) {
            Ok(0) => {}
            Ok(files) => tracing::info!(files, "uploads of a process that is gone are deleted"),
            Err(error) => tracing::error!(%error, "leftover uploads cannot be deleted"),
        }
    }
}

/// The folder of uploads. Only where [`Builder::uploads`](crate::Builder::uploads) was said.
impl Argument for Uploads {
    type Value = Self;
    const INPUT: Option<Input> = None;
    const CALLER: Caller = Caller::Unused;
    const NEEDS: &'static [Need] = &[Need::Uploads];

    fn extract(request: &HttpRequest, _: &mut Payload) -> Extraction<Self> {
        let context = RequestContext::of_guarded(request);
        Extraction::Ready(context.and_then(|context| {
            let uploads = context.security.uploads();
            uploads
                .cloned()
                .ok_or_else(|| Problem::internal("nobody said `.uploads(…)`"))
        }))
    }
}

impl fmt::Debug for Uploads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = &self.shared.settings;
        f.debug_struct("Uploads")
            .field("folder", &settings.folder)
            .finish_non_exhaustive()
    }
}

/// Makes what is missing, and looks whether others could get in.
fn prepare(folder: &Path, incoming: &Path, kept: &Path) -> Result<(), String> {
    let say = |error: io::Error| error.to_string();
    let mut builder = private_folders();
    builder.recursive(true);
    builder.create(folder).map_err(say)?;
    #[cfg(unix)]
    refuse(access::refusal(folder))?;
    for folder in [incoming, kept] {
        create_folder(folder).map_err(say)?;
    }
    // Files are moved from one to the other, and that at once or not at all.
    let (file, mut probe) = begin(incoming).map_err(say)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let owner = file.metadata().map_err(say)?.uid();
        for folder in [incoming, kept] {
            refuse(access::refusal_inside(folder, owner))?;
        }
    }
    let moved = kept.join(random_hex::<PART_RANDOM>());
    fs::rename(probe.path(), &moved).map_err(say)?;
    probe.is_left();
    drop(Place::new(moved));
    drop(file);
    if let Some(what) = access::exposure(folder) {
        tracing::warn!(what, "others can look into the folder of uploads");
    }
    Ok(())
}

#[cfg(unix)]
fn refuse(why: Option<String>) -> Result<(), String> {
    why.map_or(Ok(()), Err)
}

fn private_folders() -> DirBuilder {
    #[cfg_attr(not(unix), expect(unused_mut, reason = "it has no mode"))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// A file of which nobody else knows, held under a lock.
fn begin(incoming: &Path) -> io::Result<(File, Place)> {
    loop {
        let path = incoming.join(format!("{}{PART}", random_hex::<PART_RANDOM>()));
        let file = create(&path)?;
        let place = Place::new(path);
        match file.try_lock() {
            Ok(()) => {}
            // Another process has found it between the two, and is deleting it.
            Err(TryLockError::WouldBlock) => continue,
            Err(TryLockError::Error(error)) => return Err(error),
        }
        if fs::exists(place.path())? {
            return Ok((file, place));
        }
    }
}

/// Makes a folder where there is none.
fn create_folder(folder: &Path) -> io::Result<()> {
    match private_folders().create(folder) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

/// Makes a file that only its owner can read.
fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Has the names in a folder outlast a power cut.
fn sync_folder(folder: &Path) -> io::Result<()> {
    match cfg!(unix) {
        true => File::open(folder)?.sync_all(),
        false => Ok(()),
    }
}

/// Deletes the files of ours that nobody holds, and says how many they were.
fn sweep(incoming: &Path) -> io::Result<usize> {
    let mut deleted = 0;
    for entry in fs::read_dir(incoming)? {
        let entry = entry?;
        let name = entry.file_name();
        let digits = name.to_str().and_then(|name| name.strip_suffix(PART));
        if digits.is_none_or(|digits| digits.len() != 2 * PART_RANDOM) {
            continue;
        }
        if !entry.file_type()?.is_file() {
            continue;
        }
        // Gone meanwhile, or held by another process.
        let Ok(file) = File::open(entry.path()) else {
            continue;
        };
        if file.try_lock().is_ok() && fs::remove_file(entry.path()).is_ok() {
            deleted += 1;
        }
    }
    Ok(deleted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;

    fn uploads(name: &str) -> (Uploads, PathBuf) {
        let name = format!("secure-folder-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let clock = Arc::new(SystemClock::default());
        let uploads = Uploads::open_folder(UploadSettings::new(&folder), clock);
        (uploads.expect("a folder"), folder)
    }

    #[actix_web::test]
    async fn what_is_being_written_is_swept_by_nobody() {
        let (uploads, folder) = uploads("held");
        let incoming = folder.join("incoming");
        let mut writing = uploads.begin().await.expect("begun");
        writing
            .write(vec![7; 1 << 20].into())
            .await
            .expect("written");
        let whole = uploads.begin().await.expect("begun").finish().await;
        let whole = whole.expect("whole");
        assert_eq!(sweep(&incoming).expect("swept"), 0);
        writing.write("more".into()).await.expect("still there");
        drop(writing);
        assert!(whole.path().exists());
        drop(whole);
        assert_eq!(fs::read_dir(&incoming).expect("it").count(), 0);
        fs::remove_dir_all(folder).expect("it");
    }

    /// Sweeping and beginning at the same time, so that a name is found between its making and its lock.
    #[test]
    fn whoever_begins_while_another_sweeps_gets_a_file_that_stays() {
        let (uploads, folder) = uploads("race");
        drop(uploads);
        let incoming = folder.join("incoming");
        let done = std::sync::atomic::AtomicBool::new(false);
        let swept = std::thread::scope(|scope| {
            let sweeper = scope.spawn(|| {
                let mut swept = 0;
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    swept += sweep(&incoming).expect("swept");
                }
                swept
            });
            let held: Vec<_> = (0..2_000)
                .map(|_| begin(&incoming).expect("begun"))
                .collect();
            done.store(true, std::sync::atomic::Ordering::Relaxed);
            let is_there = |(_, place): &(File, Place)| place.path().exists();
            assert!(held.iter().all(is_there), "somebody else's file was swept");
            sweeper.join().expect("swept")
        });
        assert_eq!(fs::read_dir(&incoming).expect("it").count(), 0, "{swept}");
        fs::remove_dir_all(folder).expect("it");
    }

    #[test]
    fn any_number_of_processes_start_with_one_folder_at_once() {
        let (_, folder) = uploads("starts");
        let start = || {
            for _ in 0..50 {
                let clock = Arc::new(SystemClock::default());
                let opened = Uploads::open_folder(UploadSettings::new(&folder), clock);
                assert!(opened.is_ok(), "{opened:?}");
            }
        };
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(start);
            }
        });
        for inner in ["incoming", "kept"] {
            let left = fs::read_dir(folder.join(inner)).expect("it").count();
            assert_eq!(left, 0, "{inner}");
        }
        fs::remove_dir_all(folder).expect("it");
    }

    /// A client that hangs up while its file is being kept: the app never learns the name.
    #[actix_web::test]
    async fn what_nobody_waits_for_is_not_kept() {
        let (uploads, folder) = uploads("unawaited");
        let files = || {
            let shelves = fs::read_dir(folder.join("kept")).expect("it");
            let files = shelves.map(|shelf| fs::read_dir(shelf.expect("a shelf").path()));
            files.map(|files| files.expect("it").count()).sum::<usize>()
        };
        for _ in 0..20 {
            let incoming = uploads.begin().await.expect("begun");
            let file = incoming.finish().await.expect("whole");
            let upload = Upload::new(file, super::super::MediaType::Png);
            let mut keep = Box::pin(uploads.keep(upload));
            let waker = futures_util::task::noop_waker();
            let mut context = std::task::Context::from_waker(&waker);
            assert!(keep.as_mut().poll(&mut context).is_pending());
            let patience = std::time::Instant::now() + Duration::from_secs(20);
            drop(keep);
            while uploads.shared.at_once.available_permits() < uploads.settings().at_once
                || files() > 0
            {
                assert!(std::time::Instant::now() < patience, "it is kept");
                std::thread::yield_now();
            }
        }
        fs::remove_dir_all(folder).expect("it");
    }

    #[actix_web::test]
    async fn what_cannot_be_kept_is_gone() {
        let (uploads, folder) = uploads("unkept");
        let mut incoming = uploads.begin().await.expect("begun");
        incoming.write("content".into()).await.expect("written");
        let file = incoming.finish().await.expect("whole");
        let path = file.path().to_owned();
        // A file stands where the folders should be.
        fs::remove_dir(folder.join("kept")).expect("it");
        fs::write(folder.join("kept"), "").expect("a file");
        let kept = uploads.keep(Upload::new(file, super::super::MediaType::Png));
        assert_eq!(kept.await.expect_err("no room").status(), 503);
        assert!(!path.exists());
        fs::remove_dir_all(folder).expect("it");
    }
}

//! The pictures of accounts as files. Which file is whose stands in the database. A file that is nobody's any
//! more, since its account is gone or has another picture, is noted there in the same transaction, and is
//! deleted beside the requests.

use std::time::Duration;

use actix_web::{
    rt::{spawn, time::sleep},
    web::Data,
};
use secure_runtime::{
    Problem,
    upload::{Upload, Uploads},
};
use uuid::Uuid;

use crate::domain::avatars::Avatars;

/// How soon a file goes that is nobody's any more.
const PERIOD: Duration = Duration::from_secs(5);

/// What keeps pictures, and deletes them.
#[derive(Debug)]
pub(crate) struct Pictures {
    avatars: Data<Avatars>,
    uploads: Uploads,
}

impl Pictures {
    pub(crate) fn new(avatars: Data<Avatars>, uploads: Uploads) -> Self {
        Self { avatars, uploads }
    }

    /// Gives an account another picture. Once the file is kept, it is noted whose it is, though whoever sent it
    /// has hung up: nobody would find it otherwise.
    pub(crate) async fn replace(&self, account: Uuid, picture: Upload) -> Result<(), Problem> {
        let (avatars, uploads) = (self.avatars.clone(), self.uploads.clone());
        let replacing = spawn(async move {
            let kept = uploads.keep(picture).await?;
            if let Err(failure) = avatars.replace(account, Some(&kept.id)).await {
                // Nothing refers to it, and nothing ever will.
                uploads.remove(&kept.id).await?;
                return Err(failure.into());
            }
            Ok(())
        });
        replacing.await.map_err(Problem::internal)?
    }

    /// Takes an account's picture away.
    pub(crate) async fn remove(&self, account: Uuid) -> Result<(), Problem> {
        Ok(self.avatars.replace(account, None).await?)
    }

    /// Deletes what is nobody's any more, again and again.
    pub(crate) async fn run(&self) {
        loop {
            if let Err(problem) = self.delete_unused().await {
                tracing::warn!(?problem, "files that nobody needs could not be deleted yet");
            }
            sleep(PERIOD).await;
        }
    }

    async fn delete_unused(&self) -> Result<(), Problem> {
        for file in self.avatars.unused().await? {
            self.uploads.remove(&file).await?;
            self.avatars.deleted(&file).await?;
        }
        Ok(())
    }
}

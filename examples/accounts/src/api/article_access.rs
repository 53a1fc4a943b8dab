//! How an article is found by its path, and who may do what with it.

use actix_web::{HttpRequest, web::Data};
use secure_runtime::{
    CurrentUser, Decision, Problem,
    authorize::{Allows, Resource},
};
use uuid::Uuid;

use crate::domain::{
    accounts::Account,
    articles::{Article, Articles, Edit, Read},
};

impl Resource for Article {
    type Id = Uuid;
    type Account = Account;

    async fn load(id: Uuid, request: &HttpRequest) -> Result<Option<Self>, Problem> {
        let articles = request
            .app_data::<Data<Articles>>()
            .ok_or_else(|| Problem::internal("the app holds no articles"))?;
        Ok(articles.find(id).await?)
    }
}

impl Allows<Read> for Article {
    fn decide(&self, caller: Option<&CurrentUser<Account>>) -> Decision {
        self.may_be_read_by(caller.map(CurrentUser::account))
    }
}

impl Allows<Edit> for Article {
    fn decide(&self, caller: Option<&CurrentUser<Account>>) -> Decision {
        self.may_be_edited_by(caller.map(CurrentUser::account))
    }
}

//! What the mails say. They are written and sent by the security layer, apart from the requests that
//! ask for them.

use secure_runtime::{
    mail::{Letter, Letters},
    token::{ChangeEmail, Reset, Token, VerifyEmail},
};

/// The words of the mails. Nothing in them comes from whoever asked for one.
#[derive(Debug)]
pub(crate) struct Words {
    /// With scheme and host: where the links lead.
    origin: String,
    /// Whether links go to the log too, for a newcomer without a mail reader.
    logs_links: bool,
}

impl Words {
    pub(crate) fn new(origin: String, logs_links: bool) -> Self {
        Self { origin, logs_links }
    }

    /// A mail with a link, and with its token for who sends it as JSON.
    fn with_link(&self, subject: &str, what: &str, page: &str, how: &str, token: &str) -> Letter {
        let path = format!("/{page}?token={token}");
        if self.logs_links {
            tracing::info!("link in a mail (development): {path}");
        }
        let origin = &self.origin;
        Letter::new(
            subject,
            format!(
                "Somebody, hopefully you, {what}\r\n\
                 \r\n\
                 {origin}{path}\r\n\
                 \r\n\
                 A program sends this token {how}:\r\n\
                 \r\n\
                 {token}\r\n\
                 \r\n\
                 If it was not you, do nothing: without the link nothing happens.\r\n"
            ),
        )
    }
}

impl Letters for Words {
    fn confirm_sign_up(&self, token: &Token<VerifyEmail>) -> Letter {
        self.with_link(
            "Confirm your address",
            "wants an account with this address. The link holds for 24 hours, once.",
            "verify",
            "and a password of your choice as JSON to POST /auth/verify-email",
            token.expose(),
        )
    }

    fn already_registered(&self) -> Letter {
        Letter::new(
            "You have an account already",
            "Somebody, hopefully you, wanted an account with this address. You have one already:\r\n\
             sign in with it. If it was not you, do nothing.\r\n",
        )
    }

    fn reset_password(&self, token: &Token<Reset>) -> Letter {
        self.with_link(
            "Choose a new password",
            "has forgotten the password of your account. The link holds for 15 minutes, once.",
            "reset",
            "and a new password as JSON to POST /auth/reset-password",
            token.expose(),
        )
    }

    fn confirm_address(&self, token: &Token<ChangeEmail>) -> Letter {
        self.with_link(
            "Confirm your new address",
            "wants this to be the address of an account. Follow the link only if it was you who asked\r\n\
             for it: it makes this the address of somebody's account. It holds for one hour, once.",
            "confirm-email",
            "as JSON to POST /auth/confirm-email",
            token.expose(),
        )
    }

    fn password_changed(&self) -> Letter {
        Letter::new(
            "Your password was changed",
            "The password of your account was changed just now, and every other sign-in has ended.\r\n\
             If it was not you, choose a new one by \"forgot password\" at once.\r\n",
        )
    }

    fn address_changed(&self) -> Letter {
        Letter::new(
            "Your address was changed",
            "Your account has another e-mail address from now on, and mail goes there. If it was not\r\n\
             you, write to whoever runs this service at once.\r\n",
        )
    }
}

//! A small publishing service: people sign up, sign in and write articles; moderators and admins
//! look after it. `README.md` says how to use it, and in which order to read it.

mod api;
mod audit;
mod calibrate;
mod domain;
mod greeting;
mod keys;
mod mail;
mod pages;
mod private;
mod routes;
mod security;
mod settings;
mod sign_outs;
mod startup;

use std::{process::ExitCode, time::Duration};

use actix_web::rt::System;
use clap::{Parser, Subcommand, ValueEnum};

use keys::KeysCommand;
use settings::Settings;
use startup::StartupError;

/// A small publishing service.
#[derive(Parser)]
#[command(name = "accounts", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the service (the default)
    Serve,
    /// Make an admin; the password comes from standard input
    CreateAdmin {
        /// The admin's e-mail address
        #[arg(long)]
        email: String,
        /// Read the password from standard input, never from the command line
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// Print who may call which route
    Routes {
        /// How it is printed
        #[arg(long, value_enum, default_value_t = Format::Table)]
        format: Format,
    },
    /// Measure which parameters for hashing passwords this machine can do
    Calibrate {
        /// How long one hash may take, such as `250ms`
        #[arg(long, default_value = "250ms", value_parser = calibrate::target)]
        target: Duration,
    },
    /// Make or rotate the keys that sign tokens
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Table,
    Markdown,
    Json,
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("accounts: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<(), StartupError> {
    // Before there are threads that could read the environment.
    settings::load_dotenv()?;
    let settings = Settings::from_env()?;
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => System::new().block_on(startup::serve(settings)),
        Command::CreateAdmin { email, .. } => {
            System::new().block_on(startup::create_admin(&settings, &email))
        }
        Command::Keys { command } => {
            println!("{}", keys::run(command, &settings)?);
            Ok(())
        }
        Command::Calibrate { target } => {
            println!("{}", calibrate::run(target)?);
            Ok(())
        }
        Command::Routes { format } => {
            let report = System::new().block_on(security::report())?;
            match format {
                Format::Table => print!("{report}"),
                Format::Markdown => print!("{}", report.markdown()),
                Format::Json => println!("{}", report.json()),
            }
            Ok(())
        }
    }
}

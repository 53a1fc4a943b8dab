//! A small publishing service: people sign up, sign in and write articles; moderators and admins
//! look after it. `README.md` says how to use it, and in which order to read it.

mod api;
mod audit;
mod calibrate;
mod check;
mod domain;
mod greeting;
mod keys;
mod mail;
mod pages;
mod pictures;
mod private;
mod routes;
mod security;
mod settings;
mod sign_outs;
mod startup;
mod tls;

use std::{process::ExitCode, time::Duration};

use actix_web::rt::System;
use clap::{Parser, Subcommand, ValueEnum};

use keys::KeysCommand;
use settings::Settings;
use startup::StartupError;
use tls::Transport;

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
    Serve {
        #[command(flatten)]
        transport: Transport,
    },
    /// Say what keeps this configuration out of production; it fails where there is an error or a warning
    Check {
        /// Look at what matters in production, with the environment as it is
        #[arg(long, required = true)]
        deploy: bool,
        /// As the service is to be run
        #[command(flatten)]
        transport: Transport,
    },
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
        Ok(code) => code,
        Err(error) => {
            eprintln!("accounts: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> Result<ExitCode, StartupError> {
    // Before there are threads that could read the environment.
    settings::load_dotenv()?;
    let settings = Settings::from_env();
    let serve = || Command::Serve {
        transport: Transport::default(),
    };
    match cli.command.unwrap_or_else(serve) {
        Command::Serve { transport } => {
            System::new().block_on(startup::serve(settings?, &transport))?;
        }
        Command::Check { transport, .. } => {
            let report = System::new().block_on(check::run(settings, &transport))?;
            println!("{report}");
            if !report.passes() {
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::CreateAdmin { email, .. } => {
            System::new().block_on(startup::create_admin(&settings?, &email))?;
        }
        Command::Keys { command } => println!("{}", keys::run(command, &settings?)?),
        Command::Calibrate { target } => println!("{}", calibrate::run(target)?),
        Command::Routes { format } => {
            let report = System::new().block_on(security::report())?;
            match format {
                Format::Table => print!("{report}"),
                Format::Markdown => print!("{}", report.markdown()),
                Format::Json => println!("{}", report.json()),
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

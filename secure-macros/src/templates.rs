//! `templates!("pages")`: the templates of a folder, looked at while the program is compiled.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use proc_macro2::TokenStream;
use quote::quote;
use secure_grammar::check_template;
use syn::{LitStr, parse::Parser as _};

use crate::{
    diagnostics::{Diagnostic, Diagnostics},
    fragment,
};

const EXAMPLE: &str = "`templates!(\"pages\")` looks at the folder `pages` beside this file";
/// What a file's name has in it that holds a template of a page.
const MARKS: [&str; 3] = [".html", ".htm", ".hbs"];

/// Reads every template below the folder, so that each of them is read again when it changes.
pub(crate) fn expand(tokens: TokenStream) -> TokenStream {
    let mut diagnostics = Diagnostics::default();
    let read = folder(tokens, &mut diagnostics).and_then(|(literal, folder)| {
        let files = files(&folder);
        if let Err(error) = &files {
            let what = format!("the folder `{}` cannot be read: {error}", literal.value());
            diagnostics.add(Diagnostic::new(literal.span(), what).help(EXAMPLE));
        }
        let files = files.ok()?;
        if files.is_empty() {
            let what = format!("there is no template in `{}`", literal.value());
            let help = "the name of a template has `.html` in it";
            diagnostics.add(Diagnostic::new(literal.span(), what).help(help));
        }
        for file in &files {
            check(&literal, &folder, file, &mut diagnostics);
        }
        Some(files)
    });
    let paths = read.unwrap_or_default();
    let paths = paths.iter().filter_map(|path| path.to_str());
    let errors = diagnostics.into_tokens();
    quote! {
        #errors
        // So that the compiler looks again when one of them has changed.
        const _: &[&[u8]] = &[#(::core::include_bytes!(#paths)),*];
    }
}

/// The folder that the literal names, seen from the file in which it stands.
fn folder(tokens: TokenStream, diagnostics: &mut Diagnostics) -> Option<(LitStr, PathBuf)> {
    let parser = <LitStr as syn::parse::Parse>::parse;
    let literal = match parser.parse2(fragment::arguments(tokens)) {
        Ok(literal) => literal,
        Err(error) => {
            let what = "`templates!` takes the name of one folder";
            diagnostics.add(Diagnostic::new(error.span(), what).help(EXAMPLE));
            return None;
        }
    };
    let Some(file) = literal.span().unwrap().local_file() else {
        let what = "`templates!` cannot tell in which file it stands";
        diagnostics.add(Diagnostic::new(literal.span(), what).help("write it out of any macro"));
        return None;
    };
    // The compiler may name the file as seen from where it was started.
    let file = fs::canonicalize(&file).unwrap_or(file);
    let folder = file
        .parent()
        .unwrap_or(Path::new("."))
        .join(literal.value());
    Some((literal, folder))
}

/// The templates below a folder, in the order of their names.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            found.extend(files(&path)?);
        } else if let Some(name) = entry.file_name().to_str()
            && MARKS.iter().any(|mark| name.contains(mark))
        {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn check(literal: &LitStr, folder: &Path, file: &Path, diagnostics: &mut Diagnostics) {
    let name = shown(folder, file);
    let text = match fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            let what = format!("the template {name} cannot be read: {error}");
            diagnostics.add(Diagnostic::new(literal.span(), what));
            return;
        }
    };
    for mistake in check_template(&text) {
        let error = mistake.error();
        let what = format!("{name}:{}: {}", mistake.line(), error.drawing());
        let diagnostic = Diagnostic::new(literal.span(), what);
        diagnostics.add(match error.help() {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        });
    }
}

/// A file as its folder knows it, the same on every machine.
fn shown(folder: &Path, file: &Path) -> String {
    let name = file.strip_prefix(folder).unwrap_or(file);
    name.display().to_string().replace('\\', "/")
}

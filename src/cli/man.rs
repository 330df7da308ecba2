//! `grantdeck man`: manual pages, made from the definition of the command line.

use std::fs;
use std::io;
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::arguments::{Arguments, ManArguments};
use super::listing;
use super::report::Report;
use super::run::{Done, Run};
use crate::session::exit::Exit;

/// Prints the page, or writes all of them into a folder.
pub(super) fn man(run: &mut Run<'_>, asked: &ManArguments) -> Done {
    let report = &mut run.report;
    let Some(folder) = &asked.dir else {
        let mut page = Vec::new();
        return match Man::new(Arguments::command()).render(&mut page) {
            Ok(()) => {
                listing::write(&String::from_utf8_lossy(&page))?;
                Ok(Exit::Ok)
            }
            Err(error) => Ok(failed(report, "the page", &error)),
        };
    };
    match pages(folder) {
        Ok(count) => {
            report.remark(&format!("{count} pages written to {}", folder.display()));
            Ok(Exit::Ok)
        }
        Err(error) => Ok(failed(report, &folder.display().to_string(), &error)),
    }
}

/// Writes a page for the program and one for each subcommand.
fn pages(folder: &Path) -> io::Result<usize> {
    fs::create_dir_all(folder)?;
    let mut whole = Arguments::command().disable_help_subcommand(true);
    whole.build();
    let names: Vec<String> = whole.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    let mut pages = vec![Arguments::command()];
    for name in names {
        if let Some(command) = whole.find_subcommand(&name) {
            let title: &'static str = format!("grantdeck-{name}").leak();
            pages.push(command.clone().name(title).display_name(title));
        }
    }
    pages.into_iter().map(|page| write(folder, page)).sum()
}

fn write(folder: &Path, page: Command) -> io::Result<usize> {
    let man = Man::new(page);
    let mut text = Vec::new();
    man.render(&mut text)?;
    fs::write(folder.join(man.get_filename()), text)?;
    Ok(1)
}

fn failed(report: &mut Report, what: &str, error: &io::Error) -> Exit {
    report.notice(&format!("cannot write {what}: {error}"));
    Exit::Error
}

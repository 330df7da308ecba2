//! The menu of formats in which ids are copied, with a preview of what would be copied.

mod screen;
mod update;
mod view;

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use tui_input::Input;

use crate::app::screens::grants::Grants;
use crate::app::shared::Shared;
use crate::app::{Model, private};
use crate::domain::clean::{BRIEF, head};
use crate::domain::copy::Copies;
use crate::domain::{Clean, CopyFormat, Grant, GrantId, Named, RowId, formats};

pub(crate) use screen::CopyScreen;
pub(crate) use update::{copied, copy_ids, copy_these, open, open_for};

/// What copying remembers while the program runs.
#[derive(Debug)]
pub struct Copying {
    /// The format that was chosen last.
    pub format: CopyFormat,
    /// The file that was written last.
    pub path: String,
    /// How often ids were copied; None where that is not kept, or not known yet.
    pub counts: Option<HashMap<GrantId, Copies>>,
}

impl Default for Copying {
    fn default() -> Self {
        Self { format: CopyFormat::Env, path: ".env".to_owned(), counts: None }
    }
}

/// The menu that is open.
#[derive(Debug)]
pub struct CopyMenu {
    /// What is copied: the marked grants, else the one under the cursor.
    pub grants: Vec<Named>,
    /// How many of them the filters hide.
    pub hidden: usize,
    /// The format under the cursor.
    pub format: CopyFormat,
    /// The name of the one grant.
    pub name: Input,
    /// The name as it was, while it is being edited.
    pub naming: Option<String>,
    /// The first visible line of the preview.
    pub offset: usize,
    /// The preview that was drawn last.
    preview: RefCell<Option<(PreviewKey, Arc<[String]>)>>,
}

/// What a preview depends on.
#[derive(Debug, PartialEq, Eq)]
struct PreviewKey {
    format: CopyFormat,
    name: String,
    privacy: bool,
    /// Whether it is known which providers everybody has.
    catalog: bool,
}

impl CopyMenu {
    /// Whether there is a name that can be changed.
    pub fn has_name(&self) -> bool {
        self.grants.len() == 1 && self.format.is_named()
    }

    /// The grants under their names.
    pub fn named(&self) -> Vec<Named> {
        let mut grants = self.grants.clone();
        if let [one] = grants.as_mut_slice() {
            self.name.value().trim().clone_into(&mut one.name);
        }
        grants
    }

    /// The name, where it is not the suggested one.
    pub fn own_name(&self) -> Option<String> {
        let name = self.name.value().trim();
        let [one] = self.grants.as_slice() else { return None };
        (!name.is_empty() && name != one.name).then(|| name.to_owned())
    }

    /// What would be copied, as it may be shown. Written once for as long as nothing changes: it may be as long as
    /// the list, and it is drawn with each frame.
    pub(super) fn preview(&self, model: &Model) -> Arc<[String]> {
        let key = PreviewKey {
            format: self.format,
            name: self.name.value().to_owned(),
            privacy: model.shared.privacy,
            catalog: model.shared.catalog.value().is_some(),
        };
        let mut last = self.preview.borrow_mut();
        if let Some((_, lines)) = last.as_ref().filter(|(of, _)| *of == key) {
            return Arc::clone(lines);
        }
        let lines: Arc<[String]> = self.written(&model.shared).into();
        *last = Some((key, Arc::clone(&lines)));
        lines
    }

    fn written(&self, shared: &Shared) -> Vec<String> {
        let mut grants = self.named();
        if shared.privacy {
            for (grant, own) in grants.iter_mut().zip(&self.grants) {
                grant.account = private::account(shared, &own.account);
                grant.provider = private::provider(shared, &own.provider);
                // A name that was suggested tells the account, and one of the person's own may.
                grant.name = formats::suggest(&grant.provider, "");
            }
        }
        for grant in &mut grants {
            for text in [&mut grant.account, &mut grant.provider, &mut grant.name] {
                // It is made anew with each format.
                text.truncate(head(text, BRIEF).len());
            }
        }
        let text = if shared.privacy {
            formats::render_masked(self.format, &grants, MASKED)
        } else {
            formats::render(self.format, &grants)
        };
        Clean::lines(&text).as_str().lines().map(str::to_owned).collect()
    }
}

/// An id in privacy mode.
const MASKED: &str = "••••••••-••••-••••-••••-••••••••••••";

/// The grants that an action on ids is about: the marked ones in the order of their rows, else the one under the
/// cursor; and how many of the marked ones the filters hide. Rows whose id could not be read are left out.
pub(crate) fn chosen(grants: &Grants) -> (Vec<Named>, usize) {
    if grants.marks.is_empty() {
        return (grants.selected().and_then(Named::from_grant).into_iter().collect(), 0);
    }
    let is_marked = |grant: &&Grant| grants.marks.contains(&grant.row);
    (grants.rows.iter().filter(is_marked).filter_map(Named::from_grant).collect(), grants.hidden_marks)
}

/// Whether there is an id to do something with.
pub(crate) fn has_id(grants: &Grants) -> bool {
    let is_id = |row: &RowId| matches!(row, RowId::Grant(_));
    if grants.marks.is_empty() {
        return grants.selected().is_some_and(|grant| is_id(&grant.row));
    }
    grants.marks.iter().any(is_id)
}

/// Whose grants they are, as it may be shown: "google · work@acme.com", "3 grants".
pub(crate) fn whose(shared: &Shared, grants: &[Named]) -> String {
    match grants {
        [one] => {
            let account = private::account(shared, &one.account);
            let provider = private::provider(shared, &one.provider);
            if account.is_empty() { provider } else { format!("{provider} · {account}") }
        }
        several => format!("{} grants", several.len()),
    }
}

#[cfg(test)]
#[path = "copy_tests.rs"]
mod tests;

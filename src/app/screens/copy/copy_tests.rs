use std::sync::Arc;

use tui_input::Input;

use super::*;
use crate::app::keymap::Keymap;
use crate::domain::GrantId;
use crate::ui::Depth;
use crate::ui::theme::Theme;

#[test]
fn a_preview_is_written_once_until_something_changes() {
    let theme = Arc::new(Theme::builtin("dark", Depth::Truecolor));
    let mut model = Model::new(theme, Depth::Truecolor, Arc::new(Keymap::builtin()));
    let id = GrantId::parse("7c1f0a52-1111-4222-8333-444455559e2a").unwrap();
    let grant =
        Named { name: "A_GRANT_ID".into(), id, provider: "google".into(), account: "work@acme.com".into() };
    let mut menu = CopyMenu {
        name: Input::new(grant.name.clone()),
        grants: vec![grant],
        hidden: 0,
        format: CopyFormat::Env,
        naming: None,
        offset: 0,
        preview: RefCell::default(),
    };
    let first = menu.preview(&model);
    assert!(Arc::ptr_eq(&first, &menu.preview(&model)));
    menu.name = Input::new("OTHER_GRANT_ID".to_owned());
    let renamed = menu.preview(&model);
    assert!(renamed.iter().any(|line| line.starts_with("OTHER_GRANT_ID=7c1f0a52")), "{renamed:?}");
    menu.format = CopyFormat::Uuid;
    assert_eq!(*menu.preview(&model), [id.to_string()]);
    model.shared.privacy = true;
    assert_eq!(*menu.preview(&model), [MASKED.to_owned()]);
}

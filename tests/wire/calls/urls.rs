//! Places in URLs.

use grantdeck::protocol::call::template;

use super::pairs;
use crate::support::{id, rows};

#[test]
fn path_templates() {
    let mut kept_out_by_type = 0;
    for row in rows("path_templates") {
        let url = row["input"][0].as_str().expect("url");
        let Some(parameters) = pairs(&row["input"][1]) else {
            // A number, a list, a text: here parameters are pairs of texts.
            assert_eq!(row["ok"], false, "{}", id(&row));
            kept_out_by_type += 1;
            continue;
        };
        let filled = template::fill(url, &parameters);
        assert_eq!(filled.is_ok(), row["ok"] == true, "{}: {filled:?}", id(&row));
        assert_eq!(filled.ok().as_deref(), row["value"].as_str(), "{}", id(&row));
    }
    assert_eq!(kept_out_by_type, 3);
}

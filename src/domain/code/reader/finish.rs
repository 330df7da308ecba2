//! Builds the request from the options of a command.

use serde_json::Value;

use super::{Elsewhere, Reader, join, text};
use crate::DraftBody;
use crate::code::paste::{PasteError, Pasted};
use crate::code::{marks, pattern, secret, suspect};
use crate::media::is_json;
use crate::percent;
use crate::template::{Piece, pieces};

impl Reader {
    pub(in crate::code) fn finish(mut self) -> Result<Pasted, PasteError> {
        let url = self.url()?;
        let elsewhere = self.elsewhere.take();
        if let Some(Elsewhere::File(option)) = elsewhere.as_ref().filter(|_| self.get) {
            // A query that lacks a part cannot be reconstructed.
            return Err(PasteError::File(option.clone()));
        }
        let with_data = (self.data.is_some() || elsewhere.is_some()) && !self.get;
        let default = if self.upload {
            "PUT"
        } else if self.head {
            "HEAD"
        } else if with_data {
            "POST"
        } else {
            "GET"
        };
        let method = self.method.take().unwrap_or_else(|| default.to_owned());
        let data = self.data.take();
        let mut queried = std::mem::take(&mut self.url_query);
        let mut body = DraftBody::Empty;
        match data {
            Some(data) if self.get => join(&mut queried, &data, b"&"),
            // An incomplete body is dropped.
            Some(_) if elsewhere.is_some() => {}
            Some(data) => body = self.body(data),
            None => {}
        }
        let no_body = elsewhere.map(|elsewhere| self.no_body(&elsewhere));
        let (url, query) = self.query(url, queried)?;
        let suspicious = suspect::suspicious_parts(&body);
        let Self { headers, dropped, ignored, notes, variables, places, .. } = self;
        Ok(Pasted {
            method,
            url,
            query,
            headers,
            body,
            dropped,
            ignored,
            notes,
            variables,
            places,
            no_body,
            suspicious,
        })
    }

    /// The URL, without credentials and fragment.
    fn url(&mut self) -> Result<String, PasteError> {
        let urls = std::mem::take(&mut self.urls);
        // The value of an unknown option looks like a separate word.
        let at =
            urls.iter().position(|word| word.windows(3).any(|three| three == b"://")).unwrap_or_default();
        if urls.len() > 1 {
            self.ignore("extra words that are not options");
        }
        let url = text(urls.into_iter().nth(at).ok_or(PasteError::NoUrl)?)?;
        let url = url.split('#').next().unwrap_or_default().trim();
        if url.is_empty() {
            return Err(PasteError::NoUrl);
        }
        let marked = marks::mark_double_braces(url);
        let mut url = marks::with_placeholders(&marked);
        if !self.plain_url {
            url = pattern::single(&url).ok_or(PasteError::Several)?;
        }
        let before = names(&url);
        let url = pattern::placeholders(&url, &mut |note| self.note(note));
        // With `-g`, braces that were written literally stay literal.
        let variables = marks::names(&marked);
        let is_plain = |name: &String| self.plain_url && before.contains(name) && !variables.contains(name);
        self.places = names(&url).into_iter().filter(|name| !is_plain(name)).collect();
        let url = if url.contains("://") {
            url
        } else {
            self.note("The URL has no scheme; using https (curl would use http).");
            format!("https://{url}")
        };
        // Spaces before what was removed are now trailing.
        let clean = secret::clean_url(&url, &mut |what| self.drop(what));
        Ok(clean.trim_end().to_owned())
    }

    /// Adds the data of `-G` and `--url-query`: as parameters if a call would send each of them the same way,
    /// otherwise as a part of the URL.
    fn query(&mut self, url: String, added: Vec<u8>) -> Result<(String, Vec<(String, Value)>), PasteError> {
        let added = text(added)?;
        let mut kept = Vec::new();
        for piece in added.split('&').filter(|piece| !piece.is_empty()) {
            let (name, value) = percent::pair(piece);
            if secret::in_piece(piece) {
                self.drop(secret::describe_parameter(&name));
            } else {
                kept.push((piece, name.into_owned(), value.into_owned()));
            }
        }
        let own = percent::parts(&url).1.unwrap_or_default();
        let named = |name: &String| own.split('&').any(|piece| percent::pair(piece).0 == *name);
        // Parameters of a call replace those of the same name in the URL; curl appends.
        let plain = kept.iter().all(|(piece, name, _)| {
            piece.split_once('=').is_some_and(|(name, value)| {
                percent::decode(name, true).is_some() && percent::decode(value, true).is_some()
            }) && !name.is_empty()
                && !named(name)
        });
        if plain {
            let pairs = kept.into_iter().map(|(_, name, value)| {
                let place = secret::quotable(&name)
                    .map_or_else(|| "a parameter".to_owned(), |name| format!("the parameter {name}"));
                let value =
                    self.written(&marks::mark_angle_brackets(&marks::mark_double_braces(&value)), &place);
                (marks::unmarked(&name).0, Value::String(value))
            });
            return Ok((url, pairs.collect()));
        }
        self.places.extend(kept.iter().flat_map(|(piece, _, _)| marks::names(piece)));
        let mark = if url.contains('?') { '&' } else { '?' };
        let pieces: Vec<String> = kept.iter().map(|(piece, _, _)| marks::with_placeholders(piece)).collect();
        Ok((format!("{url}{mark}{}", pieces.join("&")), Vec::new()))
    }

    /// Says that the body was left out, and why.
    fn no_body(&mut self, elsewhere: &Elsewhere) -> String {
        match elsewhere {
            Elsewhere::File(option) => {
                format!("Body skipped: {option} reads it from a file, which is not read here.")
            }
            Elsewhere::Form(option) => {
                // Its parts are dropped, so the boundary is meaningless.
                self.headers.retain(|(name, value)| {
                    !(name.eq_ignore_ascii_case("content-type")
                        && value.to_lowercase().starts_with("multipart/"))
                });
                format!("Body skipped: {option} sends a multipart form.")
            }
        }
    }

    fn body(&mut self, data: Vec<u8>) -> DraftBody {
        if data.is_empty() {
            // `-d ''` is often used to send POST.
            return DraftBody::Empty;
        }
        let kind = self.headers.iter().rfind(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let kind = kind.map(|(_, value)| value.clone());
        let says_json = self.json || kind.as_deref().is_some_and(is_json);
        // A variable may be used in place of a number.
        let is_object = |text: &str| {
            let text = marks::replace(text, "null");
            text.trim_start().starts_with(['{', '['])
                && serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok()
        };
        let data = match String::from_utf8(data) {
            Ok(marked) => {
                let guessed = kind.is_none() && !self.untyped && !self.json && is_object(&marked);
                let text = self.written(&marked, "the body");
                if marks::unmarked(&marks::mark_double_braces(&text))
                    .1
                    .iter()
                    .any(|written| text.contains(written.as_str()))
                {
                    self.note("The body has {{…}}, which is sent unchanged.");
                }
                if guessed {
                    self.note("The body is sent as JSON (curl would send a form).");
                }
                if says_json || guessed {
                    return self.json_body(text);
                }
                text.into_bytes()
            }
            Err(error) => error.into_bytes(),
        };
        if kind.is_none() && !self.untyped {
            let form = "application/x-www-form-urlencoded";
            self.headers.push(("Content-Type".to_owned(), form.to_owned()));
        }
        DraftBody::Raw(data)
    }

    fn json_body(&mut self, text: String) -> DraftBody {
        if text.trim() == "null" {
            self.note("The body null is not sent (it means no body).");
        }
        if self.untyped {
            self.note("The body is sent as application/json.");
        }
        // A call sets it for every JSON body.
        self.headers.retain(|(name, value)| {
            !(name.eq_ignore_ascii_case("content-type") && value.eq_ignore_ascii_case("application/json"))
        });
        let accepts = self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("accept"));
        if self.json && !accepts {
            self.headers.push(("Accept".to_owned(), "application/json".to_owned()));
        }
        DraftBody::Json(text)
    }
}

/// The names in braces of a text.
fn names(text: &str) -> Vec<String> {
    let name = |piece| match piece {
        Piece::Place(name) => Some(name.to_owned()),
        Piece::Text(_) => None,
    };
    pieces(text).into_iter().filter_map(name).collect()
}

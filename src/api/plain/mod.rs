//! Small pages for people who come from outside the console: by a link in a message, back from a partner. They run nothing and
//! load nothing, so that they open on any phone and behind any filter, and they speak the language that the browser asks for.

use std::sync::LazyLock;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// What such a page looks like; the console's colours, which hold their contrast.
const STYLE: &str = include_str!("style.css");

/// The style is the one thing beside text that a page has: its digest lets it in, and nothing else.
static POLICY: LazyLock<HeaderValue> = LazyLock::new(|| {
    let digest = STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    let policy = format!("default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
    HeaderValue::from_str(&policy).unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"))
});

/// The language of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Chinese, which the hub speaks where nobody asks for another.
    Zh,
    /// English.
    En,
}

impl Language {
    /// What the address asks for (`lang=en`), else the first of ours that the browser names.
    pub fn asked(headers: &HeaderMap, query: Option<&str>) -> Language {
        let ours = |tag: &str| match tag.trim().get(..2).map(str::to_ascii_lowercase).as_deref() {
            Some("zh") => Some(Language::Zh),
            Some("en") => Some(Language::En),
            _ => None,
        };
        let pairs = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let said = pairs.filter(|(name, _)| name == "lang").find_map(|(_, value)| ours(&value));
        let named = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        // Browsers name them in the order of their weight.
        said.or_else(|| named.split(',').find_map(ours)).unwrap_or(Language::Zh)
    }

    /// Of the two the one in this language.
    pub fn of<'w>(self, zh: &'w str, en: &'w str) -> &'w str {
        match self {
            Language::Zh => zh,
            Language::En => en,
        }
    }

    /// Its word in definitions.
    pub fn word(self) -> &'static str {
        self.of("zh", "en")
    }
}

/// What a page is about, for its colour and its mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// It asks.
    Asks,
    /// It worked.
    Done,
    /// It did not.
    Not,
}

/// A page before it is sent. `body` is markup: whoever makes it escapes what is not theirs.
pub struct Page<'p> {
    /// Its language.
    pub language: Language,
    /// What it is about.
    pub tone: Tone,
    /// Its heading.
    pub title: &'p str,
    /// What stands below.
    pub body: &'p str,
    /// Whether it is offered in the other language: a page that is the answer to a form cannot be asked for again.
    pub turns: bool,
}

impl Page<'_> {
    /// As an answer that goes nowhere else and is kept by nobody: its address may hold what proves a person.
    pub fn answer(&self, status: StatusCode) -> Response {
        let mut response = (status, Html(self.text())).into_response();
        let headers = response.headers_mut();
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        headers.insert(header::CONTENT_SECURITY_POLICY, POLICY.clone());
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-language"));
        response
    }

    fn text(&self) -> String {
        let title = escaped(self.title);
        let (tag, mark) = (
            self.language.of("zh-CN", "en"),
            match self.tone {
                Tone::Asks => ("asks", "?"),
                Tone::Done => ("done", "✓"),
                Tone::Not => ("not", "!"),
            },
        );
        let turn = match (self.turns, self.language) {
            (false, _) => "",
            (true, Language::Zh) => "<nav><a href=\"?lang=en\" lang=\"en\" hreflang=\"en\">English</a></nav>",
            (true, Language::En) => "<nav><a href=\"?lang=zh\" lang=\"zh-CN\" hreflang=\"zh-CN\">中文</a></nav>",
        };
        format!(
            "<!doctype html><html lang=\"{tag}\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\"><title>{title} · Waybill</title><style>{STYLE}</style><main class=\"{}\"><header><span class=\"mark\" aria-hidden=\"true\">{}</span><h1>{title}</h1></header>{}</main>{turn}</html>",
            mark.0, mark.1, self.body
        )
    }
}

/// Text as it stands in markup.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(named: &str, query: Option<&str>) -> Language {
        let mut headers = HeaderMap::new();
        if !named.is_empty() {
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_str(named).unwrap());
        }
        Language::asked(&headers, query)
    }

    #[test]
    fn the_language_is_the_one_that_is_asked_for() {
        for (named, query, language) in [
            ("", None, Language::Zh),
            ("de-DE,de;q=0.9", None, Language::Zh),
            ("en-US,en;q=0.9,zh;q=0.8", None, Language::En),
            ("de, zh-CN;q=0.7, en;q=0.6", None, Language::Zh),
            ("en", Some("lang=zh"), Language::Zh),
            ("zh", Some("from=chat&lang=en"), Language::En),
            ("en", Some("lang=xx"), Language::En),
            ("é", None, Language::Zh),
        ] {
            if HeaderValue::from_str(named).is_ok() {
                assert_eq!(asked(named, query), language, "{named} {query:?}");
            }
        }
    }

    #[test]
    fn nothing_that_somebody_else_wrote_becomes_markup() {
        let page = Page { language: Language::En, tone: Tone::Not, title: "<b>&\"", body: "", turns: true };
        let text = page.text();
        assert!(text.contains("<title>&lt;b&gt;&amp;&quot; · Waybill</title>") && !text.contains("<b>"), "{text}");
    }

    #[test]
    fn the_policy_lets_in_the_style_and_nothing_else() {
        let page = Page { language: Language::Zh, tone: Tone::Asks, title: "x", body: "", turns: false };
        let text = page.text();
        let style = text.split_once("<style>").and_then(|(_, rest)| rest.split_once("</style>")).expect("a style").0;
        let digest = STANDARD.encode(Sha256::digest(style.as_bytes()));
        let answer = page.answer(StatusCode::OK);
        let policy = answer.headers()[header::CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        assert!(policy.contains(&format!("style-src 'sha256-{digest}';")) && policy.starts_with("default-src 'none';"), "{policy}");
        assert!(!text.contains(" style=") && !text.contains("<script") && !text.contains("src="), "{text}");
    }
}

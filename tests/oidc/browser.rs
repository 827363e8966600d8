//! A browser: cookies by host and port, redirects hop by hop, forms.

use crate::world::World;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use url::Url;

/// Hops of one sign-in; more would be a loop.
const HOPS_MAX: usize = 12;

/// Where a way through the provider ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Left {
    /// At a page of the hub.
    At(String),
    /// At the provider's form.
    AskedForPassword,
}

pub struct Browser {
    hub: String,
    client: reqwest::Client,
    cookies: BTreeMap<(String, String), String>,
}

/// What is typed into the provider's form.
enum Form<'a> {
    Password(&'a str),
    Cancel,
    Nothing,
}

impl Browser {
    pub fn new(world: &World) -> Browser {
        let client = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Browser { hub: world.hub(), client, cookies: BTreeMap::new() }
    }

    /// Signs in at the provider as one of its users.
    pub async fn sign_in(&mut self, login: &str) -> Left {
        self.through(Form::Password(login)).await
    }

    /// Goes to the provider and types nothing.
    pub async fn sign_in_unasked(&mut self) -> Left {
        self.through(Form::Nothing).await
    }

    /// Goes to the provider and presses `Cancel`.
    pub async fn cancel(&mut self) -> Left {
        self.through(Form::Cancel).await
    }

    /// Signs out, here and there.
    pub async fn sign_out(&mut self) -> Left {
        let answer = self.post_here("/api/v1/sign-out", &json!({})).await;
        assert_eq!(answer.status(), 200, "the provider ends sessions of its own");
        let body: Value = read(answer).await;
        self.follow(body["url"].as_str().unwrap(), &Form::Nothing).await
    }

    /// As if the hub's cookie were gone; the provider still knows the browser.
    pub fn forget_hub(&mut self) {
        let hub = origin(&Url::parse(&self.hub).unwrap());
        self.cookies.retain(|(host, _), _| *host != hub);
    }

    pub async fn get(&mut self, path: &str) -> (u16, Value) {
        let answer = self.hop(Method::GET, &Url::parse(&format!("{}{path}", self.hub)).unwrap(), None).await;
        let status = answer.status().as_u16();
        (status, read(answer).await)
    }

    async fn through(&mut self, form: Form<'_>) -> Left {
        let answer = self.post_here("/api/v1/sign-in/providers/company", &json!({"return_to": "/documents"})).await;
        assert_eq!(answer.status(), 200);
        let body = read(answer).await;
        self.follow(body["url"].as_str().unwrap(), &form).await
    }

    async fn follow(&mut self, from: &str, form: &Form<'_>) -> Left {
        let hub = origin(&Url::parse(&self.hub).unwrap());
        let mut url = Url::parse(from).unwrap();
        for _ in 0..HOPS_MAX {
            let mut answer = self.hop(Method::GET, &url, None).await;
            if answer.status() == 200 {
                let page = answer.text().await.unwrap();
                let Some(fields) = self.fill(&page, form, &mut url) else { return Left::AskedForPassword };
                answer = self.hop(Method::POST, &url, Some(fields)).await;
                if answer.status() == 401 {
                    return Left::AskedForPassword;
                }
            }
            let led = answer.headers().get("location").unwrap_or_else(|| panic!("{url}: {}", answer.status())).to_str().unwrap();
            let next = url.join(led).unwrap();
            let page = origin(&next) == hub && !next.path().starts_with("/api/");
            if page {
                let hash = next.fragment().map(|hash| format!("#{hash}")).unwrap_or_default();
                return Left::At(format!("{}{hash}", next.path()));
            }
            url = next;
        }
        panic!("the way through the provider does not end");
    }

    /// What the page's form is sent with, and where to; none when there is nothing to type.
    fn fill(&self, page: &str, form: &Form<'_>, url: &mut Url) -> Option<Vec<(String, String)>> {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        if page.contains("id=\"login\"") {
            return match form {
                Form::Password(login) => Some(vec![pair("login", login), pair("password", &format!("{login}-Passw0rd-1"))]),
                Form::Cancel => Some(vec![pair("cancel", "1")]),
                Form::Nothing => None,
            };
        }
        // The page that ends the session there sends itself.
        let between = |begin: &str, end: &str| page.split(begin).nth(1)?.split(end).next().map(str::to_owned);
        *url = url.join(&between("action=\"", "\"")?).unwrap();
        Some(vec![pair("xsrf", &between("name=\"xsrf\" value=\"", "\"")?), pair("logout", "yes")])
    }

    async fn post_here(&mut self, path: &str, body: &Value) -> Response {
        let url = Url::parse(&format!("{}{path}", self.hub)).unwrap();
        let request = self.client.post(url.clone()).header("cookie", self.cookie(&url)).header("origin", &self.hub);
        let answer = request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap();
        self.keep(&url, &answer);
        answer
    }

    async fn hop(&mut self, method: Method, url: &Url, form: Option<Vec<(String, String)>>) -> Response {
        let mut request = self.client.request(method, url.clone()).header("cookie", self.cookie(url)).header("accept", "text/html,*/*");
        if let Some(fields) = form {
            let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        }
        let answer = request.send().await.unwrap();
        self.keep(url, &answer);
        answer
    }

    fn cookie(&self, url: &Url) -> String {
        let here = origin(url);
        let ours = self.cookies.iter().filter(|((host, _), _)| *host == here);
        ours.map(|((_, name), value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    fn keep(&mut self, url: &Url, answer: &Response) {
        for header in answer.headers().get_all("set-cookie") {
            let text = header.to_str().unwrap();
            let (name, value) = text.split(';').next().unwrap().split_once('=').unwrap();
            let key = (origin(url), name.to_owned());
            self.cookies.remove(&key);
            if !value.is_empty() {
                self.cookies.insert(key, value.to_owned());
            }
        }
    }
}

/// Browsers keep cookies by host; these two live on one host, so here it is by port too.
fn origin(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default())
}

async fn read(answer: Response) -> Value {
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

//! Requests that go wrong, with a secret wherever a client may have put it: what the hub answers to them.

use crate::needles::Place;
use crate::world::{OA, PASSWORD, PUBLIC, World};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

impl World {
    /// A request as the API wants it; without a caller.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        // A page of the hub asks, as a browser says.
        self.client.request(method, self.hub.url(path)).header("content-type", "application/json").header("origin", PUBLIC)
    }

    /// What is answered, whole, and what it was asked by.
    pub async fn page(&self, name: &str, request: RequestBuilder) -> (u16, Place) {
        let answer = request.send().await.expect("the hub answers");
        let (status, headers) = (answer.status().as_u16(), format!("{:?}", answer.headers()));
        let text = answer.text().await.unwrap_or_default();
        (status, Place::new(format!("{name} ({status})"), format!("{headers}\n{text}")))
    }

    /// Pages of errors; `session` is a cookie that is good, `hook` a path of a webhook.
    pub async fn refusals(&self, session: &str, service_token: &str, hook: &str) -> Vec<Place> {
        let (get, post, put) = (Method::GET, Method::POST, Method::PUT);
        let known = crate::support::hub::TOKEN;
        let sign_in = |body: Value| self.request(post.clone(), "/api/v1/sign-in").body(body.to_string());
        let keep = |body: Value| self.request(put.clone(), "/api/v1/secrets/oa_key").bearer_auth(known).body(body.to_string());
        let to_hook = |path: &str| self.request(post.clone(), path).header("webhook-id", "m-1").header("webhook-timestamp", "1");
        let webhook_secret = crate::support::hub::secret("erp");
        let long = PASSWORD.repeat(1_000);
        let asked: Vec<(&str, RequestBuilder)> = vec![
            ("nobody's token", self.request(get.clone(), "/api/v1/documents").bearer_auth(PASSWORD)),
            ("a log-in where a token goes", self.request(get.clone(), "/api/v1/documents").basic_auth("ana", Some(PASSWORD))),
            ("a token in an address that is none", self.request(get.clone(), &format!("/api/v1/nowhere?token={known}"))),
            ("a token as a path", self.request(get.clone(), &format!("/api/v1/{service_token}")).bearer_auth(known)),
            ("a token as an id", self.request(get.clone(), &format!("/api/v1/documents/{service_token}")).bearer_auth(known)),
            (
                "a page that is none",
                self.client.get(self.hub.url(&format!("/assets/nowhere.js?session={session}"))).header("accept", "text/html"),
            ),
            ("a method that is none", self.request(Method::PATCH, "/api/v1/documents").bearer_auth(known).body(PASSWORD)),
            (
                "a body of another kind",
                self.client.post(self.hub.url("/api/v1/sign-in")).header("content-type", "text/plain").body(PASSWORD),
            ),
            ("a password that is too long", sign_in(json!({"name": "ana", "password": long}))),
            ("a wrong password", sign_in(json!({"name": "ana", "password": format!("{PASSWORD}0")}))),
            ("a password for a name", sign_in(json!({"name": PASSWORD, "password": "something else altogether"}))),
            ("a password that is a list", sign_in(json!({"name": "ana", "password": [PASSWORD]}))),
            ("a password for a number", sign_in(json!({"name": "ana", "password": PASSWORD, "tenant": PASSWORD}))),
            ("half a body", self.request(post.clone(), "/api/v1/sign-in").body(format!("{{\"name\":\"ana\",\"password\":\"{PASSWORD}\""))),
            (
                "a session of another page",
                self.request(post.clone(), "/api/v1/me/password")
                    .header("origin", "https://evil.example")
                    .header("cookie", session)
                    .body(json!({"current": PASSWORD, "new": PASSWORD}).to_string()),
            ),
            ("a session that is over", self.request(get.clone(), "/api/v1/me").header("cookie", format!("{session}0"))),
            ("a secret without what was seen", keep(json!({"value": OA}))),
            ("a secret that is a list", keep(json!({"value": [OA]})).header("if-none-match", "*")),
            ("a secret under another name", keep(json!({"valu": OA})).header("if-none-match", "*")),
            ("a secret for a time", keep(json!({"value": OA, "expires_at": OA})).header("if-none-match", "*")),
            ("a secret that is there", keep(json!({"value": OA})).header("if-none-match", "*")),
            ("a webhook of nobody", to_hook("/hooks/nowhere").body(webhook_secret.clone())),
            (
                "a webhook that is forged",
                to_hook(hook).header("webhook-signature", webhook_secret.clone()).body(json!({"secret": webhook_secret}).to_string()),
            ),
            ("a webhook that is no JSON", to_hook(hook).body(webhook_secret.clone())),
            ("a link that nobody signed", self.client.get(self.hub.url(&format!("/decide/{service_token}.{service_token}")))),
            ("a code of an app", self.request(post.clone(), "/api/v1/sign-in/apps/dingtalk").body(json!({"code": CODE}).to_string())),
            (
                "a code that is none",
                self.request(post.clone(), "/api/v1/sign-in/apps/dingtalk").body(json!({"code": {"is": CODE}}).to_string()),
            ),
            (
                "a link that is over",
                self.request(post.clone(), "/api/v1/sign-in/link")
                    .body(json!({"link": format!("1.{CODE}"), "password": PASSWORD}).to_string()),
            ),
        ];
        let mut pages = Vec::new();
        for (name, request) in asked {
            let (status, page) = self.page(name, request).await;
            assert!(status >= 300 && status != 500, "{}: {}", page.name, page.text);
            pages.push(page);
        }
        pages
    }
}

/// A code that an app gave a page of its own.
pub const CODE: &str = "canary-code-of-an-app-5513";

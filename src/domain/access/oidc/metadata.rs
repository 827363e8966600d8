//! What a provider says of itself (OpenID Connect Discovery 1.0).

use serde_json::Value as Json;
use url::Url;

/// What a provider says of itself, as far as it is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    /// Where people are sent.
    pub authorization: Url,
    /// Where codes become tokens.
    pub token: Url,
    /// Where its keys are.
    pub keys: Url,
    /// Where people are sent to end their session there, where it has such a place.
    pub end_session: Option<Url>,
    /// Whether it takes the client's secret as basic authentication.
    pub basic: bool,
    /// Whether it always says who it is when it sends people back (RFC 9207).
    pub says_issuer: bool,
}

/// Why what a provider says of itself cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is for another issuer: whoever answers here is not who is meant.
    #[error("it says to be `{0}`")]
    Issuer(String),
    /// An address is missing or none.
    #[error("`{0}` is missing or no address that may be used")]
    Address(&'static str),
}

impl Metadata {
    /// Where a provider says it, below its issuer.
    pub fn place(issuer: &str) -> String {
        format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'))
    }

    /// Reads it. The issuer must be the very text that is configured, and nothing leads from TLS to without.
    ///
    /// # Errors
    /// When it cannot be used.
    pub fn read(said: &Json, issuer: &str) -> Result<Metadata, Error> {
        match said["issuer"].as_str() {
            Some(says) if says == issuer => {}
            says => return Err(Error::Issuer(says.unwrap_or_default().chars().take(200).collect())),
        }
        let plain = issuer.starts_with("http:");
        let address = |name: &'static str| {
            let url = said[name].as_str().and_then(|text| Url::parse(text).ok());
            let fits = |url: &Url| url.has_host() && (url.scheme() == "https" || (plain && url.scheme() == "http"));
            url.filter(fits).ok_or(Error::Address(name))
        };
        // Left out, it is `client_secret_basic` alone.
        let basic = said["token_endpoint_auth_methods_supported"].as_array();
        Ok(Metadata {
            authorization: address("authorization_endpoint")?,
            token: address("token_endpoint")?,
            keys: address("jwks_uri")?,
            end_session: address("end_session_endpoint").ok(),
            basic: basic.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic")),
            says_issuer: said["authorization_response_iss_parameter_supported"] == true,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_the_issuer_that_is_meant_and_addresses_over_tls_are_taken() {
        let issuer = "https://login.example";
        let said = |issuer: &str, token: &str| {
            json!({"issuer": issuer, "authorization_endpoint": "https://login.example/auth", "token_endpoint": token,
                "jwks_uri": "https://keys.example/jwks", "token_endpoint_auth_methods_supported": ["client_secret_post"]})
        };
        let read = Metadata::read(&said(issuer, "https://login.example/token"), issuer).unwrap();
        assert_eq!((read.keys.as_str(), read.basic, read.end_session), ("https://keys.example/jwks", false, None));
        let other = "https://login.example/".to_owned();
        assert_eq!(Metadata::read(&said(&other, "https://login.example/token"), issuer), Err(Error::Issuer(other)));
        for wrong in ["http://login.example/token", "/token", "file:///etc/passwd"] {
            assert_eq!(Metadata::read(&said(issuer, wrong), issuer), Err(Error::Address("token_endpoint")), "{wrong}");
        }
        assert_eq!(Metadata::place("https://login.example/realm/"), "https://login.example/realm/.well-known/openid-configuration");
    }
}

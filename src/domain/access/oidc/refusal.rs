//! Why nobody is let in by what a provider says. Each has a word of its own, which the audit and the metrics tell.

/// Why what came back from a provider lets nobody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, thiserror::Error)]
pub enum Refusal {
    /// The text is no signed token in compact form.
    #[error("the id token cannot be read")]
    Malformed,
    /// It is signed by an algorithm that is not taken, or not signed at all.
    #[error("the id token is signed by an algorithm that is not taken, or not at all")]
    Algorithm,
    /// No key of the provider has the token's key id and fits its algorithm.
    #[error("the provider publishes no key that fits the id token")]
    Key,
    /// The signature is not that of the key.
    #[error("the signature of the id token does not hold")]
    Signature,
    /// Another issuer made it.
    #[error("the id token is of another issuer")]
    Issuer,
    /// It is for another client.
    #[error("the id token is for another client")]
    Audience,
    /// It was made for another party than this client.
    #[error("the id token was made for another party")]
    Party,
    /// Its time is over, or it says none.
    #[error("the time of the id token is over")]
    Expired,
    /// Its time has not come, or it does not say when it was made.
    #[error("the id token is of the future")]
    Early,
    /// It has no nonce.
    #[error("the id token has no nonce")]
    NonceMissing,
    /// Its nonce is not the one that was sent.
    #[error("the nonce of the id token is not the one that was sent")]
    Nonce,
    /// It goes with another access token.
    #[error("the id token goes with another access token")]
    AccessToken,
    /// It names nobody.
    #[error("the id token names nobody")]
    Subject,
    /// The claim that the name is taken from is not there, or is no name.
    #[error("the id token has no claim that is a name here")]
    Name,
}

impl Refusal {
    /// All of them.
    pub const ALL: [Refusal; 14] = [
        Refusal::Malformed,
        Refusal::Algorithm,
        Refusal::Key,
        Refusal::Signature,
        Refusal::Issuer,
        Refusal::Audience,
        Refusal::Party,
        Refusal::Expired,
        Refusal::Early,
        Refusal::NonceMissing,
        Refusal::Nonce,
        Refusal::AccessToken,
        Refusal::Subject,
        Refusal::Name,
    ];

    /// The word in the audit and the metrics.
    pub fn word(self) -> &'static str {
        match self {
            Refusal::Malformed => "malformed_token",
            Refusal::Algorithm => "wrong_algorithm",
            Refusal::Key => "unknown_key",
            Refusal::Signature => "wrong_signature",
            Refusal::Issuer => "wrong_issuer",
            Refusal::Audience => "wrong_audience",
            Refusal::Party => "wrong_party",
            Refusal::Expired => "expired",
            Refusal::Early => "not_yet_valid",
            Refusal::NonceMissing => "missing_nonce",
            Refusal::Nonce => "wrong_nonce",
            Refusal::AccessToken => "wrong_access_token",
            Refusal::Subject => "no_subject",
            Refusal::Name => "no_name",
        }
    }

    /// Whether newer keys of the provider could change it.
    pub fn may_be_rotation(self) -> bool {
        matches!(self, Refusal::Key | Refusal::Signature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_has_a_word_of_its_own() {
        let words: std::collections::BTreeSet<_> = Refusal::ALL.iter().map(|refusal| refusal.word()).collect();
        assert_eq!(words.len(), Refusal::ALL.len());
    }
}

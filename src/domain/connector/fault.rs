//! SOAP faults: what they mean where no rule of the connector says so.
//!
//! They come with status 500, which says nothing. Who is at fault does: the sender's mistakes were refused before anything
//! was done; a server's may have come halfway.

use super::class::Class;
use super::operation::Effect;
use super::reply::Reply;
use super::rule::shorten;
use crate::domain::flow::effect::Cause;
use crate::domain::value::Value;

/// A fault, read.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fault {
    pub class: Class,
    pub cause: Option<Cause>,
    pub message: String,
    pub code: Option<String>,
}

/// The fault in an answer, if it is one.
pub(super) fn read(reply: &Reply, effect: Effect) -> Option<Fault> {
    let fault = reply.body.member("Envelope").member("Body").member("Fault");
    if fault.is_unset() {
        return None;
    }
    let text = |value: &Value| match value {
        Value::Text(text) => Some(text.trim().to_owned()),
        // An attribute such as `xml:lang` beside the text; several languages are a list.
        Value::List(items) => {
            items.first().and_then(|first| first.as_text().or_else(|| first.member("#text").as_text())).map(str::to_owned)
        }
        other => other.member("#text").as_text().map(|text| text.trim().to_owned()),
    };
    let code = text(fault.member("faultcode")).or_else(|| text(fault.member("Code").member("Value")));
    let words = text(fault.member("faultstring")).or_else(|| text(fault.member("Reason").member("Text")));
    let local = code.as_deref().map(|code| code.rsplit(':').next().unwrap_or(code)).unwrap_or_default();
    let (class, cause) = match local.split('.').next().unwrap_or(local) {
        "Client" | "Sender" => (Class::Refused, None),
        "VersionMismatch" | "MustUnderstand" | "DataEncodingUnknown" => (Class::Refused, Some(Cause::RuleMissing)),
        _ => (Class::Unknown.of(effect), None),
    };
    let message = words.filter(|words| !words.is_empty()).unwrap_or_else(|| "a SOAP fault".to_owned());
    Some(Fault { class, cause: cause.or(class.cause()), message: shorten(&message), code })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn fault(body: &str, effect: Effect) -> Option<(Class, String, Option<String>)> {
        let reply = Reply::new(500, &[("content-type".into(), "text/xml".into())], body.as_bytes(), Timestamp::UNIX_EPOCH);
        read(&reply, effect).map(|fault| (fault.class, fault.message, fault.code))
    }

    #[test]
    fn faults_are_classified_by_who_is_at_fault() {
        let old = |code: &str| {
            format!(
                "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><s:Fault><faultcode>{code}</faultcode><faultstring> no such order </faultstring></s:Fault></s:Body></s:Envelope>"
            )
        };
        let new = "<e:Envelope xmlns:e='http://www.w3.org/2003/05/soap-envelope'><e:Body><e:Fault><e:Code><e:Value>e:Sender</e:Value></e:Code><e:Reason><e:Text xml:lang='en'>no such order</e:Text></e:Reason></e:Fault></e:Body></e:Envelope>";
        for (body, effect, class, code) in [
            (old("s:Client"), Effect::Write, Class::Refused, "s:Client"),
            (old("Client.Authentication"), Effect::Write, Class::Refused, "Client.Authentication"),
            (old("soap:Server"), Effect::Write, Class::Unknown, "soap:Server"),
            (old("soap:Server"), Effect::Read, Class::Retryable, "soap:Server"),
            (old("MustUnderstand"), Effect::Read, Class::Refused, "MustUnderstand"),
            (old("Weird"), Effect::Write, Class::Unknown, "Weird"),
            (new.to_owned(), Effect::Write, Class::Refused, "e:Sender"),
        ] {
            assert_eq!(fault(&body, effect), Some((class, "no such order".to_owned(), Some(code.to_owned()))), "{code}");
        }
        assert_eq!(fault("<s:Envelope xmlns:s='x'><s:Body><ok/></s:Body></s:Envelope>", Effect::Write), None);
        assert_eq!(fault("not xml", Effect::Write), None);
    }
}

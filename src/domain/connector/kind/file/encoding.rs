//! How text stands in a file: UTF-8, or what systems in China wrote before it. What has no place in an encoding is an error and
//! never a question mark: a name that is half lost books to somebody else.

use crate::domain::text::shape::{Field, Shape};
use encoding_rs::{DecoderResult, Encoding, GB18030, GBK};
use serde_json::Value as Json;
use std::borrow::Cow;

/// The words there are.
const WORDS: &[&str] = &["utf-8", "gbk", "gb18030"];

/// `encoding:` of a file that is read.
pub(super) const READ: Field = Field::optional(
    "encoding",
    Shape::Word(WORDS),
    "How its text is written; utf-8. A file that begins with the mark of UTF-8 is read as that.",
);
/// `encoding:` of a file that is written.
pub(super) const WRITTEN: Field = Field::optional("encoding", Shape::Word(WORDS), "How its text is written; utf-8.");

const MARK: &[u8] = b"\xef\xbb\xbf";

fn of(word: &str) -> Option<&'static Encoding> {
    match word {
        "gbk" => Some(GBK),
        "gb18030" => Some(GB18030),
        _ => None,
    }
}

/// The text of a file, without the mark that some systems put at its beginning; `how` is the job's `as`.
///
/// # Errors
/// The line that is not written so.
pub(super) fn decode<'b>(bytes: &'b [u8], how: &Json) -> Result<Cow<'b, str>, String> {
    let word = how["encoding"].as_str().unwrap_or("utf-8");
    match of(word) {
        Some(_) if !bytes.starts_with(MARK) => older(bytes, word),
        _ => utf8(bytes, word).map(Cow::Borrowed),
    }
}

fn utf8<'b>(bytes: &'b [u8], word: &str) -> Result<&'b str, String> {
    let bytes = bytes.strip_prefix(MARK).unwrap_or(bytes);
    let wrong = |error: std::str::Utf8Error| {
        let hint = if word == "utf-8" { "have the sender write UTF-8, or say `encoding: gbk`" } else { "though its mark says so" };
        format!("line {} is not UTF-8; {hint}", line_at(bytes, error.valid_up_to()))
    };
    std::str::from_utf8(bytes).map_err(wrong)
}

/// GBK is read as GB18030, which has all of it: systems that say the one often write the other.
fn older<'b>(bytes: &[u8], word: &str) -> Result<Cow<'b, str>, String> {
    let mut decoder = GB18030.new_decoder_without_bom_handling();
    let room = decoder.max_utf8_buffer_length_without_replacement(bytes.len()).ok_or("it is too large")?;
    let mut text = String::with_capacity(room);
    match decoder.decode_to_string_without_replacement(bytes, &mut text, true) {
        (DecoderResult::InputEmpty, _) => Ok(Cow::Owned(text)),
        (_, read) => Err(format!("line {} is not {}; is it UTF-8?", line_at(bytes, read), word.to_uppercase())),
    }
}

fn line_at(bytes: &[u8], end: usize) -> usize {
    bytes[..end.min(bytes.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

/// The bytes of a text.
///
/// # Errors
/// The letter that cannot be written so.
pub fn encode(text: String, word: &str) -> Result<Vec<u8>, String> {
    let Some(encoding) = of(word) else { return Ok(text.into_bytes()) };
    let (bytes, _, lossy) = encoding.encode(&text);
    if !lossy {
        return Ok(bytes.into_owned());
    }
    let is_lost = |letter: &char| encoding.encode(letter.encode_utf8(&mut [0; 4])).2;
    let line = text.chars().take_while(|letter| !is_lost(letter)).filter(|letter| *letter == '\n').count() + 1;
    Err(format!("line {line} has a letter that {} does not have; `gb18030` has all of them", word.to_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// 华东钢铁, by the tables of the standard.
    const STEEL: &[u8] = b"\xbb\xaa\xb6\xab\xb8\xd6\xcc\xfa";

    #[test]
    fn text_is_read_as_it_is_said_to_be_written() {
        for (word, bytes, expected) in [
            ("gbk", [b"a,".as_slice(), STEEL, b"\n"].concat(), Ok("a,华东钢铁\n")),
            ("gb18030", STEEL.to_vec(), Ok("华东钢铁")),
            // The euro sign of GBK, and a letter beyond it.
            ("gbk", b"\x80".to_vec(), Ok("€")),
            ("gb18030", b"\x95\x32\x82\x36".to_vec(), Ok("𠀀")),
            ("gbk", "\u{feff}华东".as_bytes().to_vec(), Ok("华东")),
            ("utf-8", "\u{feff}华东".as_bytes().to_vec(), Ok("华东")),
            (
                "utf-8",
                [b"a\nb,".as_slice(), STEEL].concat(),
                Err("line 2 is not UTF-8; have the sender write UTF-8, or say `encoding: gbk`"),
            ),
            ("gbk", b"a\nb\n\xff".to_vec(), Err("line 3 is not GBK; is it UTF-8?")),
            // Broken off in the middle of a letter.
            ("gbk", b"a\n\xbb".to_vec(), Err("line 2 is not GBK; is it UTF-8?")),
        ] {
            let found = decode(&bytes, &json!({"encoding": word}));
            assert_eq!(found.as_deref().map_err(String::as_str), expected, "{word} {bytes:x?}");
        }
    }

    #[test]
    fn text_is_written_whole_or_not_at_all() {
        assert_eq!(encode("华东钢铁".to_owned(), "gbk"), Ok(STEEL.to_vec()));
        assert_eq!(encode("华东".to_owned(), "utf-8"), Ok("华东".as_bytes().to_vec()));
        assert_eq!(encode("𠀀".to_owned(), "gb18030"), Ok(b"\x95\x32\x82\x36".to_vec()));
        let lost = encode("a\n𠀀\n".to_owned(), "gbk").unwrap_err();
        assert_eq!(lost, "line 2 has a letter that GBK does not have; `gb18030` has all of them");
    }
}

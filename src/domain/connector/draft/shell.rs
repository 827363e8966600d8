//! Words of a command line as a POSIX shell splits them, as far as copied commands need it: quotes, escapes, line ends.

use super::DraftError;

/// Words of one command; expansions are not done, and said to be missing where they would matter.
pub(super) fn words(line: &str) -> Result<Vec<String>, DraftError> {
    let (mut words, mut word, mut letters) = (Vec::new(), None::<String>, line.chars().peekable());
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => {
                let word = word.get_or_insert_default();
                quoted(&mut letters, '\'', |letter| word.push(letter))?;
            }
            '"' => {
                let word = word.get_or_insert_default();
                double(&mut letters, word)?;
            }
            // `$'…'`, as browsers copy bodies with line ends.
            '$' if letters.peek() == Some(&'\'') => {
                letters.next();
                ansi(&mut letters, word.get_or_insert_default())?;
            }
            '\\' => match letters.next() {
                Some('\n') | None => {}
                Some('\r') => drop(letters.next_if_eq(&'\n')),
                Some(other) => word.get_or_insert_default().push(other),
            },
            letter if letter.is_whitespace() => words.extend(word.take()),
            letter => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    Ok(words)
}

/// The commands of a text: one begins where a line begins with `curl`.
pub(super) fn commands(text: &str) -> Vec<String> {
    let mut commands: Vec<String> = Vec::new();
    for line in text.lines() {
        let begins = line.trim_start().trim_start_matches("$ ").trim_start();
        if begins == "curl" || begins.starts_with("curl ") || begins.starts_with("curl\t") {
            commands.push(begins.to_owned());
        } else if let Some(command) = commands.last_mut() {
            command.push('\n');
            command.push_str(line);
        }
    }
    commands
}

type Letters<'a> = std::iter::Peekable<std::str::Chars<'a>>;

fn open(quote: char) -> DraftError {
    DraftError::new(format!("a quote `{quote}` is not closed"), "copy the whole command, all of its lines")
}

fn quoted(letters: &mut Letters<'_>, end: char, mut take: impl FnMut(char)) -> Result<(), DraftError> {
    for letter in letters {
        if letter == end {
            return Ok(());
        }
        take(letter);
    }
    Err(open(end))
}

fn double(letters: &mut Letters<'_>, word: &mut String) -> Result<(), DraftError> {
    while let Some(letter) = letters.next() {
        match letter {
            '"' => return Ok(()),
            '\\' => match letters.next() {
                Some('\n') => {}
                Some(other @ ('"' | '\\' | '$' | '`')) => word.push(other),
                Some(other) => word.extend(['\\', other]),
                None => return Err(open('"')),
            },
            other => word.push(other),
        }
    }
    Err(open('"'))
}

fn ansi(letters: &mut Letters<'_>, word: &mut String) -> Result<(), DraftError> {
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => return Ok(()),
            '\\' => match letters.next() {
                Some('n') => word.push('\n'),
                Some('r') => word.push('\r'),
                Some('t') => word.push('\t'),
                Some('u') => {
                    let digits: String = letters.by_ref().take(4).collect();
                    word.extend(u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32));
                }
                Some(other) => word.push(other),
                None => return Err(open('\'')),
            },
            other => word.push(other),
        }
    }
    Err(open('\''))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_a_shell() {
        let table: &[(&str, &[&str])] = &[
            ("curl -X POST 'https://a/b?c=1&d=2'", &["curl", "-X", "POST", "https://a/b?c=1&d=2"]),
            ("curl \\\n  -d '{\"a\": \"it'\\''s\"}'", &["curl", "-d", "{\"a\": \"it's\"}"]),
            (r#"-H "A: \"b\" \n""#, &["-H", r#"A: "b" \n"#]),
            (r"-d $'a\nb\u0041'", &["-d", "a\nbA"]),
            ("a''b \"\"", &["ab", ""]),
        ];
        for (line, wanted) in table {
            assert_eq!(words(line).unwrap(), *wanted, "{line}");
        }
        assert!(words("curl 'x").is_err() && words("curl \"x").is_err());
    }

    #[test]
    fn a_text_may_hold_several_commands() {
        let text = "# get it\ncurl https://a/1\n\n$ curl -d x \\\n  https://a/2\n";
        let found = commands(text);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(words(&found[1]).unwrap(), ["curl", "-d", "x", "https://a/2"]);
    }
}

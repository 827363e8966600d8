//! Questions to a person at a terminal, with what is meant where nothing is typed.

use std::io::{BufRead, Write};

use super::super::exit::Exit;

/// Asks on standard error, so that what a command says can still be piped.
pub struct Asker<R: BufRead, W: Write> {
    input: R,
    screen: W,
}

/// How often a question is asked again before it is given up.
const TRIES: usize = 5;

impl<R: BufRead, W: Write> Asker<R, W> {
    /// Asks through these.
    pub fn new(input: R, screen: W) -> Asker<R, W> {
        Asker { input, screen }
    }

    /// Says something.
    pub fn say(&mut self, words: &str) -> anyhow::Result<()> {
        Ok(writeln!(self.screen, "{words}")?)
    }

    /// A text; `meant` where nothing is typed. It is asked again until `wrong` has nothing to say.
    pub fn text(&mut self, question: &str, meant: &str, wrong: impl Fn(&str) -> Option<String>) -> anyhow::Result<String> {
        for _ in 0..TRIES {
            let shown = if meant.is_empty() { String::new() } else { format!(" [{meant}]") };
            write!(self.screen, "{question}{shown}: ")?;
            self.screen.flush()?;
            let mut line = String::new();
            if self.input.read_line(&mut line)? == 0 {
                return Err(Exit::usage(format!("`{question}` was not answered")).hint("give it as an option; `--help` lists them").into());
            }
            let typed = line.trim();
            let answer = if typed.is_empty() { meant } else { typed };
            match wrong(answer) {
                None => return Ok(answer.to_owned()),
                Some(words) => writeln!(self.screen, "  {words}")?,
            }
        }
        Err(Exit::usage(format!("`{question}` was not answered in {TRIES} tries")).into())
    }

    /// One of several words, each with what it means.
    pub fn word(&mut self, question: &str, words: &[(&str, &str)], meant: &str) -> anyhow::Result<String> {
        self.say(&format!("{question}:"))?;
        for (word, meaning) in words {
            self.say(&format!("  {word:<20} {meaning}"))?;
        }
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        self.text("which", meant, |answer| (!known.contains(&answer)).then(|| format!("one of: {}", known.join(", "))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_asked_again_and_has_an_end() {
        let mut screen = Vec::new();
        let mut asker = Asker::new(&b"red\nblue\n"[..], &mut screen);
        assert_eq!(asker.word("colour", &[("blue", "like the sky")], "blue").unwrap(), "blue");
        assert!(asker.text("more", "", |_| None).is_err());
        let shown = String::from_utf8(screen).unwrap();
        assert!(shown.contains("one of: blue") && shown.contains("like the sky"), "{shown}");
        let mut nothing = Asker::new(&b"\n"[..], Vec::new());
        assert_eq!(nothing.text("title", "CRM", |_| None).unwrap(), "CRM");
    }
}

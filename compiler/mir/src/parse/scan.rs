//! The reader's eye: words, numbers, quoted text. Blanks and `//` comments count for nothing.

pub struct Scan<'a> {
    text: &'a str,
    at: usize,
    last_end: usize,
}

impl<'a> Scan<'a> {
    pub fn new(text: &'a str) -> Scan<'a> {
        let mut scan = Scan { text, at: 0, last_end: 0 };
        scan.skip_blanks();
        scan
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }
    fn skip_blanks(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start();
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with("//") {
                return;
            }
            self.at += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }
    fn take(&mut self, len: usize) -> &'a str {
        let taken = &self.rest()[..len];
        self.at += len;
        self.last_end = self.at;
        self.skip_blanks();
        taken
    }

    pub fn at_end(&self) -> bool {
        self.rest().is_empty()
    }
    /// Where the next token begins.
    pub fn start(&self) -> usize {
        self.at
    }
    /// Where the last token ended.
    pub fn last_end(&self) -> usize {
        self.last_end
    }
    pub fn mark(&self) -> usize {
        self.at
    }
    pub fn reset(&mut self, mark: usize) {
        self.at = mark;
    }
    pub fn line(&self) -> usize {
        self.text[..self.at].matches('\n').count() + 1
    }
    pub fn peek_line(&self) -> &'a str {
        self.rest().lines().next().unwrap_or("")
    }
    pub fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Takes this text; a word only if it is the whole word.
    pub fn eat(&mut self, text: &str) -> bool {
        if text.chars().all(is_word) {
            return self.eat_word(text);
        }
        let found = self.rest().starts_with(text);
        if found {
            self.take(text.len());
        }
        found
    }
    pub fn eat_word(&mut self, word: &str) -> bool {
        let found = self.peek_word() == Some(word);
        if found {
            self.take(word.len());
        }
        found
    }
    fn peek_word(&self) -> Option<&'a str> {
        let rest = self.rest();
        let len = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        (len > 0).then(|| &rest[..len])
    }
    pub fn word(&mut self) -> Option<&'a str> {
        let word = self.peek_word()?;
        Some(self.take(word.len()))
    }

    /// `m.f`, `m.f#2`, `T#0`, or anything in backquotes.
    pub fn path(&mut self) -> Option<&'a str> {
        if self.rest().starts_with('`') {
            let len = self.rest()[1..].find('`')?;
            return Some(self.take(len + 2)).map(|quoted| &quoted[1..quoted.len() - 1]);
        }
        let rest = self.rest();
        let len = rest.find(|c| !is_word(c) && c != '.' && c != '#').unwrap_or(rest.len());
        (len > 0).then(|| self.take(len))
    }

    /// Decimal or, after `0x`, hexadecimal digits.
    pub fn number(&mut self) -> Option<u128> {
        let rest = self.rest();
        if let Some(hex) = rest.strip_prefix("0x") {
            let len = hex.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(hex.len());
            let number = u128::from_str_radix(&hex[..len], 16).ok()?;
            self.take(len + 2);
            return Some(number);
        }
        let len = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number = rest[..len].parse().ok()?;
        self.take(len);
        Some(number)
    }

    /// Up to (not with) the first character that is none of a number's with its suffix: `-1.5e-3_f64`.
    pub fn numeral(&mut self) -> &'a str {
        let rest = self.rest();
        let mut last = ' ';
        let len = rest
            .find(|c: char| {
                let part = is_word(c) || c == '.' || (matches!(c, '-' | '+') && matches!(last, ' ' | 'e'));
                last = c;
                !part
            })
            .unwrap_or(rest.len());
        self.take(len)
    }

    /// Text between quotes, with Rust's escapes resolved.
    pub fn quoted(&mut self, quote: char) -> Option<String> {
        let mut chars = self.rest().char_indices();
        if chars.next()?.1 != quote {
            return None;
        }
        let mut out = String::new();
        loop {
            let (at, c) = chars.next()?;
            match c {
                '\\' => match chars.next()?.1 {
                    'n' => out.push('\n'),
                    'r' => out.push('\r'),
                    't' => out.push('\t'),
                    '0' => out.push('\0'),
                    'u' => {
                        let mut code = 0;
                        loop {
                            match chars.next()?.1 {
                                '{' => {}
                                '}' => break,
                                digit => code = code * 16 + digit.to_digit(16)?,
                            }
                        }
                        out.push(char::from_u32(code)?);
                    }
                    other => out.push(other),
                },
                _ if c == quote => {
                    self.take(at + 1);
                    return Some(out);
                }
                _ => out.push(c),
            }
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

//! Reads an expression for what it names, before minijinja ever evaluates it.
//!
//! minijinja finds a wrong name only when it stumbles over one, and lets an undefined value through
//! comparisons; so names, filters and tests are checked here, at load (C-12).

/// A value that an expression refers to, such as `user.claims['https://acme.com/groups']`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    pub path: Vec<String>,
    /// `default` or `is defined` stands behind it: it may be missing.
    pub guarded: bool,
}

/// What an expression refers to and calls.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    pub references: Vec<Reference>,
    pub filters: Vec<String>,
    pub tests: Vec<String>,
    /// One reference is all that there is.
    pub alone: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Number(String),
    Sign(char),
}

const KEYWORDS: [&str; 13] = [
    "true", "false", "none", "True", "False", "None", "and", "or", "not", "in", "is", "if", "else",
];

/// Reads `source`, or says what Usher's expressions do not have.
pub fn mentions(source: &str) -> Result<Mentions, &'static str> {
    let tokens = tokens(source)?;
    let mut found = Mentions::default();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            Token::Sign('|') => {
                at = word(
                    &tokens,
                    at + 1,
                    &mut found.filters,
                    "a filter's name must follow |",
                )?;
            }
            Token::Word(is) if is == "is" => {
                let not = matches!(tokens.get(at + 1), Some(Token::Word(not)) if not == "not");
                at = word(
                    &tokens,
                    at + 1 + usize::from(not),
                    &mut found.tests,
                    "a test's name must follow is",
                )?;
            }
            Token::Word(name) if !KEYWORDS.contains(&name.as_str()) => {
                let (reference, next) = reference(&tokens, at)?;
                found.alone = at == 0 && next == tokens.len();
                found.references.push(reference);
                at = next;
            }
            Token::Sign(')' | ']' | '}') | Token::Text(_)
                if matches!(tokens.get(at + 1), Some(Token::Sign('.' | '[' | '('))) =>
            {
                return Err("a part can be taken only of a name, such as user.claims.team");
            }
            _ => at += 1,
        }
    }
    Ok(found)
}

/// Takes the word at `at` into `words`, and a dot or bracket behind it is refused.
fn word(
    tokens: &[Token],
    at: usize,
    words: &mut Vec<String>,
    missing: &'static str,
) -> Result<usize, &'static str> {
    let Some(Token::Word(word)) = tokens.get(at) else {
        return Err(missing);
    };
    words.push(word.clone());
    match tokens.get(at + 1) {
        Some(Token::Sign('.')) => Err("a part can be taken only of a name, such as user.claims.team"),
        _ => Ok(at + 1),
    }
}

fn reference(tokens: &[Token], start: usize) -> Result<(Reference, usize), &'static str> {
    let mut path = Vec::new();
    let mut at = start;
    if let Some(Token::Word(first)) = tokens.get(at) {
        path.push(first.clone());
        at += 1;
    }
    loop {
        match (tokens.get(at), tokens.get(at + 1), tokens.get(at + 2)) {
            (Some(Token::Sign('.')), Some(Token::Word(part) | Token::Number(part)), _) => {
                path.push(part.clone());
                at += 2;
            }
            (
                Some(Token::Sign('[')),
                Some(Token::Text(part) | Token::Number(part)),
                Some(Token::Sign(']')),
            ) => {
                path.push(part.clone());
                at += 3;
            }
            (Some(Token::Sign('[')), ..) => return Err("between [ and ] stands a quoted name or a number"),
            (Some(Token::Sign('.')), ..) => return Err("a name must follow the dot"),
            (Some(Token::Sign('(')), ..) => {
                return Err("there are no functions and no methods, only filters");
            }
            _ => break,
        }
    }
    let is_word = |i: usize, wanted: &[&str]| matches!(tokens.get(i), Some(Token::Word(word)) if wanted.contains(&word.as_str()));
    let behind_is = at + 1 + usize::from(is_word(at + 1, &["not"]));
    let guarded = (tokens.get(at) == Some(&Token::Sign('|')) && is_word(at + 1, &["default"]))
        || (is_word(at, &["is"]) && is_word(behind_is, &["defined", "undefined"]));
    Ok((Reference { path, guarded }, at))
}

fn tokens(source: &str) -> Result<Vec<Token>, &'static str> {
    let mut tokens = Vec::new();
    let mut rest = source.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\'' | '"' => {
                let mut text = String::new();
                loop {
                    match rest.next() {
                        None => return Err("a quoted text has no end"),
                        Some('\\') => return Err("a quoted text holds no backslash"),
                        Some(end) if end == c => break,
                        Some(other) => text.push(other),
                    }
                }
                tokens.push(Token::Text(text));
            }
            c if c.is_ascii_digit() => {
                let mut number = String::from(c);
                while let Some(digit) = rest.next_if(char::is_ascii_digit) {
                    number.push(digit);
                }
                tokens.push(Token::Number(number));
            }
            c if c.is_alphabetic() || c == '_' => {
                let mut word = String::from(c);
                while let Some(more) = rest.next_if(|c| c.is_alphanumeric() || *c == '_') {
                    word.push(more);
                }
                tokens.push(Token::Word(word));
            }
            c if c.is_whitespace() => {}
            sign => tokens.push(Token::Sign(sign)),
        }
    }
    Ok(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(source: &str) -> Vec<String> {
        let found = mentions(source).unwrap();
        found
            .references
            .iter()
            .map(|r| r.path.join("/") + if r.guarded { "?" } else { "" })
            .collect()
    }

    #[test]
    fn references_are_found_wherever_they_stand() {
        assert_eq!(
            paths("user.claims['https://a.b/c'].d[0]"),
            ["user/claims/https://a.b/c/d/0"]
        );
        assert_eq!(
            paths("'user.x' if user.a == 1 else [user.b, params.c]"),
            ["user/a", "user/b", "params/c"]
        );
        assert_eq!(paths("user.a | default(user.b) | upper"), ["user/a?", "user/b"]);
        assert_eq!(paths("user.a is not defined and user.a"), ["user/a?", "user/a"]);
    }

    #[test]
    fn a_reference_with_anything_beside_it_is_not_alone() {
        for (source, alone) in [
            ("user.name", true),
            (" user.claims['a b'].c ", true),
            ("(user.name)", false),
            ("not user.name", false),
            ("-user.name", false),
            ("user.name | upper", false),
            ("user.name is defined", false),
            ("user.name == user.email", false),
            ("'user.name'", false),
        ] {
            assert_eq!(mentions(source).unwrap().alone, alone, "{source}");
        }
    }

    #[test]
    fn what_could_hide_a_name_is_refused() {
        for source in [
            "user[params.x]",
            "(user).clams",
            "user.name.upper()",
            "range(9)",
            "user.a|lower.b",
            "'a'[0]",
            "user.",
            "'open",
            "[user][0]",
            "{'a': 1}.b",
            "'\\x'",
        ] {
            assert!(mentions(source).is_err(), "{source}");
        }
    }
}

//! How well letters fit words: all of them, in order, the better the nearer together.

/// How well `typed`, in lower case, fits `text`; the higher the better. `None` where letters are missing.
pub fn score(text: &str, typed: &str) -> Option<i32> {
    let text: Vec<char> = text.chars().flat_map(char::to_lowercase).collect();
    let typed: Vec<char> = typed
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    // The best of all places to begin: "nf" is "Next Frame" and not "maNy oF".
    let starts = (0..text.len()).filter(|&at| typed.first() == text.get(at));
    let best = starts
        .filter_map(|start| from(&text, &typed, start))
        .max()?;
    Some(best - text.len() as i32 / 4)
}

fn from(text: &[char], typed: &[char], start: usize) -> Option<i32> {
    let mut score = 0;
    let mut last = None;
    let mut from = start;
    for &letter in typed {
        let after = last.map_or(start, |last: usize| last + 1);
        let rest = || (from..text.len()).filter(|&at| text[at] == letter);
        // The next letter, else the start of a word, else wherever it comes.
        let at = rest()
            .find(|&at| at == after)
            .or_else(|| rest().find(|&at| begins_word(text, at)))
            .or_else(|| rest().next())?;
        score += match (Some(at) == last.map(|last| last + 1), begins_word(text, at)) {
            (true, true) => 12,
            (true, false) => 8,
            (false, true) => 10,
            (false, false) => -2,
        };
        if at == 0 {
            score += 6;
        }
        last = Some(at);
        from = at + 1;
    }
    Some(score)
}

fn begins_word(text: &[char], at: usize) -> bool {
    at == 0 || !text[at - 1].is_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_must_all_be_there_in_order() {
        assert_eq!(score("Loop", "pool"), None);
        assert_eq!(score("Loop", "loops"), None);
        assert!(score("Go to the strongest moment", "gtsm").is_some());
    }

    #[test]
    fn whole_words_and_starts_of_words_fit_better() {
        assert!(score("Clear region", "loop").is_none());
        assert!(score("Show whole frame", "wf") < score("Whole frame", "wf"));
        assert!(score("Forward one second", "fr") < score("Free", "fr"));
    }
}

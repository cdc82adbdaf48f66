//! What somebody meant who wrote a word wrong.

use alloc::vec::Vec;

/// The word that is nearest to a wrong one; `None` when none is near.
#[must_use]
pub fn nearest<'w>(wrong: &str, words: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    words
        .map(|word| (distance(wrong, word), word))
        .min()
        .filter(|(far, _)| *far <= wrong.len() / 2)
        .map(|(_, word)| word)
}

/// Letters to change, add or leave out to get from one word to the other (Levenshtein).
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (i, a) in from.chars().enumerate() {
        let mut before = core::mem::replace(&mut row[0], i + 1);
        for (j, b) in to.iter().enumerate() {
            let changed = before + usize::from(a != *b);
            before = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(before + 1);
        }
    }
    row[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_is_near_is_found_and_none_that_is_far() {
        let words = ["needs.memory", "needs.tag", "name"];
        assert_eq!(nearest("need.memory", words.into_iter()), Some("needs.memory"));
        assert_eq!(nearest("nmae", words.into_iter()), Some("name"));
        assert_eq!(nearest("zzzz", words.into_iter()), None);
        assert_eq!(nearest("", words.into_iter()), None);
    }
}

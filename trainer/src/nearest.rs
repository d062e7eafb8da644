//! Did you mean …?

/// How alike two words must be, from 0 to 1, for one to be offered for the other; as clap asks for.
const LEAST: f64 = 0.7;

/// The known word that a mistaken one is most like (Jaro similarity); `None` if it is like none of them.
pub fn nearest<'a>(mistaken: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|word| (strsim::jaro(mistaken, word), word))
        .filter(|(likeness, _)| *likeness > LEAST)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, word)| word)
}

/// What serde says about an unknown key or name, with the nearest of those that it expects:
/// "unknown field `sede`, expected one of `size`, `seed`" gets "; did you mean `seed`?".
pub fn with_nearest(message: &str) -> String {
    let mut words = message.split('`').skip(1).step_by(2);
    let unknown = message.contains("unknown field") || message.contains("unknown variant");
    let offer = match words.next() {
        Some(mistaken) if unknown => nearest(mistaken, words),
        _ => None,
    };
    match offer {
        Some(word) => format!("{}; did you mean `{word}`?", message.trim_end()),
        None => message.trim_end().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[test]
    fn the_most_alike_word_is_offered_and_none_that_is_not() {
        let known = ["steps", "batch_size", "warmup_steps"];
        assert_eq!(nearest("warmup_step", known), Some("warmup_steps"));
        assert_eq!(nearest("bach_size", known), Some("batch_size"));
        assert_eq!(nearest("polka", known), None);
    }

    /// Holds the wording of serde to what [`with_nearest`] reads.
    #[test]
    fn what_serde_says_is_understood() {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        #[allow(dead_code, reason = "only its names are read")]
        struct Recipe {
            seed: u64,
            size: u64,
            kind: Kind,
        }
        #[derive(Debug, Deserialize)]
        #[serde(rename_all = "lowercase")]
        enum Kind {
            Sweet,
            Sour,
        }
        let said = |text: &str| {
            let error = toml::from_str::<Recipe>(text).unwrap_err();
            with_nearest(&error.to_string())
        };
        assert!(said("sede = 1").ends_with("did you mean `seed`?"));
        assert!(said("kind = \"swet\"").ends_with("did you mean `sweet`?"));
        assert!(!said("zzz = 1").contains("did you mean"));
        assert!(!said("seed = \"seed\"").contains("did you mean"));
    }
}

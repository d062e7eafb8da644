//! What the paper reports: Morrison, Netzke and Castro, "What's Underneath the Cover? Predicting Music Genres of Albums
//! Based on their Cover Art".

/// One figure of the paper.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// The recipe that trains the same network.
    pub recipe: &'static str,
    /// The network, as the paper calls it.
    pub network: &'static str,
    /// Identifier of the genre set.
    pub genre_set: &'static str,
    /// What it is.
    pub what: &'static str,
    /// The figure, between 0 and 1.
    pub value: f64,
}

const fn figure(
    (recipe, network): (&'static str, &'static str),
    genre_set: &'static str,
    what: &'static str,
    value: f64,
) -> Figure {
    Figure {
        recipe,
        network,
        genre_set,
        what,
        value,
    }
}

const MODULE_1: (&str, &str) = ("module-1", "Module 1");
const MODULE_2: (&str, &str) = ("module-2", "Module 2");
const FIRST: &str = "rock-hiphop-classical";
const SECOND: &str = "pop-hiphop-electronic";

/// The accuracies that it reports; where it gives averages of precision and recall, the recall, which for its weights is
/// the accuracy.
pub const FIGURES: [Figure; 4] = [
    figure(MODULE_1, FIRST, "accuracy", 0.73),
    figure(MODULE_2, FIRST, "accuracy", 0.60),
    figure(MODULE_1, FIRST, "recall, in its conclusion", 0.7243),
    figure(MODULE_1, SECOND, "recall, in its conclusion", 0.5542),
];

/// How often each genre of a set occurs among the paper's test covers, by name; `None` where it does not say.
pub fn proportions(genre_set: &str) -> Option<&'static [(&'static str, f64)]> {
    let stated: &[_] = &[("rock", 0.42), ("hiphop", 0.41), ("classical", 0.17)];
    (genre_set == FIRST).then_some(stated)
}

/// Whether the paper has figures of a genre set.
pub fn has(genre_set: &str) -> bool {
    FIGURES.iter().any(|figure| figure.genre_set == genre_set)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proportions_sum_to_one_over_the_genres_of_the_set() {
        let sets = undercover::genre::GenreSet::defaults();
        let set = sets.iter().find(|set| proportions(&set.id).is_some());
        let set = set.expect("the first set has them");
        let proportions = proportions(&set.id).unwrap_or_default();
        let sum: f64 = proportions.iter().map(|(_, share)| share).sum();
        assert!((sum - 1.0).abs() < 1e-9 && has(&set.id));
        let names: Vec<&str> = proportions.iter().map(|(genre, _)| *genre).collect();
        assert_eq!(names, set.genres);
        assert!(!has("ten"));
    }
}

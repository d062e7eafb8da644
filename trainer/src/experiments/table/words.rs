//! What the figures say, in words. Nothing is said that does not follow from them: where the interval of a difference
//! holds zero, the two cannot be told apart.

use undercover::genre::GenreSet;

use super::format::{estimate, network, set, share, signed, signed_share, source, split};
use crate::dataset::split_by::SplitBy;
use crate::experiments::RECIPES;
use crate::experiments::results::{Finished, Results};
use crate::metrics::{Estimate, Interval};
use crate::paper;

/// What a difference says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sign {
    More,
    Less,
    Unclear,
}

impl Sign {
    fn of(difference: &Estimate) -> Self {
        let Interval { low, high } = difference.interval();
        if low > 0.0 {
            Self::More
        } else if high < 0.0 {
            Self::Less
        } else {
            Self::Unclear
        }
    }
}

/// All that can be said.
pub fn sentences(results: &Results) -> Vec<String> {
    let splits = [SplitBy::Random, SplitBy::Group];
    let mut said = vec![completeness(results)];
    for figure in paper::FIGURES {
        said.extend(splits.iter().filter_map(|by| level(results, &figure, by)));
    }
    for by in &splits {
        said.extend(modules(results, by));
        said.extend(sets(results, by));
    }
    said.extend(random_against_grouped(results));
    for asked in GenreSet::defaults() {
        said.extend(transfer(results, &asked));
    }
    let unseen_ones = results.held_out();
    said.extend(unseen_ones.iter().filter_map(|by| unseen(results, by)));
    said
}

fn completeness(results: &Results) -> String {
    let sets = GenreSet::defaults();
    let of_each = 2 * sets.len();
    let run = |recipe: &str| {
        let splits = [SplitBy::Group, SplitBy::Random];
        let run_on = |by| {
            sets.iter()
                .filter(move |asked| results.find(recipe, &asked.id, by).is_some())
        };
        splits.iter().map(|by| run_on(by).count()).sum::<usize>()
    };
    let missing: Vec<String> = RECIPES
        .into_iter()
        .filter(|recipe| run(recipe) < of_each)
        .map(|recipe| format!("{} of {}", of_each - run(recipe), network(recipe)))
        .collect();
    let (all, done) = (
        of_each * RECIPES.len(),
        RECIPES.into_iter().map(run).sum::<usize>(),
    );
    if missing.is_empty() {
        return format!("All {all} experiments are finished.");
    }
    format!(
        "{done} of {all} experiments are finished; not run are {}.",
        missing.join(", ")
    )
}

/// Whether the paper's figure lies within the interval of ours.
fn level(results: &Results, figure: &paper::Figure, by: &SplitBy) -> Option<String> {
    let found = results.find(figure.recipe, figure.genre_set, by)?;
    let ours = found.at_paper.as_ref()?;
    let Interval { low, high } = ours.interval();
    let verdict = if figure.value > high {
        "does not agree: the paper's is higher"
    } else if figure.value < low {
        "does not agree: ours is higher"
    } else {
        "agrees: the paper's lies within the interval of ours"
    };
    Some(format!(
        "**{}, {}, {} ({}).** The paper {}, ours {}: it {verdict}.",
        figure.network,
        set(figure.genre_set),
        figure.what,
        split(by),
        share(figure.value),
        estimate(ours)
    ))
}

/// Whether Module 1 is ahead of Module 2, as in the paper.
fn modules(results: &Results, by: &SplitBy) -> Option<String> {
    let [first, second] = ["module-1", "module-2"].map(|recipe| {
        let figures = paper::FIGURES.iter();
        let mut of_recipe = figures.filter(|figure| figure.recipe == recipe);
        let figure = of_recipe.find(|figure| figure.what == "accuracy")?;
        let ours = results.find(recipe, figure.genre_set, by)?;
        Some((figure, ours.at_paper.as_ref()?))
    });
    let ((theirs, one), (other_theirs, other)) = (first?, second?);
    let paper = theirs.value - other_theirs.value;
    let difference = one.minus(other);
    Some(format!(
        "**Module 1 against Module 2, {} ({}).** The paper has {} between them, ours is {}: {}.",
        set(theirs.genre_set),
        split(by),
        signed_share(paper),
        signed(&difference),
        order(paper, &difference)
    ))
}

/// Whether the first set is easier than the second, as in the paper.
fn sets(results: &Results, by: &SplitBy) -> Option<String> {
    let mut figures = paper::FIGURES
        .iter()
        .filter(|figure| figure.what.contains("conclusion"));
    let (first, second) = (figures.next()?, figures.next()?);
    let ours = |figure: &paper::Figure| {
        let found = results.find(figure.recipe, figure.genre_set, by)?;
        found.at_paper.as_ref()
    };
    let difference = ours(first)?.minus(ours(second)?);
    let paper = first.value - second.value;
    Some(format!(
        "**{} against {}, {} ({}).** The paper has {} between them, ours is {}: {}.",
        set(first.genre_set),
        set(second.genre_set),
        first.network,
        split(by),
        signed_share(paper),
        signed(&difference),
        order(paper, &difference)
    ))
}

fn order(paper: f64, difference: &Estimate) -> &'static str {
    match Sign::of(difference) {
        Sign::Unclear => "ours cannot be told apart",
        Sign::More if paper > 0.0 => "the order agrees",
        Sign::Less if paper < 0.0 => "the order agrees",
        Sign::More | Sign::Less => "the order does not agree",
    }
}

/// Whether a random split flatters.
fn random_against_grouped(results: &Results) -> Option<String> {
    let pairs: Vec<Estimate> = results
        .all()
        .iter()
        .filter(|result| result.by() == Some(&SplitBy::Random))
        .filter_map(|random| {
            let Finished { measured, .. } = random;
            let grouped = results.find(&measured.recipe, &measured.genre_set, &SplitBy::Group)?;
            Some(random.balanced.minus(&grouped.balanced))
        })
        .collect();
    summary(&pairs).map(|summary| {
        format!("**A random split against a grouped one.** Balanced accuracy, {summary}.")
    })
}

/// How a collection that was not trained on fares, beside covers of the same genres that were.
fn unseen(results: &Results, by: &SplitBy) -> Option<String> {
    let pairs: Vec<Estimate> = results
        .all()
        .iter()
        .filter(|result| result.by() == Some(by))
        .filter_map(|unseen| {
            let Finished { measured, .. } = unseen;
            let known = results.find(&measured.recipe, &measured.genre_set, &SplitBy::Group)?;
            let before = known.balanced_over(&unseen.tested());
            Some(unseen.balanced.minus(&before))
        })
        .collect();
    summary(&pairs).map(|summary| {
        format!(
            "**A collection never seen ({}) against known ones.** Balanced accuracy over its genres, {summary}.",
            source(by)
        )
    })
}

/// "between −.01 and +.03, .01 in the mean of 15 pairs: more in 1, less in 0, not to be told apart in 14"
fn summary(pairs: &[Estimate]) -> Option<String> {
    let values = || pairs.iter().map(|pair| pair.value);
    let low = values().reduce(f64::min)?;
    let high = values().reduce(f64::max)?;
    let mean = values().sum::<f64>() / pairs.len() as f64;
    let count = |sign| pairs.iter().filter(|pair| Sign::of(pair) == sign).count();
    Some(format!(
        "the first minus the second: {} in the mean of {} pairs, from {} to {}; more in {}, less in {}, not to be told \
         apart in {}",
        signed_share(mean),
        pairs.len(),
        signed_share(low),
        signed_share(high),
        count(Sign::More),
        count(Sign::Less),
        count(Sign::Unclear)
    ))
}

/// What a backbone from ImageNet brings, against the better of the paper's own networks, on the grouped split.
fn transfer(results: &Results, asked: &GenreSet) -> Option<String> {
    let find = |recipe: &str| results.find(recipe, &asked.id, &SplitBy::Group);
    let scratch = ["module-1", "module-2"].into_iter().filter_map(find);
    let scratch =
        scratch.max_by(|one, other| one.balanced.value.total_cmp(&other.balanced.value))?;
    let against = |recipe: &str| {
        let difference = find(recipe)?.balanced.minus(&scratch.balanced);
        let verdict = match Sign::of(&difference) {
            Sign::More => "better",
            Sign::Less => "worse",
            Sign::Unclear => "not to be told apart",
        };
        Some(format!(
            "{} {} ({verdict})",
            network(recipe),
            signed(&difference)
        ))
    };
    let all: Vec<String> = ["vgg16", "lite0-frozen", "lite0"]
        .into_iter()
        .filter_map(against)
        .collect();
    (!all.is_empty()).then(|| {
        format!(
            "**Pretraining, {} (grouped).** Balanced accuracy against {}, the better of the paper's own networks there: {}.",
            set(&asked.id),
            network(&scratch.measured.recipe),
            all.join(", ")
        )
    })
}

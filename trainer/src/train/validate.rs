//! Scores a network on the validation split.

use std::collections::BTreeMap;

use undercover::genre::GenreSet;

/// The balanced accuracy (mean recall) of each genre set whose genres the network knows.
/// `logits` has one row a cover, `labels` the index of its genre.
pub fn balanced_accuracies(
    logits: &[Vec<f32>],
    labels: &[usize],
    genres: &[String],
    sets: &[GenreSet],
) -> BTreeMap<String, f64> {
    sets.iter()
        .filter_map(|set| {
            let members: Option<Vec<usize>> = set
                .genres
                .iter()
                .map(|genre| genres.iter().position(|known| known == genre))
                .collect();
            Some((set.id.clone(), mean_recall(logits, labels, &members?)))
        })
        .collect()
}

/// The mean over `members` of the share of covers that are recognised among `members` alone.
/// Members without covers do not count.
fn mean_recall(logits: &[Vec<f32>], labels: &[usize], members: &[usize]) -> f64 {
    let recalls: Vec<f64> = members
        .iter()
        .filter_map(|member| {
            let rows: Vec<_> = labels
                .iter()
                .zip(logits)
                .filter(|(label, _)| *label == member)
                .collect();
            let right = rows
                .iter()
                .filter(|(_, logits)| best(logits, members) == Some(*member))
                .count();
            (!rows.is_empty()).then(|| right as f64 / rows.len() as f64)
        })
        .collect();
    recalls.iter().sum::<f64>() / recalls.len().max(1) as f64
}

fn best(logits: &[f32], members: &[usize]) -> Option<usize> {
    members
        .iter()
        .copied()
        .max_by(|&a, &b| logits[a].total_cmp(&logits[b]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recall_is_averaged_over_genres_and_answers_stay_within_the_set() {
        let logits = [
            vec![2.0, 1.0, 9.0],
            vec![1.0, 2.0, 9.0],
            vec![1.0, 2.0, 0.0],
            vec![0.0, 0.0, 9.0],
        ];
        let recall = mean_recall(&logits, &[0, 0, 1, 2], &[0, 1]);
        assert!((recall - 0.75).abs() < 1e-12, "{recall}");
    }
}

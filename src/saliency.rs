//! Where on a cover the evidence for a genre lies: class activation maps.
//!
//! Zhou et al., "Learning Deep Features for Discriminative Localization", 2016. A network that pools
//! its last feature map and ends in one dense layer adds up what each place of the cover says: the
//! dense layer, applied to every place instead of to the mean, gives each place's share, and the mean
//! of the shares is the logit. It costs one small matrix product in the same pass.

/// What each place of a cover says for each genre.
#[derive(Clone, Debug, PartialEq)]
pub struct Saliency {
    width: usize,
    height: usize,
    genres: usize,
    /// Place by place from the top left, row by row; at each place one share for each genre.
    shares: Vec<f32>,
}

impl Saliency {
    /// Takes `width`·`height` places with `genres` shares each.
    ///
    /// `None` where there are not as many shares as that.
    pub fn new(width: usize, height: usize, genres: usize, shares: Vec<f32>) -> Option<Self> {
        let whole = genres > 0 && shares.len() == width * height * genres && !shares.is_empty();
        whole.then_some(Self {
            width,
            height,
            genres,
            shares,
        })
    }

    /// Places from the left to the right of the cover.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Places from the top to the bottom of the cover.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The logit's shares for the genre at `index` in the bundle's order, row by row from the top
    /// left; their mean is the logit. `None` for an index that is no genre.
    pub fn shares(&self, index: usize) -> Option<Vec<f32>> {
        (index < self.genres).then(|| self.places().map(|place| place[index]).collect())
    }

    /// The evidence for the genre at `index` against the others, in logits, row by row from the top
    /// left: positive where the cover speaks for it. `None` for an index that is no genre.
    ///
    /// What a place says for all genres alike decides nothing, as the probabilities do not change
    /// when the same is added to all logits; so it is taken off. The mean of the evidence is the
    /// genre's logit less the mean of all logits.
    pub fn evidence(&self, index: usize) -> Option<Vec<f32>> {
        (index < self.genres).then(|| {
            self.places()
                .map(|place| place[index] - mean(place))
                .collect()
        })
    }

    fn places(&self) -> impl Iterator<Item = &[f32]> {
        self.shares.chunks_exact(self.genres)
    }
}

fn mean(values: &[f32]) -> f32 {
    values.iter().sum::<f32>() / values.len() as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_sorted_by_genre_and_read_row_by_row() {
        let saliency = Saliency::new(2, 1, 3, vec![1.0, 2.0, 6.0, 4.0, 4.0, 4.0]).unwrap();
        assert_eq!((saliency.width(), saliency.height()), (2, 1));
        assert_eq!(saliency.shares(0), Some(vec![1.0, 4.0]));
        assert_eq!(saliency.shares(2), Some(vec![6.0, 4.0]));
        assert_eq!(saliency.shares(3), None);
    }

    #[test]
    fn evidence_is_what_a_place_says_for_one_genre_more_than_for_the_others() {
        let saliency = Saliency::new(2, 1, 3, vec![1.0, 2.0, 6.0, 4.0, 4.0, 4.0]).unwrap();
        assert_eq!(saliency.evidence(0), Some(vec![-2.0, 0.0]));
        assert_eq!(saliency.evidence(2), Some(vec![3.0, 0.0]));
        assert_eq!(saliency.evidence(3), None);
        let louder = saliency.shares.iter().map(|share| share + 5.0).collect();
        let louder = Saliency::new(2, 1, 3, louder).unwrap();
        assert_eq!(louder.evidence(2), saliency.evidence(2));
    }

    #[test]
    fn a_map_with_places_missing_is_none() {
        assert_eq!(Saliency::new(2, 2, 3, vec![0.0; 11]), None);
        assert_eq!(Saliency::new(2, 2, 0, Vec::new()), None);
        assert_eq!(Saliency::new(0, 2, 3, Vec::new()), None);
    }
}

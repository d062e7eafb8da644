//! A part of the pictures, for one of several machines.

use std::fmt;
use std::str::FromStr;

use anyhow::{Context, ensure};
use sha2::{Digest, Sha256};

/// The `index`-th of `count` parts. Which part a picture is in depends on its name and the count alone: not on what
/// other pictures there are, nor on the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 1.
    index: u64,
    count: u64,
}

impl Shard {
    /// Whether a picture of this name is in this part.
    pub fn takes(self, name: &str) -> bool {
        let mut first = [0; 8];
        first.copy_from_slice(&Sha256::digest(name)[..8]);
        u64::from_be_bytes(first) % self.count == self.index - 1
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.index, self.count)
    }
}

impl FromStr for Shard {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Self> {
        let parse = || {
            let (index, count) = text.split_once('/')?;
            Some((index.parse().ok()?, count.parse().ok()?))
        };
        let (index, count) =
            parse().context("a shard is two numbers, such as 2/8: the second of eight")?;
        ensure!(
            1 <= index && index <= count,
            "the first number of a shard is from 1 to the second, as in 1/{count}"
        );
        Ok(Self { index, count })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_is_in_one_shard_and_shards_are_about_the_same() {
        let shards: Vec<Shard> = (1..=4)
            .map(|index| format!("{index}/4").parse().unwrap())
            .collect();
        let mut sizes = [0; 4];
        for number in 0..4000 {
            let name = format!("rock/{number}.jpg");
            let takers: Vec<usize> = (0..4).filter(|&index| shards[index].takes(&name)).collect();
            assert_eq!(takers.len(), 1, "{name}");
            sizes[takers[0]] += 1;
        }
        assert!(
            sizes.iter().all(|size| (900..1100).contains(size)),
            "{sizes:?}"
        );
    }

    #[test]
    fn a_picture_never_changes_its_shard() {
        // Results of shards that were computed with an earlier version must fit those of a later one.
        let second: Shard = "2/3".parse().unwrap();
        let names = ["a.jpg", "b.jpg", "rock/d.png", "ö.webp"];
        let taken = names.map(|name| second.takes(name));
        assert_eq!(taken, [true, false, true, true]);
    }

    #[test]
    fn what_is_no_shard_is_told_what_is() {
        for text in ["", "2", "0/3", "4/3", "1/0", "a/b", "-1/3"] {
            let error = text.parse::<Shard>().unwrap_err().to_string();
            assert!(error.contains("shard"), "{text}: {error}");
        }
    }
}

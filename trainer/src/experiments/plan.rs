use undercover::genre::GenreSet;

use super::Recipe;
use crate::dataset::division::Division;
use crate::experiment::Experiment;

/// One experiment: a recipe, on a genre set, on a split.
#[derive(Clone, Debug)]
pub struct Cell {
    /// How it is trained.
    pub recipe: Recipe,
    /// What it learns and is asked.
    pub genre_set: GenreSet,
    /// What it is measured on.
    pub division: Division,
}

/// Every combination, all of a division together, for a division takes a look at every cover.
pub fn cells(recipes: &[Recipe], genre_sets: &[GenreSet], divisions: &[Division]) -> Vec<Cell> {
    let mut cells = Vec::new();
    for division in divisions {
        for recipe in recipes {
            for genre_set in genre_sets {
                cells.push(Cell {
                    recipe: recipe.clone(),
                    genre_set: genre_set.clone(),
                    division: division.clone(),
                });
            }
        }
    }
    cells
}

impl Cell {
    /// A name that is its own, and that of its folder.
    pub fn name(&self) -> String {
        let Division { by, seed } = &self.division;
        let seed = match seed {
            0 => String::new(),
            seed => format!("-{seed}"),
        };
        let name = format!("{}.{}.{by}{seed}", self.recipe.name, self.genre_set.id);
        let is_plain = |character: char| character.is_alphanumeric() || "-._".contains(character);
        name.replace(|character| !is_plain(character), "-")
    }

    /// The recipe for this genre set and split.
    pub fn experiment(&self) -> Experiment {
        Experiment {
            genres: self.genre_set.genres.clone(),
            split: Some(self.division.clone()),
            ..self.recipe.experiment.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::Path;

    fn recipes() -> Vec<Recipe> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("experiments");
        super::super::RECIPES
            .map(|name| Recipe::read(&folder.join(format!("{name}.toml"))).unwrap())
            .to_vec()
    }

    #[test]
    fn the_papers_experiments_are_thirty_folders() {
        let divisions = ["group", "random"].map(|by| Division {
            by: by.parse().unwrap(),
            seed: 0,
        });
        let cells = cells(&recipes(), &GenreSet::defaults(), &divisions);
        let names: BTreeSet<String> = cells.iter().map(Cell::name).collect();
        assert_eq!(names.len(), 30);
        assert!(names.contains("lite0-frozen.rock-hiphop-classical.random"));
        let experiment = cells[29].experiment();
        assert_eq!(experiment.genres, ["pop", "hiphop", "electronic"]);
        assert_eq!(experiment.split, Some(divisions[1].clone()));
    }

    #[test]
    fn the_name_of_a_collection_cannot_leave_the_folder() {
        let cell = Cell {
            recipe: recipes().remove(0),
            genre_set: GenreSet::new("ten", &["rock"]),
            division: Division {
                by: "source:../my blog".parse().unwrap(),
                seed: 7,
            },
        };
        assert_eq!(cell.name(), "module-1.ten.source-..-my-blog-7");
    }
}
